import { appError, AppFailure, failed, type Result } from "../../../shared/errors.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { CardBook } from "../ports/provider.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { Workspace } from "../workspace.ts";

/** What the system knows of the other side. */
export async function contactCard(
	workspace: Workspace,
	record: ConversationRecord,
): Promise<Result<Output<"contacts.card">>> {
	return await withCards(workspace, record, (cards, signal) => cards.card(record.peer, signal));
}

/** Says on the system who the other side is. */
export async function assignContact(
	workspace: Workspace,
	record: ConversationRecord,
	{ contactId }: Parsed<"contacts.assign">,
): Promise<Result<null>> {
	return await withCards(workspace, record, async (cards, signal) => {
		await cards.assign(record.peer, contactId, signal);
		return null;
	});
}

async function withCards<T>(
	{ manager }: Workspace,
	{ accountId }: ConversationRecord,
	run: (cards: CardBook, signal: AbortSignal) => Promise<T>,
): Promise<Result<T>> {
	const session = manager.get(accountId);
	if (session === null) return failed(appError("account.notFound"));
	const able = manager.provider(accountId)?.capabilities.abilities.contactCards === true;
	if (!able) return failed(appError("action.notOffered"));
	return await session.ask(async ({ cards }, signal) => {
		if (cards === null) throw new AppFailure(appError("action.notOffered"));
		return await run(cards, signal);
	});
}
