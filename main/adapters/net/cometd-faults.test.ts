import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { EventReader, isConnected, isGap, isStatus } from "../../../tests/servers/event-reader.ts";
import {
	type ScriptedBayeux,
	reply,
	replyWith,
	startScriptedBayeux,
	usualReplies,
} from "../../../tests/servers/scripted-bayeux.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { HttpClient, Random } from "../../core/ports/runtime.ts";
import { maxFrameLength } from "./bayeux-frames.ts";
import { type CometdClientOptions, createCometdClient } from "./cometd-client.ts";
import { createHttpClient } from "./http-client.ts";
import { createTrustStore } from "./trust-store.ts";

const topic = "/v2/me/im-sessions";
const open: (() => Promise<void>)[] = [];
const always = (value: number): Random => ({ next: () => value, uuid: () => "" });

afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

async function setUp(
	extra: Partial<CometdClientOptions> = {},
	prepare: (server: ScriptedBayeux) => void = () => undefined,
) {
	const server = await startScriptedBayeux();
	open.push(() => server.close());
	prepare(server);
	const clock = new VirtualClock();
	const real = createHttpClient({
		origin: new URL(server.url).origin,
		clock,
		trust: createTrustStore(() => []),
	});
	open.push(() => real.close());
	/** The last part of each URL, as the request leaves. */
	const left: string[] = [];
	let settled = 0;
	let look = (): void => undefined;
	const http: HttpClient = {
		...real,
		async send(request) {
			left.push(request.url.slice(request.url.lastIndexOf("/") + 1));
			try {
				return await real.send(request);
			} finally {
				settled++;
				look();
			}
		},
	};
	const answered = (count: number): Promise<void> =>
		new Promise((resolve) => {
			look = () => {
				if (settled >= count) resolve();
			};
			look();
		});
	const { url } = server;
	const client = createCometdClient({
		http,
		clock,
		random: always(0.5),
		url,
		subscriptions: [topic],
		...extra,
	});
	const reader = new EventReader(client);
	open.push(() => reader.stop());
	/** Connected, and a poll held: both, because the two answers come on connections of their own. */
	const ready = async (): Promise<void> => {
		await reader.until(isConnected);
		await server.held();
	};
	return { server, clock, client, reader, left, answered, ready };
}

const message = (data: unknown): object => ({ channel: topic, data });
const frames = (...all: readonly (object | string)[]): string =>
	`[${all.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(",")}]`;
const hangUp = (_request: unknown, response: ServerResponse): void => void response.destroy();

test("advice: the interval is kept between polls, and clamped to 60 s", async () => {
	const { server, clock, ready } = await setUp();
	await ready();
	for (const [advised, kept] of [
		[2000, 2000],
		[-7, 0],
		[86_400_000, 60_000],
		["soon", 0],
	] as const) {
		const polls = server.journal.of("connect").length;
		await server.pushWith({ advice: { interval: advised } }, message(advised));
		if (kept > 0) {
			await clock.untilPending(kept, kept);
			expect(server.journal.of("connect")).toHaveLength(polls);
			await clock.advance(kept - 1);
			expect(server.journal.of("connect")).toHaveLength(polls);
			await clock.advance(1);
		}
		await server.journal.arrived("connect", polls + 1);
		await server.held();
	}
});

test("advice: the poll's deadline is the advised timeout + 10 s, clamped to 1 s to 10 min", async () => {
	for (const [advised, deadline] of [
		[45_000, 55_000],
		[0, 11_000],
		[1e12, 610_000],
	] as const) {
		const { client, clock, reader, ready } = await setUp({}, (fresh) =>
			fresh.always("handshake", replyWith({ advice: { reconnect: "retry", timeout: advised } })),
		);
		await ready();
		// So long may it be silent without anything being wrong: the hold, without the time that the network may take.
		expect(client.quietMs()).toBe(deadline - 10_000);
		await clock.advance(deadline - 1);
		expect(reader.words()).not.toContain("status:waiting");
		await clock.advance(1);
		const { status } = await reader.until(isStatus("waiting"));
		expect(status.error.code).toBe("network.timeout");
	}
});

