import { expect, test } from "vitest";
import { comparable, plusNumber, wireNumber } from "./digits.ts";
import { identityOf, splitUid } from "./identity.ts";
import { isMeeting, placeOfKey, placeOfRow, plainUid, smsPlace } from "./places.ts";
import { type WireRow, isSegment, sessionRow } from "./wire.ts";
import { hoursOff } from "./clock-check.ts";

const me = identityOf("2500", "portal");

function place(fields: WireRow): ReturnType<typeof placeOfRow> {
	const row = sessionRow({ "messagesession-id": "a".repeat(32), ...fields });
	if (row === null) throw new Error("no row");
	return placeOfRow(row, me, (extension) => plainUid(extension, me));
}

test.each<[string, WireRow, string]>([
	[
		"an SMS",
		{ "messagesession-remote": 17145550353, "messagesession-sms-number": 18585550626 },
		"sms:18585550626:17145550353",
	],
	[
		"ten digits",
		{ "messagesession-remote": "7145550353", "messagesession-sms-number": "+1 858 555 0626" },
		"sms:18585550626:17145550353",
	],
	[
		"a short code",
		{ "messagesession-remote": 50123, "messagesession-sms-number": 18585550626 },
		"sms:18585550626:50123",
	],
	[
		"a sender by name",
		{ "messagesession-remote": "ACME", "messagesession-sms-number": 18585550626 },
		"sms:18585550626:acme",
	],
	[
		"a text to oneself",
		{ "messagesession-remote": 18585550626, "messagesession-sms-number": 18585550626 },
		"sms:18585550626:18585550626",
	],
	[
		"a group of numbers with our own among them",
		{
			"messagesession-remote": "17145550353,12285559476",
			"messagesession-sms-number": 18585550626,
			"messagesession-participants": "18585550626,12285559476,17145550353",
		},
		"groupsms:18585550626:12285559476,17145550353",
	],
	[
		"a group of numbers by its participants alone",
		{
			"messagesession-sms-number": 18585550626,
			"messagesession-participants": "12285559476,17145550353",
		},
		"groupsms:18585550626:12285559476,17145550353",
	],
	[
		"a chat",
		{ "messagesession-remote": "1123@portal", "messagesession-sms-number": "" },
		"chat:1123@portal",
	],
	["a chat by extension", { "messagesession-remote": 1123 }, "chat:1123@portal"],
	[
		"a group chat",
		{ "messagesession-remote": "1123@portal,1004@portal", "messagesession-type": "group-chat" },
		`group:${"a".repeat(32)}`,
	],
	[
		"a group chat by its commas",
		{ "messagesession-remote": "1123@portal,1004@portal" },
		`group:${"a".repeat(32)}`,
	],
	["nobody", {}, `other:${"a".repeat(32)}`],
])("%s", (_what, fields, key) => {
	expect(place(fields).key).toBe(key);
	expect(placeOfKey(key)?.key).toBe(key);
});

test("a group's members are everybody else", () => {
	const fields = {
		"messagesession-remote": "1123@portal,1004@portal",
		"messagesession-type": "group-chat",
		"messagesession-participants": "1123@portal,2500@PORTAL,1004@portal",
	};
	expect(place(fields).remotes).toEqual(["1123@portal", "1004@portal"]);
});

test("keys of others are none of ours", () => {
	for (const key of ["", "sms:", "sms:1", "5001", "thread:1", "chat:", "group:"])
		expect(placeOfKey(key)).toBeNull();
	expect(() => smsPlace("1", [])).toThrow(RangeError);
	expect(splitUid("@portal")).toBeNull();
	expect(splitUid("2500@")).toBeNull();
});

test("meetings are none of ours", () => {
	const row = sessionRow({ "messagesession-id": "meeting_1" });
	expect(row !== null && isMeeting(row)).toBe(true);
});

test("ids are one part of a path", () => {
	for (const id of ["..", ".", "a/b", "a\\b", "a%2Fb", "a b", "a?b", "a#b", "", "\u0000", "x".repeat(257)])
		expect(isSegment(id)).toBe(false);
	for (const id of ["0".repeat(32), "a.b", "meeting-1", "é"]) expect(isSegment(id)).toBe(true);
});

test.each([
	["(714) 555-0353", "17145550353"],
	["+17145550353", "17145550353"],
	["+44 20 7946 0958", "442079460958"],
	["4930123456", "4930123456"],
	["ACME", "acme"],
])("%s goes over the wire as %s", (written, digits) => {
	expect(wireNumber(written)).toBe(digits);
});

test("numbers get their plus back, names and short codes do not", () => {
	expect(["17145550353", "50123", "acme"].map(plusNumber)).toEqual(["+17145550353", "50123", "acme"]);
});

test.each([
	["007", "7"],
	["1.50", "1.5"],
	["+1", "1"],
	[" 5 ", "5"],
	["a\r\nb", "a\nb"],
	["12345678901234567890", "12345678901234567000"],
	["-0", "0"],
])("%j compares as %j", (one, other) => {
	expect(comparable(one)).toBe(comparable(other));
});

test.each([
	["7", "70"],
	["1e400", "1e401"],
	["7a", "07a"],
	["", "0"],
])("%j does not compare as %j", (one, other) => {
	expect(comparable(one)).not.toBe(comparable(other));
});

test("whole hours off are told from a slow clock", () => {
	const hour = 3_600_000;
	expect(hoursOff(0, 7 * hour + 60_000)).toBe(7);
	expect(hoursOff(0, -5 * hour - 100_000)).toBe(-5);
	for (const off of [0, 60_000, hour / 2, hour + 600_000, 20 * hour]) expect(hoursOff(0, off)).toBeNull();
});
