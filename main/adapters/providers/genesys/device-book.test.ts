import { expect, test } from "vitest";
import * as v from "valibot";
import { asLineId } from "../../../../shared/ids.ts";
import { agentStateOf, readAgentStates, wellKnownStates } from "./agent-states.ts";
import { DeviceBook, suggestLine } from "./device-book.ts";
import { deviceSchema, type Device } from "./wire.ts";

const device = (id: string, state: string, extra: object = {}): Device =>
	v.parse(deviceSchema, {
		id,
		phoneNumber: `50${id}`,
		deviceState: "Active",
		userState: { state },
		...extra,
	});

test("a line is the path of a device, named by its number or description", () => {
	const book = new DeviceBook();
	book.replace([
		device("1", "Ready", { description: "Front desk" }),
		device("2", "LoggedOut", { deviceState: "Inactive" }),
	]);
	const texts = { medium: "im", recipients: "one", attachments: null };
	expect(book.lines()).toEqual([
		{
			id: "/devices/1",
			label: "Front desk (501)",
			address: "501",
			active: true,
			loggedIn: true,
			canMessage: null,
			...texts,
		},
		{
			id: "/devices/2",
			label: "502",
			address: "502",
			active: false,
			loggedIn: false,
			canMessage: null,
			...texts,
		},
	]);
});

test("logging in on the chosen line lets texts go; the same notification twice says nothing new", () => {
	const book = new DeviceBook();
	book.replace([device("1", "LoggedOut")]);
	book.choose(asLineId("/devices/1"));
	const events = book.merge([device("1", "NotReady")]);
	expect(events.map((event) => event.type)).toEqual(["lines", "agentState", "sendable"]);
	expect(book.merge([device("1", "NotReady")])).toEqual([]);
	expect(book.merge([device("1", "LoggedOut")])).toMatchObject([
		{ type: "lines" },
		{ type: "agentState", state: null },
	]);
});

test("a notification that leaves fields out does not take them away; a list does take devices away", () => {
	const book = new DeviceBook();
	book.replace([device("1", "Ready"), device("2", "Ready")]);
	book.merge([v.parse(deviceSchema, { id: "1", userState: { state: "NotReady" } })]);
	expect(book.lines()[0]).toMatchObject({ address: "501", active: true });
	book.replace([device("1", "Ready")]);
	expect(book.lines()).toHaveLength(1);
});

test("the annex decides what a line can carry", () => {
	const book = new DeviceBook();
	book.replace([device("1", "Ready")]);
	const annex = (...settings: (readonly [string, string])[]) => ({
		settings: settings.map(([name, value]) => ({ name, value })),
	});
	const verdict = (body: unknown): boolean | null => {
		book.annex("1", body);
		return book.lines()[0]?.canMessage ?? null;
	};
	expect(verdict(annex(["multimedia", "true"], ["sip-signalling-chat", "none"]))).toBe(true);
	expect(verdict(annex(["multimedia", "true"], ["sip-signalling-chat", "any"]))).toBe(false);
	expect(verdict(annex(["multimedia", "true"]))).toBeNull();
	expect(verdict(annex(["sip-cti-control", "talk"]))).toBe(false);
	expect(verdict(null)).toBeNull();
	expect(book.withoutAnnex()).toEqual([]);
});

test("the remembered line, then what can carry messages, then active and logged in; none when none can", () => {
	const line = (id: string, facts: object = {}) => ({
		id: asLineId(id),
		label: id,
		address: id,
		active: true,
		loggedIn: false,
		canMessage: null,
		medium: "im" as const,
		recipients: "one" as const,
		attachments: null,
		...facts,
	});
	const lines = [
		line("a", { active: false }),
		line("b"),
		line("c", { loggedIn: true }),
		line("d", { canMessage: true }),
		line("e", { canMessage: false }),
	];
	expect(suggestLine(lines, asLineId("b"))).toBe("b");
	expect(suggestLine(lines, asLineId("e"))).toBe("d");
	expect(suggestLine(lines, null)).toBe("d");
	expect(suggestLine(lines.slice(0, 3), null)).toBe("c");
	expect(suggestLine(lines.slice(0, 2), asLineId("gone"))).toBe("b");
	expect(suggestLine(lines.slice(4), null)).toBeNull();
	expect(suggestLine([], null)).toBeNull();
});

test("agent states: the site's reasons, without logging out, else the well-known ones", () => {
	const settings = [
		{
			id: "9430250E-0A1B-421F-B372-F29E69366DED",
			operationName: "Ready",
			displayName: "Available",
			state: "Ready",
		},
		{ id: "x-lunch", operationName: "Lunch", displayName: "Lunch", state: "NotReady" },
		{
			id: "0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB",
			operationName: "Offline",
			displayName: "Offline",
			state: "Logout",
		},
		{ displayName: "no operation" },
	];
	const states = readAgentStates({ settings });
	expect(states.map((state) => [state.id, state.label, state.kind])).toEqual([
		["Ready", "Available", "ready"],
		["Lunch", "Lunch", "notReady"],
	]);
	expect(readAgentStates({})).toBe(wellKnownStates);
	const stateOf = (userState: object) => agentStateOf(device("1", "", { userState }).userState, states);
	expect(stateOf({ id: "X-LUNCH", state: "NotReady" })).toMatchObject({ id: "Lunch" });
	expect(stateOf({ id: "2b36138d-c564-4562-a8cb-3c32d564f296", state: "NotReady" })).toMatchObject({
		id: "AuxWork",
		kind: "aux",
	});
	expect(stateOf({ state: "NotReady", workMode: "AfterCallWork", displayName: "Wrap-up" })).toEqual({
		id: "Wrap-up",
		label: "Wrap-up",
		kind: "afterWork",
	});
	expect(stateOf({ state: "LoggedOut" })).toBeNull();
	expect(agentStateOf(null, states)).toBeNull();
});
