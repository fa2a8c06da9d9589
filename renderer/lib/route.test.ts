import { describe, expect, test } from "vitest";
import { asLineId } from "../../shared/ids.ts";
import * as sample from "../testing/samples.ts";
import {
	dispatch,
	extension,
	line,
	maria,
	netsapiens,
	numberOne,
	numberTwo,
	team,
} from "../testing/samples-systems.ts";
import { mediumFor, routeOf } from "./route.ts";

describe("the route of an answer", () => {
	test("without a line of its own is that of the workstation, and may be changed", () => {
		expect(routeOf(sample.ana, sample.account())).toMatchObject({
			medium: "im",
			line: "Desk phone 5001",
			to: "Ana Martins",
			fixed: false,
		});
		expect(routeOf(sample.ana, sample.account({ lineId: null }))).toMatchObject({
			line: null,
			lines: [],
		});
	});
	test("is the line that was written to, whichever is chosen on the workstation", () => {
		const route = routeOf(maria, { ...netsapiens, lineId: numberTwo.id });
		expect(route).toMatchObject({
			lineId: numberOne.id,
			line: "+1 555 0100",
			to: "+1 555 0199",
			fixed: true,
		});
	});
	test("stays true when that line is no longer this agent's", () => {
		const route = routeOf(maria, { ...netsapiens, lines: [numberTwo, extension] });
		expect(route.line).toBe("+1 555 0100");
		expect(route.lines.map(({ label }) => label)).toEqual(["+1 555 0100", "+1 555 0111"]);
	});
	test("offers a group only lines that take several, and of its kind", () => {
		const single = line("one", "+1 555 0122", { recipients: "one" });
		const account = { ...netsapiens, lines: [...netsapiens.lines, single] };
		expect(routeOf(team, account).lines.map(({ id }) => id)).toEqual([numberOne.id, numberTwo.id]);
		expect(routeOf(dispatch, account).lines).toEqual([]);
	});
	test("offers no line that cannot carry messages", () => {
		const mute = line("mute", "+1 555 0123", { id: asLineId("mute"), canMessage: false });
		expect(routeOf(maria, { ...netsapiens, lines: [numberOne, mute] }).lines).toEqual([]);
	});
});

test("a new message to several is a group where the line makes one", () => {
	expect(mediumFor(numberOne, 1)).toBe("sms");
	expect(mediumFor(numberOne, 3)).toBe("groupSms");
	expect(mediumFor(extension, 2)).toBe("groupChat");
	expect(mediumFor(line("x", "x", { recipients: "separate" }), 3)).toBe("sms");
	expect(mediumFor(undefined, 1)).toBe("other");
});
