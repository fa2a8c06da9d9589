import type { Change } from "../../shared/ipc/contract.ts";
import type { AccountId, ConversationId } from "../../shared/ids.ts";
import type { Conversation } from "../../shared/model.ts";
import { conversationName } from "../lib/person.ts";

/** Which rows the list shows. What is put away is shown where it is asked for, and in folders of the system. */
export type ConversationFilter =
	| { readonly kind: "all" | "unread" | "archived" }
	| { readonly kind: "account"; readonly accountId: AccountId }
	| { readonly kind: "folder"; readonly accountId: AccountId; readonly folderId: string };

/** The inbox: every conversation, newest first. */
export class Conversations {
	#byId = new Map<ConversationId, Conversation>();
	/** By account and address: presence comes without an id. */
	#byAddress = new Map<string, ConversationId>();
	list: readonly Conversation[] = $state.raw([]);
	filter: ConversationFilter = $state.raw({ kind: "all" });
	/** What the system has put into the folder that is shown, as far as it was asked. */
	inFolder: ReadonlySet<ConversationId> = $state.raw(new Set());
	readonly unreadConversations: number = $derived(
		this.list.reduce(
			(count, conversation) => count + (conversation.unread > 0 && !conversation.archived ? 1 : 0),
			0,
		),
	);

	/** Follows the list: a reader is told when the conversation changes. */
	get(id: ConversationId | null): Conversation | undefined {
		return this.list.length === 0 || id === null ? undefined : this.#byId.get(id);
	}

	/** The rows to show; under "unread" the open conversation stays until another is opened. */
	shown(open: ConversationId | null): readonly Conversation[] {
		const { filter, inFolder } = this;
		switch (filter.kind) {
			case "all":
				return this.list.filter((conversation) => !conversation.archived);
			case "unread":
				return this.list.filter(
					({ id, unread, archived }) => (unread > 0 && !archived) || id === open,
				);
			case "archived":
				return this.list.filter((conversation) => conversation.archived);
			case "account":
				return this.list.filter(
					({ accountId, archived }) => accountId === filter.accountId && !archived,
				);
			case "folder":
				return this.list.filter(({ id }) => inFolder.has(id));
		}
	}

	load(conversations: readonly Conversation[]): void {
		this.#byId = new Map(conversations.map((conversation) => [conversation.id, conversation]));
		this.#byAddress = new Map(
			conversations.map((conversation) => [addressKey(conversation), conversation.id]),
		);
		this.list = [...conversations].sort(inListOrder);
	}

	/** Those that changed are taken out of the list and put back at their place: the others are not looked at. */
	apply(changes: readonly Change[]): void {
		const touched = new Map<ConversationId, Conversation | undefined>();
		for (const change of changes) {
			if (change.type === "conversation") {
				touched.set(change.conversation.id, change.conversation);
				this.#byAddress.set(addressKey(change.conversation), change.conversation.id);
			} else if (change.type === "conversationRemoved") touched.set(change.conversationId, undefined);
			else if (change.type === "presence") {
				const id = this.#byAddress.get(addressKey({ accountId: change.accountId, peer: change }));
				if (id === undefined) continue;
				const conversation = touched.has(id) ? touched.get(id) : this.#byId.get(id);
				if (conversation === undefined) continue;
				const peer = { ...conversation.peer, presence: change.presence, presenceLabel: change.label };
				touched.set(conversation.id, { ...conversation, peer });
			}
		}
		if (touched.size === 0) return;
		const list = [...this.list];
		for (const [id, next] of touched) {
			const before = this.#byId.get(id);
			if (before !== undefined) list.splice(placeIn(list, before), 1);
			if (next === undefined) this.#byId.delete(id);
			else {
				this.#byId.set(id, next);
				list.splice(placeIn(list, next), 0, next);
			}
		}
		this.list = list;
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

	/**
	 * Conversations whose name or number contains every word of `query`; all of them for an empty one. First those whose
	 * name begins with what was typed, then those in which each word begins one.
	 */
	matching(query: string, limit: number): readonly Conversation[] {
		const typed = query.trim().toLocaleLowerCase();
		const words = typed.split(/\s+/u).filter(Boolean);
		/** By how well they fit; each in the order of the list. */
		const ranks: [Conversation[], Conversation[], Conversation[]] = [[], [], []];
		for (const conversation of this.list) {
			const { peer, thread } = conversation;
			const name = conversationName(conversation).toLocaleLowerCase();
			const members = thread.group?.members.map((member) => member.name ?? "").join(" ") ?? "";
			const text = `${name} ${peer.address} ${peer.formatted} ${members}`.toLocaleLowerCase();
			if (!words.every((word) => text.includes(word))) continue;
			if (name.startsWith(typed) || peer.address === typed || peer.formatted === typed)
				ranks[0].push(conversation);
			else if (words.every((word) => ` ${text}`.includes(` ${word}`))) ranks[1].push(conversation);
			else ranks[2].push(conversation);
			if (ranks[0].length === limit) break;
		}
		return ranks.flat().slice(0, limit);
	}
}

function addressKey(of: {
	readonly accountId: AccountId;
	readonly peer: { readonly address: string };
}): string {
	return `${of.accountId} ${of.peer.address}`;
}

function inListOrder(one: Conversation, other: Conversation): number {
	return other.lastActivity - one.lastActivity || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/** Where a conversation stands, or would stand, in a list that is in order. */
function placeIn(list: readonly Conversation[], conversation: Conversation): number {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const other = list[middle];
		if (other !== undefined && inListOrder(other, conversation) < 0) low = middle + 1;
		else high = middle;
	}
	return low;
}
