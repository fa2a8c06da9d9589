import { expect, test } from "vitest";
import { appError, AppFailure } from "../../../shared/errors.ts";
import { translator } from "../../../shared/i18n/translate.ts";
import type { AccountId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { NotificationRecord, ThreadFacts } from "../../../shared/model.ts";
import { defaultSettings } from "../../../shared/settings.ts";
import { plainThread } from "../../../shared/threads.ts";
import { FakeNotifier } from "../testing/fake-ports.ts";
import { RecordingLogger, settle, VirtualClock } from "../testing/virtual-clock.ts";
import { type News, NotificationCenter } from "./center.ts";
import { mostPending, NotificationLedger } from "./ledger.ts";

/** What a person is told, and what is written down about it. */
class Scene {
	readonly clock = new VirtualClock();
	readonly notifier = new FakeNotifier();
	readonly logger = new RecordingLogger();
	readonly notices: string[] = [];
	/** One a write. */
	readonly written: (readonly NotificationRecord[])[] = [];
	readonly said: string[] = [];
	full = false;
	looking: string | null = null;
	/** What their systems say of conversations. */
	readonly threads = new Map<string, ThreadFacts>();
	unread = 1;
	readonly ledger: NotificationLedger;
	readonly center: NotificationCenter;
	#messages = 0;

	constructor() {
		const { clock, logger, notifier } = this;
		this.ledger = new NotificationLedger({
			clock,
			logger,
			store: {
				note: (records) => {
					if (this.full) return Promise.reject(new AppFailure(appError("storage.full")));
					this.written.push(records);
					return Promise.resolve();
				},
			},
			watch: {
				worked: () => this.said.push("worked"),
				refused: ({ code }) => this.said.push(code),
			},
		});
		this.center = new NotificationCenter({
			clock,
			logger,
			notifier,
			ledger: this.ledger,
			settings: () => defaultSettings,
			translate: () => translator("en"),
			practice: false,
			conversation: (id) => ({
				id,
				accountId: "account" as AccountId,
				system: "genesys",
				peer: id,
				address: id,
				formatted: null,
				thread: this.threads.get(id) ?? null,
				archived: false,
				personId: null,
				name: null,
				draft: "",
				muted: id === "muted",
				live: false,
				syncedTo: "",
				olderCursor: null,
				lastActivity: 0,
				unread: this.unread,
				firstUnread: null,
				preview: null,
				newest: null,
			}),
			looking: (id) => id === this.looking,
			open: () => undefined,
			notice: (error) => this.notices.push(error.code),
		});
	}

	hear(peer: number | string, text = "secret text"): void {
		this.center.message(this.#news(peer, text));
	}

	miss(peer: number): void {
		this.center.missed(this.#news(peer, "secret text"));
	}

	/** Reason by conversation, in the order of the ledger. */
	reasons(): readonly (string | null)[] {
		return this.ledger.recent.map(({ withheld }) => withheld);
	}

	bodies(): readonly string[] {
		return this.notifier.shown.map(({ content }) => content.body);
	}

	#news(peer: number | string, text: string): News {
		this.#messages += 1;
		return {
			conversationId: String(peer) as ConversationId,
			entryId: `message ${String(this.#messages)}` as EntryId,
			text,
			author: "Ben",
			files: 0,
			arrivedAt: this.clock.now(),
		};
	}
}

test("in a group it says who wrote; what is muted on its system is not told", async () => {
	const scene = new Scene();
	const facts = plainThread("groupChat");
	const group = { title: "Roof", members: [], changeable: true, separate: false };
	scene.threads.set("1", { ...facts, group });
	scene.threads.set("2", { ...facts, mutedThere: true });
	scene.hear(1);
	scene.hear(2);
	scene.hear(3);
	await scene.clock.advance(10);
	expect(scene.notifier.shown.map(({ content }) => [content.title, content.body])).toEqual([
		["Roof", "Ben: secret text"],
		["3", "secret text"],
	]);
	expect(scene.reasons()).toContain("muted");
});

test("one sound per conversation in 10 s, another conversation has its own", async () => {
	const scene = new Scene();
	scene.hear(1);
	await scene.clock.advance(9999);
	scene.hear(1);
	scene.hear(2);
	await scene.clock.advance(1);
	scene.hear(1);
	await scene.clock.advance(1000);
	expect(scene.notifier.shown.map(({ key, content }) => [key, content.silent])).toEqual([
		["1", false],
		["1", true],
		["2", false],
		["1", false],
	]);
});

test("many conversations at once are five notifications and one number", async () => {
	const scene = new Scene();
	for (let peer = 1; peer <= 40; peer += 1) scene.hear(peer);
	await settle();
	expect(scene.notifier.shown).toHaveLength(5);
	await scene.clock.advance(3000);
	expect(scene.notifier.shown).toHaveLength(6);
	expect(scene.notifier.shown.at(-1)).toMatchObject({
		key: "summary",
		content: { body: "New messages in 35 more conversations", silent: true },
	});
	expect(scene.reasons().filter((reason) => reason === "storm")).toHaveLength(35);
	scene.hear(50);
	await settle();
	expect(scene.notifier.shown).toHaveLength(7);
});

test("a busy conversation renews its notification once a second, with its newest message", async () => {
	const scene = new Scene();
	for (let count = 0; count < 100; count += 1) {
		scene.hear(1, `text ${String(count)}`);
		await scene.clock.advance(30);
	}
	await scene.clock.advance(1000);
	expect(scene.notifier.shown.length).toBeGreaterThan(2);
	expect(scene.notifier.shown.length).toBeLessThan(6);
	expect(scene.bodies().at(-1)).toBe("text 99");
	// Every message has its line: shown, or overtaken by the next one.
	expect(new Set(scene.ledger.recent.map(({ entryId }) => entryId)).size).toBe(100);
	const shown = scene.reasons().filter((reason) => reason === null);
	expect(shown).toHaveLength(scene.notifier.shown.length);
});

test("what is read before its turn is not shown any more", async () => {
	const scene = new Scene();
	scene.hear(1);
	scene.hear(1);
	scene.miss(1);
	scene.center.seen("1" as ConversationId);
	await scene.clock.advance(10_000);
	expect(scene.notifier.shown).toHaveLength(1);
	expect([...scene.reasons()].sort()).toEqual(["focused", "superseded", null].sort());
});

test("what is made up for is one quiet line a conversation", async () => {
	const scene = new Scene();
	for (let round = 0; round < 10; round += 1) {
		scene.miss(1);
		scene.miss(2);
		await scene.clock.advance(700);
	}
	await scene.clock.advance(2000);
	expect(scene.notifier.shown.map(({ key, content }) => [key, content.body, content.silent])).toEqual([
		["1", "10 new messages while you were offline", true],
		["2", "10 new messages while you were offline", true],
	]);
	expect(scene.reasons()).toEqual(Array.from({ length: 20 }, () => null));
	expect(scene.ledger.recent.every(({ sound }) => !sound)).toBe(true);
});

test("what is made up for in many conversations is no storm of lines, and what was read meanwhile is none", async () => {
	const scene = new Scene();
	for (let peer = 1; peer <= 40; peer += 1) scene.miss(peer);
	await scene.clock.advance(10_000);
	expect(scene.notifier.shown).toHaveLength(6);
	expect(scene.reasons().filter((reason) => reason === "storm")).toHaveLength(35);
	scene.unread = 0;
	scene.miss(99);
	await scene.clock.advance(10_000);
	expect(scene.notifier.shown).toHaveLength(6);
	expect(scene.reasons().at(-1)).toBe("superseded");
});

test.each([
	["denied", "permission", []],
	["noDaemon", "noDaemon", ["notifications.unavailable"]],
	["failed", "failed", []],
	["superseded", "superseded", []],
] as const)("the computer's answer %s is recorded", async (answer, withheld, told) => {
	const scene = new Scene();
	scene.notifier.answer = answer;
	scene.hear(1);
	await settle();
	await scene.center.announce("outage:1", { title: "agent1", body: "", silent: false, urgent: true });
	expect(scene.ledger.recent.map((one) => [one.kind, one.withheld, one.sound])).toEqual([
		["message", withheld, false],
		["announcement", withheld, false],
	]);
	// Support asks "why did it not ring?" of the log, which is written from "info" on.
	expect(scene.logger.lines.map(({ level, event, fields }) => [level, event, fields["reason"]])).toEqual([
		["info", "notify.withheld", withheld],
		["info", "notify.withheld", withheld],
	]);
	expect(JSON.stringify(scene.logger.lines)).not.toContain("secret text");
	expect(scene.notices).toEqual(told);
});

test("the ledger says what, when, why and whether it rang; never the text", async () => {
	const scene = new Scene();
	const begun = scene.clock.now();
	scene.looking = "2";
	scene.hear(1);
	scene.hear(2);
	scene.hear("muted");
	await scene.clock.advance(250);
	const line = { kind: "message", arrivedAt: begun, at: begun };
	expect(scene.written).toEqual([
		expect.arrayContaining([
			{ ...line, conversationId: "2", entryId: "message 2", withheld: "focused", sound: false },
			{ ...line, conversationId: "muted", entryId: "message 3", withheld: "muted", sound: false },
			{ ...line, conversationId: "1", entryId: "message 1", withheld: null, sound: true },
		]),
	]);
	expect(scene.written[0]).toHaveLength(3);
	expect(JSON.stringify(scene.written)).not.toContain("secret text");
});

test("lines are written in batches, are kept while the disk is full, and written when it is not", async () => {
	const scene = new Scene();
	scene.looking = "1";
	for (let count = 0; count < 600; count += 1) scene.hear(1);
	await scene.clock.advance(250);
	expect(scene.written.map((lines) => lines.length)).toEqual([600]);
	expect(scene.ledger.recent).toHaveLength(500);
	scene.full = true;
	scene.hear(1);
	await scene.clock.advance(10_000);
	scene.hear(1);
	await scene.clock.advance(1000);
	expect(scene.said).toEqual(["worked", "storage.full"]);
	scene.full = false;
	scene.ledger.works();
	await settle();
	expect(scene.written.map((lines) => lines.length)).toEqual([600, 2]);
});

test("what the disk never takes has an end", async () => {
	const scene = new Scene();
	scene.looking = "1";
	scene.full = true;
	for (let count = 0; count < mostPending + 5000; count += 1) scene.hear(1);
	await scene.clock.advance(250);
	scene.full = false;
	scene.ledger.works();
	await scene.clock.advance(1000);
	const lines = scene.written.flat();
	expect(lines.length).toBeLessThanOrEqual(mostPending + 1000);
	expect(lines.at(-1)?.entryId).toBe(`message ${String(mostPending + 5000)}`);
});