test("advice retry on a refused poll: the same session again after a wait", async () => {
	const { server, clock, reader, ready } = await setUp();
	await ready();
	server.next(
		"connect",
		replyWith({ successful: false, error: "500::busy", advice: { reconnect: "retry" } }),
	);
	await server.push();
	await reader.until(isStatus("waiting"));
	await clock.advance(500);
	await server.held();
	expect(server.journal.of("handshake")).toHaveLength(1);
});

test("a poll refused three times without advice ends in a new handshake", async () => {
	const { server, clock, reader, ready } = await setUp();
	await ready();
	server.always("connect", replyWith({ successful: false, error: "500::odd" }));
	await server.push();
	await reader.until(isStatus("waiting"), 1);
	await clock.advance(500);
	await reader.until(isStatus("waiting"), 2);
	await clock.advance(1000);
	await reader.until(isStatus("waiting"), 3);
	server.always("connect", undefined);
	await clock.advance(5000);
	await reader.until(isConnected, 2);
	expect(server.journal.of("handshake")).toHaveLength(2);
});

test.each([
	[
		"a refused poll",
		{ successful: false, error: "402::Unknown client", advice: { reconnect: "handshake", interval: 0 } },
	],
	["a refused poll without advice", { successful: false, error: "402::Unknown client" }],
	["a successful poll", { advice: { reconnect: "handshake" } }],
])("advice handshake on %s: handshake, subscribe, gap, in that order", async (_name, extra) => {
	const { server, clock, reader, ready } = await setUp();
	await ready();
	server.next("connect", replyWith(extra, message("last words")));
	await server.push();
	await reader.messages(1);
	await clock.advance(5000);
	await reader.until(isGap);
	expect(reader.words().slice(3)).toEqual([
		"status:waiting",
		"messages:1",
		"status:connecting",
		"status:connected",
		"connected",
		"gap",
	]);
	await server.held();
	const kinds = server.journal.kinds().slice(-4);
	expect(kinds[0]).toBe("handshake");
	expect(kinds.slice(1).sort()).toEqual(["connect", "connect", "subscribe"]);
});

test.each([
	["a poll", { advice: { reconnect: "none" } }],
	["a refused poll", { successful: false, error: "500::go away", advice: { reconnect: "none" } }],
])("advice none on %s: refused, and silence until reconnect", async (_name, extra) => {
	const { server, clock, client, reader, ready } = await setUp();
	await ready();
	server.next("connect", replyWith(extra));
	await server.push();
	const { status } = await reader.until(isStatus("refused"));
	expect(status.error.code).toBe("bayeux.refused");
	const asked = server.journal.requests.length;
	client.wake();
	await clock.advance(3_600_000);
	expect(server.journal.requests).toHaveLength(asked);
	client.reconnect();
	await reader.until(isConnected, 2);
	await reader.until(isGap);
});

test.each([401, 403])(
	"status %i on the endpoint is reported as refused, with the server's words",
	async (status) => {
		const { server, reader, client, clock, ready } = await setUp();
		await ready();
		server.next("connect", reply("Missing or invalid Csrf token", status));
		await server.push();
		const refused = await reader.until(isStatus("refused"));
		expect(refused.status.error).toEqual({
			code: "auth.sessionExpired",
			params: { status },
			detail: "Missing or invalid Csrf token",
		});
		expect(server.journal.of("handshake")).toHaveLength(1);
		// The provider has signed in again.
		await clock.advance(5000);
		client.reconnect();
		await reader.until(isConnected, 2);
		await reader.until(isGap);
	},
);

