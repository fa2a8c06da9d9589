import type { Change } from "../../shared/ipc/contract.ts";
import type { ConversationId } from "../../shared/ids.ts";
import type { Conversation } from "../../shared/model.ts";
import { peerName } from "../lib/person.ts";

export type ConversationFilter = "all" | "unread";

/** The inbox: every conversation, newest first. */
export class Conversations {
	#byId = new Map<ConversationId, Conversation>();
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
		this.#publish();
	}

	apply(changes: readonly Change[]): void {
		let changed = false;
		for (const change of changes) {
			if (change.type === "conversation") this.#byId.set(change.conversation.id, change.conversation);
			else if (change.type === "conversationRemoved") this.#byId.delete(change.conversationId);
			else if (change.type === "presence") this.#setPresence(change);
			else continue;
			changed = true;
		}
		if (changed) this.#publish();
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

	#setPresence(change: Extract<Change, { type: "presence" }>): void {
		for (const conversation of this.#byId.values()) {
			if (conversation.accountId !== change.accountId || conversation.peer.address !== change.address)
				continue;
			const peer = { ...conversation.peer, presence: change.presence, presenceLabel: change.label };
			this.#byId.set(conversation.id, { ...conversation, peer });
		}
	}

	#publish(): void {
		this.list = [...this.#byId.values()].sort(
			(left, right) => right.lastActivity - left.lastActivity || (left.id < right.id ? -1 : 1),
		);
	}
}
