import type { AccountId } from "../../../../../shared/ids.ts";
import { asAccountId, asClientMessageId, asConversationId, asEntryId } from "../../../../../shared/ids.ts";
import { asAttachmentId } from "../../../../../shared/ids.ts";
import type {
	Attachment,
	Delivery,
	DeliveryState,
	MessageDetails,
	ThreadFacts,
} from "../../../../../shared/model.ts";
import type { NewConversation, NewEntry, StoredMedia } from "../../../../core/ports/stores.ts";

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

/** Of a conversation with one other party that takes texts only. */
export function threadFacts(more: Partial<ThreadFacts> = {}): ThreadFacts {
	return {
		medium: "sms",
		line: null,
		group: null,
		closed: null,
		starred: null,
		mutedThere: false,
		refusal: null,
		actions: [],
		attachments: null,
		notes: [],
		...more,
	};
}

export function attachment(id: string, more: Partial<Attachment> = {}): Attachment {
	return {
		id: asAttachmentId(id),
		type: "image/png",
		name: `${id}.png`,
		bytes: null,
		width: null,
		height: null,
		state: "there",
		problem: null,
		...more,
	};
}

export function details(...ids: readonly string[]): MessageDetails {
	return {
		attachments: ids.map((id) => attachment(id)),
		sender: null,
		deliveryWords: null,
		scheduledAt: null,
		savedReply: null,
	};
}

/** Of a message that came, not fetched yet; of a draft (`entry` null), from this computer. */
export function file(id: string, entry: string | null, more: Partial<StoredMedia> = {}): StoredMedia {
	return {
		attachment: attachment(id, entry === null ? { state: "here" } : {}),
		conversationId,
		entryId: entry === null ? null : asEntryId(entry),
		ref: entry === null ? null : `ref of ${id}`,
		bytes: entry === null ? Uint8Array.of(1, 2, 3) : null,
		...more,
	};
}
