import type { AppError } from "../../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Entry, EpochMs, LiveStretch, MessageEntry, SystemId } from "../../../shared/model.ts";
import { peerName, previewOf } from "../conversations/conversation-view.ts";
import { deliveryWrite, nextDelivery } from "../outbox/delivery.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { ConversationPatch, ConversationRecord, NewEntry, StoreWrite } from "../ports/stores.ts";

/** What planning needs to know of the world as it is. */
export interface BatchContext {
	readonly accountId: AccountId;
	readonly system: SystemId;
	readonly now: EpochMs;
	readonly newId: () => string;
	readonly conversation: (address: string) => ConversationRecord | null;
	readonly byId: (id: ConversationId) => ConversationRecord | null;
	readonly live: (id: ConversationId) => LiveStretch | null;
	/** Conversations of the account with a live stretch. */
	readonly liveConversations: readonly ConversationId[];
	/** The agent sees the newest entry of it right now. */
	readonly seen: (id: ConversationId) => boolean;
	/** Our own messages that the batch speaks of. */
	readonly own: ReadonlyMap<ClientMessageId, MessageEntry>;
}

/** What follows once the batch is stored. */
export type Effect =
	| {
			readonly type: "incoming";
			readonly conversationId: ConversationId;
			readonly text: string;
			readonly catchUp: boolean;
	  }
	| { readonly type: "live"; readonly conversationId: ConversationId; readonly live: LiveStretch | null }
	/** They began a stretch, and it is not an old one that we only just see. */
	| { readonly type: "begun"; readonly conversationId: ConversationId }
	| { readonly type: "presence"; readonly event: Extract<ProviderEvent, { type: "presence" }> }
	| { readonly type: "sendable"; readonly conversationId: ConversationId | null }
	| { readonly type: "unreachable"; readonly conversationId: ConversationId; readonly error: AppError }
	/** A text of ours that is still queued need not or must not be sent. */
	| { readonly type: "settled"; readonly conversationId: ConversationId; readonly entryId: EntryId }
	| { readonly type: "sendProblem"; readonly entry: MessageEntry };

export interface BatchPlan {
	/** Null: nothing to store. */
	readonly write: StoreWrite | null;
	readonly effects: readonly Effect[];
}

/** A stretch older than this when first seen was there before us. */
const newStretchMs = 30_000;

/** Turns one batch of a session into one write and what follows from it. Pure. */
export function planBatch(batch: readonly ProviderEvent[], context: BatchContext): BatchPlan {
	const draft = new Draft(context);
	for (const event of batch) draft.take(event);
	return { write: draft.write(), effects: draft.effects };
}

/** The work of one plan: records as they will be, in memory of this call only. */
class Draft {
	readonly effects: Effect[] = [];
	readonly #context: BatchContext;
	readonly #created = new Map<ConversationId, ConversationRecord>();
	readonly #changed = new Map<ConversationId, ConversationRecord>();
	readonly #addresses = new Map<string, ConversationId>();
	readonly #entries: NewEntry[] = [];
	readonly #own: Map<ClientMessageId, MessageEntry>;
	readonly #deliveries = new Map<EntryId, MessageEntry>();
	readonly #live = new Map<ConversationId, LiveStretch | null>();

	constructor(context: BatchContext) {
		this.#context = context;
		this.#own = new Map(context.own);
	}

