import type { AppError } from "../../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Entry, EpochMs, LiveStretch, MessageEntry, SystemId } from "../../../shared/model.ts";
import { compareOrder, type Order, orderStart, serverOrder } from "../../../shared/order.ts";
import { peerName } from "../conversations/conversation-view.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type {
	ConversationPatch,
	ConversationRecord,
	NewConversation,
	NewEntry,
	StoreWrite,
} from "../ports/stores.ts";
import { nextDelivery } from "../outbox/delivery.ts";
import { type OwnFacts, OwnTexts } from "./own-texts.ts";

/** What planning needs to know of the world as it is. */
export interface BatchContext extends OwnFacts {
	readonly accountId: AccountId;
	readonly system: SystemId;
	readonly newId: () => string;
	readonly conversation: (address: string) => ConversationRecord | null;
	readonly byId: (id: ConversationId) => ConversationRecord | null;
	readonly live: (id: ConversationId) => LiveStretch | null;
	/** Conversations of the account with a live stretch. */
	readonly liveConversations: () => readonly ConversationId[];
	/** The agent sees the newest entry of it right now. */
	readonly seen: (id: ConversationId) => boolean;
	/** The server can be asked for what is missing. */
	readonly history: boolean;
	/** Everything of the server in this conversation has come in so far: what comes now moves `syncedTo` on. */
	readonly whole: (id: ConversationId) => boolean;
}

/** What follows once the batch is stored. */
export type Effect =
	| {
			readonly type: "incoming";
			readonly conversationId: ConversationId;
			/** It happens only if this entry was new. */
			readonly entryId: EntryId;
			readonly text: string;
			readonly catchUp: boolean;
			readonly seen: boolean;
	  }
	| { readonly type: "live"; readonly conversationId: ConversationId; readonly live: LiveStretch | null }
	/** They began a stretch, and it is not an old one that we only just see. */
	| { readonly type: "begun"; readonly conversationId: ConversationId }
	| { readonly type: "presence"; readonly event: Extract<ProviderEvent, { type: "presence" }> }
	| { readonly type: "sendable"; readonly conversationId: ConversationId | null }
	| { readonly type: "unreachable"; readonly conversationId: ConversationId; readonly error: AppError }
	/** A text of ours that is still queued need not or must not be sent. */
	| { readonly type: "settled"; readonly conversationId: ConversationId; readonly entryId: EntryId }
	| { readonly type: "sendProblem"; readonly entry: MessageEntry }
	/** The server is to be asked for what is missing. */
	| { readonly type: "gap"; readonly event: Extract<ProviderEvent, { type: "gap" }> };

export interface BatchPlan {
	/** Null: nothing to store. */
	readonly write: StoreWrite | null;
	readonly effects: readonly Effect[];
}

/** A stretch older than this when first seen was there before us. */
const newStretchMs = 30_000;

/** Turns one batch of a session into one write and what follows from it. Pure. */
export function planBatch(batch: readonly ProviderEvent[], context: BatchContext): BatchPlan {
	const draft = new Draft(batch, context);
	for (const event of batch) draft.take(event);
	return { write: draft.write(), effects: draft.effects };
}

/** What the rest of the batch needs to know of a conversation. */
type Known = Pick<ConversationRecord, "id" | "address" | "name" | "live">;

/** The work of one plan: conversations as they will be, in memory of this call only. */
class Draft {
	readonly effects: Effect[] = [];
	readonly #context: BatchContext;
	readonly #created: NewConversation[] = [];
	readonly #patches = new Map<ConversationId, ConversationPatch>();
	/** Created or patched ones. */
	readonly #changed = new Map<ConversationId, Known>();
	readonly #addresses = new Map<string, ConversationId>();
	readonly #entries: NewEntry[] = [];
	readonly #own: OwnTexts;
	readonly #live = new Map<ConversationId, LiveStretch | null>();
	/** Newest place that the server gave, of each conversation the batch speaks of. */
	readonly #newest = new Map<ConversationId, Order>();

	constructor(batch: readonly ProviderEvent[], context: BatchContext) {
		this.#context = context;
		this.#own = new OwnTexts(batch, context);
	}