test("status 401 on the handshake and on the subscription is refused too", async () => {
	for (const kind of ["handshake", "subscribe"] as const) {
		const { reader } = await setUp({}, (fresh) => fresh.always(kind, reply("<html>Login</html>", 401)));
		const { status } = await reader.until(isStatus("refused"));
		expect(status.error).toEqual({ code: "auth.sessionExpired", params: { status: 401 } });
	}
});

test.each([{}, { advice: { reconnect: "none" } }])(
	"403::Handshake denied is refused, with advice %j",
	async (advice) => {
		const { reader } = await setUp({}, (fresh) =>
			fresh.always(
				"handshake",
				replyWith({ successful: false, error: "403::Handshake denied", ...advice }),
			),
		);
		const { status } = await reader.until(isStatus("refused"));
		expect(status.error).toEqual({ code: "bayeux.refused", detail: "403::Handshake denied" });
	},
);

test("a server without long polling is unsupported", async () => {
	const { reader } = await setUp({}, (fresh) =>
		fresh.always("handshake", replyWith({ supportedConnectionTypes: ["websocket"] })),
	);
	expect((await reader.until(isStatus("refused"))).status.error.code).toBe("bayeux.unsupported");
});

test("a handshake reply without a client id is malformed and tried again", async () => {
	const { clock, reader } = await setUp({}, (fresh) => fresh.next("handshake", replyWith({ clientId: 5 })));
	expect((await reader.until(isStatus("waiting"))).status.error.code).toBe("bayeux.malformed");
	await clock.advance(5000);
	await reader.until(isConnected);
});

test("back-off has full jitter and a cap of 60 s; one immediate try on wake", async () => {
	let draw = 0;
	const random: Random = { next: () => draw, uuid: () => "" };
	const { server, clock, client, reader, ready } = await setUp({ random });
	await ready();
	server.always("connect", reply("busy", 500));
	await server.push();
	const waits: number[] = [];
	for (let attempt = 1; attempt <= 10; attempt++) {
		draw = attempt % 2 === 0 ? 0.999999 : 0.25;
		const { status } = await reader.until(isStatus("waiting"), attempt);
		expect(status.attempt).toBe(attempt);
		waits.push(status.until - clock.now());
		await clock.advance(status.until - clock.now());
	}
	expect(waits.every((wait) => wait <= 60_000)).toBe(true);
	expect(waits.slice(-2)).toEqual([15_000, 60_000]);
	await reader.until(isStatus("waiting"), 11);
	const polls = server.journal.of("connect").length;
	client.wake();
	await server.journal.arrived("connect", polls + 1);
	await reader.until(isStatus("waiting"), 12);
	// One try, not a storm: the next waits for its time.
	await clock.advance(1);
	expect(server.journal.of("connect")).toHaveLength(polls + 1);
});

test("a server that is down at first is tried until it is there, at most every 5 s", async () => {
	const { clock, reader, server } = await setUp({ random: always(0) }, (fresh) => {
		for (let count = 0; count < 3; count++) fresh.next("handshake", hangUp);
	});
	for (let attempt = 1; attempt <= 3; attempt++) {
		const { status } = await reader.until(isStatus("waiting"), attempt);
		expect(status).toMatchObject({
			attempt,
			until: clock.now() + 5000,
			error: { code: "network.interrupted" },
		});
		await clock.advance(5000);
	}
	expect(await reader.until(isConnected)).toMatchObject({ first: true });
	expect(server.journal.of("handshake")).toHaveLength(4);
	// Nothing was ever received, so nothing can have been missed.
	expect(reader.events.some(isGap)).toBe(false);
});

test("Retry-After of an overloaded server is respected", async () => {
	const { server, clock, reader, ready } = await setUp();
	await ready();
	server.next("connect", reply("", 503, { "Retry-After": "30" }));
	await server.push();
	const { status } = await reader.until(isStatus("waiting"));
	expect(status).toMatchObject({ until: clock.now() + 30_000, error: { code: "http.overloaded" } });
});

