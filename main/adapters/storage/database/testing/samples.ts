import type { AccountId } from "../../../../../shared/ids.ts";
import { asAccountId, asClientMessageId, asConversationId, asEntryId } from "../../../../../shared/ids.ts";
import type { Delivery, DeliveryState } from "../../../../../shared/model.ts";
import type { NewConversation, NewEntry } from "../../../../core/ports/stores.ts";

/** Short words for what tests of the store write. */

export const account = asAccountId("account-1");
export const conversationId = asConversationId("conversation-1");

export function newConversation(id = "conversation-1", accountId: AccountId = account): NewConversation {
	return {
		id: asConversationId(id),
		accountId,
		system: "genesys",
		peer: `address of ${id}`,
		address: `address of ${id}`,
		formatted: null,
		name: null,
		thread: null,
		createdAt: 1000,
	};
}

type NewMessage = Extract<NewEntry, { kind: "message" }>;

/** From the peer, unread, without an id of the system, received at `at`. */
export function incoming(id: string, at: number, more: Partial<NewMessage> = {}): NewMessage {
	return {
		id: asEntryId(id),
		conversationId,
		kind: "message",
		direction: "in",
		clientId: null,
		remoteId: null,
		at,
		text: `text of ${id}`,
		author: "Peer",
		delivery: null,
		localTime: true,
		details: null,
		unread: true,
		...more,
	};
}

/** From the peer, with the system's id and time. */
export function remote(remoteId: string, at: number, more: Partial<NewMessage> = {}): NewMessage {
	return incoming(`entry of ${remoteId}`, at, { remoteId, localTime: false, ...more });
}

export function delivery(state: DeliveryState, since = 1): Delivery {
	return { state, since, queueReason: null, problem: null, retryAllowed: false, undoUntil: null };
}

/** Of ours, with a client id. */
export function outgoing(id: string, at: number, state: DeliveryState = "queued"): NewMessage {
	return incoming(id, at, {
		direction: "out",
		clientId: asClientMessageId(`client ${id}`),
		author: "agent",
		delivery: delivery(state, at),
		unread: false,
	});
}
