import { afterEach, expect, test } from "vitest";
import { AppFailure } from "../../../../shared/errors.ts";
import { EvoFloor, logged } from "./testing/evo-world.spec.ts";
import { WarpClock } from "../testing/warp-clock.spec.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const jane = "+15556667777";
const list = { method: "GET", path: "/messages" } as const;

test("3: an error in words: the words are shown, the stack trace is not", async () => {
	const { simulator, agent, main } = await floor.desk({ debugMode: true });
	simulator.failures.next({ operation: "SendMessage", status: 409, message: "Somebody else was faster" });
	const outcome = await agent.send(agent.peer(main, jane), "hello");
	expect(outcome).toEqual({
		kind: "rejected",
		retry: "byPerson",
		error: { code: "message.refused", params: { status: 409 }, detail: "Somebody else was faster" },
	});
});

test.each(["emptyLists", "emptyObject", "responseStatus"] as const)(
	"3.1: an error in the shape of an answer is an error: judged by its status (%s)",
	async (responseTypeErrors) => {
		const { simulator, agent, main } = await floor.desk({ responseTypeErrors }, (before, line) => {
			before.outside.person(jane).write(line, "hello");
		});
		const threads = agent.of("thread").length;
		simulator.failures.next({ operation: "ListConversations", status: 500, message: "Mongo is away" });
		await expect(agent.look()).rejects.toMatchObject({
			error: { code: "http.status", params: { status: 500 } },
		});
		expect(agent.of("threadGone")).toEqual([]);
		expect(agent.of("thread")).toHaveLength(threads);
		const heads = agent.session.history?.heads(null, null, agent.signal);
		simulator.failures.next({ operation: "ListConversations", status: 500 });
		expect((await heads)?.heads.map(({ peer }) => peer)).toEqual([agent.peer(main, jane)]);
	},
);

test("3.2: 401 without a body, 403 and 404 in plain text", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.faults.next({
		action: "body",
		status: 404,
		contentType: "text/plain",
		body: "Handler for Request not found: \n",
		processed: false,
		match: list,
	});
	await expect(agent.look()).rejects.toMatchObject({
		error: { code: "http.status", params: { status: 404 }, detail: "Handler for Request not found:" },
	});
	simulator.faults.next({
		action: "body",
		status: 403,
		contentType: "text/plain",
		body: "Forbidden\n\nRequest.HttpMethod: GET",
		processed: false,
		match: list,
	});
	await expect(agent.look()).rejects.toMatchObject({ error: { detail: "Forbidden" } });
	simulator.faults.next({
		action: "body",
		status: 401,
		body: "",
		processed: false,
		match: { path: "/messages", method: "POST" },
	});
	expect(await agent.send(agent.peer(main, jane), "after a 401")).toMatchObject({ kind: "accepted" });
	expect(simulator.ledger.count("after a 401")).toBe(1);
});

test("3.3: an error that comes with status 200 is the error that it is", async () => {
	const { simulator, agent, main } = await floor.desk({ errorsAs200: true });
	simulator.outside.person(jane).optedOut = true;
	expect(await agent.send(agent.peer(main, jane), "hello")).toMatchObject({
		kind: "rejected",
		error: { code: "message.refused", detail: `${jane} has opted out of messages` },
	});
	simulator.failures.next({
		operation: "ListMessages",
		status: 400,
		errorCode: "ArgumentException",
		message: "No",
	});
	simulator.failures.next({
		operation: "ListMessages",
		status: 400,
		errorCode: "ArgumentException",
		message: "No",
	});
	await expect(agent.look()).rejects.toMatchObject({
		error: { code: "http.status", params: { status: 400 }, detail: "No" },
	});
	await expect(floor.agent(simulator, agent.clock, { secret: "wrong" })).rejects.toMatchObject({
		error: { code: "auth.wrongPassword", detail: "Invalid Username or Password" },
	});
});

test("3.4: a page of a proxy is an overload or an error, never a message", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.faults.next({ action: "html", status: 502, match: list });
	await expect(agent.look()).rejects.toMatchObject({
		error: { code: "http.status", params: { status: 502 } },
	});
	expect((await agent.event("connection", ({ state }) => state === "reconnecting")).problem).toMatchObject({
		code: "http.status",
	});
	simulator.faults.next({ action: "html", status: 503, match: { path: "/messages", method: "POST" } });
	// The page of a proxy says nothing of what became of the text.
	expect((await agent.send(agent.peer(main, jane), "hello")).kind).toBe("unknown");
});

