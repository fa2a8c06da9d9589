import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { AppFailure, appError } from "../../../../shared/errors.ts";
import { TransportFailure } from "../../../core/ports/runtime.ts";
import { asText } from "./lossless-json.ts";
import type { RestClientOptions } from "./rest-client.ts";
import { type Respond, failureOf, restBench } from "./testing/server.spec.ts";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
	await Promise.all(open.splice(0).map((close) => close()));
});

async function bench(respond: Respond, options: Partial<RestClientOptions> = {}) {
	const made = await restBench(respond, options);
	open.push(() => made.close());
	return made;
}

const anything = v.unknown();

/** Refuses every token but the one of generation `good`. */
const onlyToken =
	(good: number): Respond =>
	({ headers }) =>
		headers.authorization === `Bearer ${String(good)}` ? { body: { ok: true } } : { status: 401 };

test("a request goes below the base with the token, and its answer is parsed without losing digits", async () => {
	const { rest, seen, clock } = await bench(() => ({ body: '{"id":20202178326,"far":9007199254740993}' }));
	const text = v.pipe(v.unknown(), v.transform(asText));
	expect(rest.lastSign()).toBeNull();
	expect(await rest.read("/rows?limit=2", v.object({ id: text, far: text }))).toEqual({
		id: "20202178326",
		far: "9007199254740993",
	});
	expect(seen[0]).toMatchObject({ method: "GET", url: "/api/v2/rows?limit=2" });
	expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer 1", accept: "application/json" });
	expect(rest.lastSign()).toBe(clock.now());
	expect([rest.requests, rest.bytes]).toEqual([1, 41]);
});

test("JSON and form bodies carry their types, and bytes are counted both ways", async () => {
	const { rest, seen } = await bench(() => ({ status: 202, body: "ok" }));
	await rest.request({ method: "POST", path: "/a", json: { text: "é" } });
	await rest.request({ method: "POST", path: "/b", form: { user: "a&b" } });
	const headers = { "content-type": "application/xml" };
	await rest.request({ method: "PUT", path: "/c", body: "<a/>", headers });
	expect(seen.map(({ body, headers: { "content-type": type } }) => [type, body])).toEqual([
		["application/json", '{"text":"é"}'],
		["application/x-www-form-urlencoded", "user=a%26b"],
		["application/xml", "<a/>"],
	]);
	expect(rest.bytes).toBe(13 + 10 + 4 + 3 * 2);
});

test("one renewal for however many requests were refused, each is repeated once, a POST too", async () => {
	const { rest, authorizer, seen } = await bench(onlyToken(2));
	const requests = Array.from({ length: 12 }, (_, index) =>
		rest.request({ method: index % 2 === 0 ? "GET" : "POST", path: `/${String(index)}` }),
	);
	const statuses = (await Promise.all(requests)).map(({ status }) => status);
	expect(statuses).toEqual(Array.from({ length: 12 }, () => 200));
	expect(authorizer.renewals).toBe(1);
	expect(seen).toHaveLength(24);
	for (let index = 0; index < 12; index += 1)
		expect(seen.filter(({ url }) => url === `/api/v2/${String(index)}`)).toHaveLength(2);
});

test("requests that begin during a renewal wait for it", async () => {
	const { rest, authorizer, seen, arrived } = await bench(onlyToken(2));
	const renewal = Promise.withResolvers<undefined>();
	const begun = new Promise<void>((resolve) => {
		authorizer.renewing = () => {
			resolve();
			return renewal.promise;
		};
	});
	const first = rest.request({ method: "GET", path: "/first" });
	await arrived(1);
	await begun;
	const second = rest.request({ method: "GET", path: "/second" });
	renewal.resolve(undefined);
	await Promise.all([first, second]);
	expect(seen.map(({ url }) => url).sort()).toEqual(["/api/v2/first", "/api/v2/first", "/api/v2/second"]);
});

test("a second refusal is a session that has expired", async () => {
	const { rest, authorizer, seen } = await bench(() => ({ status: 401 }));
	const failure = await failureOf(rest.request({ method: "POST", path: "/x" }));
	expect(failure.error).toEqual(appError("auth.sessionExpired"));
	expect(failure.executed).toBe("no");
	expect([authorizer.renewals, seen.length]).toEqual([1, 2]);
});