	take(event: ProviderEvent): void {
		switch (event.type) {
			case "message":
				this.#incoming(event);
				return;
			case "ownMessage":
				this.#ownMessage(event);
				return;
			case "delivery":
			case "deliveryFailed":
				this.#delivery(event);
				return;
			case "live":
				this.#liveChange(event.peer, event.live);
				return;
			case "stretch":
				this.#line(this.#record(event.peer), { kind: "stretch", what: event.what }, event.at);
				return;
			case "sendable": {
				const known = event.peer === null ? null : this.#known(event.peer);
				// Nothing of ours can wait for a peer that no conversation is with.
				if (event.peer !== null && known === null) return;
				this.effects.push({ type: "sendable", conversationId: known?.id ?? null });
				return;
			}
			case "unreachable": {
				const known = this.#known(event.peer);
				if (known === null) return;
				this.effects.push({ type: "unreachable", conversationId: known.id, error: event.error });
				return;
			}
			case "peerName": {
				const known = this.#known(event.peer);
				if (known !== null && known.name !== event.name) this.#patch(known, { name: event.name });
				return;
			}
			case "presence":
				this.effects.push({ type: "presence", event });
				return;
			case "gap":
				this.#gap(event);
				return;
			case "problem":
				if (event.peer !== null)
					this.#line(this.#record(event.peer), { kind: "problem", problem: event.error }, null);
				return;
			// These concern the account and not its conversations: the session takes them itself.
			case "lines":
			case "agentState":
			case "connection":
			case "warnings":
			case "signedOut":
		}
	}

