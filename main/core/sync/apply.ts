import { toAppError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs, MessageEntry, SystemId } from "../../../shared/model.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { Clock, Logger, Random } from "../ports/runtime.ts";
import type { MessageStore, StoreWrite, StoreWritten } from "../ports/stores.ts";
import type { OwnFacts } from "./own-texts.ts";
import { type BatchContext, type BatchPlan, type Effect, ownIds, planBatch } from "./plan.ts";
import { earliest, inDoubt } from "./settle.ts";

/** A message from the peer that was new to the store. */
export interface Incoming {
	readonly conversationId: ConversationId;
	readonly entryId: EntryId;
	readonly text: string;
	/** Made up for after an outage. */
	readonly catchUp: boolean;
	/** The agent saw it come. */
	readonly seen: boolean;
	/** When it was stored here. */
	readonly arrivedAt: EpochMs;
}

/** Whom the batch's consequences for the person go to. */
export interface AppliedListener {
	incoming(message: Incoming): void;
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
	/** Asks the server for what is missing; left out where no account has history. */
	readonly backfill?: BackfillGap;
}

export interface BackfillGap {
	/** The session of this account can be asked for past messages. */
	history(accountId: AccountId): boolean;
	gap(accountId: AccountId, event: Extract<ProviderEvent, { type: "gap" }>): void;
	/** Nothing is missing in this conversation, as far as is known. */
	whole(accountId: AccountId, id: ConversationId): boolean;
}

/**
 * Stores one batch in one write, then lets its consequences happen in order. Resolves when the
 * batch is stored; rejects when it could not be, with nothing changed. `extra` is written in the
 * same transaction; null: nothing was to be written.
 */
export async function applyBatch(
	ports: ApplyPorts,
	account: { readonly id: AccountId; readonly system: SystemId },
	batch: readonly ProviderEvent[],
	extra: StoreWrite | null = null,
): Promise<StoreWritten | null> {
	const { book, clock } = ports;
	let plan: BatchPlan = { write: null, effects: [] };
	const written = await book.change(async () => {
		plan = planBatch(batch, contextOf(ports, account, await ownFacts(ports, account.id, batch)));
		return extra === null ? plan.write : together(plan.write ?? {}, extra);
	});
	const added = new Set(written?.added);
	const arrivedAt = clock.now();
	for (const effect of plan.effects) {
		// What was here already has had its consequences.
		if (effect.type !== "incoming") happen(ports, account.id, effect);
		else if (added.has(effect.entryId)) ports.listener.incoming({ ...effect, arrivedAt });
	}
	return written;
}

/** Everything of both, in one transaction. */
function together(one: StoreWrite, other: StoreWrite): StoreWrite {
	const gaps = { ...one.gaps };
	return {
		conversations: [...(one.conversations ?? []), ...(other.conversations ?? [])],
		patches: [...(one.patches ?? []), ...(other.patches ?? [])],
		entries: [...(one.entries ?? []), ...(other.entries ?? [])],
		deliveries: [...(one.deliveries ?? []), ...(other.deliveries ?? [])],
		removed: [...(one.removed ?? []), ...(other.removed ?? [])],
		read: [...(one.read ?? []), ...(other.read ?? [])],
		unread: [...(one.unread ?? []), ...(other.unread ?? [])],
		cursors: [...(one.cursors ?? []), ...(other.cursors ?? [])],
		gaps: {
			opened: [...(gaps.opened ?? []), ...(other.gaps?.opened ?? [])],
			moved: [...(gaps.moved ?? []), ...(other.gaps?.moved ?? [])],
			closed: [...(gaps.closed ?? []), ...(other.gaps?.closed ?? [])],
		},
	};
}

/** Reads what the batch says about our own messages; most batches say nothing, and then nothing is read. */
async function ownFacts(
	{ book, clock }: ApplyPorts,
	accountId: AccountId,
	batch: readonly ProviderEvent[],
): Promise<OwnFacts> {
	const { store } = book;
	const { clientIds, remoteIds } = ownIds(batch);
	const [mine, theirs] = await Promise.all([
		clientIds.length === 0 ? [] : store.byClientIds(clientIds),
		remoteIds.length === 0 ? [] : store.byRemoteIds(accountId, remoteIds),
	]);
	const own = new Map(mine.flatMap((entry) => (entry.clientId === null ? [] : [[entry.clientId, entry]])));
	const byRemote = new Map(
		theirs.flatMap((entry) => (entry.remoteId === null ? [] : [[entry.remoteId, entry]])),
	);
	const doubtful = new Map<ConversationId, readonly MessageEntry[]>();
	const unclaimed = new Map<ConversationId, readonly MessageEntry[]>();
	const nameless = batch.some(
		(event) =>
			event.type === "ownMessage" &&
			!(event.clientId != null && own.has(event.clientId)) &&
			!(event.remoteId !== null && byRemote.has(event.remoteId)),
	);
	if (nameless) await readDoubtful(store, accountId, doubtful, unclaimed);
	return { now: clock.now(), own, byRemote, inDoubt: doubtful, unclaimed };
}

async function readDoubtful(
	store: MessageStore,
	accountId: AccountId,
	doubtful: Map<ConversationId, readonly MessageEntry[]>,
	unclaimed: Map<ConversationId, readonly MessageEntry[]>,
): Promise<void> {
	const texts = (await store.unsettled(accountId)).filter(inDoubt);
	for (const [id, own] of Map.groupBy(texts, (entry) => entry.conversationId)) {
		doubtful.set(id, own);
		unclaimed.set(id, await store.unclaimed(id, earliest(own)));
	}
}

function contextOf(
	{ book, random, seen, backfill }: ApplyPorts,
	account: { readonly id: AccountId; readonly system: SystemId },
	facts: OwnFacts,
): BatchContext {
	return {
		...facts,
		accountId: account.id,
		system: account.system,
		newId: () => random.uuid(),
		conversation: (address) => book.byAddress(account.id, address),
		byId: (id) => book.get(id),
		live: (id) => book.live(id),
		liveConversations: () => book.liveOf(account.id),
		seen,
		history: backfill?.history(account.id) ?? false,
		whole: (id) => backfill?.whole(account.id, id) ?? false,
	};
}

function happen(
	{ book, outbox, listener, logger, backfill }: ApplyPorts,
	accountId: AccountId,
	effect: Exclude<Effect, { type: "incoming" }>,
): void {
	switch (effect.type) {
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
		case "gap":
			backfill?.gap(accountId, effect.event);
			return;
	}
}
