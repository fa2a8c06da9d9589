import { ok } from "../../shared/errors.ts";
import { asAccountId } from "../../shared/ids.ts";
import type { Account, MessageEntry, SearchPage } from "../../shared/model.ts";
import { FakeBridge } from "./fake-bridge.ts";
import * as sample from "./samples.ts";
import type { Scene } from "./scene.ts";

/** Screens about what is kept: search, the notification history, sign-out, storage, the health of accounts. */

function inbox(): FakeBridge {
	const bridge = new FakeBridge(sample.snapshot({ openConversation: sample.ana.id }));
	bridge.timelines.set(sample.ana.id, sample.anaTimeline);
	return bridge;
}

const messages = sample.anaTimeline.filter((entry): entry is MessageEntry => entry.kind === "message");
const will = sample.people[1] ?? sample.ana;
const zoe = sample.people[6] ?? sample.ana;
const dispatch = sample.people[4] ?? sample.ana;
const ofAna = (index: number, snippet: string): SearchPage["hits"][number] =>
	sample.hit(messages[index] ?? sample.message(sample.ana, snippet, sample.at(9, 0)), snippet);

export const searchPage: SearchPage = {
	people: [{ conversationId: dispatch.id, name: sample.parts("Dispatch team, *lab*els") }],
	hits: [
		ofAna(7, "Sending a photo of the *lab*el now"),
		sample.hit(
			sample.message(will, "Labels", sample.at(10, 12), "delivered"),
			"The *lab*els for Porto are at the depot, ask for Yusuf. He leaves at noon and takes the van with the torn *lab*els back to the *lab*",
		),
		ofAna(2, "Hello Ana, yes, that was us. The *lab*el came off in transit."),
		sample.hit(sample.message(zoe, "Label", sample.at(16, 0, 2)), "Thanks, the *lab*el is on"),
		sample.hit(sample.message(zoe, "Label", sample.at(11, 0, 400)), "…which *lab* did you mean?"),
	],
	next: null,
	notIndexed: 0,
};

function searching(page: SearchPage): FakeBridge {
	const bridge = inbox();
	bridge.answer("search.messages", () => ok(page));
	return bridge;
}
const openSearch = { key: "{Control>}{Shift>}f{/Shift}{/Control}" } as const;
const typed = [openSearch, { type: "lab", into: "Search" }] as const;

const ledger = [
	sample.record(messages[7] ?? sample.message(sample.ana, "", sample.at(10, 42)), "focused"),
	sample.record(sample.message(will, "", sample.at(10, 41)), null),
	sample.record(sample.message(will, "", sample.at(10, 40)), null, { sound: false }),
	sample.record(sample.message(sample.ana, "", sample.at(10, 29)), "catchUp", { at: sample.at(10, 33) }),
	sample.record(sample.message(zoe, "", sample.at(16, 2, 2)), "permission"),
	sample.record(sample.message(zoe, "", sample.at(16, 0, 2)), "muted"),
	sample.record(sample.message(zoe, "", sample.at(16, 0, 3)), null, {
		conversationId: null,
		entryId: null,
		kind: "announcement",
	}),
];

function whyItDidNotRing(): FakeBridge {
	const bridge = inbox();
	bridge.answer("notifications.history", (input) => {
		const of = ledger.filter(
			({ conversationId }) => input.conversationId === null || conversationId === input.conversationId,
		);
		return ok({ records: of, next: input.before === null ? "older" : null });
	});
	return bridge;
}

const named = (id: string, changes: Partial<Account>): Account =>
	sample.account({ id: asAccountId(id), ...changes });

