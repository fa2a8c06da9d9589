import { expect, test } from "vitest";
import { appError, type AppError } from "../../../../shared/errors.ts";
import { TransportFailure, type HttpRequest, type HttpResponse } from "../../../core/ports/runtime.ts";
import {
	basicAuthenticator,
	bearerAuthenticator,
	cookieAuthenticator,
	type Authenticator,
} from "./authenticator.ts";
import { Rest } from "./rest.ts";
import { WarpClock } from "../testing/warp-clock.spec.ts";

const silent = {
	debug: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
	child: () => silent,
};
const good: HttpResponse = { status: 200, headers: {}, text: '{"statusCode":0}' };
const denied: HttpResponse = {
	status: 403,
	headers: {},
	text: '{"statusCode":20,"statusMessage":"Access denied"}',
};

function bench(
	answer: (request: HttpRequest, index: number) => HttpResponse,
	authenticator: Authenticator = basicAuthenticator("a", "b"),
) {
	const requests: HttpRequest[] = [];
	const signedOut: AppError[] = [];
	const clock = new WarpClock();
	let renewed = 0;
	const rest = new Rest({
		server: "https://gws.example:8090/base/api/v2/",
		clock,
		random: { next: () => 0.5, uuid: () => "" },
		logger: silent,
		authenticator,
		onSignedOut: (error) => signedOut.push(error),
		onRenewed: () => (renewed += 1),
		http: {
			send: (request) => {
				requests.push(request);
				return Promise.resolve().then(() => answer(request, requests.length - 1));
			},
			clearCookies: () => Promise.resolve(),
			close: () => Promise.resolve(),
		},
	});
	return { rest, requests, signedOut, clock, renewals: () => renewed };
}

const isSignIn = (request: HttpRequest): boolean => request.url.includes("/me?subresources=");

test("row 24: Basic goes with the sign-in only, Bearer with everything, cookies are the client's", async () => {
	for (const [authenticator, first, second] of [
		[basicAuthenticator("zoë", "pä55"), "Basic em/rOnDkNTU=", undefined],
		[basicAuthenticator("李", "x"), "Basic 5p2OOng=", undefined],
		[bearerAuthenticator("token"), "Bearer token", "Bearer token"],
		[cookieAuthenticator(), undefined, undefined],
	] as const) {
		const { rest, requests } = bench(() => good, authenticator);
		await rest.signIn();
		await rest.request({ method: "GET", path: "/me/devices" });
		expect(requests.map((request) => request.headers?.["authorization"])).toEqual([first, second]);
		expect(rest.headers()["authorization"]).toBe(second);
	}
});

test("requests go to the own base, never twice through /api/v2", async () => {
	const { rest, requests } = bench(() => good);
	await rest.request({
		method: "GET",
		path: "/contacts",
		query: { filterParameters: "*ann*,*lee*", fields: "*" },
	});
	expect(requests[0]?.url).toBe(
		"https://gws.example:8090/base/api/v2/contacts?filterParameters=*ann*%2C*lee*&fields=*",
	);
});

test("the CSRF token is taken from any response, under the name the server gives it", async () => {
	let token = 1;
	const { rest, requests } = bench(() => ({
		...good,
		headers: { "x-csrf-header": "X-My-Token", "x-my-token": `t${String(token++)}` },
	}));
	await rest.request({ method: "GET", path: "/me" });
	await rest.request({ method: "POST", path: "/me", body: {} });
	await rest.request({ method: "POST", path: "/me", body: {} });
	expect(requests.map((request) => request.headers?.["X-My-Token"])).toEqual([undefined, "t1", "t2"]);
});

