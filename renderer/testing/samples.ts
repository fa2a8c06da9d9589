import { asAccountId, asConversationId, asEntryId } from "../../shared/ids.ts";
import type { Snapshot } from "../../shared/ipc/contract.ts";
import type {
	Contact,
	Conversation,
	Delivery,
	DeliveryState,
	EpochMs,
	GapEntry,
	MessageEntry,
	StorageStatus,
	StretchEntry,
} from "../../shared/model.ts";
import { arrivalOrder } from "../../shared/order.ts";
import type { Settings } from "../../shared/settings.ts";
import { systems } from "./descriptions.ts";
import { account, at, now } from "./samples-account.ts";

export * from "./samples-account.ts";
export { hit, parts, record } from "./samples-history.ts";

/** Made-up people, accounts and messages for tests and pictures. */

export const settings: Settings = {
	theme: "system",
	notificationContent: "full",
	notificationSound: true,
	sendKey: "enter",
	locale: null,
	closeToTray: true,
	softLimit: 1000,
	templates: [],
	undoSendSeconds: 0,
	keepHistoryDays: null,
};

export function conversation(
	name: string | null,
	address: string,
	changes: Partial<Conversation> = {},
): Conversation {
	return {
		id: asConversationId(`with ${address}`),
		accountId: asAccountId("agent1"),
		system: "genesys",
		peer: { address, formatted: address, name, presence: "available", presenceLabel: "Ready" },
		preview: null,
		lastActivity: now,
		unread: 0,
		firstUnread: null,
		draft: "",
		muted: false,
		live: null,
		sessionless: false,
		busyWith: null,
		thread: {
			medium: "im",
			line: null,
			group: null,
			closed: null,
			starred: null,
			mutedThere: false,
			refusal: null,
			actions: [],
			attachments: null,
			notes: [],
		},
		archived: false,
		personId: null,
		staged: [],
		...changes,
	};
}

let sequence = 0;
const nextSequence = (): number => (sequence += 1);

export function delivery(state: DeliveryState, changes: Partial<Delivery> = {}): Delivery {
	return {
		state,
		since: now,
		queueReason: null,
		problem: null,
		retryAllowed: state === "failed",
		undoUntil: null,
		...changes,
	};
}

/** A message of `of`: from the peer, or ours when a delivery is given. */
export function message(
	of: Conversation,
	text: string,
	when: EpochMs,
	ours: Delivery | DeliveryState | null = null,
): MessageEntry {
	const number = nextSequence();
	return {
		kind: "message",
		id: asEntryId(`entry ${String(number)}`),
		conversationId: of.id,
		sequence: number,
		order: arrivalOrder(when, number, null),
		at: when,
		direction: ours === null ? "in" : "out",
		clientId: null,
		remoteId: null,
		text,
		author: ours === null ? (of.peer.name ?? of.peer.address) : "",
		delivery: typeof ours === "string" ? delivery(ours) : ours,
		localTime: false,
		details: null,
	};
}

export function stretch(of: Conversation, what: StretchEntry["what"], when: EpochMs): StretchEntry {
	const number = nextSequence();
	return {
		kind: "stretch",
		id: asEntryId(`entry ${String(number)}`),
		conversationId: of.id,
		sequence: number,
		order: arrivalOrder(when, number, null),
		at: when,
		what,
	};
}

export function gap(of: Conversation, from: EpochMs, to: EpochMs, filling = false): GapEntry {
	const number = nextSequence();
	return {
		kind: "gap",
		id: asEntryId(`entry ${String(number)}`),
		conversationId: of.id,
		sequence: number,
		order: arrivalOrder(to, number, null),
		at: to,
		from,
		to,
		filling,
	};
}

export const ana = conversation("Ana Martins", "5044", {
	preview: { kind: "in", text: "Sending a photo of the label now", delivery: null, at: at(10, 42) },
	lastActivity: at(10, 42),
	live: { id: null, phase: "talking", since: at(10, 0), canSend: true, actions: ["end"] },
});