	write(): StoreWrite | null {
		for (const [id, newest] of this.#newest) {
			const synced = this.#context.byId(id)?.syncedTo ?? orderStart;
			if (compareOrder(newest, synced) <= 0 || !this.#context.whole(id)) continue;
			this.#patches.set(id, { ...this.#patches.get(id), syncedTo: newest });
		}
		const conversations = this.#created;
		const patches = [...this.#patches].map(([id, patch]) => ({ id, patch }));
		const { deliveries } = this.#own;
		const entries = [...this.#entries];
		const nothing = conversations.length + patches.length + deliveries.length + entries.length === 0;
		return nothing ? null : { conversations, patches, deliveries, entries };
	}

	#incoming(event: Extract<ProviderEvent, { type: "message" }>): void {
		const record = this.#record(event.peer);
		this.#place(record.id, event);
		// What is made up for may stand far above what is on screen: the window says when it was read.
		const seen = !event.catchUp && this.#context.seen(record.id);
		const entry: NewEntry = {
			id: this.#newEntryId(),
			conversationId: record.id,
			kind: "message",
			direction: "in",
			clientId: null,
			remoteId: event.remoteId,
			text: event.text,
			author: peerName(record),
			delivery: null,
			at: event.at ?? this.#context.now,
			localTime: event.at === null,
			unread: !seen,
		};
		this.#entries.push(entry);
		this.effects.push({
			type: "incoming",
			conversationId: record.id,
			entryId: entry.id,
			text: event.text,
			catchUp: event.catchUp,
			seen,
		});
	}

	#ownMessage(event: Extract<ProviderEvent, { type: "ownMessage" }>): void {
		const record = this.#record(event.peer);
		this.#place(record.id, event);
		const settled = this.#own.settle(event, record.id);
		if (settled !== null) {
			this.#settled(settled);
			return;
		}
		const at = event.at ?? this.#context.now;
		const state = event.state ?? "sent";
		const id = this.#newEntryId();
		const same = this.#own.sameInBatch(event, id);
		if (same !== null) {
			this.#raise(same, state, at);
			return;
		}
		this.#entries.push({
			id,
			conversationId: record.id,
			kind: "message",
			direction: "out",
			clientId: event.clientId ?? null,
			remoteId: event.remoteId,
			text: event.text,
			author: "",
			delivery: {
				state,
				since: at,
				queueReason: null,
				problem: null,
				retryAllowed: false,
				undoUntil: null,
			},
			at,
			localTime: event.at === null,
		});
	}

	/** The same message once more in one batch, and further on its way. */
	#raise(id: EntryId, state: "sent" | "delivered", at: EpochMs): void {
		const index = this.#entries.findIndex((entry) => entry.id === id);
		const entry = this.#entries[index];
		if (entry?.kind !== "message" || entry.delivery === null) return;
		const delivery = nextDelivery(entry.delivery, { kind: "told", state }, at);
		if (delivery !== null) this.#entries[index] = { ...entry, delivery };
	}

	#delivery(event: Extract<ProviderEvent, { type: "delivery" | "deliveryFailed" }>): void {
		const told = this.#own.told(event);
		if (told === null) return;
		this.#settled(told);
		if (event.type === "deliveryFailed") this.effects.push({ type: "sendProblem", entry: told });
	}

	#place(
		id: ConversationId,
		event: { readonly at: EpochMs | null; readonly remoteId: string | null },
	): void {
		if (event.at === null || event.remoteId === null) return;
		const order = serverOrder(event.at, event.remoteId);
		if (compareOrder(order, this.#newest.get(id) ?? orderStart) > 0) this.#newest.set(id, order);
	}

	#settled({ conversationId, id }: MessageEntry): void {
		this.effects.push({ type: "settled", conversationId, entryId: id });
	}

	#liveChange(peer: string, live: LiveStretch | null): void {
		// An end of something never heard of needs no conversation.
		if (live === null && this.#known(peer) === null) return;
		const record = this.#record(peer);
		const before = this.#liveNow(record.id);
		this.#live.set(record.id, live);
		if (record.live !== (live !== null)) this.#patch(record, { live: live !== null });
		this.effects.push({ type: "live", conversationId: record.id, live });
		if (before !== null || live === null || live.phase === "calling") return;
		if (this.#context.now - live.since < newStretchMs)
			this.effects.push({ type: "begun", conversationId: record.id });
	}

	#gap(event: Extract<ProviderEvent, { type: "gap" }>): void {
		if (this.#context.history) {
			this.effects.push({ type: "gap", event });
			return;
		}
		for (const record of this.#withGap(event.peer)) {
			this.#line(record, { kind: "gap", from: event.from, to: event.to, filling: false }, event.to);
		}
	}

	#line(record: Known, line: LineContent, at: EpochMs | null): void {
		this.#entries.push({
			...line,
			id: this.#newEntryId(),
			conversationId: record.id,
			at: at ?? this.#context.now,
		});
	}

	#withGap(peer: string | null): readonly Known[] {
		if (peer !== null) return [this.#known(peer)].filter((record) => record !== null);
		const ids = new Set(this.#context.liveConversations());
		for (const [id, live] of this.#live) {
			if (live === null) ids.delete(id);
			else ids.add(id);
		}
		return [...ids].map((id) => this.#byId(id)).filter((record) => record !== null);
	}

	#liveNow(id: ConversationId): LiveStretch | null {
		const changed = this.#live.get(id);
		return changed === undefined ? this.#context.live(id) : changed;
	}

	#known(address: string): Known | null {
		const created = this.#addresses.get(address);
		if (created !== undefined) return this.#byId(created);
		const record = this.#context.conversation(address);
		return record === null ? null : this.#byId(record.id);
	}

	#record(address: string): Known {
		const known = this.#known(address);
		if (known !== null) return known;
		const { accountId, system, now } = this.#context;
		const id = this.#context.newId() as ConversationId;
		const created = { id, address, name: null, live: false };
		this.#created.push({ id, accountId, system, address, name: null, createdAt: now });
		this.#changed.set(id, created);
		this.#addresses.set(address, id);
		return created;
	}

	#byId(id: ConversationId): Known | null {
		return this.#changed.get(id) ?? this.#context.byId(id);
	}

	#patch(record: Known, patch: Pick<ConversationPatch, "name" | "live">): void {
		this.#patches.set(record.id, { ...this.#patches.get(record.id), ...patch });
		this.#changed.set(record.id, { ...record, ...patch });
	}

	#newEntryId(): EntryId {
		return this.#context.newId() as EntryId;
	}
}

type LineContent =
	| Pick<Extract<Entry, { kind: "stretch" }>, "kind" | "what">
	| Pick<Extract<Entry, { kind: "gap" }>, "kind" | "from" | "to" | "filling">
	| Pick<Extract<Entry, { kind: "problem" }>, "kind" | "problem">;

/** Client ids and remote ids of our own messages that a batch speaks of. */
export function ownIds(batch: readonly ProviderEvent[]): {
	readonly clientIds: readonly ClientMessageId[];
	readonly remoteIds: readonly string[];
} {
	const clientIds = new Set<ClientMessageId>();
	const remoteIds = new Set<string>();
	for (const event of batch) {
		if (event.type !== "delivery" && event.type !== "deliveryFailed" && event.type !== "ownMessage")
			continue;
		if (event.clientId != null) clientIds.add(event.clientId);
		if (event.type !== "deliveryFailed" && event.remoteId != null) remoteIds.add(event.remoteId);
	}
	return { clientIds: [...clientIds], remoteIds: [...remoteIds] };
}
