import fc from "fast-check";
import { expect, test } from "vitest";
import { translator } from "../../../shared/i18n/translate.ts";
import { notificationContents } from "../../../shared/settings.ts";
import { decide, type Occasion, type Situation } from "./policy.ts";

const translate = translator("en");
const calm: Situation = {
	looking: false,
	muted: false,
	storm: false,
	soundedLately: false,
	practice: false,
	settings: { notificationContent: "full", notificationSound: true },
};
const message: Occasion = {
	kind: "message",
	name: "Ann Lee",
	text: "the text",
	author: null,
	files: 0,
	own: false,
};

const name = fc.string({ minLength: 5 }).map((text) => `Name ${text}`);
const occasion: fc.Arbitrary<Occasion> = fc.oneof(
	fc.record({
		kind: fc.constant("message" as const),
		name,
		text: fc.string({ minLength: 5 }).map((text) => `Text ${text}`),
		author: fc.option(
			fc.string().map((author) => `Author ${author}`),
			{ nil: null },
		),
		files: fc.nat(3),
		own: fc.boolean(),
	}),
	fc.record({ kind: fc.constant("missed" as const), name, count: fc.nat(1000) }),
	fc.record({ kind: fc.constant("begun" as const), name }),
	fc.record({
		kind: fc.constant("sendProblem" as const),
		name,
		outcome: fc.constantFrom("failed", "unknown"),
	}),
);
const situation: fc.Arbitrary<Situation> = fc.record({
	looking: fc.boolean(),
	muted: fc.boolean(),
	storm: fc.boolean(),
	soundedLately: fc.boolean(),
	practice: fc.boolean(),
	settings: fc.record({
		notificationContent: fc.constantFrom(...notificationContents),
		notificationSound: fc.boolean(),
	}),
});

test("shown, or withheld for a reason that is true; words no louder than the settings allow", () => {
	fc.assert(
		fc.property(occasion, situation, (what, where) => {
			const decision = decide(what, where, translate);
			if (!decision.show) {
				const reasons = {
					own: what.kind === "message" && what.own,
					focused: where.looking,
					muted: where.muted && what.kind !== "sendProblem",
					storm: where.storm && (what.kind === "message" || what.kind === "missed"),
				};
				expect(reasons[decision.reason as keyof typeof reasons]).toBe(true);
				return;
			}
			const { title, body, silent } = decision.content;
			const said = `${title}\n${body}`;
			if (where.settings.notificationContent !== "full" && what.kind === "message")
				expect(said).not.toContain(what.text);
			if (
				where.settings.notificationContent !== "full" &&
				what.kind === "message" &&
				what.author !== null
			)
				expect(said).not.toContain(what.author);
			if (where.settings.notificationContent === "hidden") expect(said).not.toContain(what.name);
			expect(title.startsWith("Practice: ")).toBe(where.practice);
			if (where.soundedLately || !where.settings.notificationSound || what.kind === "missed")
				expect(silent).toBe(true);
		}),
	);
});

test.each([
	["full", "Ann Lee", "the text"],
	["nameOnly", "Ann Lee", "New message"],
	["hidden", "Trunkline", "New message"],
] as const)("content level %s", (notificationContent, title, body) => {
	const settings = { notificationContent, notificationSound: true };
	expect(decide(message, { ...calm, settings }, translate)).toEqual({
		show: true,
		content: { title, body, silent: false, urgent: false },
	});
});

test.each([
	["own", { ...message, own: true }, calm],
	["focused", message, { ...calm, looking: true }],
	["muted", message, { ...calm, muted: true }],
	["storm", message, { ...calm, storm: true }],
] as const)("withheld: %s", (reason, what, where) => {
	expect(decide(what, where, translate)).toEqual({ show: false, reason });
});

test("what was made up for is one quiet line, whatever the settings say about texts", () => {
	for (const notificationContent of notificationContents) {
		const settings = { notificationContent, notificationSound: true };
		const decision = decide(
			{ kind: "missed", name: "Ann Lee", count: 3 },
			{ ...calm, settings },
			translate,
		);
		expect(decision).toMatchObject({
			show: true,
			content: { body: "3 new messages while you were offline", silent: true, urgent: false },
		});
	}
});

test.each([
	["in a group it says who wrote", { text: "on my way", author: "Ben", files: 0 }, "Ben: on my way"],
	["a file without words is said", { text: " ", author: null, files: 1 }, "Sent a file"],
	["several, and by whom", { text: "", author: "Ben", files: 2 }, "Ben: Sent 2 files"],
	["words say more than that files came with them", { text: "look", author: null, files: 3 }, "look"],
])("%s", (_name, what, body) => {
	expect(decide({ ...message, ...what }, calm, translate)).toMatchObject({ show: true, content: { body } });
});

test("a long text is cut between characters", () => {
	for (const text of ["😀".repeat(400), `a${"😀".repeat(400)}`, "é".repeat(900)]) {
		const decision = decide({ ...message, text }, calm, translate);
		const body = decision.show ? decision.content.body : "";
		expect([...body]).toHaveLength(300);
		expect(body.isWellFormed()).toBe(true);
		expect(text.startsWith(body)).toBe(true);
	}
});

test("muting does not hide that a text of one's own did not arrive", () => {
	const decision = decide(
		{ kind: "sendProblem", name: "Ann Lee", outcome: "unknown" },
		{ ...calm, muted: true },
		translate,
	);
	expect(decision.show && decision.content.body).toBe(
		"It is not known whether a message to Ann Lee arrived.",
	);
});
