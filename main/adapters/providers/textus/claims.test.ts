import { expect, test } from "vitest";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { Claims, type Pending } from "./claims.ts";
import type { WireMessage } from "./wire.ts";

const key = "my_account/+13035550121";

function pending(claims: Claims, clientId: string, text: string): Pending {
	const id = asClientMessageId(clientId);
	return claims.begin({ clientId: id, key, text, newerThan: 0, group: null });
}

/** As far as claims look at it. */
function message(id: string, text: string): WireMessage {
	return { id, text, at: 1 } as unknown as WireMessage;
}

test("a message that a reply has told to be one text is never taken for another in doubt", () => {
	const claims = new Claims();
	claims.end(pending(claims, "one", "send 1"), "/messages/1");
	claims.wait(pending(claims, "two", "send 2"));
	claims.wait(pending(claims, "three", "send 1"));
	expect(claims.match(key, message("/messages/1", "send 1"))).toBe(null);
});

test.each([
	["see you at 4", "see you at 3"],
	["yes, of course", "no, of course not"],
	["ok (now)", "ok (later)"],
])("%j in doubt is not %j from elsewhere", (typed, sent) => {
	const claims = new Claims();
	claims.wait(pending(claims, "typed", typed));
	expect(claims.match(key, message("/messages/1", sent))).toBe(null);
});

test.each([
	["book here: {{calendar}}, thanks", "book here: https://c.example.invalid/ann, thanks"],
	["hello %name%", "hello Dana"],
	["hello {{name}}!", "hello !"],
	["{{greeting}} {{name}}", "Dear Dana"],
	["“quoted” – ok", '"quoted" - ok'],
	["look: https://example.invalid/long/address", "look: https://txt.example.invalid/Qx7"],
	["  spaces  ", "spaces"],
])("%j is %j after the server has filled or changed it", (typed, sent) => {
	const claims = new Claims();
	const waiting = pending(claims, "typed", typed);
	claims.wait(waiting);
	expect(claims.match(key, message("/messages/1", sent))).toEqual({ kind: "ours", pending: waiting });
});