test("a renewal that ends with a sign-in due is not tried again until somebody has signed in", async () => {
	const { rest, authorizer, seen } = await bench(onlyToken(7));
	authorizer.renewing = () => Promise.reject(new AppFailure(appError("auth.sessionExpired")));
	for (let time = 0; time < 3; time += 1) {
		const failure = await failureOf(rest.request({ method: "GET", path: "/x" }));
		expect(failure.error.code).toBe("auth.sessionExpired");
	}
	expect([authorizer.renewals, seen.length]).toEqual([1, 1]);
	authorizer.generation = 7;
	expect((await rest.request({ method: "GET", path: "/x" })).status).toBe(200);
});

test("a renewal that fails on the way says so; what waited for it was not done, and the next one tries again", async () => {
	const { rest, authorizer } = await bench(onlyToken(2));
	authorizer.renewing = () => Promise.reject(new TransportFailure(appError("network.timeout"), "maybe"));
	const failures = await Promise.all(
		["/a", "/b"].map((path) => failureOf(rest.request({ method: "POST", path }))),
	);
	for (const failure of failures)
		expect(failure).toMatchObject({ executed: "no", error: { code: "network.timeout" } });
	authorizer.renewing = () => Promise.resolve();
	expect((await rest.request({ method: "GET", path: "/a" })).status).toBe(200);
});

test("an answer can mean expired with any status, and sign-in itself is asked without a token", async () => {
	const respond: Respond = ({ headers, url }) => {
		if (url === "/api/v2/tokens") return { status: 401, body: "wrong" };
		return headers.authorization === "Bearer 2" ? {} : { status: 403, body: "token has expired" };
	};
	const { rest, authorizer, seen } = await bench(respond, {
		isExpired: ({ status, text }) => status === 403 && text.includes("expired"),
	});
	expect((await rest.request({ method: "GET", path: "/x" })).status).toBe(200);
	expect(authorizer.renewals).toBe(1);
	const signIn = { method: "POST", path: "/tokens", json: {}, authorized: false } as const;
	expect((await rest.request(signIn)).status).toBe(401);
	expect(seen.at(-1)?.headers.authorization).toBeUndefined();
});

test("one who no longer waits for a renewal does not end it for the others", async () => {
	const { rest, authorizer, arrived } = await bench(onlyToken(2));
	const renewal = Promise.withResolvers<undefined>();
	const begun = new Promise<void>((resolve) => {
		authorizer.renewing = () => {
			resolve();
			return renewal.promise;
		};
	});
	const stop = new AbortController();
	const stopped = failureOf(rest.request({ method: "GET", path: "/a", signal: stop.signal }));
	const other = rest.request({ method: "GET", path: "/b" });
	await arrived(2);
	await begun;
	stop.abort();
	expect((await stopped).error.code).toBe("cancelled");
	renewal.resolve(undefined);
	expect((await other).status).toBe(200);
});

test.each([
	["429 with seconds", { status: 429, headers: { "retry-after": "7" } }, 7000],
	[
		"503 with a date",
		{ status: 503, headers: dates("2026-05-01T12:00:09Z", "2026-05-01T12:00:00Z") },
		9000,
	],
	["429 until the reset", { status: 429, headers: { "x-ratelimit-reset": "5" } }, 5000],
	["429 with nothing", { status: 429 }, 750],
])(
	"%s: a read is repeated after the pause, and nothing else leaves before",
	async (_name, refusal, pauseMs) => {
		const { rest, clock, seen } = await bench((_seen, index) => (index === 0 ? refusal : { body: {} }));
		const read = rest.read("/a", anything);
		await clock.untilPending(pauseMs - 10, pauseMs);
		expect(rest.patienceMs()).toBeGreaterThan(pauseMs - 10);
		const write = await failureOf(rest.request({ method: "POST", path: "/b" }));
		expect(write).toMatchObject({ executed: "no", error: { code: "http.overloaded" } });
		expect(write.retryAfterMs).toBe(rest.patienceMs());
		const other = rest.read("/c", anything);
		await clock.advance(pauseMs - 20);
		expect(seen).toHaveLength(1);
		await clock.advance(20);
		await Promise.all([read, other]);
		expect(seen.map(({ url }) => url).sort()).toEqual(["/api/v2/a", "/api/v2/a", "/api/v2/c"]);
		expect(rest.patienceMs()).toBe(0);
	},
);

