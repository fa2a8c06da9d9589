import fc from "fast-check";
import { expect, test } from "vitest";
import { timerGroup } from "./clock.ts";
import { agentStates, userState } from "./genesys/agent-states.ts";
import { AgentRegistry } from "./genesys/agents.ts";
import { bayeuxMessages, channelCovers } from "./genesys/cometd.ts";
import { Directory } from "./genesys/directory.ts";
import { parseCookies } from "./genesys/http-sessions.ts";
import { Journal, matchesRequest } from "./server/journal.ts";
import { practiceDirectory } from "./genesys/people.ts";
import { findRoute } from "./genesys/rest/routes.ts";
import { defaultSwitches } from "./genesys/switches.ts";
import { between, callUuid, deviceId, pick, seededRandom, userId } from "./random.ts";
import { virtualClock } from "./testing/virtual-clock.ts";

test("a seed repeats itself, stays in range and differs from its neighbours", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 2 ** 32 - 1 }),
			fc.integer({ min: 1, max: 50 }),
			(seed, width) => {
				const one = seededRandom(seed);
				const two = seededRandom(seed);
				for (let index = 0; index < 20; index += 1) {
					const value = between(one, 5, 5 + width);
					expect(value).toBe(between(two, 5, 5 + width));
					expect(value).toBeGreaterThanOrEqual(5);
					expect(value).toBeLessThanOrEqual(5 + width);
				}
				expect(callUuid(seededRandom(seed))).not.toBe(callUuid(seededRandom(seed + 1)));
			},
		),
	);
});

test("ids have the forms seen in the wild", () => {
	const random = seededRandom(1);
	expect(callUuid(random)).toMatch(/^[0-9A-Z]{32}$/);
	expect(userId(random)).toMatch(/^[0-9a-f]{32}$/);
	expect(deviceId(random)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	expect(() => pick(random, [])).toThrow(RangeError);
});

test("a timer group forgets what ran and cancels what did not", () => {
	const clock = virtualClock();
	const group = timerGroup(clock);
	const ran: string[] = [];
	group.after(10, () => ran.push("first"));
	group.after(20, () => ran.push("second"));
	const cancel = group.after(15, () => ran.push("cancelled"));
	cancel();
	clock.advance(10);
	group.cancelAll();
	clock.advance(100);
	expect(ran).toEqual(["first"]);
	expect(clock.timers).toBe(0);
});

test("Bayeux globbing", () => {
	expect(channelCovers("/v2/me/*", "/v2/me/devices")).toBe(true);
	expect(channelCovers("/v2/me/*", "/v2/me")).toBe(false);
	expect(channelCovers("/v2/me/*", "/v2/me/devices/1")).toBe(false);
	expect(channelCovers("/v2/**", "/v2/me/devices")).toBe(true);
	expect(channelCovers("/**", "/notifications/services")).toBe(true);
	const segment = fc.stringMatching(/^[a-z]{1,6}$/);
	fc.assert(
		fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
			const topic = `/${segments.join("/")}`;
			const parent = `/${segments.slice(0, -1).join("/")}`.replace(/\/$/, "");
			expect(channelCovers(topic, topic)).toBe(true);
			expect(channelCovers(`${parent}/*`, topic)).toBe(true);
			expect(channelCovers(`${parent}/**`, topic)).toBe(true);
			expect(channelCovers("/*", topic)).toBe(segments.length === 1);
			expect(channelCovers(`${topic}/**`, topic)).toBe(false);
		}),
	);
});

test("Bayeux bodies: whatever JSON it is, messages with a channel or nothing", () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			const messages = bayeuxMessages(value);
			for (const message of messages ?? []) expect(typeof message["channel"]).toBe("string");
		}),
	);
	expect(bayeuxMessages({ channel: "/a" })).toEqual([{ channel: "/a" }]);
	expect(bayeuxMessages([{ channel: "/a" }, {}])).toBeNull();
});

test("cookies of a request", () => {
	expect([...parseCookies(" a=1;b = x=y ; ;=z; c")]).toEqual([
		["a", "1"],
		["b", "x=y"],
	]);
	expect(parseCookies(undefined).size).toBe(0);
});

