import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { ConversationId } from "../../../shared/ids.ts";
import type { EntryPage, Parsed, Thread } from "../../../shared/ipc/contract.ts";
import type { ConversationRecord, PageAt, StoredPage } from "../ports/stores.ts";
import type { Workspace } from "../workspace.ts";

/** Entries of the page that opening a conversation gives. */
const openingPage = 60;
/** The server may give pages that are all here already; then it is asked for the next one, so often. */
const mostServerPages = 5;

/** Around what was asked for; else around the first unread message when the newest page lacks it; else the newest. */
export async function openConversation(
	{ book }: Workspace,
	record: ConversationRecord,
	{ around, wholePerson }: Parsed<"conversations.open">,
): Promise<Result<Thread>> {
	const ids = timelineOf(book, record, wholePerson);
	// From before the page is read on, so that nothing falls between the page and what comes after it.
	for (const id of ids) book.shown(id);
	const read = (at: PageAt): Promise<StoredPage> => pageAt(book, ids, at, openingPage);
	const page = await firstPage(read, record, around);
	const conversation = book.view(record.id);
	if (conversation === null) return failed(appError("conversation.notFound"));
	return ok({ conversation, ...withServer(page, book, ids) });
}

async function firstPage(
	read: (at: PageAt) => Promise<StoredPage>,
	{ firstUnread }: ConversationRecord,
	around: Parsed<"conversations.open">["around"],
): Promise<StoredPage> {
	if (around !== null) return await read({ kind: "around", entryId: around });
	const newest = await read({ kind: "newest" });
	if (firstUnread === null || newest.entries.some((entry) => entry.id === firstUnread)) return newest;
	return await read({ kind: "around", entryId: firstUnread });
}

/** The entries next to a place; what is above the oldest here is asked of the server, where it has a past. */
export async function pageOf(
	workspace: Workspace,
	record: ConversationRecord,
	{ direction, from, limit, wholePerson }: Parsed<"conversations.page">,
): Promise<Result<EntryPage>> {
	const { book } = workspace;
	const ids = timelineOf(book, record, wholePerson);
	const at: PageAt = direction === "newest" ? { kind: "newest" } : { kind: direction, than: from };
	const read = (): Promise<StoredPage> => pageAt(book, ids, at, limit);
	for (const id of ids) book.shown(id);
	let page = await read();
	let problem: AppError | null = null;
	for (let asked = 0; asked < mostServerPages && problem === null; asked += 1) {
		const beyond = direction === "older" && page.entries.length === 0;
		const askable = beyond ? ids.filter((id) => hasMore(book.get(id))) : [];
		if (askable.length === 0) break;
		problem = await askForOlder(workspace, askable);
		page = await read();
	}
	return ok({ ...withServer(page, book, ids), problem });
}

/** This conversation first; with it, where it is wanted, the others with the same person. */
function timelineOf(
	book: Workspace["book"],
	{ id }: ConversationRecord,
	wholePerson: boolean,
): readonly ConversationId[] {
	if (!wholePerson) return [id];
	return [id, ...book.ofPerson(id).flatMap((other) => (other.id === id ? [] : [other.id]))];
}

function pageAt(
	{ store }: Workspace["book"],
	ids: readonly ConversationId[],
	at: PageAt,
	limit: number,
): Promise<StoredPage> {
	const [only] = ids;
	return store.page(ids.length === 1 && only !== undefined ? only : ids, at, limit);
}

/** One page of each; the first that could not be had says why, and the others are asked all the same. */
async function askForOlder(
	{ backfill }: Workspace,
	ids: readonly ConversationId[],
): Promise<AppError | null> {
	let problem: AppError | null = null;
	for (const id of ids) {
		try {
			await backfill.older(id);
		} catch (thrown) {
			problem ??= toAppError(thrown);
		}
	}
	return problem;
}

/** Above the oldest entry here there is what a server still has. */
function withServer(page: StoredPage, book: Workspace["book"], ids: readonly ConversationId[]): StoredPage {
	return { ...page, hasOlder: page.hasOlder || ids.some((id) => hasMore(book.get(id))) };
}

function hasMore(record: ConversationRecord | null): boolean {
	return record !== null && record.olderCursor !== null;
}
