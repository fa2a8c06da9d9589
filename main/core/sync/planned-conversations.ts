import { appError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { EpochMs, SystemId } from "../../../shared/model.ts";
import { untoldThread } from "../conversations/conversation-view.ts";
import { sameThread } from "../conversations/looks-different.ts";
import type { ProviderEvent, Thread } from "../ports/provider.ts";
import type { ConversationPatch, ConversationRecord, NewConversation } from "../ports/stores.ts";

/** What a plan needs to know of the conversations as they are. */
export interface ConversationFacts {
	readonly accountId: AccountId;
	readonly system: SystemId;
	readonly now: EpochMs;
	readonly newId: () => string;
	/** By its key. */
	readonly conversation: (peer: string) => ConversationRecord | null;
	readonly byId: (id: ConversationId) => ConversationRecord | null;
}

/** What the rest of a batch needs to know of a conversation. */
export type Known = Pick<
	ConversationRecord,
	"id" | "peer" | "address" | "formatted" | "name" | "thread" | "live"
>;

type ThreadEvent = Extract<ProviderEvent, { readonly type: "thread" }>;

/** The conversations of one plan as they will be, in memory of this call only. */
export class PlannedConversations {
	readonly #facts: ConversationFacts;
	readonly #created = new Map<ConversationId, NewConversation>();
	readonly #patches = new Map<ConversationId, ConversationPatch>();
	/** Created or patched ones. */
	readonly #changed = new Map<ConversationId, Known>();
	readonly #peers = new Map<string, ConversationId>();

	constructor(facts: ConversationFacts) {
		this.#facts = facts;
	}

	get created(): readonly NewConversation[] {
		return [...this.#created.values()];
	}

	get patches(): readonly { readonly id: ConversationId; readonly patch: ConversationPatch }[] {
		return [...this.#patches].map(([id, patch]) => ({ id, patch }));
	}

	byId(id: ConversationId): Known | null {
		return this.#changed.get(id) ?? this.#facts.byId(id);
	}

	known(peer: string): Known | null {
		const created = this.#peers.get(peer);
		if (created !== undefined) return this.byId(created);
		const record = this.#facts.conversation(peer);
		return record === null ? null : this.byId(record.id);
	}

	/** The conversation with this key, made when there is none. */
	record(peer: string): Known {
		return (
			this.known(peer) ??
			this.#create({ peer, address: peer, formatted: null, name: null, thread: null })
		);
	}

	patch(record: Known, patch: ConversationPatch): void {
		this.#changed.set(record.id, { ...record, ...patch });
		const created = this.#created.get(record.id);
		const { address, formatted, name, thread, ...rest } = patch;
		if (created === undefined)
			this.#patches.set(record.id, { ...this.#patches.get(record.id), ...patch });
		else {
			const known = {
				...(address === undefined ? {} : { address }),
				...(formatted === undefined ? {} : { formatted }),
				...(name === undefined ? {} : { name }),
				...(thread === undefined ? {} : { thread }),
			};
			this.#created.set(record.id, { ...created, ...known });
			if (Object.keys(rest).length > 0)
				this.#patches.set(record.id, { ...this.#patches.get(record.id), ...rest });
		}
	}

	/** What its system says of it, whole. A name that is not told is no reason to forget one. */
	thread({ peer, address, formatted, name, facts }: ThreadEvent): void {
		const known = this.known(peer);
		if (known === null) this.#create({ peer, address, formatted, name, thread: facts });
		else {
			const patch = threadPatch(known, { peer, address, formatted, facts }, name);
			if (patch !== null) this.patch(known, patch);
		}
	}

	/** It is gone on the server; what was written stays, and nothing more can be done with it. */
	gone(peer: string): void {
		const known = this.known(peer);
		if (known === null) return;
		const thread = {
			...(known.thread ?? untoldThread),
			actions: [],
			refusal: appError("conversation.gone"),
		};
		if (!sameThread(known.thread, thread)) this.patch(known, { thread });
	}

	#create(told: Pick<NewConversation, "peer" | "address" | "formatted" | "name" | "thread">): Known {
		const { accountId, system, now, newId } = this.#facts;
		const id = newId() as ConversationId;
		const created = { id, ...told, live: false };
		this.#created.set(id, { id, accountId, system, ...told, createdAt: now });
		this.#changed.set(id, created);
		this.#peers.set(told.peer, id);
		return created;
	}
}

/** What is different when a system tells of a conversation that is here; null: nothing. */
export function threadPatch(
	known: Pick<ConversationRecord, "address" | "formatted" | "name" | "thread">,
	{ address, formatted, facts }: Thread,
	name: string | null,
): ConversationPatch | null {
	const patch: ConversationPatch = {
		...(known.address === address ? {} : { address }),
		...(known.formatted === formatted ? {} : { formatted }),
		...(name === null || known.name === name ? {} : { name }),
		...(sameThread(known.thread, facts) ? {} : { thread: facts }),
	};
	return Object.keys(patch).length === 0 ? null : patch;
}