test("ten refusals at once are one sign-in, and each request is repeated once", async () => {
	let alive = false;
	const { rest, requests, signedOut, clock, renewals } = bench((request) => {
		if (isSignIn(request)) alive = true;
		return alive ? good : denied;
	});
	const work = Promise.all(
		Array.from({ length: 10 }, () => rest.request({ method: "GET", path: "/me/devices", urgent: true })),
	);
	const step = setInterval(() => clock.advance(1000), 2);
	await work.finally(() => clearInterval(step));
	expect(requests.filter(isSignIn)).toHaveLength(1);
	expect(requests.filter((request) => !isSignIn(request)).length).toBeLessThanOrEqual(20);
	expect(renewals()).toBe(1);
	expect(signedOut).toEqual([]);
});

test("refused again after a sign-in that worked: signed out, and nothing more is tried", async () => {
	const { rest, requests, signedOut } = bench((request) => (isSignIn(request) ? good : denied));
	await expect(rest.request({ method: "POST", path: "/me", body: {} })).rejects.toMatchObject({
		kind: "signIn",
	});
	expect(signedOut).toEqual([{ code: "auth.sessionExpired" }]);
	await expect(rest.request({ method: "POST", path: "/me", body: {} })).rejects.toMatchObject({
		kind: "signIn",
	});
	expect(requests.filter(isSignIn)).toHaveLength(1);
	expect(signedOut).toHaveLength(1);
});

test("a sign-in that cannot be asked for does not sign out, and the request counts as refused", async () => {
	const { rest, signedOut } = bench((request) => {
		if (isSignIn(request)) throw new TransportFailure(appError("network.timeout"), "maybe");
		return denied;
	});
	await expect(rest.request({ method: "POST", path: "/me", body: {} })).rejects.toMatchObject({
		kind: "signIn",
	});
	expect(signedOut).toEqual([]);
});

test("a refused CSRF token costs one GET /me and one repetition, never more", async () => {
	const csrf: HttpResponse = { status: 403, headers: {}, text: "Missing or invalid Csrf token" };
	const { rest, requests } = bench((request) => (request.method === "GET" ? good : csrf));
	await expect(rest.request({ method: "POST", path: "/me", body: {} })).rejects.toMatchObject({
		kind: "csrf",
	});
	expect(requests.map((request) => request.method)).toEqual(["POST", "GET", "POST"]);
});

test("an overloaded read is repeated twice after growing pauses; a write never by itself", async () => {
	const busy: HttpResponse = { status: 503, headers: {}, text: "" };
	const { rest, requests, clock } = bench(() => busy);
	const reading = rest.request({ method: "GET", path: "/services", urgent: true });
	const step = setInterval(() => clock.advance(1000), 2);
	await expect(reading).rejects.toMatchObject({ error: { code: "http.overloaded" } });
	clearInterval(step);
	expect(requests).toHaveLength(3);
	await expect(rest.request({ method: "POST", path: "/me", body: {}, urgent: true })).rejects.toMatchObject(
		{ kind: "overloaded" },
	);
	expect(requests).toHaveLength(4);
	expect(rest.holdBackMs()).toBeGreaterThan(1000);
});

test("five a second, people first", async () => {
	const { rest, requests, clock } = bench(() => good);
	const work = [
		...Array.from({ length: 7 }, (_, index) =>
			rest.request({ method: "GET", path: `/calm/${String(index)}` }),
		),
		rest.request({ method: "POST", path: "/urgent", body: {}, urgent: true }),
	];
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(requests).toHaveLength(5);
	clock.advance(1000);
	await Promise.all(work);
	const paths = requests.map((request) => request.url.split("/api/v2")[1]);
	expect(paths.indexOf("/urgent")).toBeLessThanOrEqual(5);
	expect(paths).toHaveLength(8);
});

test("a cancelled request that waited for its turn never leaves", async () => {
	const { rest, requests } = bench(() => good);
	const stop = new AbortController();
	const work = Array.from({ length: 6 }, () =>
		rest.request({ method: "GET", path: "/me", signal: stop.signal, urgent: true }),
	);
	stop.abort();
	const results = await Promise.allSettled(work);
	expect(results.at(-1)).toMatchObject({ status: "rejected", reason: { name: "AbortError" } });
	expect(requests.length).toBeLessThanOrEqual(5);
});