function dates(retryAfter: string, date: string): Record<string, string> {
	return { "retry-after": new Date(retryAfter).toUTCString(), date: new Date(date).toUTCString() };
}

test("a read is repeated twice, a write never, and without a hint the pauses grow", async () => {
	const { rest, clock, seen } = await bench(() => ({ status: 503 }));
	const read = failureOf(rest.read("/a", anything));
	await clock.untilPending(750, 750);
	await clock.advance(750);
	await clock.untilPending(1500, 1500);
	await clock.advance(1500);
	expect(await read).toMatchObject({ status: 503, retryAfterMs: 3000, error: { code: "http.overloaded" } });
	expect(seen).toHaveLength(3);
	await clock.advance(3000);
	expect((await rest.request({ method: "POST", path: "/b" })).status).toBe(503);
	expect(seen).toHaveLength(4);
});

test("a server that asks for more patience than a person has is believed, not waited for", async () => {
	const { rest, seen } = await bench(() => ({ status: 429, headers: { "retry-after": "9000" } }));
	const first = await failureOf(rest.read("/a", anything));
	expect(first).toMatchObject({ retryAfterMs: 3_600_000 });
	expect((await failureOf(rest.read("/b", anything))).error.code).toBe("http.overloaded");
	expect(seen).toHaveLength(1);
});

test("a read that is called off while it waits has not left", async () => {
	const { rest, clock, seen } = await bench(() => ({ status: 429, headers: { "retry-after": "7" } }));
	await rest.request({ method: "POST", path: "/a" });
	const stop = new AbortController();
	const read = failureOf(rest.read("/b", anything, stop.signal));
	await clock.untilPending(7000, 7000);
	stop.abort();
	expect((await read).error.code).toBe("cancelled");
	expect(seen).toHaveLength(1);
});

test("a budget delays reads first and keeps room for writes", async () => {
	const budget = { requests: 5, windowMs: 10_000, reserve: 2 };
	const { rest, clock, seen } = await bench(() => ({ body: {} }), { budget });
	await Promise.all([1, 2, 3].map((row) => rest.read(`/${String(row)}`, anything)));
	expect(rest.remaining()).toBe(2);
	const late = rest.read("/late", anything);
	await clock.untilPending(10_000, 10_000);
	expect(rest.patienceMs()).toBe(0);
	await rest.request({ method: "POST", path: "/one" });
	await rest.request({ method: "POST", path: "/two" });
	const third = await failureOf(rest.request({ method: "POST", path: "/three" }));
	expect(third).toMatchObject({ executed: "no", retryAfterMs: 10_000, error: { code: "http.overloaded" } });
	expect(seen).toHaveLength(5);
	await clock.advance(10_000);
	await late;
	expect(rest.remaining()).toBe(4);
});

test("what the server says is left is obeyed, whoever used the rest", async () => {
	const headers = { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "6", "x-ratelimit-reset": "20" };
	const { rest, clock, seen } = await bench((_seen, index) =>
		index === 0 ? { headers, body: {} } : { body: {} },
	);
	await rest.read("/a", anything);
	expect(rest.remaining()).toBe(6);
	await rest.read("/b", anything);
	const waiting = rest.read("/c", anything);
	await clock.untilPending(20_000, 20_000);
	for (let write = 0; write < 5; write += 1) await rest.request({ method: "POST", path: "/w" });
	expect((await failureOf(rest.request({ method: "POST", path: "/w" }))).retryAfterMs).toBe(20_000);
	expect(seen).toHaveLength(7);
	await clock.advance(20_000);
	await waiting;
	expect(rest.remaining()).toBeNull();
});

test("a reset as a moment is read by the server's own clock, or by ours where its makes no sense", async () => {
	const reset = String(Date.parse("2026-05-01T12:00:15Z") / 1000);
	const told = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
	const date = new Date("2026-05-01T12:00:00Z").toUTCString();
	const skewed = await bench(() => ({ headers: { ...told, date } }));
	await skewed.rest.request({ method: "GET", path: "/a" });
	expect(skewed.rest.patienceMs()).toBe(15_000);
	const ours = await bench(() => ({
		headers: { ...told, "x-ratelimit-reset": String(Math.ceil(ours.clock.now() / 1000) + 15), date },
	}));
	await ours.rest.request({ method: "GET", path: "/a" });
	expect(Math.round(ours.rest.patienceMs() / 1000)).toBe(15);
});

