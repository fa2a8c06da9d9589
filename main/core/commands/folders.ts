import { appError, AppFailure, failed, ok, type Result } from "../../../shared/errors.ts";
import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { CorePorts } from "../ports/core.ts";
import type { FolderThread } from "../ports/provider.ts";
import type { NewConversation, StoreWrite } from "../ports/stores.ts";
import { threadPatch } from "../sync/planned-conversations.ts";
import type { Workspace } from "../workspace.ts";

/** One page of a list that the system keeps. Its conversations are here, stored, when this answers. */
export async function folderPage(
	workspace: Workspace,
	{ random, clock }: Pick<CorePorts, "random" | "clock">,
	{ accountId, folderId, next }: Parsed<"folders.page">,
): Promise<Result<Output<"folders.page">>> {
	const { manager, book } = workspace;
	const session = manager.get(accountId);
	const provider = manager.provider(accountId);
	if (session === null || provider === null) return failed(appError("account.notFound"));
	if (!provider.capabilities.abilities.folders) return failed(appError("action.notOffered"));
	const page = await session.ask(async ({ folders }, signal) => {
		if (folders === null) throw new AppFailure(appError("action.notOffered"));
		return await folders.page(folderId, next, signal);
	});
	if (!page.ok) return page;
	const { threads } = page.value;
	const unknown = (thread: FolderThread): NewConversation => ({
		id: random.uuid() as ConversationId,
		accountId,
		system: provider.system,
		peer: thread.peer,
		address: thread.address,
		formatted: thread.formatted,
		name: thread.name,
		thread: thread.facts,
		createdAt: thread.at ?? clock.now(),
	});
	await book.change(() => told(workspace, accountId, threads, unknown));
	const ids = threads.flatMap(({ peer }) => book.byPeer(accountId, peer)?.id ?? []);
	return ok({ conversationIds: [...new Set(ids)], next: page.value.next });
}

/** What the page says of conversations; null: nothing new. */
function told(
	{ book }: Workspace,
	accountId: AccountId,
	threads: readonly FolderThread[],
	unknown: (thread: FolderThread) => NewConversation,
): StoreWrite | null {
	const conversations = new Map<string, NewConversation>();
	const patches: NonNullable<StoreWrite["patches"]>[number][] = [];
	for (const thread of threads) {
		const record = book.byPeer(accountId, thread.peer);
		if (record === null) {
			if (!conversations.has(thread.peer)) conversations.set(thread.peer, unknown(thread));
			continue;
		}
		const patch = threadPatch(record, thread, thread.name);
		if (patch !== null) patches.push({ id: record.id, patch });
	}
	if (conversations.size + patches.length === 0) return null;
	return { conversations: [...conversations.values()], patches };
}
