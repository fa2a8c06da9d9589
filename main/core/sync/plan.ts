import type { ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Entry, EpochMs, LiveStretch, MessageEntry } from "../../../shared/model.ts";
import { compareOrder, type Order, orderStart, serverOrder } from "../../../shared/order.ts";
import { peerName } from "../conversations/conversation-view.ts";
import type { ProviderEvent, RemoteFile } from "../ports/provider.ts";
import type { MediaWrite, NewEntry, StoredMedia, StoreWrite } from "../ports/stores.ts";
import { nextDelivery } from "../outbox/delivery.ts";
import { laterDetails, newDetails, renewedRefs } from "./message-details.ts";
import { OwnTexts, toldDelivery, toldOf } from "./own-texts.ts";
import type { BatchContext, BatchPlan, Effect } from "./batch-plan.ts";
import { type Known, PlannedConversations } from "./planned-conversations.ts";
import type { OwnMessage } from "./settle.ts";

/** A stretch older than this when first seen was there before us. */
const newStretchMs = 30_000;

/** Turns one batch of a session into one write and what follows from it. Pure. */
export function planBatch(batch: readonly ProviderEvent[], context: BatchContext): BatchPlan {
	const draft = new Draft(batch, context);
	for (const event of batch) draft.take(event);
	return { write: draft.write(), effects: draft.effects };
}

/** The work of one plan, in memory of this call only. */
class Draft {
	readonly effects: Effect[] = [];
	readonly #context: BatchContext;
	readonly #conversations: PlannedConversations;
	readonly #entries: NewEntry[] = [];
	readonly #own: OwnTexts;
	readonly #live = new Map<ConversationId, LiveStretch | null>();
	/** Newest place that the server gave, of each conversation the batch speaks of. */
	readonly #newest = new Map<ConversationId, Order>();
	/** Messages of others that this batch made, by the system's id. */
	readonly #theirs = new Map<string, EntryId>();
	readonly #added: StoredMedia[] = [];
	readonly #refs: NonNullable<MediaWrite["refs"]>[number][] = [];
	readonly #read: NonNullable<StoreWrite["readUntil"]>[number][] = [];
	readonly #unread: NonNullable<StoreWrite["unread"]>[number][] = [];

