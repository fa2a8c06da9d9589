import type { ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import { appError } from "../../../shared/errors.ts";
import type { Delivery, EpochMs, MessageEntry } from "../../../shared/model.ts";
import { type Happening, nextDelivery } from "../outbox/delivery.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { DeliveryChange, MediaWrite, StoredMedia } from "../ports/stores.ts";
import { type ChangedDetails, type KnownRefs, laterDetails } from "./message-details.ts";
import { couldBe, type OwnMessage, textMeant } from "./settle.ts";

/** What is known of our own messages before a batch. */
export interface OwnFacts {
	readonly now: EpochMs;
	/** Those that the batch speaks of by client id, and by the system's id. */
	readonly own: ReadonlyMap<ClientMessageId, MessageEntry>;
	readonly byRemote: ReadonlyMap<string, MessageEntry>;
	/** Texts of which it is not known whether the server has them. */
	readonly inDoubt: ReadonlyMap<ConversationId, readonly MessageEntry[]>;
	/** Own messages on the server that may be one of them and that no client id claims. */
	readonly unclaimed: ReadonlyMap<ConversationId, readonly MessageEntry[]>;
	/** Texts of ours that the server took in an earlier run without giving them an id; oldest first. */
	readonly landed: ReadonlyMap<ConversationId, readonly MessageEntry[]>;
	/** How the files of known messages are found, where they are still on the server only. */
	readonly refs: KnownRefs;
	readonly newId: () => string;
}

/** An own message on the server that is one of ours. */
export interface Settled {
	readonly entry: MessageEntry;
	/** What was told is older than what the person has asked for since: nothing is done about it. */
	readonly stale: boolean;
	/** A text that was written here has failed by this. */
	readonly failed: boolean;
}

type Told = Extract<ProviderEvent, { readonly type: "delivery" | "deliveryFailed" }>;

interface Facts {
	readonly remoteId: string | null;
	readonly at: EpochMs | null;
	readonly text: string | null;
	readonly details: ChangedDetails | null;
}

/** What a batch says about our own messages: which of ours it means, and what becomes of it. */
export class OwnTexts {
	readonly #facts: OwnFacts;
	/** Own messages of the batch that no id makes known. */
	readonly #nameless: readonly OwnMessage[];
	readonly #changed = new Map<EntryId, MessageEntry>();
	readonly #changes = new Map<EntryId, DeliveryChange>();
	readonly #byRemote = new Map<string, MessageEntry>();
	/** Made by this batch, by the system's id. */
	readonly #made = new Map<string, EntryId>();
	readonly added: StoredMedia[] = [];
	readonly refs: NonNullable<MediaWrite["refs"]>[number][] = [];

	constructor(batch: readonly ProviderEvent[], facts: OwnFacts) {
		this.#facts = facts;
		this.#nameless = batch.filter(
			(event): event is OwnMessage =>
				event.type === "ownMessage" && this.#byId(event.clientId, event.remoteId) === null,
		);
	}

	get deliveries(): readonly DeliveryChange[] {
		return [...this.#changes.values()];
	}

	/** An own message on the server is this text of ours; null: it was written elsewhere. */
	settle(event: OwnMessage, conversationId: ConversationId): Settled | null {
		const entry =
			this.#byId(event.clientId, event.remoteId) ??
			this.#meant(event, conversationId) ??
			this.#landed(event, conversationId);
		if (entry === null) return null;
		const { remoteId, at, text } = event;
		if (event.state === "failed" && beingRetried(entry)) return { entry, stale: true, failed: false };
		const details = laterDetails(entry, event, this.#facts.refs, this.#facts.newId);
		// What came from elsewhere has the server's wording from the start.
		const wording = entry.clientId === null ? null : text;
		const said = { remoteId, at, text: wording, details };
		const now = this.#happen(entry, toldOf(event), said) ?? entry;
		const before = entry.delivery?.state;
		const failed = entry.clientId !== null && now.delivery?.state === "failed" && before !== "failed";
		return { entry: now, stale: false, failed };
	}

	/** The id of the entry that this batch made for the same message; else `id` is remembered for it. */
	sameInBatch(event: OwnMessage, id: EntryId): EntryId | null {
		if (event.remoteId === null) return null;
		const made = this.#made.get(event.remoteId);
		if (made === undefined) this.#made.set(event.remoteId, id);
		return made ?? null;
	}

	/** What the system says of a text by its client id; null: it changes nothing. */
	told(event: Told): MessageEntry | null {
		const known = this.#facts.own.get(event.clientId);
		if (known === undefined) return null;
		const entry = this.#now(known);
		if (event.type === "deliveryFailed") {
			const happening = { kind: "failedAfterAll", error: event.error } as const;
			return this.#happen(entry, happening, { ...silent, remoteId: null, at: null });
		}
		const { remoteId = null, at } = event;
		return this.#happen(entry, { kind: "told", state: event.state }, { ...silent, remoteId, at });
	}

	#happen(entry: MessageEntry, happening: Happening, said: Facts): MessageEntry | null {
		if (entry.delivery === null) return null;
		const next = nextDelivery(entry.delivery, happening, this.#facts.now);
		const named = entry.remoteId === null && said.remoteId !== null;
		const remoteId = entry.remoteId ?? said.remoteId;
		const placed = said.at !== null && entry.localTime && remoteId !== null;
		const reworded = said.text !== null && said.text !== entry.text;
		const { details } = said;
		if (next === null && !named && !placed && !reworded && details === null) return null;
		const changed: MessageEntry = {
			...entry,
			delivery: next ?? entry.delivery,
			remoteId,
			...(placed ? { at: said.at, localTime: false } : {}),
			...(reworded ? { text: said.text } : {}),
			...(details === null ? {} : { details: details.details }),
		};
		this.added.push(...(details?.added ?? []));
		this.refs.push(...(details?.refs ?? []));
		this.#changed.set(entry.id, changed);
		if (remoteId !== null) this.#byRemote.set(remoteId, changed);
		this.#changes.set(entry.id, {
			...this.#changes.get(entry.id),
			id: entry.id,
			delivery: changed.delivery ?? entry.delivery,
			...(named ? { remoteId: said.remoteId } : {}),
			...(placed ? { at: said.at } : {}),
			...(reworded ? { text: said.text } : {}),
			...(details === null ? {} : { details: details.details }),
		});
		return changed;
	}

	/**
	 * The app ended after the server had taken a text and before it was seen under its id: now it is. Each such text
	 * is one message there, so that the oldest equal one fits whichever is meant.
	 */
	#landed(event: OwnMessage, conversationId: ConversationId): MessageEntry | null {
		if (event.remoteId === null || event.at === null) return null;
		const { at, text } = event;
		const fits = (entry: MessageEntry): boolean =>
			!this.#changed.has(entry.id) && entry.text === text && couldBe(entry, at);
		return this.#facts.landed.get(conversationId)?.find(fits) ?? null;
	}

	#meant(event: OwnMessage, conversationId: ConversationId): MessageEntry | null {
		const { inDoubt, unclaimed, now } = this.#facts;
		const texts = (inDoubt.get(conversationId) ?? []).filter((entry) => !this.#changed.has(entry.id));
		if (texts.length === 0) return null;
		const alike = this.#nameless.filter(
			(other) =>
				other !== event &&
				other.peer === event.peer &&
				(other.remoteId === null || other.remoteId !== event.remoteId),
		);
		const stored = unclaimed.get(conversationId) ?? [];
		return textMeant(
			event,
			texts,
			[...stored, ...alike.map((other) => ({ ...other, sequence: null }))],
			now,
		);
	}

	#byId(clientId: ClientMessageId | null | undefined, remoteId: string | null): MessageEntry | null {
		const ours = clientId == null ? undefined : this.#facts.own.get(clientId);
		if (ours !== undefined) return this.#now(ours);
		if (remoteId === null) return null;
		const known = this.#byRemote.get(remoteId) ?? this.#facts.byRemote.get(remoteId);
		return known === undefined || known.direction === "in" ? null : this.#now(known);
	}

	#now(entry: MessageEntry): MessageEntry {
		return this.#changed.get(entry.id) ?? entry;
	}
}

const silent = { text: null, details: null } as const;

/** What the server says became of an own message. */
export function toldOf({ state = "sent", problem, retryAllowed }: OwnMessage): Happening {
	if (state !== "failed") return { kind: "told", state };
	const error = problem ?? appError("message.deliveryFailed");
	return { kind: "toldFailed", error, retryAllowed: retryAllowed === true };
}

/** The server had it and it failed, and the person wants it tried again: that it failed is known. */
function beingRetried({ remoteId, delivery }: MessageEntry): boolean {
	const state = delivery?.state;
	return remoteId !== null && (state === "queued" || state === "waiting" || state === "sending");
}

/** The delivery of an own message that the server tells of first. */
export function toldDelivery(event: OwnMessage, since: EpochMs): Delivery {
	const failed = event.state === "failed";
	return {
		state: event.state ?? "sent",
		since,
		queueReason: null,
		problem: failed ? (event.problem ?? appError("message.deliveryFailed")) : null,
		retryAllowed: failed && event.retryAllowed === true,
		undoUntil: null,
	};
}
