import { asAttachmentId } from "../../shared/ids.ts";
import type {
	Attachment,
	Conversation,
	Entry,
	MessageDetails,
	MessageEntry,
	NoticeEntry,
} from "../../shared/model.ts";
import { FakeBridge } from "./fake-bridge.ts";
import * as systems from "./samples-systems.ts";
import * as sample from "./samples.ts";
import type { Scene } from "./scene.ts";

/** Messages with more than a text: files, what systems say of a delivery, other agents, notices, groups. */

const { at, delivery, message } = sample;

export function details(changes: Partial<MessageDetails> = {}): MessageDetails {
	return {
		attachments: [],
		sender: null,
		deliveryWords: null,
		scheduledAt: null,
		savedReply: null,
		...changes,
	};
}

export function withDetails(entry: MessageEntry, changes: Partial<MessageDetails>): MessageEntry {
	return { ...entry, details: details(changes) };
}

export function file(id: string, changes: Partial<Attachment> = {}): Attachment {
	return systems.attachment({ id: asAttachmentId(id), ...changes });
}

export function notice(of: Conversation, text: string, when: number): NoticeEntry {
	const { id, conversationId, sequence, order } = message(of, "", when);
	return { kind: "notice", id, conversationId, sequence, order, at: when, remoteId: null, text };
}

export function open(
	conversation: Conversation,
	timeline: readonly Entry[],
	others: readonly Conversation[] = [],
): FakeBridge {
	const changed = new Map([conversation, ...others].map((one) => [one.id, one]));
	const bridge = new FakeBridge(
		sample.snapshot({
			accounts: systems.fourAccounts,
			conversations: [
				...changed.values(),
				...[...systems.customers, ...sample.people].filter(({ id }) => !changed.has(id)),
			],
			openConversation: conversation.id,
		}),
	);
	bridge.timelines.set(conversation.id, timeline);
	return bridge;
}

const { maria, paulo, team, dispatch } = systems;

const pictures: readonly Entry[] = [
	message(maria, "Hi, the parcel came, but look at the label", at(10, 38)),
	withDetails(message(maria, "", at(10, 39)), {
		attachments: [file("label", { name: "label.jpg" })],
	}),
	withDetails(message(maria, "And this is the box:\nopen on one side", at(10, 39)), {
		attachments: [file("box", { name: "box.jpg", width: 480, height: 640, bytes: 412_000 })],
	}),
	withDetails(message(maria, "Thank you! This is the form for the claim.", at(10, 41), "delivered"), {
		attachments: [
			file("form", {
				name: "claim-form.pdf",
				type: "application/pdf",
				bytes: 88_000,
				width: null,
				height: null,
				state: "file",
			}),
		],
	}),
];

/** Every state a file may be in. */
const states: readonly Entry[] = [
	withDetails(message(maria, "", at(10, 30)), {
		attachments: [file("waiting", { name: "van.jpg", state: "there" })],
	}),
	withDetails(message(maria, "", at(10, 36)), {
		attachments: [
			file("failed", {
				name: "door.jpg",
				state: "there",
				problem: { code: "network.timeout", params: { host: "media.example" } },
			}),
		],
	}),
	withDetails(message(maria, "Everything I have", at(10, 42)), {
		attachments: [
			file("voice", {
				name: null,
				type: "audio/amr",
				bytes: 31_000,
				state: "file",
				width: null,
				height: null,
			}),
			file("gone", {
				name: "old.jpg",
				state: "gone",
				problem: { code: "attachment.gone" },
			}),
			file("unsafe", {
				name: "photo.jpg",
				state: "file",
				problem: { code: "attachment.unsafe" },
			}),
		],
	}),
];

const soon = Date.UTC(2026, 2, 24, 14, 0);

export const deliveries: readonly Entry[] = [
	message(paulo, "Is the interview still on?", at(9, 2)),
	withDetails(message(paulo, "Yes, at ten.", at(9, 4), "sent"), { sender: "Kim Tan" }),
	withDetails(message(paulo, "The address is in the mail I sent you.", at(9, 5), "delivered"), {
		deliveryWords: "Message Delivered",
	}),
	withDetails(
		message(
			paulo,
			"Your interview is on Monday",
			at(9, 15),
			delivery("failed", { problem: { code: "message.deliveryFailed" }, retryAllowed: true }),
		),
		{ deliveryWords: "Carrier rejected: unreachable handset" },
	),
	withDetails(
		message(
			paulo,
			"Please answer with YES.",
			at(9, 20),
			delivery("failed", {
				problem: { code: "peer.optedOut", params: { peer: "Paulo Reis" } },
				retryAllowed: false,
			}),
		),
		{ deliveryWords: "Opted out" },
	),
	withDetails(message(paulo, "See you tomorrow!", at(10, 40), "sent"), {
		deliveryWords: "Scheduled",
		scheduledAt: soon,
	}),
];

const teamTalk: readonly Entry[] = [
	{ ...message(team, "Van 3 is back at the depot", at(10, 8)), author: "Yusuf" },
	{ ...message(team, "The lift gate is stuck again", at(10, 9)), author: "Yusuf" },
	{ ...message(team, "I can look at it after eleven", at(10, 10)), author: "+1 555 0133" },
	notice(team, "+1 555 0144 left the conversation", at(10, 11)),
	message(team, "Thanks both.", at(10, 12), "sent"),
];

export const changeable: Conversation = {
	...dispatch,
	thread: { ...dispatch.thread, actions: ["leave", "delete"], mutedThere: true },
};
const dispatchTalk: readonly Entry[] = [
	notice(dispatch, "Will Clark added Nadia Benali", at(9, 30)),
	{ ...message(dispatch, "Who has the keys of van 3?", at(9, 40)), author: "Nadia Benali" },
	withDetails(message(dispatch, "They are at the desk", at(9, 44), "sent"), { sender: "Kim Tan" }),
	message(dispatch, "I will ask the depot", at(9, 50), "sent"),
];
export const closed: Conversation = {
	...paulo,
	thread: {
		...paulo.thread,
		closed: true,
		starred: true,
		actions: ["reopen", "unstar", "block", "delete"],
		notes: [
			{ label: "Queue", text: "Interviews" },
			{ label: "Assigned to", text: "Kim Tan" },
		],
	},
};

const ofDispatch = (): FakeBridge => open(changeable, dispatchTalk);
const menu = { press: "Conversation menu" } as const;

export const messageScenes = {
	pictures: { bridge: () => open(maria, pictures) },
	pictureLarge: { bridge: () => open(maria, pictures), steps: [{ press: "Picture label.jpg, 184 kB" }] },
	pictureStates: {
		bridge: () => {
			const bridge = open(maria, states);
			bridge.answer("attachments.fetch", () => new Promise(() => undefined));
			return bridge;
		},
	},
	deliveries: { bridge: () => open(paulo, deliveries) },
	groupSms: { bridge: () => open(team, teamTalk) },
	groupMenu: { bridge: ofDispatch, steps: [menu] },
	groupRename: { bridge: ofDispatch, steps: [menu, { choose: "Rename…" }] },
	groupMembers: {
		bridge: () => {
			const bridge = ofDispatch();
			bridge.answer("directory.search", () => ({
				ok: true,
				value: { contacts: sample.directory, more: false },
			}));
			return bridge;
		},
		steps: [menu, { choose: "People…" }, { type: "an", into: "Add" }],
	},
	groupDelete: { bridge: ofDispatch, steps: [menu, { choose: "Delete…" }] },
	closedConversation: { bridge: () => open(closed, deliveries) },
} as const satisfies Record<string, Scene>;
