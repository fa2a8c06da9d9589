import { expect, test } from "vitest";
import * as v from "valibot";
import { addressOf, nameOf, presenceOf, whoseNumber } from "./directory.ts";
import { sameNumber } from "./phone-number.ts";
import { contactSchema, type WireContact } from "./wire.ts";

const contact = (fields: object): WireContact => v.parse(contactSchema, fields);
const voice = (fields: object): object => ({
	availability: { channels: [{ channel: "chat" }, { channel: "voice", ...fields }] },
});
const phones = { phoneNumbers: [{ description: "" }, { phoneNumber: "15000" }] };

test("the destination is the number that is logged in now, else the first, else nobody", () => {
	expect(addressOf(contact({ ...phones, ...voice({ phoneNumber: "15001" }) }))).toBe("15001");
	expect(addressOf(contact({ ...phones, ...voice({ available: false }) }))).toBe("15000");
	expect(addressOf(contact(phones))).toBe("15000");
	expect(addressOf(contact({ name: "agent2" }))).toBeNull();
});

test.each([
	[
		{ available: true, userActivity: "Idle", userState: { state: "Ready", displayName: "Ready" } },
		"available",
		"Ready",
	],
	[{ available: false, userState: { state: "NotReady", displayName: "Lunch" } }, "away", "Lunch"],
	[{ available: false, userState: { state: "LoggedOut", displayName: "Offline" } }, "offline", "Offline"],
	[{ available: true, userActivity: "InCall", userState: { state: "Ready" } }, "busy", "Ready"],
	[{ available: false }, "busy", null],
	[{}, "unknown", null],
])("presence of %j is %s", (fields, state, label) => {
	expect(presenceOf(contact(voice(fields)))).toEqual({ state, label });
});

test("without data presence is unknown", () => {
	expect(presenceOf(contact({}))).toEqual({ state: "unknown", label: null });
	expect(presenceOf(contact({ availability: "soon" }))).toEqual({ state: "unknown", label: null });
});

test("a name is first and last name, else name, else user name", () => {
	expect(nameOf(contact({ firstName: "Will", lastName: "Clark", name: "agent2" }))).toBe("Will Clark");
	expect(nameOf(contact({ name: "Billing" }))).toBe("Billing");
	expect(nameOf(contact({ userName: "agent2" }))).toBe("agent2");
	expect(nameOf(contact({}))).toBeNull();
});

test("a name is taken from whoever has the number, and never from somebody else", () => {
	const [ann, will, unnumbered] = [
		contact({ userName: "ann", phoneNumbers: [{ phoneNumber: "5001" }] }),
		contact({ userName: "will", ...voice({ phoneNumber: "5002" }) }),
		contact({ userName: "maya" }),
	];
	expect(whoseNumber([ann, will], "5002")).toBe(will);
	expect(whoseNumber([unnumbered], "5002")).toBe(unnumbered);
	expect(whoseNumber([ann], "5002")).toBeNull();
	expect(whoseNumber([unnumbered, ann], "5002")).toBeNull();
	expect(whoseNumber([], "5002")).toBeNull();
});

test("numbers are compared by what is dialled", () => {
	expect(sameNumber("+1 (555) 01-00", "15550100")).toBe(true);
	expect(sameNumber("5001", "15001")).toBe(false);
	expect(sameNumber("", "")).toBe(false);
	expect(sameNumber("sip.Ann", "SIP.ann")).toBe(true);
});