export const people: readonly Conversation[] = [
	ana,
	conversation("Will Clark", "5017", {
		preview: { kind: "in", text: "Can you take the Porto case at 11?", delivery: null, at: at(10, 41) },
		lastActivity: at(10, 41),
		unread: 3,
		peer: {
			address: "5017",
			formatted: "5017",
			name: "Will Clark",
			presence: "busy",
			presenceLabel: "On a call",
		},
	}),
	conversation("Nadia Benali", "5029", {
		preview: { kind: "in", text: "Great, see you then 👍", delivery: null, at: at(10, 36) },
		lastActivity: at(10, 36),
		unread: 1,
		live: {
			id: null,
			phase: "alerting",
			since: at(10, 36),
			canSend: false,
			actions: ["accept", "reject"],
		},
	}),
	conversation(null, "+1 555 0142", {
		preview: { kind: "in", text: "Is my order on its way?", delivery: null, at: at(10, 20) },
		lastActivity: at(10, 20),
		draft: "Your order has been",
		peer: {
			address: "+1 555 0142",
			formatted: "+1 555 0142",
			name: null,
			presence: "unknown",
			presenceLabel: null,
		},
	}),
	conversation("Dispatch team", "5900", {
		preview: { kind: "in", text: "Yusuf: van 3 is back at the depot", delivery: null, at: at(9, 58) },
		lastActivity: at(9, 58),
		muted: true,
	}),
	conversation("Liam O’Neil", "5061", {
		preview: {
			kind: "out",
			text: "I will call you back this afternoon",
			delivery: "failed",
			at: at(9, 31),
		},
		lastActivity: at(9, 31),
		peer: {
			address: "5061",
			formatted: "5061",
			name: "Liam O’Neil",
			presence: "offline",
			presenceLabel: null,
		},
	}),
	conversation("Zoë Krüger", "5008", {
		preview: { kind: "out", text: "Thanks, closing this one", delivery: "delivered", at: at(16, 2, 2) },
		lastActivity: at(16, 2, 2),
	}),
	conversation(null, "+351 21 555 0110", {
		preview: { kind: "in", text: "Obrigado! Até segunda.", delivery: null, at: at(15, 40, 2) },
		lastActivity: at(15, 40, 2),
	}),
	conversation("Rosa Santos", "5033", {
		preview: { kind: "note", text: "", delivery: null, at: at(11, 12, 3) },
		lastActivity: at(11, 12, 3),
	}),
];

/** The timeline of the mock-up. */
export const anaTimeline = [
	stretch(ana, "started", at(10, 0)),
	message(ana, "Hi, I got a text that my parcel is held. Is that you?", at(10, 1)),
	message(ana, "The tracking page says nothing.", at(10, 2)),
	message(ana, "Hello Ana, yes, that was us. The label came off in transit.", at(10, 3), "delivered"),
	message(ana, "Could you tell me the order number?", at(10, 4), "delivered"),
	gap(ana, at(10, 5), at(10, 31)),
	message(ana, "It is 77-4021-B", at(10, 33)),
	message(ana, "I can be home until noon if a driver is near", at(10, 34)),
	message(
		ana,
		"Found it. A driver will be with you between 11:15 and 11:45.",
		at(10, 36),
		delivery("unknown", { problem: { code: "message.outcomeUnknown" } }),
	),
	message(ana, "Sending a photo of the label now", at(10, 42)),
];

export const directory: readonly Contact[] = [
	{
		name: "Ana Martins",
		address: "5044",
		detail: "Logistics",
		presence: "available",
		presenceLabel: "Ready",
		id: null,
	},
	{
		name: "Anabela Costa",
		address: "5071",
		detail: "Billing",
		presence: "busy",
		presenceLabel: "On a call",
		id: null,
	},
	{
		name: "Anton Weiss",
		address: null,
		detail: "Workshop",
		presence: "offline",
		presenceLabel: null,
		id: null,
	},
];

export const working: StorageStatus = { state: "working", problem: null, since: now - 40 * 60_000 };

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
	return {
		about: {
			version: "0.1.0",
			electron: "45.4.1",
			chromium: "154.0.0.0",
			node: "24.21.0",
			platform: "Linux x64",
			standIn: false,
		},
		settings,
		locale: "en",
		practice: false,
		systems,
		accounts: [account()],
		conversations: people,
		keychain: { state: "working", backend: "GNOME Keyring (Secret Service)", problem: null },
		keychainQuestions: [],
		notices: [],
		storage: working,
		openConversation: null,
		revision: 1,
		...changes,
	};
}

/** Nobody is signed in. */
export const firstRun = (): Snapshot => snapshot({ accounts: [], conversations: [] });
