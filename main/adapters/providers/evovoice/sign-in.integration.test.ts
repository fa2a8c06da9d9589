import { afterEach, expect, test } from "vitest";
import type { EvovoiceSwitches } from "../../../../practice/evovoice/switches.ts";
import type { AppError } from "../../../../shared/errors.ts";
import { AppFailure } from "../../../../shared/errors.ts";
import { restBench } from "../rest/testing/server.spec.ts";
import { type AgentOptions, EvoFloor, logged } from "./testing/evo-world.spec.ts";
import { WarpClock } from "../testing/warp-clock.spec.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

async function refusal(switches: Partial<EvovoiceSwitches>, options: AgentOptions = {}): Promise<AppError> {
	const outcome = await floor.desk(switches, undefined, options).catch((thrown: unknown) => thrown);
	if (outcome instanceof AppFailure) return outcome.error;
	throw new Error("it signed in");
}

test("the start-up sequence, with the cookies of the sign-in and no password in any address", async () => {
	const { simulator, agent } = await floor.desk({}, undefined, { settle: false });
	expect(agent.session.userName).toBe("agent@example.com");
	const asked = simulator.journal
		.requests()
		.map(({ method, path, credentials }) => [method, path, credentials]);
	expect(asked.slice(0, 3)).toEqual([
		["GET", "/auth/status", "none"],
		// The first answer has set cookies that prove nothing.
		["POST", "/auth/credentials", "cookie"],
		["GET", "/auth/status", "cookie"],
	]);
	expect(
		asked
			.slice(3)
			.map(([, path]) => path)
			.sort(),
	).toEqual(["/app/contacts", "/conversations", "/endpoints"]);
	expect(simulator.httpSessions.signIns).toBe(1);
	expect(simulator.journal.requests().some(({ query }) => query.includes("secret"))).toBe(false);
	expect(logged.some((line) => line.includes("secret"))).toBe(false);
});

test("a wrong password, in the server's words", async () => {
	const error = await refusal({ wrongPasswordMessage: "No, sir" }, { secret: "wrong" });
	expect(error).toEqual({ code: "auth.wrongPassword", detail: "No, sir" });
});

test("an empty password", async () => {
	expect(await refusal({}, { secret: "" })).toMatchObject({
		code: "auth.wrongPassword",
		detail: "'Password' must not be empty.",
	});
});

test("a locked account is told apart", async () => {
	const locked = floor.desk({}, (simulator) => {
		const [user] = simulator.users;
		if (user !== undefined) user.locked = true;
	});
	await expect(locked).rejects.toMatchObject({
		error: { code: "auth.accessDenied", detail: "This account has been locked" },
	});
});

test("Basic where the server has no credentials provider", async () => {
	const simulator = await floor.simulator();
	simulator.faults.next({
		action: "body",
		status: 404,
		contentType: "application/json",
		body: '{"responseStatus":{"errorCode":"NotFound","message":"No configuration was added for OAuth provider \'credentials\'"}}',
		processed: false,
		match: { path: "/auth/credentials" },
		times: 9,
	});
	const [line] = simulator.endpoints;
	const agent = await floor.agent(simulator, new WarpClock());
	expect(simulator.httpSessions.signIns).toBe(0);
	expect(await agent.send(agent.peer(line?.id ?? "", "+15556667777"), "by Basic")).toMatchObject({
		kind: "accepted",
	});
	expect(
		simulator.journal.requests({ path: "/messages" }).every(({ credentials }) => credentials === "basic"),
	).toBe(true);
	const refused = floor.agent(simulator, new WarpClock(), { secret: "wrong" });
	await expect(refused).rejects.toMatchObject({ error: { code: "auth.wrongPassword" } });
});

test("another system gets no password", async () => {
	const bodies: string[] = [];
	const bench = await restBench(({ url, body }) => {
		bodies.push(body);
		return { status: url.startsWith("/auth") ? 404 : 200, body: "<html>Welcome</html>" };
	});
	try {
		const simulator = await floor.simulator();
		const open = floor.agent(simulator, new WarpClock(), { server: bench.origin });
		await expect(open).rejects.toMatchObject({ error: { code: "auth.notThisSystem" } });
		expect(bodies.join("")).not.toContain("secret");
	} finally {
		await bench.close();
	}
});

test("a server that is too busy or broken is no wrong password", async () => {
	const simulator = await floor.simulator();
	simulator.failures.next({ operation: "Authenticate", status: 500, message: "Mongo is away" });
	await expect(floor.agent(simulator, new WarpClock())).rejects.toMatchObject({
		error: { code: "http.status", params: { status: 500 }, detail: "Mongo is away" },
	});
	simulator.faults.next({ action: "html", status: 503 });
	await expect(floor.agent(simulator, new WarpClock())).rejects.toMatchObject({
		error: { code: "http.overloaded" },
	});
});

test("a user agent that is refused is told as no access", async () => {
	const simulator = await floor.simulator();
	simulator.faults.next({
		action: "body",
		status: 403,
		contentType: "text/plain",
		body: "Forbidden",
		processed: false,
	});
	await expect(floor.agent(simulator, new WarpClock())).rejects.toMatchObject({
		error: { code: "auth.accessDenied", detail: "Forbidden" },
	});
	// Our own name is on every request.
	const { agent } = await floor.desk({ refuseCurl: true });
	expect(agent.of("connection").map(({ state }) => state)).toEqual(["online"]);
});

test("sign-out tells the server and ends the session there", async () => {
	const { simulator, agent } = await floor.desk();
	expect(simulator.httpSessions.count()).toBe(1);
	await agent.close();
	expect(simulator.httpSessions.count()).toBe(0);
	expect(simulator.journal.requests({ path: "/auth/logout" })).toHaveLength(1);
});

test("one new sign-in for however many requests meet a 401, and nothing of them is lost or doubled", async () => {
	const { simulator, agent, main } = await floor.desk();
	simulator.httpSessions.expireAll();
	const peer = agent.peer(main, "+15556667777");
	const [first, second, third] = await Promise.all([
		agent.send(peer, "one"),
		agent.send(agent.peer(main, "+15556667778"), "two"),
		agent.look(),
	]);
	expect([first.kind, second.kind, third]).toEqual(["accepted", "accepted", undefined]);
	expect(simulator.httpSessions.signIns).toBe(2);
	expect(simulator.ledger.texts().sort()).toEqual(["one", "two"]);
	expect(agent.of("signedOut")).toEqual([]);
});

test("a password that holds no longer ends the session in the server's words", async () => {
	const { simulator, agent } = await floor.desk();
	const [user] = simulator.users;
	if (user !== undefined) user.password = "another";
	simulator.httpSessions.expireAll();
	await expect(agent.look()).rejects.toThrow(/sessionExpired|cancelled/);
	const over = await agent.event("signedOut");
	expect(over.error).toEqual({ code: "auth.wrongPassword", detail: "Invalid Username or Password" });
	expect(simulator.journal.requests({ path: "/auth/credentials" })).toHaveLength(2);
});

test("“ask each time”: the secret is gone after the sign-in, and the session with the cookies", async () => {
	const { simulator, agent } = await floor.desk({}, undefined, { forgetSecret: true });
	const [signIn] = simulator.journal.requests({ path: "/auth/credentials" });
	expect(signIn?.body).toMatchObject({ rememberMe: false });
	simulator.httpSessions.expireAll();
	await expect(agent.look()).rejects.toBeInstanceOf(AppFailure);
	expect((await agent.event("signedOut")).error.code).toBe("auth.sessionExpired");
	expect(simulator.httpSessions.signIns).toBe(1);
});
