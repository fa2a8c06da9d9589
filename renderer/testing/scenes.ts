import { asAccountId, asConversationId } from "../../shared/ids.ts";
import type { ConversationId } from "../../shared/ids.ts";
import { ok } from "../../shared/errors.ts";
import { FakeBridge } from "./fake-bridge.ts";
import * as sample from "./samples.ts";
import type { Scene } from "./scene.ts";
import { historyScenes } from "./scenes-history.ts";
import { messageScenes } from "./scenes-messages.ts";
import { personScenes } from "./scenes-person.ts";
import { systemScenes } from "./scenes-systems.ts";
import { threadScenes } from "./scenes-thread.ts";
import { unusualNames } from "./unusual.ts";

/** Every screen by name. */

function inbox(open: ConversationId | null = sample.ana.id): FakeBridge {
	const bridge = new FakeBridge(sample.snapshot({ openConversation: open }));
	bridge.timelines.set(sample.ana.id, sample.anaTimeline);
	bridge.answer("directory.search", () => ok({ contacts: sample.directory, more: true }));
	return bridge;
}

const queuedPeer = sample.conversation("Rosa Santos", "5033", {
	busyWith: { conversationId: sample.ana.id, peerName: "Ana Martins" },
});
const failedPeer = sample.conversation("Liam O’Neil", "5061", {
	peer: {
		address: "5061",
		formatted: "5061",
		name: "Liam O’Neil",
		presence: "offline",
		presenceLabel: null,
	},
});
const two = [
	sample.account(),
	sample.account({
		id: asAccountId("agent1b"),
		label: "ann.lee · gws.porto.example",
		encrypted: false,
		server: "http://gws.porto.example",
		connection: sample.connection({
			state: "reconnecting",
			nextAttempt: sample.now + 6000,
			problem: { code: "network.timeout", params: { host: "gws.porto.example" } },
		}),
		queued: 2,
		secretKeeping: "thisRun",
		warnings: [{ code: "genesys.partial", detail: "Interaction server connection is not opened" }],
	}),
];

