import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { ConversationId } from "../../../shared/ids.ts";
import type { EntryPage, Output, Parsed, Thread } from "../../../shared/ipc/contract.ts";
import type { ConversationRecord, StoredPage } from "../ports/stores.ts";
import type { Random } from "../ports/runtime.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Workspace } from "../workspace.ts";

/** Entries of the page that opening a conversation gives. */
const openingPage = 60;
/** The server may give pages that are all here already; then it is asked for the next one, so often. */
const mostServerPages = 5;

/** Around what was asked for; else around the first unread message when the newest page lacks it; else the newest. */
export async function openConversation(
	{ book }: Workspace,
	record: ConversationRecord,
	{ around }: Parsed<"conversations.open">,
): Promise<Result<Thread>> {
	// From before the page is read on, so that nothing falls between the page and what comes after it.
	book.shown(record.id);
	const page = await firstPage(book.store, record, around);
	const conversation = book.view(record.id);
	if (conversation === null) return failed(appError("conversation.notFound"));
	return ok({ conversation, ...withServer(page, book.get(record.id)) });
}

async function firstPage(
	store: Workspace["book"]["store"],
	{ id, firstUnread }: ConversationRecord,
	around: Parsed<"conversations.open">["around"],
): Promise<StoredPage> {
	if (around !== null) return await store.page(id, { kind: "around", entryId: around }, openingPage);
	const newest = await store.page(id, { kind: "newest" }, openingPage);
	if (firstUnread === null || newest.entries.some((entry) => entry.id === firstUnread)) return newest;
	return await store.page(id, { kind: "around", entryId: firstUnread }, openingPage);
}

/** The entries next to a place; what is above the oldest here is asked of the server, where it has a past. */
export async function pageOf(
	workspace: Workspace,
	{ id }: ConversationRecord,
	{ direction, from, limit }: Parsed<"conversations.page">,
): Promise<Result<EntryPage>> {
	const { book } = workspace;
	const read = (): Promise<StoredPage> =>
		direction === "newest"
			? book.store.page(id, { kind: "newest" }, limit)
			: book.store.page(id, { kind: direction, than: from }, limit);
	book.shown(id);
	let page = await read();
	let problem: AppError | null = null;
	for (let asked = 0; asked < mostServerPages && problem === null; asked += 1) {
		const beyond = direction === "older" && page.entries.length === 0 && hasMore(book.get(id));
		if (!beyond) break;
		problem = await askForOlder(workspace, id);
		page = await read();
	}
	return ok({ ...withServer(page, book.get(id)), problem });
}

async function askForOlder({ backfill }: Workspace, id: ConversationId): Promise<AppError | null> {
	try {
		await backfill.older(id);
		return null;
	} catch (thrown) {
		return toAppError(thrown);
	}
}

/** Above the oldest entry here there is what the server still has. */
function withServer(page: StoredPage, record: ConversationRecord | null): StoredPage {
	return { ...page, hasOlder: page.hasOlder || hasMore(record) };
}

function hasMore(record: ConversationRecord | null): boolean {
	return record !== null && record.olderCursor !== null;
}

export async function startConversation(
	{ book, manager }: Workspace,
	{ random, clock }: { readonly random: Random; readonly clock: Clock },
	{ accountId, address, name }: Parsed<"conversations.start">,
): Promise<Result<Output<"conversations.start">>> {
	const provider = manager.provider(accountId);
	if (provider === null) return failed(appError("account.notFound"));
	const peer = address.trim();
	if (peer === "") return failed(appError("peer.badAddress"));
	await book.change(() => {
		if (book.byAddress(accountId, peer) !== null) return null;
		const id = random.uuid() as ConversationId;
		const { system } = provider;
		return { conversations: [{ id, accountId, system, address: peer, name, createdAt: clock.now() }] };
	});
	const record = book.byAddress(accountId, peer);
	return record === null ? failed(appError("internal")) : ok({ conversationId: record.id });
}