test("an answer that is cut off, is another format, or is huge, is refused and costs nothing else", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.outside.person(jane).write(main, "hello");
	for (const fault of [
		{ action: "malformed" },
		{ action: "body", body: "items,totalCount\n1,2" },
		{ action: "body", body: "<Items><Item></Items>" },
		{ action: "body", body: '"text"' },
		{ action: "body", body: `${"[".repeat(5000)}${"]".repeat(5000)}` },
		{ action: "huge", bytes: 9 * 1024 * 1024 },
	] as const) {
		simulator.faults.next({ ...fault, match: list });
		await expect(agent.look(), JSON.stringify(fault).slice(0, 60)).rejects.toBeInstanceOf(AppFailure);
	}
	await agent.look();
	expect(agent.texts()).toEqual(["hello"]);
	expect(agent.of("connection").at(-1)?.state).toBe("online");
});

test("hostile content: rows that do not fit are left out, all others are told", async () => {
	const { simulator, agent, main } = await floor.desk();
	const row = (id: unknown, more: object = {}): object => ({
		id,
		endpointId: main,
		date: new Date(simulator.clock.now()).toISOString(),
		direction: "Incoming",
		otherAddress: jane,
		...more,
	});
	const items = [
		null,
		7,
		"text",
		[],
		{},
		row(null),
		row({}),
		row(12345678901234567890n.toString(), { text: "a long id" }),
		row("1", { text: 17145550353 }),
		row("2", { text: { toString: 1 } }),
		row("3", { text: "dated", date: "9999999-99-99" }),
		row("4", { text: "future", date: "2099-01-01T00:00:00Z" }),
		row("5", { text: "no sides", endpointId: null, otherAddress: null }),
		row("6", { text: "odd address", otherAddress: " \u202Eevil\u0000 x y " }),
		row("__proto__", { text: "__proto__", otherAddress: "constructor", direction: "toString" }),
		row("7", { text: "\uD800<script>'\";--" }),
		{ ...row("8", { text: "isUnread" }), isUnread: "perhaps", sender: ["x"] },
	];
	simulator.faults.next({
		action: "body",
		body: `{"__proto__":{"polluted":1},"items":${JSON.stringify(items)},"hasMorePages":false,"totalCount":1e400}`,
		match: list,
	});
	await agent.look();
	expect(agent.texts().sort()).toEqual(
		[
			"",
			"17145550353",
			"\uD800<script>'\";--",
			"__proto__",
			"a long id",
			"dated",
			"future",
			"isUnread",
			"no sides",
			"odd address",
		].sort(),
	);
	for (const { at, remoteId } of agent.of("message")) {
		expect(Number.isFinite(at)).toBe(true);
		expect(typeof remoteId).toBe("string");
	}
	expect(({} as { polluted?: number }).polluted).toBeUndefined();
	// A date far ahead does not hide what comes after it.
	simulator.outside.person(jane).write(main, "still here");
	await agent.look();
	expect(agent.texts().at(-1)).toBe("still here");
	for (const peer of new Set(agent.of("message").map((message) => message.peer))) await agent.past(peer);
});

test("naughty strings go out and come in as they are", async () => {
	const { simulator, agent, main } = await floor.desk();
	const peer = agent.peer(main, jane);
	for (const text of [
		"null",
		"undefined",
		"\u202Etext",
		"<b>&amp;</b>",
		"'; DROP TABLE",
		"👩‍👩‍👧‍👦 Z͑ͫ̓",
		"{{x}} ${y} %s",
		" lead",
		"\ttab\n\n",
	]) {
		expect(await agent.send(peer, text), text).toMatchObject({ kind: "accepted" });
		simulator.outside.person(jane).write(main, text);
	}
	await agent.look();
	expect([...agent.texts()].sort()).toEqual([...simulator.ledger.texts()].sort());
});

test("a list that cannot be had at the start does not keep an agent out", async () => {
	const simulator = await floor.simulator();
	const [line] = simulator.endpoints;
	simulator.failures.next({ operation: "ListConversations", status: 500, times: 1 });
	simulator.failures.next({ operation: "GetMyContacts", status: 500, times: 1 });
	simulator.failures.next({ operation: "ListEndpoints", status: 500, times: 1 });
	const [user] = simulator.users;
	if (user !== undefined) user.roles = ["User", "Manager"];
	simulator.outside.person(jane).write(line?.id ?? "", "hello");
	const agent = await floor.agent(simulator, new WarpClock());
	expect(agent.texts()).toEqual(["hello"]);
	expect(agent.of("message").map(({ catchUp }) => catchUp)).toEqual([true]);
	expect((await agent.session.lines(agent.signal)).map(({ address }) => address)).toEqual([
		"+15550100",
		"+15550101",
	]);
});

test("no text, no number and no password is in the log", () => {
	const log = logged.join("\n");
	expect(log).not.toBe("");
	for (const secret of ["hello", jane, "secret", "still here"]) expect(log).not.toContain(secret);
});
