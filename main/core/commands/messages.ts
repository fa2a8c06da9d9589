import { type AppError, appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { EntryId } from "../../../shared/ids.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { Entry } from "../../../shared/model.ts";
import { filesRefusal, isRefusal, limitsOf } from "../attachments/limits.ts";
import type { Enclosed } from "../outbox/texts.ts";
import type { Clock } from "../ports/runtime.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { Workspace } from "../workspace.ts";

/**
 * Stored before it is answered; a disk that does not take it refuses, and the text stays with the person. What cannot
 * be sent is refused before anything is stored.
 */
export async function send(
	workspace: Workspace,
	clock: Pick<Clock, "now">,
	record: ConversationRecord,
	wanted: Parsed<"messages.send">,
): Promise<Result<Output<"messages.send">>> {
	const { drafts, outbox, book } = workspace;
	const { parts, attachments, savedReply, at } = wanted;
	const staged = new Map(book.staged(record.id).map((file) => [file.id, file]));
	const files = attachments.map((id) => staged.get(id)).filter((file) => file !== undefined);
	const enclosed: Enclosed = { files, savedReply, at };
	const refusal = refusalOf(workspace, clock.now(), record, wanted, enclosed);
	// The same command once more is no new message: its files have left the draft, and its time may be over.
	if (refusal !== null && !(await isRepeated(workspace, wanted))) return failed(refusal);
	const entries = await drafts.whileSending(record.id, () => outbox.write(record, parts, enclosed));
	return ok({ entries });
}

function refusalOf(
	{ manager, refusal }: Workspace,
	now: number,
	record: ConversationRecord,
	{ parts, attachments, savedReply, at }: Parsed<"messages.send">,
	{ files }: Enclosed,
): AppError | null {
	const empty = parts.some(({ text }, index) => text.trim() === "" && (index > 0 || files.length === 0));
	if (files.length < new Set(attachments).size) return appError("attachment.gone");
	if (empty) return appError("message.empty");
	const said = refusal(record.id);
	if (said !== null) return said;
	const can = manager.provider(record.accountId)?.capabilities.abilities;
	if (savedReply !== null && can?.savedReplies !== true) return appError("action.notOffered");
	if (at !== null && can?.schedule !== true) return appError("schedule.notOffered");
	if (at !== null && at <= now) return appError("schedule.past");
	if (files.length === 0) return null;
	const limits = limitsOf(record);
	return isRefusal(limits) ? limits : filesRefusal(files, limits);
}

async function isRepeated({ book }: Workspace, { parts }: Parsed<"messages.send">): Promise<boolean> {
	const ids = parts.map(({ clientId }) => clientId);
	return (await book.store.byClientIds(ids)).length === new Set(ids).size;
}

export async function requeue(
	{ outbox, book, refusal }: Workspace,
	id: EntryId,
	kind: "retry" | "sendAgain",
): Promise<Result<null>> {
	const entry = await book.store.entry(id);
	if (entry === null) return failed(appError("message.notFound"));
	const said = refusal(entry.conversationId);
	if (said !== null) return failed(said);
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