	constructor(batch: readonly ProviderEvent[], context: BatchContext) {
		this.#context = context;
		this.#conversations = new PlannedConversations(context);
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
			case "notice":
				this.#notice(event);
				return;
			case "delivery":
			case "deliveryFailed":
				this.#delivery(event);
				return;
			case "thread":
				this.#conversations.thread(event);
				return;
			case "threadGone":
				this.#conversations.gone(event.peer);
				return;
			case "read":
			case "unread":
				this.#mark(event);
				return;
			case "live":
				this.#liveChange(event.peer, event.live);
				return;
			case "stretch":
				this.#line(
					this.#conversations.record(event.peer),
					{ kind: "stretch", what: event.what },
					event.at,
				);
				return;
			case "sendable": {
				const known = event.peer === null ? null : this.#conversations.known(event.peer);
				// Nothing of ours can wait for a peer that no conversation is with.
				if (event.peer !== null && known === null) return;
				this.effects.push({ type: "sendable", conversationId: known?.id ?? null });
				return;
			}
			case "unreachable": {
				const known = this.#conversations.known(event.peer);
				if (known === null) return;
				this.effects.push({ type: "unreachable", conversationId: known.id, error: event.error });
				return;
			}
			case "peerName": {
				const known = this.#conversations.known(event.peer);
				if (known !== null && known.name !== event.name)
					this.#conversations.patch(known, { name: event.name });
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
					this.#line(
						this.#conversations.record(event.peer),
						{ kind: "problem", problem: event.error },
						null,
					);
				return;
			// These concern the account and not its conversations: the session takes them itself.
			case "lines":
			case "folders":
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
			const known = this.#conversations.byId(id);
			if (known !== null) this.#conversations.patch(known, { syncedTo: newest });
		}
		const { created: conversations, patches } = this.#conversations;
		const { deliveries } = this.#own;
		const added = [...this.#added, ...this.#own.added];
		const refs = [...this.#refs, ...this.#own.refs];
		const write: StoreWrite = {
			...(conversations.length === 0 ? {} : { conversations }),
			...(patches.length === 0 ? {} : { patches }),
			...(deliveries.length === 0 ? {} : { deliveries }),
			...(this.#entries.length === 0 ? {} : { entries: [...this.#entries] }),
			...(added.length + refs.length === 0 ? {} : { media: { added, refs } }),
			...(this.#read.length === 0 ? {} : { readUntil: this.#read }),
			...(this.#unread.length === 0 ? {} : { unread: this.#unread }),
		};
		return Object.keys(write).length === 0 ? null : write;
	}

	#incoming(event: Extract<ProviderEvent, { type: "message" }>): void {
		const record = this.#conversations.record(event.peer);
		this.#place(record.id, event);
		const there = event.remoteId === null ? undefined : this.#context.byRemote.get(event.remoteId);
		if (there !== undefined) {
			this.#refs.push(...renewedRefs(there, event.files ?? [], this.#context.refs));
			return;
		}
		const made = event.remoteId === null ? undefined : this.#theirs.get(event.remoteId);
		if (made !== undefined) {
			this.#renew(made, event.files ?? []);
			return;
		}
		const elsewhere = event.read === true;
		// What is made up for may stand far above what is on screen: the window says when it was read.
		const seen = elsewhere || (!event.catchUp && this.#context.seen(record.id));
		const id = this.#newEntryId();
		if (event.remoteId !== null) this.#theirs.set(event.remoteId, id);
		const { details, added } = newDetails(event, { id, conversationId: record.id }, this.#context.newId);
		this.#entries.push({
			id,
			conversationId: record.id,
			kind: "message",
			direction: "in",
			clientId: null,
			remoteId: event.remoteId,
			text: event.text,
			author: event.author ?? peerName(record),
			delivery: null,
			at: event.at ?? this.#context.now,
			localTime: event.at === null,
			details,
			unread: !seen,
		});
		this.#added.push(...added);
		// Whoever has read it on another device is not told of it here.
		if (elsewhere) return;
		this.effects.push({
			type: "incoming",
			conversationId: record.id,
			entryId: id,
			text: event.text,
			author: event.author ?? null,
			files: added.length,
			catchUp: event.catchUp,
			seen,
		});
	}

	/** The same message once more in one batch: its files may be found another way by now. */
	#renew(id: EntryId, files: readonly RemoteFile[]): void {
		let index = -1;
		this.#added.forEach((media, place) => {
			if (media.entryId !== id) return;
			index += 1;
			const ref = files[index]?.ref;
			if (ref !== undefined) this.#added[place] = { ...media, ref };
		});
	}

	#ownMessage(event: OwnMessage): void {
		const record = this.#conversations.record(event.peer);
		this.#place(record.id, event);
		const settled = this.#own.settle(event, record.id);
		if (settled !== null) {
			if (!settled.stale) this.#settled(settled.entry);
			if (settled.failed) this.effects.push({ type: "sendProblem", entry: settled.entry });
			return;
		}
		const at = event.at ?? this.#context.now;
		const id = this.#newEntryId();
		const same = this.#own.sameInBatch(event, id);
		if (same !== null) {
			this.#raise(same, event);
			return;
		}
		const { details, added } = newDetails(event, { id, conversationId: record.id }, this.#context.newId);
		this.#added.push(...added);
		this.#entries.push({
			id,
			conversationId: record.id,
			kind: "message",
			direction: "out",
			clientId: event.clientId ?? null,
			remoteId: event.remoteId,
			text: event.text,
			author: "",
			delivery: toldDelivery(event, at),
			at,
			localTime: event.at === null,
			details,
		});
	}

	/** The same message once more in one batch, and further on its way. */
	#raise(id: EntryId, event: OwnMessage): void {
		const index = this.#entries.findIndex((entry) => entry.id === id);
		const entry = this.#entries[index];
		if (entry?.kind !== "message" || entry.delivery === null) return;
		// As if it had come in a batch of its own: it is so since it was heard of.
		const delivery = nextDelivery(entry.delivery, toldOf(event), this.#context.now) ?? entry.delivery;
		const placed = { ...entry, sequence: 0, order: orderStart };
		const later = laterDetails(placed, event, new Map(), this.#context.newId);
		if (entry.clientId === null) this.#renew(id, event.files ?? []);
		if (later !== null) this.#added.push(...later.added);
		this.#entries[index] = {
			...entry,
			delivery,
			details: later === null ? entry.details : later.details,
		};
	}

	#notice(event: Extract<ProviderEvent, { type: "notice" }>): void {
		const record = this.#conversations.record(event.peer);
		this.#place(record.id, event);
		this.#line(record, { kind: "notice", remoteId: event.remoteId, text: event.text }, event.at);
	}

	/** Set elsewhere. What is in this batch already is marked here, what is stored by the store. */
	#mark(event: Extract<ProviderEvent, { type: "read" | "unread" }>): void {
		const known = this.#conversations.known(event.peer);
		if (known === null) return;
		const { id } = known;
		if (event.type === "unread") {
			this.#unread.push({ id, from: null });
			return;
		}
		const { upTo } = event;
		this.#entries.forEach((entry, index) => {
			if (entry.conversationId === id && (upTo === null || entry.at <= upTo))
				this.#entries[index] = { ...entry, unread: false };
		});
		this.#read.push({ id, at: upTo });
		this.effects.push({ type: "read", conversationId: id });
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
		if (live === null && this.#conversations.known(peer) === null) return;
		const record = this.#conversations.record(peer);
		const before = this.#liveNow(record.id);
		this.#live.set(record.id, live);
		if (record.live !== (live !== null)) this.#conversations.patch(record, { live: live !== null });
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
		if (peer !== null) return [this.#conversations.known(peer)].filter((record) => record !== null);
		const ids = new Set(this.#context.liveConversations());
		for (const [id, live] of this.#live) {
			if (live === null) ids.delete(id);
			else ids.add(id);
		}
		return [...ids].map((id) => this.#conversations.byId(id)).filter((record) => record !== null);
	}

	#liveNow(id: ConversationId): LiveStretch | null {
		const changed = this.#live.get(id);
		return changed === undefined ? this.#context.live(id) : changed;
	}

	#newEntryId(): EntryId {
		return this.#context.newId() as EntryId;
	}
}

type LineContent =
	| Pick<Extract<Entry, { kind: "stretch" }>, "kind" | "what">
	| Pick<Extract<Entry, { kind: "gap" }>, "kind" | "from" | "to" | "filling">
	| Pick<Extract<Entry, { kind: "problem" }>, "kind" | "problem">
	| Pick<Extract<Entry, { kind: "notice" }>, "kind" | "remoteId" | "text">;
