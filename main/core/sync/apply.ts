import { toAppError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs, MessageEntry, SystemId } from "../../../shared/model.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { Clock, Logger, Random } from "../ports/runtime.ts";
import type { StoreWrite, StoreWritten } from "../ports/stores.ts";
import { batchFacts } from "./batch-facts.ts";
import type { BatchContext, BatchPlan, Effect } from "./batch-plan.ts";
import { planBatch } from "./plan.ts";
import { splitBatch } from "./split-batch.ts";

/** A message from the peer that was new to the store. */
export interface Incoming {
	readonly conversationId: ConversationId;
	readonly entryId: EntryId;
	readonly text: string;
	/** Who wrote it, in a conversation of several; null: the peer. */
	readonly author: string | null;
	/** How many came with it. */
	readonly files: number;
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
	/** It was read elsewhere, and nothing in it is unread any more. */
	read?(conversationId: ConversationId): void;
}

export interface ApplyPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly book: ConversationBook;
	readonly outbox: Outbox;
	/** When this run of the app began. */
	readonly startedAt: () => EpochMs;
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
 * Stores one batch in one write (or a few, see `splitBatch`), then lets its consequences happen in order. Resolves
 * when the batch is stored; rejects when it could not be. `extra` is written in the same transaction, the last one;
 * null: nothing was to be written.
 */
export async function applyBatch(
	ports: ApplyPorts,
	account: { readonly id: AccountId; readonly system: SystemId },
	batch: readonly ProviderEvent[],
	extra: StoreWrite | null = null,
): Promise<StoreWritten | null> {
	const pieces = splitBatch(batch);
	let written: StoreWritten | null = null;
	for (const [index, piece] of pieces.entries())
		written = await applyPiece(ports, account, piece, index === pieces.length - 1 ? extra : null);
	return written;
}

async function applyPiece(
	ports: ApplyPorts,
	account: { readonly id: AccountId; readonly system: SystemId },
	piece: readonly ProviderEvent[],
	extra: StoreWrite | null,
): Promise<StoreWritten | null> {
	const { book, clock } = ports;
	let plan: BatchPlan = { write: null, effects: [] };
	const written = await book.change(async () => {
		const facts = await batchFacts(
			book.store,
			{
				id: account.id,
				conversation: (peer) => book.byPeer(account.id, peer)?.id ?? null,
				startedAt: ports.startedAt(),
			},
			piece,
		);
		plan = planBatch(piece, contextOf(ports, account, facts));
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
		readUntil: [...(one.readUntil ?? []), ...(other.readUntil ?? [])],
		media: {
			added: [...(one.media?.added ?? []), ...(other.media?.added ?? [])],
			taken: [...(one.media?.taken ?? []), ...(other.media?.taken ?? [])],
			changed: [...(one.media?.changed ?? []), ...(other.media?.changed ?? [])],
			removed: [...(one.media?.removed ?? []), ...(other.media?.removed ?? [])],
			refs: [...(one.media?.refs ?? []), ...(other.media?.refs ?? [])],
		},
		cursors: [...(one.cursors ?? []), ...(other.cursors ?? [])],
		gaps: {
			opened: [...(gaps.opened ?? []), ...(other.gaps?.opened ?? [])],
			moved: [...(gaps.moved ?? []), ...(other.gaps?.moved ?? [])],
			closed: [...(gaps.closed ?? []), ...(other.gaps?.closed ?? [])],
		},
	};
}

function contextOf(
	{ book, clock, random, seen, backfill }: ApplyPorts,
	account: { readonly id: AccountId; readonly system: SystemId },
	facts: Awaited<ReturnType<typeof batchFacts>>,
): BatchContext {
	return {
		...facts,
		now: clock.now(),
		accountId: account.id,
		system: account.system,
		newId: () => random.uuid(),
		conversation: (peer) => book.byPeer(account.id, peer),
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
		case "read":
			if (book.get(effect.conversationId)?.unread === 0) listener.read?.(effect.conversationId);
			return;
		case "gap":
			backfill?.gap(accountId, effect.event);
			return;
	}
}
