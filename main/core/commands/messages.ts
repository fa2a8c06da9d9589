import { appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { EntryId } from "../../../shared/ids.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { Entry } from "../../../shared/model.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { Workspace } from "../workspace.ts";

/** Stored before it is answered; a disk that does not take it refuses, and the text stays with the person. */
export async function send(
	{ drafts, outbox }: Workspace,
	record: ConversationRecord,
	{ parts }: Parsed<"messages.send">,
): Promise<Result<Output<"messages.send">>> {
	if (parts.some(({ text }) => text.trim() === "")) return failed(appError("message.empty"));
	const entries = await drafts.whileSending(record.id, () => outbox.write(record, parts));
	return ok({ entries });
}

export async function requeue(
	{ outbox, book }: Workspace,
	id: EntryId,
	kind: "retry" | "sendAgain",
): Promise<Result<null>> {
	if ((await book.store.entry(id)) === null) return failed(appError("message.notFound"));
	return (await outbox.requeue(id, kind)) ? ok(null) : failed(appError("message.alreadySettled"));
}

/** What the server says comes as an event; if it says nothing, the text stays in doubt. */
export async function checkAgain({ manager, book, outbox }: Workspace, id: EntryId): Promise<Result<null>> {
	const answer = await outbox.checkAgain(id);
	if (answer !== null) return answer;
	const entry = await book.store.entry(id);
	const record = entry === null ? null : book.get(entry.conversationId);
	if (record === null) return failed(appError("message.notFound"));
	const session = manager.get(record.accountId);
	return session === null ? failed(appError("account.notFound")) : await session.check();
}

const discardable: ReadonlySet<string> = new Set(["queued", "waiting", "failed", "unknown"]);

export async function discard({ book, outbox }: Workspace, id: EntryId): Promise<Result<null>> {
	const found: { entry: Entry | null } = { entry: null };
	const written = await book.change(async () => {
		const entry = await book.store.entry(id);
		found.entry = entry;
		if (entry?.kind !== "message" || !discardable.has(entry.delivery?.state ?? "")) return null;
		return { removed: [id] };
	});
	if (found.entry === null) return failed(appError("message.notFound"));
	if (written === null) return failed(appError("message.alreadySettled"));
	outbox.withdraw(found.entry.conversationId, id);
	return ok(null);
}
