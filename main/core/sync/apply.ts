import { toAppError } from "../../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId } from "../../../shared/ids.ts";
import type { MessageEntry, SystemId } from "../../../shared/model.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { Clock, Logger, Random } from "../ports/runtime.ts";
import { type BatchContext, type BatchPlan, type Effect, planBatch } from "./plan.ts";

/** Whom the batch's consequences for the person go to. */
export interface AppliedListener {
	incoming(conversationId: ConversationId, text: string, catchUp: boolean): void;
	begun(conversationId: ConversationId): void;
	sendProblem(entry: MessageEntry): void;
}

export interface ApplyPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly book: ConversationBook;
	readonly outbox: Outbox;
	readonly seen: (id: ConversationId) => boolean;
	readonly listener: AppliedListener;
}

/**
 * Stores one batch in one write, then lets its consequences happen in order. Resolves when the
 * batch is stored; rejects when it could not be, with nothing changed.
 */
export async function applyBatch(
	ports: ApplyPorts,
	account: { readonly id: AccountId; readonly system: SystemId },
	batch: readonly ProviderEvent[],
): Promise<void> {
	const { book } = ports;
	let plan: BatchPlan = { write: null, effects: [] };
	await book.change(async () => {
		const own = new Map<ClientMessageId, MessageEntry>();
		for (const event of batch) {
			if (event.type !== "delivery" && event.type !== "deliveryFailed") continue;
			const entry = await book.store.byClientId(event.clientId);
			if (entry !== null) own.set(event.clientId, entry);
		}
		plan = planBatch(batch, contextOf(ports, account, own));
		return plan.write;
	});
	for (const effect of plan.effects) happen(ports, account.id, effect);
}

function contextOf(
	{ book, clock, random, seen }: ApplyPorts,
	account: { readonly id: AccountId; readonly system: SystemId },
	own: ReadonlyMap<ClientMessageId, MessageEntry>,
): BatchContext {
	return {
		accountId: account.id,
		system: account.system,
		now: clock.now(),
		newId: () => random.uuid(),
		conversation: (address) => book.byAddress(account.id, address),
		byId: (id) => book.get(id),
		live: (id) => book.live(id),
		liveConversations: book
			.records(account.id)
			.map((record) => record.id)
			.filter((id) => book.live(id) !== null),
		seen,
		own,
	};
}

function happen({ book, outbox, listener, logger }: ApplyPorts, accountId: AccountId, effect: Effect): void {
	switch (effect.type) {
		case "incoming":
			listener.incoming(effect.conversationId, effect.text, effect.catchUp);
			return;
		case "begun":
			// A stretch that texts of ours asked for is no news.
			if (outbox.queued(effect.conversationId) === 0) listener.begun(effect.conversationId);
			return;
		case "live":
			book.setLive(effect.conversationId, effect.live);
			if (effect.live?.canSend === true) outbox.poke(accountId, effect.conversationId);
			return;
		case "presence":
			book.setPresence(accountId, effect.event.peer, effect.event.presence, effect.event.label);
			return;
		case "sendable":
			outbox.poke(accountId, effect.conversationId);
			return;
		case "unreachable":
			outbox.unreachable(effect.conversationId, effect.error).catch((thrown: unknown) => {
				logger.error("outbox.unreachable", { error: toAppError(thrown) });
			});
			return;
		case "settled":
			outbox.withdraw(effect.conversationId, effect.entryId);
			return;
		case "sendProblem":
			listener.sendProblem(effect.entry);
			return;
	}
}
