import { appError, AppFailure, failed, ok, type Result } from "../../../shared/errors.ts";
import type { Parsed } from "../../../shared/ipc/contract.ts";
import type { ThreadDeeds } from "../ports/provider.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { Workspace } from "../workspace.ts";

/** Put away, or taken out of the archive, on this computer only. */
export async function setArchived(
	{ book }: Workspace,
	{ id }: ConversationRecord,
	archived: boolean,
): Promise<Result<null>> {
	await book.change(() =>
		book.get(id)?.archived === archived ? null : { patches: [{ id, patch: { archived } }] },
	);
	return ok(null);
}

/** One of the conversation's own actions, done on the system; what changed comes as an event. */
export async function actOnThread(
	workspace: Workspace,
	record: ConversationRecord,
	{ action }: Parsed<"conversations.act">,
): Promise<Result<null>> {
	if (record.thread?.actions.includes(action) !== true) return failed(appError("action.notOffered"));
	return await deed(workspace, record, (deeds, signal) => deeds.act(record.peer, action, signal));
}

export async function renameThread(
	workspace: Workspace,
	record: ConversationRecord,
	{ title }: Parsed<"conversations.rename">,
): Promise<Result<null>> {
	const wanted = title.trim();
	if (record.thread?.group?.changeable !== true) return failed(appError("group.notChangeable"));
	if (wanted === "") return failed(appError("input.invalid"));
	return await deed(workspace, record, (deeds, signal) => deeds.rename(record.peer, wanted, signal));
}

export async function setMembers(
	workspace: Workspace,
	record: ConversationRecord,
	{ addresses }: Parsed<"conversations.setMembers">,
): Promise<Result<null>> {
	const members = [...new Set(addresses.map((address) => address.trim()))].filter(
		(address) => address !== "",
	);
	if (record.thread?.group?.changeable !== true) return failed(appError("group.notChangeable"));
	if (members.length === 0) return failed(appError("peer.badAddress"));
	return await deed(workspace, record, (deeds, signal) => deeds.setMembers(record.peer, members, signal));
}

async function deed(
	{ manager }: Workspace,
	{ accountId }: ConversationRecord,
	run: (deeds: ThreadDeeds, signal: AbortSignal) => Promise<void>,
): Promise<Result<null>> {
	const session = manager.get(accountId);
	if (session === null) return failed(appError("account.notFound"));
	return await session.ask(async ({ threads }, signal) => {
		if (threads === null) throw new AppFailure(appError("action.notOffered"));
		await run(threads, signal);
		return null;
	});
}