	take(event: ProviderEvent): void {
		switch (event.type) {
			case "message":
				this.#incoming(event);
				return;
			case "ownMessage":
				this.#elsewhere(event);
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
				for (const record of this.#withGap(event.peer)) {
					this.#line(record, { kind: "gap", from: event.from, to: event.to }, event.to);
				}
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
		const conversations = [...this.#created.values()];
		const patches = [...this.#changed].map(([id, record]) => ({ id, patch: patchOf(record) }));
		const deliveries = [...this.#deliveries].flatMap(([id, { delivery }]) =>
			delivery === null ? [] : [{ id, delivery }],
		);
		if (conversations.length + patches.length + deliveries.length + this.#entries.length === 0)
			return null;
		return { conversations, patches, deliveries, entries: this.#entries };
	}

	#incoming(event: Extract<ProviderEvent, { type: "message" }>): void {
		const record = this.#record(event.peer);
		const entry: NewEntry = {
			id: this.#newEntryId(),
			conversationId: record.id,
			kind: "message",
			direction: "in",
			clientId: null,
			text: event.text,
			author: peerName(record),
			delivery: null,
			at: event.at ?? this.#context.now,
			localTime: event.at === null,
		};
		this.#entries.push(entry);
		const seen = this.#context.seen(record.id);
		this.#patch(record, {
			preview: previewOf(entry),
			lastActivity: Math.max(record.lastActivity, entry.at),
			...(seen ? {} : { unread: record.unread + 1, firstUnread: record.firstUnread ?? entry.id }),
		});
		this.effects.push({
			type: "incoming",
			conversationId: record.id,
			text: event.text,
			catchUp: event.catchUp,
		});
	}

	#elsewhere(event: Extract<ProviderEvent, { type: "ownMessage" }>): void {
		const record = this.#record(event.peer);
		const at = event.at ?? this.#context.now;
		const entry: NewEntry = {
			id: this.#newEntryId(),
			conversationId: record.id,
			kind: "message",
			direction: "out",
			clientId: null,
			text: event.text,
			author: "",
			delivery: { state: "sent", since: at, queueReason: null, problem: null, retryAllowed: false },
			at,
			localTime: event.at === null,
		};
		this.#entries.push(entry);
		this.#patch(record, { preview: previewOf(entry), lastActivity: Math.max(record.lastActivity, at) });
	}

	#delivery(event: Extract<ProviderEvent, { type: "delivery" | "deliveryFailed" }>): void {
		const entry = this.#own.get(event.clientId);
		if (entry === undefined || entry.delivery === null) return;
		const delivery = nextDelivery(
			entry.delivery,
			event.type === "delivery"
				? { kind: "told", state: event.state }
				: { kind: "failedAfterAll", error: event.error },
			this.#context.now,
		);
		if (delivery === null) return;
		const record = this.#byId(entry.conversationId);
		const shown = deliveryWrite(record, entry, delivery).patches?.[0]?.patch;
		if (record !== null && shown !== undefined) this.#patch(record, shown);
		const changed = { ...entry, delivery };
		this.#own.set(event.clientId, changed);
		this.#deliveries.set(entry.id, changed);
		this.effects.push({ type: "settled", conversationId: entry.conversationId, entryId: entry.id });
		if (event.type === "deliveryFailed") this.effects.push({ type: "sendProblem", entry: changed });
	}

	#liveChange(peer: string, live: LiveStretch | null): void {
		// An end of something never heard of needs no conversation.
		if (live === null && this.#known(peer) === null) return;
		const record = this.#record(peer);
		const before = this.#liveNow(record.id);
		this.#live.set(record.id, live);
		this.effects.push({ type: "live", conversationId: record.id, live });
		if (before !== null || live === null || live.phase === "calling") return;
		if (this.#context.now - live.since < newStretchMs)
			this.effects.push({ type: "begun", conversationId: record.id });
	}

	#line(record: ConversationRecord, line: LineContent, at: EpochMs | null): void {
		const entry: NewEntry = {
			...line,
			id: this.#newEntryId(),
			conversationId: record.id,
			at: at ?? this.#context.now,
		};
		this.#entries.push(entry);
		// A note never takes the place of what was said last.
		const said = record.preview !== null && record.preview.kind !== "note";
		this.#patch(record, {
			...(said ? {} : { preview: previewOf(entry) }),
			...(line.kind === "gap" ? {} : { lastActivity: Math.max(record.lastActivity, entry.at) }),
		});
	}

	#withGap(peer: string | null): readonly ConversationRecord[] {
		if (peer !== null) return [this.#known(peer)].filter((record) => record !== null);
		const ids = new Set(this.#context.liveConversations);
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

	#known(address: string): ConversationRecord | null {
		const created = this.#addresses.get(address);
		if (created !== undefined) return this.#byId(created);
		const record = this.#context.conversation(address);
		return record === null ? null : this.#byId(record.id);
	}

	#record(address: string): ConversationRecord {
		const known = this.#known(address);
		if (known !== null) return known;
		const record: ConversationRecord = {
			id: this.#context.newId() as ConversationId,
			accountId: this.#context.accountId,
			system: this.#context.system,
			address,
			name: null,
			lastActivity: this.#context.now,
			unread: 0,
			firstUnread: null,
			draft: "",
			muted: false,
			preview: null,
		};
		this.#created.set(record.id, record);
		this.#addresses.set(address, record.id);
		return record;
	}

	#byId(id: ConversationId): ConversationRecord | null {
		return this.#created.get(id) ?? this.#changed.get(id) ?? this.#context.byId(id);
	}

	#patch(record: ConversationRecord, patch: ConversationPatch): void {
		const current = this.#byId(record.id) ?? record;
		const next = { ...current, ...patch };
		(this.#created.has(record.id) ? this.#created : this.#changed).set(record.id, next);
	}

	#newEntryId(): EntryId {
		return this.#context.newId() as EntryId;
	}
}

type LineContent =
	| Pick<Extract<Entry, { kind: "stretch" }>, "kind" | "what">
	| Pick<Extract<Entry, { kind: "gap" }>, "kind" | "from" | "to">
	| Pick<Extract<Entry, { kind: "problem" }>, "kind" | "problem">;

/** The fields that a batch may have changed. Never the draft: that is the person's. */
function patchOf(record: ConversationRecord): ConversationPatch {
	const { name, lastActivity, unread, firstUnread, preview } = record;
	return { name, lastActivity, unread, firstUnread, preview };
}