export const sixAccounts: readonly Account[] = [
	named("agent1", {}),
	named("two", {
		label: "ann.lee · gws.porto.example",
		connection: sample.connection({ mode: "poll", lastSign: sample.now - 9000 }),
		queued: 2,
	}),
	named("three", {
		label: "support.lisbon@telephony.example",
		connection: sample.connection({
			state: "reconnecting",
			mode: null,
			nextAttempt: sample.now + 6000,
			problem: { code: "network.timeout", params: { host: "telephony.example" } },
		}),
	}),
	named("four", { label: "night · gws.example", gapsFilling: 2 }),
	named("five", {
		label: "old · gws.example",
		connection: sample.connection({ state: "signedOut", mode: null, lastSign: null }),
	}),
	named("six", {
		label: "quiet · gws.example",
		connection: sample.connection({ lastSign: sample.now - 47_000 }),
	}),
];

const withAccounts = (accounts: readonly Account[]): FakeBridge => {
	const bridge = inbox();
	bridge.snapshot = { ...bridge.snapshot, accounts };
	return bridge;
};
const signedOut = sample.account({
	connection: sample.connection({ state: "signedOut", mode: null, lastSign: null, lastEvent: null }),
});

export const historyScenes = {
	search: { bridge: () => searching(searchPage), steps: [...typed, { key: "{ArrowDown}{ArrowDown}" }] },
	searchEmpty: { bridge: () => searching(searchPage), steps: [openSearch] },
	searchNothing: {
		bridge: () => searching({ people: [], hits: [], next: null, notIndexed: 0 }),
		steps: [{ key: "{Control>}f{/Control}" }, { type: "zebra", into: "Search" }],
	},
	searchNotIndexed: { bridge: () => searching({ ...searchPage, notIndexed: 1240 }), steps: typed },
	searchFailed: {
		bridge: () => {
			const bridge = inbox();
			bridge.fail("search.messages", { code: "storage.failing" });
			return bridge;
		},
		steps: typed,
	},
	conversationMenu: { bridge: inbox, steps: [{ press: "Conversation menu" }] },
	why: {
		bridge: whyItDidNotRing,
		steps: [{ press: "Conversation menu" }, { key: "{ArrowDown}{ArrowDown}{Enter}" }],
	},
	whyAll: {
		bridge: whyItDidNotRing,
		steps: [{ press: "Settings" }, { tab: "Notifications" }, { press: "Why didn’t it ring?" }],
	},
	settingsHistory: { bridge: inbox, steps: [{ press: "Settings" }, { tab: "History" }] },
	signOut: {
		bridge: () => withAccounts([sample.account({ queued: 2 })]),
		steps: [{ press: "Accounts" }, { press: "Sign out" }],
	},
	signedOut: { bridge: () => withAccounts([signedOut]), steps: [{ press: "Accounts" }] },
	wipe: {
		bridge: () => withAccounts([signedOut]),
		steps: [{ press: "Accounts" }, { press: "Remove and wipe" }],
	},
	sixAccounts: { bridge: () => withAccounts(sixAccounts) },
	storageFull: {
		bridge: () => {
			const bridge = inbox();
			bridge.snapshot = {
				...bridge.snapshot,
				storage: { state: "full", problem: { code: "storage.full" }, since: sample.now },
			};
			return bridge;
		},
	},
	storageOpening: {
		bridge: () =>
			new FakeBridge(
				sample.snapshot({
					conversations: [],
					storage: { state: "opening", problem: null, since: sample.now },
				}),
			),
	},
	storageRefused: {
		bridge: () =>
			new FakeBridge(
				sample.snapshot({
					accounts: [],
					conversations: [],
					storage: {
						state: "refused",
						problem: { code: "storage.newer", params: { found: 9, known: 3 } },
						since: sample.now,
					},
				}),
			),
	},
	storageRestored: {
		bridge: () => {
			const bridge = inbox();
			const file = "messages.damaged-2026-03-22.sqlite";
			bridge.snapshot = {
				...bridge.snapshot,
				notices: [{ code: "storage.restored", params: { file, messages: 48_211, unsent: 2 } }],
			};
			return bridge;
		},
	},
} as const satisfies Record<string, Scene>;