test("a refusal carries its status and the server's own words, even if looking for them fails", async () => {
	const { rest } = await bench(
		({ url }) => ({ status: 422, body: url.endsWith("/odd") ? "" : { message: "To is\u0007invalid" } }),
		{ words: ({ text }) => (JSON.parse(text) as { message: string }).message },
	);
	const { error } = await failureOf(rest.read("/a", anything));
	expect(error).toEqual({ code: "http.status", params: { status: 422 }, detail: "To is invalid" });
	expect((await failureOf(rest.read("/odd", anything))).error).toEqual({
		code: "http.status",
		params: { status: 422 },
	});
});

test.each([
	["a page", "<html><h1>Welcome</h1></html>"],
	["half of it", '{"rows":['],
	["another shape", '{"rows":{"a":1}}'],
	["nothing", ""],
	["too deep", "[".repeat(100_000)],
])("%s in place of an answer is http.malformed, without quoting it", async (_name, body) => {
	const { rest } = await bench(() => ({ body }));
	const failure = await failureOf(rest.read("/a", v.object({ rows: v.array(v.string()) })));
	expect(failure.error.code).toBe("http.malformed");
	expect(failure.error.detail).toBeUndefined();
	expect(failure.cause).toBeUndefined();
});

test("a decoder of one's own is asked in place of JSON, and its own refusal is kept", async () => {
	const { rest } = await bench(({ url }) => ({ body: url.endsWith("/bad") ? "error: no" : "a,b" }), {
		decode: ({ text }) => {
			if (text.startsWith("error")) throw new AppFailure(appError("http.status", { detail: text }));
			return text.split(",");
		},
	});
	expect(await rest.read("/a", v.array(v.string()))).toEqual(["a", "b"]);
	await expect(rest.read("/bad", anything)).rejects.toMatchObject({ error: { detail: "error: no" } });
});

test.each([
	"http://evil.example/x",
	"https://evil.example/x",
	"//evil.example/x",
	"/\\evil.example/x",
	"\\\\evil.example/x",
	"javascript:alert(1)",
	"/../../secret",
	"/%2e%2e/secret",
	"/x/../../../etc",
	"x",
	"",
	"/a\r\nHost: evil",
	"/a#b",
])("%j is refused before anything is sent", async (path) => {
	const { rest, seen } = await bench(() => ({}));
	const failure = await failureOf(rest.request({ method: "GET", path }));
	expect(failure.error.code).toMatch(/^network\.(?:foreignRedirect|badAddress)$/);
	expect(failure.executed).toBe("no");
	expect(() => rest.link(path)).toThrow();
	expect([seen.length, rest.requests]).toEqual([0, 0]);
});

test("a link of the server is followed with its base path and without", async () => {
	const { rest, seen } = await bench(() => ({ body: {} }));
	for (const link of ["/api/v2/rows?cursor=a%2Fb", "/rows?cursor=a%2Fb"])
		await rest.read(rest.link(link), anything);
	expect(seen.map(({ url }) => url)).toEqual(["/api/v2/rows?cursor=a%2Fb", "/api/v2/rows?cursor=a%2Fb"]);
});

test("a link with the server's own origin is followed; one that only looks like it is not", async () => {
	const { rest, seen, origin } = await bench(() => ({ body: {} }));
	await rest.read(rest.link(`${origin}/api/v2/rows?a=1`), anything);
	expect(seen.map(({ url }) => url)).toEqual(["/api/v2/rows?a=1"]);
	for (const link of [`${origin}@evil.example/x`, `${origin}0/x`, `${origin}//evil.example/x`, origin])
		expect(() => rest.link(link)).toThrow();
});

test("a redirect of a write is not followed", async () => {
	const { rest, seen } = await bench(() => ({ status: 307, headers: { location: "/api/v2/other" } }));
	expect((await rest.request({ method: "POST", path: "/a" })).status).toBe(307);
	expect(seen).toHaveLength(1);
});