test("routes: a slash at the end, a feature that is off, nothing", () => {
	const switches = defaultSwitches();
	expect(findRoute("GET", "/me", switches)).toMatchObject({ kind: "handler", parameters: [] });
	expect(findRoute("POST", "/me/im-sessions/ABC/", switches)).toMatchObject({
		kind: "handler",
		parameters: ["ABC"],
	});
	expect(findRoute("PUT", "/me", switches)).toEqual({ kind: "nothing" });
	expect(findRoute("GET", "/me/im-sessions", { ...switches, imFeature: false })).toEqual({
		kind: "featureOff",
	});
});

test("agent states: every listed one can be shown; Offline shows as LoggedOut", () => {
	for (const state of agentStates) expect(userState(state.operationName)["id"]).toBe(state.id);
	expect(userState("Offline")).toMatchObject({ state: "LoggedOut" });
	expect(() => userState("Nap")).toThrow(RangeError);
});

test("the journal keeps no secrets, is bounded, and waits", async () => {
	const journal = new Journal(virtualClock());
	const start = {
		method: "POST",
		path: "/api/v2/me",
		query: "",
		credentials: "none",
		csrfHeader: false,
	} as const;
	const entry = journal.request(start);
	const awaited = journal.waitFor((candidate) => candidate.kind === "request" && candidate.status === 200);
	journal.update(entry, {
		body: { password: "hunter2", deep: [{ newPassword: "x", kept: 1 }] },
		status: 200,
	});
	expect(await awaited).toBe(entry);
	expect(JSON.stringify(journal.entries)).not.toContain("hunter2");
	expect(entry.body).toEqual({ password: "(removed)", deep: [{ newPassword: "(removed)", kept: 1 }] });
	for (let index = 0; index < 6_000; index += 1) journal.request(start);
	expect(journal.entries).toHaveLength(5_000);
	expect(journal.requests({ path: "/me", method: "POST" })).toHaveLength(5_000);
	journal.clear();
	await expect(journal.waitFor(() => true, AbortSignal.abort())).rejects.toThrow("no such journal entry");
});

test("matching a request needs every given key", () => {
	const request = {
		method: "POST",
		path: "/api/v2/me",
		operationName: "Ready",
		channels: ["/meta/connect"],
	};
	expect(matchesRequest(request, {})).toBe(true);
	expect(matchesRequest(request, { method: "GET" })).toBe(false);
	expect(matchesRequest(request, { path: "/me", operationName: "Ready", channel: "/meta/connect" })).toBe(
		true,
	);
	expect(matchesRequest(request, { path: /contacts/ })).toBe(false);
	expect(matchesRequest(request, { operationName: "NotReady" })).toBe(false);
	expect(matchesRequest(request, { channel: "/meta/handshake" })).toBe(false);
});

test("directory: any term is taken literally but for the star; pages cut the same list", () => {
	const random = seededRandom(1);
	const directory = new Directory({
		agents: new AgentRegistry(random),
		switches: defaultSwitches(),
		random,
		apiUrl: () => "http://127.0.0.1/api/v2",
	});
	const search = (query: Record<string, string>): { totalCount: number; contacts: { id: string }[] } =>
		directory.search(new URLSearchParams(query)) as never;
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (term) => {
			const filter = { filterName: "NamesOrPhoneNumberMatches", filterParameters: term };
			expect(search(filter).totalCount).toBeLessThanOrEqual(40);
		}),
	);
	const whole = search({}).contacts.map((contact) => contact.id);
	expect(whole).toHaveLength(40);
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 50 }), (limit) => {
			const paged: string[] = [];
			for (let offset = 0; offset < whole.length; offset += limit) {
				const page = search({ limit: String(limit), offset: String(offset) });
				expect(page.totalCount).toBe(40);
				paged.push(...page.contacts.map((contact) => contact.id));
			}
			expect(paged).toEqual(whole);
		}),
	);
});

test("the practice company: 40 entries, numbers unique, names beyond ASCII and in both directions", () => {
	const entries = practiceDirectory();
	expect(entries).toHaveLength(40);
	const numbers = entries.flatMap((entry) => entry.phoneNumber ?? []);
	expect(new Set(numbers).size).toBe(numbers.length);
	const names = entries.map((entry) => entry.firstName + entry.lastName).join("");
	expect(names).toMatch(/\p{Script=Arabic}/u);
	expect(names).toMatch(/\p{Script=Hebrew}/u);
	expect(names).toMatch(/\p{Script=Han}/u);
	expect(names).toMatch(/\p{Script=Cyrillic}/u);
});
