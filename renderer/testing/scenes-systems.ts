import { failed, ok } from "../../shared/errors.ts";
import { asAttachmentId } from "../../shared/ids.ts";
import type { Account, Conversation, Reply } from "../../shared/model.ts";
import { FakeBridge } from "./fake-bridge.ts";
import * as sample from "./samples.ts";
import * as systems from "./samples-systems.ts";
import type { Scene } from "./scene.ts";

/** Several systems in one inbox: signing in, routes, files, replies, several recipients. */

const { at, message } = sample;

export const replies: readonly Reply[] = [
	{
		id: "r1",
		source: "system",
		title: "Interview reminder",
		text: "Hi %{first_name}, your interview is tomorrow at 9.",
		files: 1,
	},
	{
		id: "t1",
		source: "own",
		title: "On its way",
		text: "Hello Maria Lopes, your parcel is on its way.",
		files: 0,
	},
	{
		id: "t2",
		source: "own",
		title: "Opening hours",
		text: "We are there from 9 to 18, Monday to Friday.",
		files: 0,
	},
];

/** All four systems; `open` is on screen. */
export function merged(
	open: Conversation | null = systems.maria,
	changes: {
		readonly accounts?: readonly Account[];
		readonly conversations?: readonly Conversation[];
	} = {},
): FakeBridge {
	const bridge = new FakeBridge(
		sample.snapshot({
			accounts: changes.accounts ?? systems.fourAccounts,
			conversations: [
				...(changes.conversations ?? systems.customers).map((known) =>
					known.id === open?.id ? open : known,
				),
				...sample.people.slice(0, 4),
			],
			openConversation: open?.id ?? null,
		}),
	);
	const to = open ?? systems.maria;
	bridge.timelines.set(to.id, [
		message(to, "Hi, is my parcel on its way? Here is the label.", at(10, 31)),
		message(to, "Hello Maria, it is. It comes before noon.", at(10, 36), "delivered"),
		message(to, "Great, thank you!", at(10, 43)),
	]);
	bridge.answer("replies.find", ({ query }) =>
		ok({
			replies: replies.filter(({ title, text }) =>
				`${title} ${text}`.toLowerCase().includes(query.toLowerCase()),
			),
			more: false,
		}),
	);
	bridge.answer("directory.search", () => ok({ contacts: sample.directory, more: false }));
	bridge.answer("folders.page", ({ next }) =>
		ok({
			conversationIds: next === null ? [systems.paulo.id] : [systems.optedOut.id],
			next: next === null ? "2" : null,
		}),
	);
	bridge.answer("numbers.check", ({ text }) => {
		const digits = text.replace(/\D/gu, "");
		if (digits.length < 7) return failed({ code: "peer.badAddress" });
		return ok({
			address: `+1${digits.slice(-10)}`,
			formatted: `+1 ${digits.slice(-7, -4)} ${digits.slice(-4)}`,
		});
	});
	return bridge;
}

const signIn = (system: string): Scene["steps"] => [{ press: "Add account" }, { press: system }];
const welcome = (): FakeBridge => new FakeBridge(sample.firstRun());

export const systemScenes = {
	signInMethods: { bridge: welcome, steps: [...(signIn("NetSapiens") ?? []), { press: "Advanced" }] },
	signInToken: { bridge: welcome, steps: signIn("TextUs") ?? [] },
	signInCode: {
		bridge: () => {
			const bridge = welcome();
			bridge.fail("accounts.signIn", { code: "auth.codeNeeded" });
			return bridge;
		},
		steps: [
			...(signIn("NetSapiens") ?? []),
			{ type: "https://api.example", into: "Server" },
			{ type: "101@porto.example", into: "User name" },
			{ type: "secret", into: "Password" },
			{ press: "Sign in" },
		],
	},
	merged: { bridge: () => merged() },
	mergedTwoOfOne: {
		bridge: () =>
			merged(systems.maria, {
				accounts: [
					...systems.fourAccounts,
					{ ...systems.netsapiens, id: sample.account().id, label: "102@lisboa.example" },
				].filter(({ system }, index) => index > 0 || system !== "genesys"),
			}),
	},
	mergedArchived: {
		bridge: () =>
			merged(systems.maria, {
				conversations: systems.customers.map((one) => ({ ...one, archived: one !== systems.maria })),
			}),
		steps: [{ key: "{Control>}3{/Control}" }],
	},
	mergedFolder: { bridge: () => merged(), steps: [{ key: "{Control>}8{/Control}" }] },
	mergedEmptyFilter: {
		bridge: () =>
			merged(systems.maria, {
				conversations: systems.customers.filter(({ system }) => system !== "evovoice"),
			}),
		steps: [{ key: "{Control>}6{/Control}" }],
	},
	group: { bridge: () => merged(systems.team) },
	composerSegments: {
		bridge: () => merged(),
		steps: [
			{
				type: "Olá Maria, o motorista está a caminho e chega antes do meio-dia. Se não estiver em casa, deixa a encomenda com o vizinho do 12B.",
				into: "Message",
			},
		],
	},
	composerFiles: {
		bridge: () =>
			merged({
				...systems.maria,
				draft: "Here is the new label.",
				staged: [
					systems.attachment({ name: "label.jpg" }),
					systems.attachment({
						id: asAttachmentId("contract"),
						name: "delivery note 2026-03-22 signed.pdf",
						type: "application/pdf",
						bytes: 88_400,
						width: null,
						height: null,
						state: "file",
					}),
				],
			}),
	},
	composerByAddress: { bridge: () => merged(systems.paulo), steps: [{ press: "Attach" }] },
	composerReplies: { bridge: () => merged(), steps: [{ key: "/" }] },
	composerSavedReply: {
		bridge: () => merged(systems.paulo),
		steps: [{ key: "/" }, { key: "{Enter}" }],
	},
	composerLater: {
		bridge: () => merged(systems.paulo),
		steps: [{ type: "See you on Monday", into: "Message" }, { press: "Send later" }],
	},
	composerRefused: {
		bridge: () => merged({ ...systems.optedOut, draft: "One more thing" }),
	},
	newMessageMany: {
		bridge: () => merged(),
		steps: [
			{ press: "New message" },
			{ type: "555 0199", into: "To" },
			{ key: "{Enter}" },
			{ type: "555 0133", into: "To" },
			{ key: "{Enter}" },
		],
	},
	newMessageSeparate: {
		bridge: () => merged(systems.paulo),
		steps: [
			{ press: "New message" },
			{ type: "555 0199", into: "To" },
			{ key: "{Enter}" },
			{ type: "555 0133", into: "To" },
			{ key: "{Enter}" },
		],
	},
	settingsTemplates: {
		bridge: () => {
			const bridge = merged();
			bridge.snapshot = {
				...bridge.snapshot,
				settings: {
					...sample.settings,
					templates: [
						{ id: "t1", title: "On its way", text: "Hello {name}, your parcel is on its way." },
						{ id: "t2", title: "Opening hours", text: "We are there from 9 to 18." },
					],
				},
			};
			return bridge;
		},
		steps: [{ press: "Settings" }, { tab: "Templates" }, { press: "Edit On its way" }],
	},
	newMessageWrongNumber: {
		bridge: () => merged(),
		steps: [{ press: "New message" }, { type: "12", into: "To" }, { key: "{Enter}" }],
	},
} as const satisfies Record<string, Scene>;