test("a lost subscribe reply: subscribed again in the same session, connected only then", async () => {
	const { server, clock, reader } = await setUp({ subscriptions: [topic, "/v2/me/devices"] }, (fresh) =>
		fresh.next("subscribe", hangUp),
	);
	await reader.until(isStatus("waiting"));
	expect(reader.words()).not.toContain("connected");
	await clock.advance(500);
	await reader.until(isConnected);
	expect(server.journal.of("handshake")).toHaveLength(1);
	expect(
		server.journal.of("subscribe").map((request) => request.messages.map((one) => one.subscription)),
	).toEqual([
		[topic, "/v2/me/devices"],
		[topic, "/v2/me/devices"],
	]);
});

test("a subscribe reply that lacks one of two: only that one is asked for again", async () => {
	const { server, clock, reader } = await setUp({ subscriptions: [topic, "/v2/me/devices"] }, (fresh) =>
		fresh.next("subscribe", (request, response) =>
			reply(frames(...usualReplies(request).slice(0, 1)))(request, response),
		),
	);
	await reader.until(isStatus("waiting"));
	await clock.advance(500);
	await reader.until(isConnected);
	expect(server.journal.of("subscribe")[1]?.messages.map((one) => one.subscription)).toEqual([
		"/v2/me/devices",
	]);
});

test("messages that arrive before the subscriptions are confirmed are not lost, and come after connected", async () => {
	const { clock, reader, left, answered } = await setUp({}, (fresh) => {
		fresh.next("subscribe", hangUp);
		fresh.next("connect", replyWith({}, message("early")));
	});
	await reader.until(isStatus("waiting"));
	await answered(3);
	// Nobody has them yet: the server is not asked for more.
	await clock.advance(499);
	expect(left.filter((part) => part === "connect")).toHaveLength(1);
	await clock.advance(1);
	expect(await reader.messages(1)).toEqual(["early"]);
	const words = reader.words();
	expect(words.indexOf("messages:1")).toBeGreaterThan(words.indexOf("connected"));
});

test("402 on the subscription leads to a new handshake", async () => {
	const { server, clock, reader } = await setUp({}, (fresh) =>
		fresh.next("subscribe", replyWith({ successful: false, error: "402::Unknown client" })),
	);
	await reader.until(isStatus("waiting"));
	await clock.advance(5000);
	await reader.until(isConnected);
	expect(server.journal.of("handshake")).toHaveLength(2);
});

test("a denied subscription is refused, an optional one is only named", async () => {
	const deny = (fresh: ScriptedBayeux): void =>
		fresh.always("subscribe", (request, response) => {
			const replies = usualReplies(request) as { subscription: string }[];
			const denied = { successful: false, error: `403:/notifications/services:subscribe_denied` };
			const all = replies.map((one) => (one.subscription === topic ? one : { ...one, ...denied }));
			reply(frames(...all))(request, response);
		});
	const subscriptions = [topic, "/notifications/services"];
	const strict = await setUp({ subscriptions }, deny);
	expect((await strict.reader.until(isStatus("refused"))).status.error.code).toBe("bayeux.refused");
	const lenient = await setUp({ subscriptions, optionalSubscriptions: ["/notifications/services"] }, deny);
	expect(await lenient.reader.until(isConnected)).toMatchObject({ denied: ["/notifications/services"] });
});

test("malformed, huge and deep frames are rejected without losing their neighbours", async () => {
	const { server, reader, ready } = await setUp();
	await ready();
	const deep = `{"channel":"${topic}","data":${"[".repeat(300)}${"]".repeat(300)}}`;
	await server.push(
		message(1),
		"{oops}",
		message(2),
		"null",
		'{"data":"no channel"}',
		message(3),
		deep,
		message("x".repeat(maxFrameLength)),
		message(4),
	);
	expect(await reader.messages(4)).toEqual([1, 2, 3, 4]);
	expect(reader.words().slice(-5)).toEqual([
		"messages:4",
		"rejected:json:1",
		"rejected:shape:2",
		"rejected:depth:1",
		"rejected:size:1",
	]);
	await server.held();
	await server.push(message("next"));
	expect(await reader.messages(5)).toContain("next");
	expect(reader.words()).not.toContain("status:waiting");
});

