import fc from "fast-check";
import { expect, test } from "vitest";
import { createPhoneNumbers } from "../../numbers/phone-numbers.ts";
import { serviceError, statusOfError, wordsOf } from "./answers.ts";
import { Bounded } from "./bounded.ts";
import { canonicalAddress, keyOf, partsOf } from "./conversation-key.ts";
import { dialects, inDialect } from "./dialect.ts";
import { readCursor, writeCursor } from "./page-cursor.ts";
import { type Dated, oldestFirst, orderOf, PlacedTimes } from "./placed-times.ts";
import { SendsUnderWay } from "./sends-under-way.ts";

const numbers = createPhoneNumbers();
const text = fc.string({ unit: "binary", minLength: 1 });

test("a key gives back what it is made of, for any endpoint id and any address", () => {
	const endpoint = text.filter((id) => id.isWellFormed());
	fc.assert(
		fc.property(endpoint, text, (endpointId, address) => {
			expect(partsOf(keyOf({ endpointId, address }))).toEqual({ endpointId, address });
		}),
	);
	for (const none of ["", "x", " +1", "x ", "%E0 +1"]) expect(partsOf(none), none).toBeNull();
});

test("an address has one spelling, and it stays the same when it is spelled again", () => {
	const spelled = (raw: string): string => canonicalAddress(raw, numbers);
	expect(spelled("+1 (555) 666-7777")).toBe("+15556667777");
	expect(spelled("15556667777")).toBe("+15556667777");
	expect(spelled("+15550100")).toBe("+15550100");
	expect(spelled(" Ann@Example.com ")).toBe("ann@example.com");
	expect(spelled("12345")).toBe("12345");
	expect(spelled("visitor-7")).toBe("visitor-7");
	fc.assert(
		fc.property(text, (raw) => {
			expect(spelled(spelled(raw))).toBe(spelled(raw));
		}),
	);
});

test("a cursor gives back what it holds; anything else is none", () => {
	const cursor = { way: "c", id: "a b/ü", count: 50, order: "d", at: 3, end: 1_700_000_000_000 } as const;
	expect(readCursor(writeCursor(cursor))).toEqual(cursor);
	for (const none of ["", "c d 1 50 1", "x d 1 50 1 a", "c d -1 50 1 a", "c d 1 50 1 %E0"])
		expect(readCursor(none), none).toBeNull();
});

test("the format is asked for by header, by query or by suffix", () => {
	expect(dialects.map((dialect) => inDialect(dialect, "/messages?page=2").path)).toEqual([
		"/messages?page=2",
		"/messages?page=2&format=json",
		"/messages.json?page=2",
		"/messages?page=2",
		"/messages?page=2&format=xml",
		"/messages.xml?page=2",
	]);
	expect(inDialect({ format: "xml", by: "format" }, "/auth/status").path).toBe("/auth/status?format=xml");
});

const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString();
const dated = (...dates: (string | null)[]): Dated[] => dates.map((date, at) => ({ id: String(at), date }));

test("which end of a list is the newest is told by its dates alone", () => {
	expect(orderOf(dated(day(1), day(2), day(2), day(3)))).toBe("ascending");
	expect(orderOf(dated(day(3), day(2), day(1)))).toBe("descending");
	expect(orderOf(dated(day(3), day(1), day(2)))).toBe("unsorted");
	expect(orderOf(dated(day(1)))).toBeNull();
	expect(orderOf(dated("soon", "later"))).toBeNull();
	expect(oldestFirst(dated(day(3), day(1), day(2)), "unsorted").map(({ id }) => id)).toEqual([
		"1",
		"2",
		"0",
	]);
	expect(oldestFirst(dated("c", "b", "a"), "descending").map(({ id }) => id)).toEqual(["2", "1", "0"]);
});

test("messages without a readable date stay between their neighbours, and keep the time they were given", () => {
	const times = new PlacedTimes();
	const end = Date.UTC(2026, 0, 9);
	const first = times.place(dated("?", day(2), "?", "?", day(5)), end);
	expect(first.map(({ at }) => at - Date.UTC(2026, 0, 2))).toEqual([-1, 0, 1, 2, 3 * 86_400_000]);
	const again = times.place([{ id: "3", date: "?" }], end);
	expect(again[0]?.at).toBe(first[3]?.at);
	const none = new PlacedTimes().place(dated("?", null, "?"), end);
	expect(none.map(({ at }) => end - at)).toEqual([2, 1, 0]);
});

test("words: the message, else the first field's, else a plain text's first line, never a page", () => {
	const answer = (status: number, type: string, body: string) => ({
		status,
		headers: { "content-type": type },
		text: body,
	});
	const json = (value: unknown) => answer(400, "application/json", JSON.stringify(value));
	const responseStatus = { errorCode: "E", errors: [{ fieldName: "Body", message: "too long" }] };
	expect(wordsOf(json({ responseStatus: { ...responseStatus, message: "no" } }))).toBe("no");
	expect(wordsOf(json({ responseStatus }))).toBe("too long");
	expect(wordsOf(json({ responseStatus: { errorCode: "Odd" } }))).toBe("Odd");
	expect(wordsOf(answer(403, "text/plain", "Forbidden\n\nRequest.PathInfo: /x"))).toBe("Forbidden");
	expect(wordsOf(answer(502, "text/html", "<html>responseStatus</html>"))).toBeUndefined();
	expect(wordsOf(answer(500, "application/json", '{"responseStatus":'))).toBeUndefined();
	expect(serviceError({ responseStatus: {} })).toBeNull();
	const status = (code: string) => statusOfError({ code, message: null, fields: [] });
	expect(["Unauthorized", "Invalid Role", "NotFound", "ValidationException", "Boom"].map(status)).toEqual([
		401, 403, 404, 400, 500,
	]);
});

test("a bounded map forgets the oldest", () => {
	const map = new Bounded<number, number>(2);
	for (const n of [1, 2, 1, 3]) map.set(n, n);
	expect([map.has(1), map.has(2), map.get(3)]).toEqual([true, false, 3]);
	map.delete(3);
	expect(map.has(3)).toBe(false);
});

test("an own message is held back while an equal text is under way, and only then", () => {
	const sends = new SendsUnderWay();
	const own = (remoteId: string, words = "hi") => ({
		type: "ownMessage" as const,
		peer: "p",
		text: words,
		remoteId,
		stretch: null,
		at: 1,
	});
	expect(sends.hold(own("0"))).toBe(false);
	const land = sends.begin("p", "hi");
	expect([sends.hold(own("1")), sends.hold(own("2")), sends.hold(own("3", "other"))]).toEqual([
		true,
		true,
		false,
	]);
	expect(land("1").map(({ remoteId }) => remoteId)).toEqual(["2"]);
	expect(sends.hold(own("4"))).toBe(false);
});
