import { type AppError, appError } from "../../../shared/errors.ts";
import type { Line } from "../../../shared/model.ts";
import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** `lines`: of an account now; empty: not known. */
export function refusals(
	book: ConversationBook,
	lines: (id: AccountId) => readonly Line[],
): (id: ConversationId) => AppError | null {
	return (id) => {
		const record = book.get(id);
		return record === null ? null : sendRefusal(record, lines(record.accountId));
	};
}

/**
 * Why nothing can be sent in this conversation: its system says so (opted out, blocked, only read), or the line that
 * the other side wrote to is not among ours. A reply leaves by that line or not at all. `lines`: of its account now;
 * empty: not known. Null: it can be sent.
 */
export function sendRefusal({ thread }: ConversationRecord, lines: readonly Line[]): AppError | null {
	if (thread === null) return null;
	if (thread.refusal !== null) return thread.refusal;
	const { line } = thread;
	if (line === null || lines.length === 0 || lines.some(({ id }) => id === line.id)) return null;
	return appError("line.gone", { params: { device: line.label } });
}