export const scenes = {
	firstRun: { bridge: () => new FakeBridge(sample.firstRun()) },
	chooseSystem: { bridge: () => new FakeBridge(sample.firstRun()), steps: [{ press: "Add account" }] },
	signIn: {
		bridge: () => new FakeBridge(sample.firstRun()),
		steps: [{ press: "Add account" }, { press: "Genesys" }, { press: "Advanced" }],
	},
	signInFailed: {
		bridge: () => {
			const bridge = new FakeBridge(sample.firstRun());
			bridge.fail("accounts.signIn", { code: "auth.wrongPassword", detail: "Access denied" });
			return bridge;
		},
		steps: [
			{ press: "Add account" },
			{ press: "Genesys" },
			{ type: "https://gws.example:8090", into: "Server" },
			{ type: "agent1", into: "User name" },
			{ type: "wrong", into: "Password" },
			{ press: "Sign in" },
		],
	},
	signInUnencrypted: {
		bridge: () => {
			const bridge = new FakeBridge(sample.firstRun());
			bridge.fail("accounts.signIn", { code: "network.notEncrypted", params: { host: "gws.example" } });
			return bridge;
		},
		steps: [
			{ press: "Add account" },
			{ press: "Genesys" },
			{ type: "http://gws.example", into: "Server" },
			{ type: "agent1", into: "User name" },
			{ type: "secret", into: "Password" },
			{ press: "Sign in" },
		],
	},
	inbox: { bridge: () => inbox() },
	inboxNothingOpen: { bridge: () => inbox(null) },
	inboxEmpty: { bridge: () => new FakeBridge(sample.snapshot({ conversations: [] })) },
	practice: {
		bridge: () => {
			const bridge = new FakeBridge(
				sample.snapshot({
					practice: true,
					accounts: [
						sample.account({
							practice: true,
							encrypted: false,
							label: "Practice",
							secretKeeping: "practice",
						}),
					],
					openConversation: sample.ana.id,
					notices: [{ code: "notifications.unavailable" }],
				}),
			);
			bridge.timelines.set(sample.ana.id, sample.anaTimeline);
			return bridge;
		},
	},
	loading: {
		bridge: () => {
			const bridge = inbox();
			bridge.answer("app.snapshot", () => new Promise(() => undefined));
			return bridge;
		},
	},
	failedStart: {
		bridge: () => {
			const bridge = inbox();
			bridge.fail("app.snapshot", { code: "internal" });
			return bridge;
		},
	},
	threadLoading: {
		bridge: () => {
			const bridge = inbox();
			bridge.answer("conversations.open", () => new Promise(() => undefined));
			return bridge;
		},
	},
	threadEmpty: {
		bridge: () => {
			const rosa = sample.conversation("Rosa Santos", "5033");
			return new FakeBridge(
				sample.snapshot({
					conversations: [rosa, ...sample.people.slice(0, 4)],
					openConversation: rosa.id,
				}),
			);
		},
	},
	threadQueued: {
		bridge: () => {
			const bridge = new FakeBridge(
				sample.snapshot({
					conversations: [queuedPeer, ...sample.people.slice(0, 4)],
					openConversation: queuedPeer.id,
					accounts: [sample.account({ queued: 2 })],
				}),
			);
			bridge.timelines.set(queuedPeer.id, [
				sample.message(queuedPeer, "Olá! Did the workshop answer?", sample.at(9, 12, 1)),
				sample.message(
					queuedPeer,
					"Yes: it is ready on Monday.",
					sample.at(10, 44),
					sample.delivery("waiting", { queueReason: "busy" }),
				),
				sample.message(
					queuedPeer,
					"Shall I book the courier?",
					sample.at(10, 45),
					sample.delivery("queued", { queueReason: "order" }),
				),
			]);
			return bridge;
		},
	},
	threadFailed: {
		bridge: () => {
			const bridge = new FakeBridge(
				sample.snapshot({
					conversations: [failedPeer, ...sample.people.slice(0, 4)],
					openConversation: failedPeer.id,
				}),
			);
			bridge.timelines.set(failedPeer.id, [
				sample.stretch(failedPeer, "calling", sample.at(9, 30)),
				sample.stretch(failedPeer, "unanswered", sample.at(9, 31)),
				sample.message(
					failedPeer,
					"I will call you back this afternoon",
					sample.at(9, 31),
					sample.delivery("failed", {
						problem: { code: "peer.unreachable", params: { peer: "Liam O’Neil" } },
					}),
				),
				sample.message(
					failedPeer,
					"See https://status.example/porto for the details.",
					sample.at(9, 40),
					"sending",
				),
			]);
			return bridge;
		},
	},
	alerting: {
		bridge: () => {
			const bridge = inbox(asConversationId("with 5029"));
			const nadia = sample.people[2];
			if (nadia !== undefined)
				bridge.timelines.set(nadia.id, [
					sample.message(nadia, "Great, see you then 👍", sample.at(10, 36)),
				]);
			return bridge;
		},
	},
	unusualNames: { bridge: unusualNames },
	tooLong: {
		bridge: () => {
			const bridge = inbox();
			bridge.snapshot = { ...bridge.snapshot, accounts: [sample.account({ softLimit: 80 })] };
			return bridge;
		},
		steps: [
			{
				type: "The driver has your number and will call before he comes. If nobody opens, he leaves the parcel with the neighbour in 12B.",
				into: "Message",
			},
		],
	},
	newMessage: { bridge: () => inbox(), steps: [{ press: "New message" }, { type: "an", into: "To" }] },
	switcher: { bridge: () => inbox(), steps: [{ key: "Control+k" }] },
	lineQuestion: {
		bridge: () =>
			new FakeBridge(
				sample.snapshot({
					conversations: [],
					accounts: [
						sample.account({ lineId: null, lineQuestion: { suggested: sample.deskPhone } }),
					],
				}),
			),
	},
	needsPassword: {
		bridge: () =>
			new FakeBridge(
				sample.snapshot({
					accounts: [
						sample.account({
							connection: sample.connection({
								state: "needsSignIn",
								problem: { code: "auth.sessionExpired" },
							}),
						}),
					],
				}),
			),
	},
	keychain: {
		bridge: () => {
			const bridge = inbox();
			bridge.snapshot = {
				...bridge.snapshot,
				keychain: {
					state: "unavailable",
					backend: "Secret Service",
					problem: { code: "keychain.unavailable" },
				},
				keychainQuestions: [
					{
						accountId: asAccountId("agent1"),
						accountLabel: "agent1 · gws.example",
						reason: "silent",
					},
				],
			};
			return bridge;
		},
	},
	accounts: {
		bridge: () => new FakeBridge(sample.snapshot({ accounts: two })),
		steps: [{ press: "Accounts, one needs you" }],
	},
	offline: {
		bridge: () => {
			const bridge = inbox();
			bridge.snapshot = {
				...bridge.snapshot,
				accounts: two.slice(1).map((account) => ({ ...account, id: asAccountId("agent1") })),
			};
			return bridge;
		},
	},
	settingsGeneral: { bridge: () => inbox(), steps: [{ press: "Settings" }] },
	settingsNotifications: {
		bridge: () => inbox(),
		steps: [{ press: "Settings" }, { tab: "Notifications" }],
	},
	settingsAccounts: { bridge: () => inbox(), steps: [{ press: "Settings" }, { tab: "Accounts" }] },
	about: {
		bridge: () => {
			const bridge = inbox();
			bridge.snapshot = { ...bridge.snapshot, about: { ...bridge.snapshot.about, standIn: true } };
			return bridge;
		},
		steps: [{ press: "Settings" }, { tab: "About" }],
	},
	...historyScenes,
	...threadScenes,
	...systemScenes,
	...messageScenes,
	...personScenes,
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;
