import { expect, test } from "vitest";
import { translator } from "../../../shared/i18n/translate.ts";
import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import { defaultSettings } from "../../../shared/settings.ts";
import { FakeNotifier } from "../testing/fake-ports.ts";
import { RecordingLogger, VirtualClock } from "../testing/virtual-clock.ts";
import { NotificationCenter } from "./center.ts";

function set(): {
	clock: VirtualClock;
	notifier: FakeNotifier;
	center: NotificationCenter;
	logger: RecordingLogger;
	notices: string[];
	hear: (peer: number, catchUp?: boolean) => Promise<void>;
} {
	const clock = new VirtualClock();
	const notifier = new FakeNotifier();
	const notices: string[] = [];
	const logger = new RecordingLogger();
	const center = new NotificationCenter({
		clock,
		logger,
		notifier,
		settings: () => defaultSettings,
		translate: () => translator("en"),
		practice: false,
		conversation: (id) => ({
			id,
			accountId: "account" as AccountId,
			system: "genesys",
			address: id,
			name: null,
			lastActivity: 0,
			unread: 0,
			firstUnread: null,
			draft: "",
			muted: false,
			preview: null,
		}),
		looking: () => false,
		open: () => undefined,
		notice: (error) => notices.push(error.code),
	});
	const hear = (peer: number, catchUp = false): Promise<void> =>
		center.tell(String(peer) as ConversationId, {
			kind: "message",
			text: "secret text",
			own: false,
			catchUp,
		});
	return { clock, notifier, center, logger, notices, hear };
}

test("one sound per conversation in 10 s, another conversation has its own", async () => {
	const { clock, notifier, hear } = set();
	await hear(1);
	await clock.advance(9999);
	await hear(1);
	await hear(2);
	await clock.advance(1);
	await hear(1);
	expect(notifier.shown.map(({ key, content }) => [key, content.silent])).toEqual([
		["1", false],
		["1", true],
		["2", false],
		["1", false],
	]);
});

test("many conversations at once are five notifications and one number", async () => {
	const { clock, notifier, center, hear } = set();
	for (let peer = 1; peer <= 40; peer += 1) await hear(peer);
	await hear(1);
	expect(notifier.shown).toHaveLength(6);
	await clock.advance(3000);
	expect(notifier.shown).toHaveLength(7);
	expect(notifier.shown.at(-1)).toMatchObject({
		key: "summary",
		content: { body: "New messages in 35 more conversations", silent: true },
	});
	expect(center.ledger.filter(({ withheld }) => withheld === "storm")).toHaveLength(35);
	await hear(50);
	expect(notifier.shown).toHaveLength(8);
});

test("what is caught up on is not told", async () => {
	const { notifier, center, hear } = set();
	for (let peer = 1; peer <= 40; peer += 1) await hear(peer, true);
	expect(notifier.shown).toEqual([]);
	expect(new Set(center.ledger.map(({ withheld }) => withheld))).toEqual(new Set(["catchUp"]));
});

test.each([
	["denied", "permission", []],
	["noDaemon", "noDaemon", ["notifications.unavailable"]],
	["failed", "failed", []],
	["superseded", "superseded", []],
] as const)("the computer's answer %s is recorded", async (answer, withheld, told) => {
	const { notifier, center, logger, notices, hear } = set();
	notifier.answer = answer;
	await hear(1);
	await center.announce("outage:1", { title: "agent1", body: "", silent: false, urgent: true });
	expect(center.ledger.map((one) => [one.kind, one.withheld])).toEqual([
		["message", withheld],
		["announcement", withheld],
	]);
	// Support asks "why did it not ring?" of the log, which is written from "info" on.
	expect(logger.lines.map(({ level, event, fields }) => [level, event, fields["reason"]])).toEqual([
		["info", "notify.withheld", withheld],
		["info", "notify.withheld", withheld],
	]);
	expect(JSON.stringify(logger.lines)).not.toContain("secret text");
	expect(notices).toEqual(told);
});

test("the ledger has no text, and an end", async () => {
	const { clock, center, hear } = set();
	for (let count = 0; count < 600; count += 1) {
		await hear(count);
		await clock.advance(10_000);
	}
	expect(center.ledger).toHaveLength(500);
	expect(JSON.stringify(center.ledger)).not.toContain("secret text");
});