test("replies that nobody asked for cannot move the session", async () => {
	const { server, reader, ready } = await setUp();
	const { clientId } = await reader.until(isConnected);
	await ready();
	await server.push(
		{
			id: "99",
			channel: "/meta/handshake",
			successful: true,
			clientId: "stolen",
			supportedConnectionTypes: ["long-polling"],
		},
		{ id: "1", channel: "/meta/disconnect", successful: true },
		{ id: "77", channel: "/meta/connect", successful: false, error: "402::Unknown client" },
		message("still here"),
	);
	await reader.messages(1);
	expect(reader.words().slice(-2)).toEqual(["messages:1", "rejected:unsolicited:3"]);
	await server.held();
	expect(server.journal.of("connect").at(-1)?.messages[0]?.clientId).toBe(clientId);
});

test.each([
	["not JSON", "<html>Gateway</html>", "rejected:json:1"],
	["nothing", "", "rejected:json:1"],
	["an empty array", "[]", undefined],
	["no reply to the poll", frames(message("kept")), undefined],
])("a poll answered with %s is tried again, and what was readable is kept", async (_name, text, rejected) => {
	const { server, clock, reader, ready } = await setUp();
	await ready();
	server.next("connect", reply(text));
	await server.push();
	const { status } = await reader.until(isStatus("waiting"));
	expect(status.error.code).toBe("bayeux.malformed");
	await clock.advance(1000);
	await reader.until(isGap);
	if (rejected !== undefined) expect(reader.words()).toContain(rejected);
	expect(reader.data()).toEqual(text.includes("kept") ? ["kept"] : []);
	await server.held();
	expect(server.journal.of("handshake")).toHaveLength(1);
});

test("a body larger than 8 MB is rejected whole, reported as a gap, and the session goes on", async () => {
	const { server, clock, reader, ready } = await setUp();
	await ready();
	server.next("connect", replyWith({}, message("x".repeat(9 * 1024 * 1024))));
	await server.push();
	const { status } = await reader.until(isStatus("waiting"));
	expect(status.error.code).toBe("network.tooLarge");
	expect(reader.words()).toContain("rejected:size:1");
	await clock.advance(1000);
	await reader.until(isGap);
	await server.push(message("after"));
	expect(await reader.messages(1)).toEqual(["after"]);
});

test("a server that does not hold its polls is not asked in a tight loop", async () => {
	const { server, clock } = await setUp({}, (fresh) =>
		fresh.always("connect", replyWith({ advice: { interval: 0 } })),
	);
	await clock.untilPending(1000, 1000);
	const polls = server.journal.of("connect").length;
	expect(polls).toBeLessThanOrEqual(7);
	await clock.advance(1000);
	await server.journal.arrived("connect", polls + 1);
	await clock.untilPending(1000, 1000);
	expect(server.journal.of("connect")).toHaveLength(polls + 1);
});

test("a refused request for a redirect to another host never takes the headers there", async () => {
	const foreign = await startScriptedBayeux();
	open.push(() => foreign.close());
	const { server, reader, ready } = await setUp({ headers: () => ({ "X-CSRF-TOKEN": "canary" }) });
	await ready();
	server.always("connect", reply("", 307, { Location: foreign.url }));
	await server.push();
	const { status } = await reader.until(isStatus("waiting"));
	expect(status.error.code).toBe("network.foreignRedirect");
	expect(foreign.journal.requests).toEqual([]);
});

test("the events are read once", async () => {
	const { client } = await setUp();
	expect(() => client.events(new AbortController().signal)).toThrow("once");
});
