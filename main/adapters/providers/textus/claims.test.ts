import { describe, expect, test } from "vitest";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { Claims } from "./claims.ts";
import { readMessage, type WireMessage } from "./wire.ts";

const key = "my_account/+13035550121";

function message(id: string, text: string, at = 2000): WireMessage {
	const time = new Date(Date.UTC(2026, 0, 1) + at).toISOString();
	const found = readMessage({
		"@type": "Message",
		id,
		direction: "out",
		body: text,
		timelinePosition: time,
	});
	if (found === null) throw new Error("no message");
	return found;
}

function begin(claims: Claims, client: string, text: string, at = 1000) {
	return claims.begin({
		clientId: asClientMessageId(client),
		key,
		text,
		newerThan: Date.UTC(2026, 0, 1) + at,
		until: Date.UTC(2026, 0, 1) + 900_000,
		group: null,
	});
}

describe("which message of the server is which text", () => {
	test("a reply that is under way holds it back; without an id it is found, once", () => {
		const claims = new Claims();
		const pending = begin(claims, "c1", "hi");
		expect(claims.match(key, message("/m/1", "hi"))).toBe("hold");
		claims.wait(pending);
		expect(claims.expects(key)).toBe(true);
		expect(claims.match(key, message("/m/1", "hi"))).toMatchObject({ kind: "ours" });
		expect(claims.clientId("/m/1")).toBe("c1");
		expect(claims.expects(key)).toBe(false);
		expect(claims.match(key, message("/m/2", "hi"))).toBeNull();
	});

	test("with an id in the reply only that one is ours", () => {
		const claims = new Claims();
		claims.end(begin(claims, "c1", "hi"), "/m/7");
		expect(claims.match(key, message("/m/1", "hi"))).toBeNull();
		expect(claims.clientId("/m/7")).toBe("c1");
	});

	test("of equal texts the oldest comes first", () => {
		const claims = new Claims();
		for (const client of ["c1", "c2"]) claims.wait(begin(claims, client, "same"));
		claims.match(key, message("/m/1", "same"));
		claims.match(key, message("/m/2", "same"));
		expect([claims.clientId("/m/1"), claims.clientId("/m/2")]).toEqual(["c1", "c2"]);
	});

	test("what is older than the text, and what is in another conversation, is not it", () => {
		const claims = new Claims();
		claims.wait(begin(claims, "c1", "hi", 5000));
		expect(claims.match(key, message("/m/1", "hi", 4000))).toBeNull();
		expect(claims.match("my_account/+1", message("/m/2", "hi", 6000))).toBeNull();
		expect(claims.match(key, message("/m/3", "hi", 7_200_000))).toBeNull();
	});

	test.each([
		["Book at {{calendar}}", "Book at https://calend.example/ann"],
		["“Hello” there", '"Hello" there'],
		["  spaces ", "spaces"],
		["see https://example.com/a/long/link now", "see https://t.example/x now"],
	])("row 16: %s may have become %s, if nothing else is on its way", (typed, sent) => {
		const claims = new Claims();
		claims.wait(begin(claims, "c1", typed));
		expect(claims.match(key, message("/m/1", sent))).toMatchObject({ kind: "ours" });
	});

	test("a text that is only alike is not guessed while another is on its way, and a different one never", () => {
		const claims = new Claims();
		claims.wait(begin(claims, "c1", "Book at {{calendar}}"));
		expect(claims.match(key, message("/m/1", "Something else altogether"))).toBeNull();
		claims.wait(begin(claims, "c2", "Book at {{calendar}}!"));
		expect(claims.match(key, message("/m/2", "Book at https://calend.example/ann"))).toBeNull();
	});

	test("a message that a reply has told to be one text is never taken for another in doubt", () => {
		const claims = new Claims();
		claims.end(begin(claims, "c1", "send 1"), "/m/1");
		claims.wait(begin(claims, "c2", "send 2"));
		claims.wait(begin(claims, "c3", "send 1"));
		expect(claims.match(key, message("/m/1", "send 1"))).toBeNull();
	});

	test.each([
		["see you at 4", "see you at 3"],
		["yes, of course", "no, of course not"],
		["ok (now)", "ok (later)"],
	])("%s in doubt is not %s from elsewhere", (typed, sent) => {
		const claims = new Claims();
		claims.wait(begin(claims, "c1", typed));
		expect(claims.match(key, message("/m/1", sent))).toBeNull();
	});

	test("sent once more by the person, the time before counts no more", () => {
		const claims = new Claims();
		const first = begin(claims, "c1", "hi");
		claims.wait(first);
		begin(claims, "c1", "hi");
		expect(claims.isWaiting(first)).toBe(false);
		expect(claims.match(key, message("/m/1", "hi"))).toBe("hold");
	});
});
