import { afterEach, expect, test } from "vitest";
import { Floor } from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

test("402 after a restart of the node: handshake, subscribe, gap, then the state is read, in that order", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.deliver("6001", "before");
	await desk.quiet();
	const from = desk.events.length;
	simulator.journal.clear();
	simulator.restart();
	desk.wire.advance(6000);
	await desk.event("connection", (event) => event.state === "online", from);
	const seen = simulator.journal
		.requests()
		.map((request) => request.channels[0] ?? request.path)
		.filter((what) => ["/meta/handshake", "/meta/subscribe", "/api/v2/me/im-sessions"].includes(what));
	expect(seen.slice(-3)).toEqual(["/meta/handshake", "/meta/subscribe", "/api/v2/me/im-sessions"]);
	const order = desk.events.slice(from).map((event) => event.type);
	expect(order.indexOf("gap")).toBeGreaterThanOrEqual(0);
	expect(order.indexOf("gap")).toBeLessThan(order.lastIndexOf("sendable"));
	expect(await desk.send("6001", "after")).toMatchObject({ kind: "accepted" });
	await desk.event("delivery", () => true, from);
});

test("after a restart that lost everything the agent is signed in again, and logged in again only if this run did it", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	const [device] = simulator.agents.devicesOf(simulator.agents.get("ann.lee"));
	if (device === undefined) throw new Error("no device");
	simulator.journal.clear();
	device.state = "Offline";
	simulator.restart({ httpSessionsGone: true, imSessionsGone: true });
	desk.wire.advance(6000);
	await simulator.journal.waitFor(
		(entry) => entry.kind === "request" && entry.operationName === "StartContactCenterSession",
		AbortSignal.timeout(10_000),
	);
	await desk.event("agentState", (event) => event.state !== null, desk.events.length);
	expect(await desk.deliver("6001", "again")).toMatchObject({ kind: "accepted" });
});

test("a device that was logged in elsewhere is neither started nor ended", async () => {
	const simulator = await floor.simulator();
	const [device] = simulator.agents.devicesOf(simulator.agents.get("ann.lee"));
	if (device === undefined) throw new Error("no device");
	device.state = "Ready";
	const desk = await floor.desk(simulator);
	expect(desk.started).toBe(false);
	device.state = "Offline";
	simulator.httpSessions.expire();
	desk.wire.advance(6000);
	await desk.event("agentState", (event) => event.state === null);
	await desk.quiet();
	expect(simulator.journal.requests({ operationName: "StartContactCenterSession" })).toEqual([]);
	await desk.close(false);
	expect(simulator.journal.requests({ operationName: "EndContactCenterSession" })).toEqual([]);
});

test("leaving: unsubscribe, disconnect, and EndContactCenterSession last", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.quiet();
	simulator.journal.clear();
	await desk.close(true);
	const order = simulator.journal
		.requests({ method: "POST" })
		.map((request) => request.operationName ?? request.channels[0])
		.filter((what) => what !== "/meta/connect");
	expect(order).toEqual(["/meta/unsubscribe", "/meta/disconnect", "EndContactCenterSession"]);
	expect(simulator.agents.isLoggedIn(simulator.agents.get("ann.lee"))).toBe(false);
	expect(simulator.httpSessions.count("ann.lee")).toBe(0);
});

test("leaving without ending the line leaves the device logged in", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await desk.close(false);
	expect(simulator.journal.requests({ channel: "/meta/disconnect" })).toHaveLength(1);
	expect(simulator.journal.requests({ operationName: "EndContactCenterSession" })).toEqual([]);
	expect(simulator.agents.isLoggedIn(simulator.agents.get("ann.lee"))).toBe(true);
});

test("leaving a server that does not answer keeps the deadline", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	await simulator.network.cut("silence");
	const closing = desk.session.close({ endLine: true, deadlineMs: 2000 });
	const steps = setInterval(() => desk.clock.advance(250), 5);
	await closing.finally(() => clearInterval(steps));
	await desk.end();
	expect(desk.ended).toBe(true);
});

test("the next poll leaves only when the batch before it is stored", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	const maya = simulator.colleagues.get("6001");
	maya.initiate("5001");
	await desk.event("live", (event) => event.live?.phase === "talking");
	await desk.quiet();
	let stored = (): void => undefined;
	desk.storing = new Promise((resolve) => (stored = resolve));
	maya.say("one");
	await desk.event("message", (event) => event.text === "one");
	const polls = simulator.journal.requests({ channel: "/meta/connect" }).length;
	maya.say("two");
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(simulator.journal.requests({ channel: "/meta/connect" })).toHaveLength(polls);
	expect(desk.texts()).toEqual(["one"]);
	stored();
	await desk.event("message", (event) => event.text === "two");
	expect(simulator.journal.requests({ channel: "/meta/connect" }).length).toBeGreaterThan(polls);
});

test("the name of a peer is looked up once, and a failed look-up is not kept for long", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	simulator.faults.next({ action: "html", match: { path: "/contacts" } });
	const maya = simulator.colleagues.get("6001");
	maya.initiate("5001");
	await desk.event("live", (event) => event.live?.phase === "talking");
	await desk.quiet();
	maya.say("one");
	await desk.event("message", (event) => event.text === "one");
	await desk.quiet();
	expect(simulator.journal.requests({ path: "/contacts" })).toHaveLength(1);
	desk.clock.advance(61_000);
	maya.say("two");
	expect(await desk.event("peerName")).toEqual({ type: "peerName", peer: "6001", name: "Maya Fernandez" });
	maya.say("three");
	await desk.event("message", (event) => event.text === "three");
	await desk.quiet();
	expect(simulator.journal.requests({ path: "/contacts" })).toHaveLength(2);
});

test("the directory is searched with every word, in any script, and says when there is more", async () => {
	const simulator = await floor.simulator();
	const desk = await floor.desk(simulator);
	const found = await desk.session.search("müll zo", desk.signal);
	expect(found).toMatchObject({
		more: false,
		contacts: [{ name: "Zoë Müller", address: "6003", presence: "available" }],
	});
	const all = await desk.session.search("", desk.signal);
	expect(all.more).toBe(true);
	expect(all.contacts.some((contact) => contact.address === "5001")).toBe(false);
	const stop = new AbortController();
	stop.abort();
	await expect(desk.session.search("maya", stop.signal)).rejects.toThrow();
});
