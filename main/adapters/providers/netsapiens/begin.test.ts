import { expect, test } from "vitest";
import { asLineId } from "../../../../shared/ids.ts";
import type { Line } from "../../../../shared/model.ts";
import { createPhoneNumbers } from "../../numbers/phone-numbers.ts";
import { beginThread } from "./begin.ts";
import { identityOf } from "./identity.ts";
import { linesOf, suggestLine } from "./lines.ts";
import type { SmsNumberRow } from "./wire.ts";

const numbers = createPhoneNumbers();
const random = { next: () => 0.5, uuid: () => "0123" };
const me = identityOf("2500", "portal");
const number = (digits: string, more: Partial<SmsNumberRow> = {}): SmsNumberRow => ({
	number: digits,
	application: "user",
	dest: "2500",
	mms: true,
	groupMms: true,
	...more,
});
const lines = linesOf(
	[
		number("18585559000", { application: "callqueue", dest: "sales" }),
		number("18585550001", { mms: false, groupMms: true }),
		number("18585550626"),
		number("18585550626"),
		number("18585550999", { application: "available" }),
		number("18585550777", { application: "callqueue" }),
	],
	me,
	numbers,
);
const line = (start: string): Line => {
	const found = lines.find(({ id }) => id.startsWith(start));
	if (found === undefined) throw new Error(start);
	return found;
};
const begin = (
	addresses: readonly string[],
	by: Line | null,
	title: string | null = null,
): ReturnType<typeof beginThread> => beginThread({ addresses, line: by, title }, { numbers, random });

test("lines: own numbers, then those of queues, then the extension; each once", () => {
	expect(lines.map(({ id, label, canMessage, recipients }) => [id, label, canMessage, recipients])).toEqual(
		[
			["sms:18585550001", "(858) 555-0001", true, "one"],
			["sms:18585550626", "(858) 555-0626", true, "group"],
			["sms:18585550777", "(858) 555-0777", true, "group"],
			["sms:18585559000", "(858) 555-9000 (sales)", false, "group"],
			["ext:2500@portal", "2500", true, "group"],
		],
	);
	expect(suggestLine(lines, asLineId("sms:18585550626"))).toBe("sms:18585550626");
	expect(suggestLine(lines, asLineId("sms:18585559000"))).toBe("sms:18585550001");
	expect(suggestLine([], null)).toBeNull();
});

test("a number, as people write it", () => {
	const thread = begin(["(714) 555-0353"], line("sms:18585550626"));
	expect(thread).toMatchObject({
		peer: "sms:18585550626:17145550353",
		address: "+17145550353",
		formatted: "(714) 555-0353",
		facts: {
			medium: "sms",
			group: null,
			line: { id: "sms:18585550626", label: "(858) 555-0626" },
			actions: [],
			attachments: { mostFiles: 1, mostBytes: 600_000, shrinks: true },
		},
	});
	expect(thread).not.toHaveProperty("name");
});

test("several numbers are a group, in any order the same one", () => {
	const one = begin(["7145550353", "+12285559476"], line("sms:18585550626"));
	const other = begin(["+1 228 555 9476", "17145550353", "7145550353"], line("sms:18585550626"));
	expect(one.peer).toBe("groupsms:18585550626:12285559476,17145550353");
	expect(other.peer).toBe(one.peer);
	expect(one.formatted).toBe("(228) 555-9476, (714) 555-0353");
	expect(one.facts).toMatchObject({ medium: "groupSms", group: { changeable: false, separate: false } });
});

test("colleagues: by uid from any line, by extension from the extension", () => {
	expect(begin(["1123"], line("ext:")).peer).toBe("chat:1123@portal");
	expect(begin(["1123@portal"], line("sms:18585550626"))).toMatchObject({
		peer: "chat:1123@portal",
		facts: { medium: "chat", attachments: { mostBytes: 5 * 1024 * 1024 } },
	});
	expect(begin(["1123@portal"], null).peer).toBe("chat:1123@portal");
	// On a telephone line the same digits are a short code.
	expect(begin(["1123"], line("sms:18585550626")).peer).toBe("sms:18585550626:1123");
});

test("a group of colleagues has an id of its own each time, and its title", () => {
	const thread = begin(["1123", "1004@portal", "2500"], line("ext:"), "Team");
	expect(thread.peer).toMatch(/^group:[a-f][0-9a-f]{31}$/);
	expect(thread.formatted).toBe("1123, 1004");
	expect(thread.facts).toMatchObject({
		medium: "groupChat",
		group: {
			title: "Team",
			changeable: true,
			members: [{ address: "1123@portal" }, { address: "1004@portal" }],
		},
	});
});

test.each<[string, readonly string[], Line | null, string]>([
	["nobody", [" "], line("sms:18585550626"), "peer.badAddress"],
	["a word", ["hello"], line("sms:18585550626"), "peer.badAddress"],
	["a number from the extension", ["17145550353"], line("ext:"), "peer.badAddress"],
	["a mixed group", ["17145550353", "1123@portal"], line("sms:18585550626"), "peer.badAddress"],
	[
		"several from a number without groups",
		["17145550353", "12285559476"],
		line("sms:18585550001"),
		"peer.tooMany",
	],
	["another domain", ["1000@elsewhere"], line("ext:"), "peer.badAddress"],
	["oneself", ["2500"], line("ext:"), "peer.badAddress"],
	["a number without a line", ["17145550353"], null, "line.none"],
])("%s", (_what, addresses, by, code) => {
	expect(() => begin(addresses, by)).toThrow(
		expect.objectContaining({ error: expect.objectContaining({ code }) as unknown }) as Error,
	);
});
