import type { ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs, MessageEntry } from "../../../shared/model.ts";
import { type Happening, nextDelivery } from "../outbox/delivery.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { DeliveryChange } from "../ports/stores.ts";
import { type OwnMessage, textMeant } from "./settle.ts";

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
}

type Told = Extract<ProviderEvent, { readonly type: "delivery" | "deliveryFailed" }>;

interface Facts {
	readonly remoteId: string | null;
	readonly at: EpochMs | null;
	readonly text: string | null;
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
	settle(event: OwnMessage, conversationId: ConversationId): MessageEntry | null {
		const entry = this.#byId(event.clientId, event.remoteId) ?? this.#meant(event, conversationId);
		if (entry === null) return null;
		const { remoteId, at, text, state = "sent" } = event;
		// What came from elsewhere has the server's wording from the start.
		const wording = entry.clientId === null ? null : text;
		return this.#happen(entry, { kind: "told", state }, { remoteId, at, text: wording }) ?? entry;
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
			return this.#happen(entry, happening, { remoteId: null, at: null, text: null });
		}
		const { remoteId = null, at } = event;
		return this.#happen(entry, { kind: "told", state: event.state }, { remoteId, at, text: null });
	}

	#happen(entry: MessageEntry, happening: Happening, said: Facts): MessageEntry | null {
		if (entry.delivery === null) return null;
		const next = nextDelivery(entry.delivery, happening, this.#facts.now);
		const named = entry.remoteId === null && said.remoteId !== null;
		const remoteId = entry.remoteId ?? said.remoteId;
		const placed = said.at !== null && entry.localTime && remoteId !== null;
		const reworded = said.text !== null && said.text !== entry.text;
		if (next === null && !named && !placed && !reworded) return null;
		const changed: MessageEntry = {
			...entry,
			delivery: next ?? entry.delivery,
			remoteId,
			...(placed ? { at: said.at, localTime: false } : {}),
			...(reworded ? { text: said.text } : {}),
		};
		this.#changed.set(entry.id, changed);
		if (remoteId !== null) this.#byRemote.set(remoteId, changed);
		this.#changes.set(entry.id, {
			...this.#changes.get(entry.id),
			id: entry.id,
			delivery: changed.delivery ?? entry.delivery,
			...(named ? { remoteId: said.remoteId } : {}),
			...(placed ? { at: said.at } : {}),
			...(reworded ? { text: said.text } : {}),
		});
		return changed;
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
