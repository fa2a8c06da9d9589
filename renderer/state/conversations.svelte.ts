import type { Change } from "../../shared/ipc/contract.ts";
import type { AccountId, ConversationId } from "../../shared/ids.ts";
import type { Conversation } from "../../shared/model.ts";
import { peerName } from "../lib/person.ts";

export type ConversationFilter = "all" | "unread";

/** The inbox: every conversation, newest first. */
export class Conversations {
	#byId = new Map<ConversationId, Conversation>();
	/** By account and address: presence comes without an id. */
	#byAddress = new Map<string, ConversationId>();
	list: readonly Conversation[] = $state.raw([]);
	filter: ConversationFilter = $state("all");
	readonly unreadConversations: number = $derived(
		this.list.reduce((count, conversation) => count + (conversation.unread > 0 ? 1 : 0), 0),
	);

	/** Follows the list: a reader is told when the conversation changes. */
	get(id: ConversationId | null): Conversation | undefined {
		return this.list.length === 0 || id === null ? undefined : this.#byId.get(id);
	}

	/** The rows to show; under "unread" the open conversation stays until another is opened. */
	shown(open: ConversationId | null): readonly Conversation[] {
		return this.filter === "all"
			? this.list
			: this.list.filter((conversation) => conversation.unread > 0 || conversation.id === open);
	}

	load(conversations: readonly Conversation[]): void {
		this.#byId = new Map(conversations.map((conversation) => [conversation.id, conversation]));
		this.#byAddress = new Map();
		for (const conversation of conversations) this.#index(conversation);
		this.list = [...conversations].sort(inListOrder);
	}

	/** Those that changed are taken out of the list and put back at their place: the others are not looked at. */
	apply(changes: readonly Change[]): void {
		const touched = new Set<ConversationId>();
		for (const change of changes) {
			if (change.type === "conversation") {
				this.#byId.set(change.conversation.id, change.conversation);
				this.#index(change.conversation);
				touched.add(change.conversation.id);
			} else if (change.type === "conversationRemoved") {
				this.#byId.delete(change.conversationId);
				touched.add(change.conversationId);
			} else if (change.type === "presence") {
				for (const id of this.#setPresence(change)) touched.add(id);
			}
		}
		if (touched.size === 0) return;
		const moved = [...touched].flatMap((id) => this.#byId.get(id) ?? []).sort(inListOrder);
		const rest = this.list.filter((conversation) => !touched.has(conversation.id));
		this.list = merged(rest, moved);
	}

	/** The conversation `step` rows from `from`, in the shown order; with `unreadOnly` read ones are passed over. */
	neighbour(from: ConversationId | null, step: 1 | -1, unreadOnly: boolean): ConversationId | null {
		const rows = this.shown(from);
		const start = rows.findIndex((row) => row.id === from);
		let index = start === -1 ? (step === 1 ? 0 : rows.length - 1) : start + step;
		for (; index >= 0 && index < rows.length; index += step) {
			const row = rows[index];
			if (row !== undefined && (!unreadOnly || row.unread > 0)) return row.id;
		}
		return null;
	}

	/** Conversations whose name or number contains every word of `query`; all of them for an empty one. */
	matching(query: string, limit: number): readonly Conversation[] {
		const words = query.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
		const found: Conversation[] = [];
		for (const conversation of this.list) {
			const text = `${peerName(conversation.peer)} ${conversation.peer.address}`.toLocaleLowerCase();
			if (words.every((word) => text.includes(word))) found.push(conversation);
			if (found.length === limit) break;
		}
		return found;
	}

	#setPresence(change: Extract<Change, { type: "presence" }>): ConversationId[] {
		const id = this.#byAddress.get(addressKey(change.accountId, change.address));
		const conversation = id === undefined ? undefined : this.#byId.get(id);
		if (conversation === undefined) return [];
		const peer = { ...conversation.peer, presence: change.presence, presenceLabel: change.label };
		this.#byId.set(conversation.id, { ...conversation, peer });
		return [conversation.id];
	}

	#index({ id, accountId, peer }: Conversation): void {
		this.#byAddress.set(addressKey(accountId, peer.address), id);
	}
}

const addressKey = (accountId: AccountId, address: string): string => `${accountId} ${address}`;

function inListOrder(one: Conversation, other: Conversation): number {
	return other.lastActivity - one.lastActivity || (one.id < other.id ? -1 : 1);
}

/** One list of two that are each in order. */
function merged(one: readonly Conversation[], other: readonly Conversation[]): Conversation[] {
	const all: Conversation[] = [];
	let index = 0;
	for (const conversation of other) {
		for (
			let next = one[index];
			next !== undefined && inListOrder(next, conversation) < 0;
			next = one[index]
		) {
			all.push(next);
			index += 1;
		}
		all.push(conversation);
	}
	for (; index < one.length; index += 1) {
		const next = one[index];
		if (next !== undefined) all.push(next);
	}
	return all;
}
