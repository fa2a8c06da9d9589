import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeAll, expect, test } from "vitest";
import { type TestAuthority, createTestAuthority } from "../../../tests/servers/certificates.ts";
import { startConnectProxy } from "../../../tests/servers/connect-proxy.ts";
import { listen } from "../../../tests/servers/listen.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import { type HttpClient, type HttpRequest, TransportFailure } from "../../core/ports/runtime.ts";
import { createHttpClient } from "./http-client.ts";
import { createTrustStore, trustedCertificates } from "./trust-store.ts";

let authority: TestAuthority;
const clock = new VirtualClock();
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
	authority = await createTestAuthority();
});

afterEach(async () => {
	await Promise.all(open.splice(0).map((close) => close()));
});

interface Seen {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}

/** A server that keeps what it was asked, and answers by `answer`. */
async function serve(
	answer: (request: Seen, response: ServerResponse) => void,
	tls?: { key: string; cert: string },
) {
	const seen: Seen[] = [];
	const arrivals: (() => void)[] = [];
	const arrived = async (url: string): Promise<void> => {
		while (!seen.some((request) => request.url === url))
			await new Promise<void>((resolve) => arrivals.push(resolve));
	};
	const listener: RequestListener = (request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const one: Seen = {
				method: request.method ?? "",
				url: request.url ?? "",
				headers: request.headers,
				body: Buffer.concat(chunks).toString("utf8"),
			};
			seen.push(one);
			for (const waiting of arrivals.splice(0)) waiting();
			answer(one, response);
		});
	};
	const server = tls === undefined ? createServer(listener) : createHttpsServer(tls, listener);
	const listening = await listen(server);
	open.push(() => listening.close());
	const origin = `${tls === undefined ? "http" : "https"}://localhost:${String(listening.port)}`;
	return { origin, seen, arrived, ...listening };
}

interface ClientOptions {
	readonly trusted?: readonly string[];
	readonly resolveProxy?: (url: string) => Promise<string>;
}

function client(origin: string, options: ClientOptions = {}): HttpClient {
	const made = createHttpClient({
		origin,
		clock,
		trust: createTrustStore(() => options.trusted ?? [authority.ca]),
		...(options.resolveProxy === undefined ? {} : { resolveProxy: options.resolveProxy }),
	});
	open.push(() => made.close());
	return made;
}

async function failureOf(http: HttpClient, request: HttpRequest): Promise<TransportFailure> {
	const outcome: unknown = await http.send(request).catch((thrown: unknown) => thrown);
	if (outcome instanceof TransportFailure) return outcome;
	throw new Error(`expected a failure, had ${JSON.stringify(outcome)}`);
}

const get = (url: string): HttpRequest => ({ method: "GET", url });

test("a request carries method, headers and UTF-8 body, and any status is an answer", async () => {
	const server = await serve((_request, response) => {
		response.writeHead(503, { "X-CSRF-HEADER": "X-CSRF-TOKEN", "Content-Type": "application/json" });
		response.end('{"text":"ответ 👋"}');
	});
	const answer = await client(server.origin).send({
		method: "POST",
		url: `${server.origin}/api?x=1`,
		headers: { "Content-Type": "application/json", Authorization: "Basic x" },
		body: '{"text":"привет 👩‍👩‍👧"}',
	});
	expect(answer.status).toBe(503);
	expect(answer.headers["x-csrf-header"]).toBe("X-CSRF-TOKEN");
	expect(answer.text).toBe('{"text":"ответ 👋"}');
	expect(server.seen[0]).toMatchObject({ method: "POST", url: "/api?x=1", body: '{"text":"привет 👩‍👩‍👧"}' });
	expect(server.seen[0]?.headers).toMatchObject({
		authorization: "Basic x",
		"content-type": "application/json",
	});
});

test("cookies come back to their server, stay within one client, and are never handed out", async () => {
	const server = await serve((request, response) => {
		if (request.url === "/login")
			response.setHeader("Set-Cookie", ["JSESSIONID=one; Path=/; HttpOnly", "AWSELB=two"]);
		response.end();
	});
	const first = client(server.origin);
	const second = client(server.origin);
	const login = await first.send(get(`${server.origin}/login`));
	expect(login.headers).not.toHaveProperty("set-cookie");
	await first.send(get(`${server.origin}/me`));
	await second.send(get(`${server.origin}/me`));
	await first.clearCookies();
	await first.send(get(`${server.origin}/me`));
	expect(server.seen.map((request) => request.headers.cookie)).toEqual([
		undefined,
		"JSESSIONID=one; AWSELB=two",
		undefined,
		undefined,
	]);
});

test("a redirect within the origin is followed for GET, with its cookies", async () => {
	const server = await serve((request, response) => {
		if (request.url === "/old")
			response.writeHead(302, { Location: "/new", "Set-Cookie": "a=b; Path=/" }).end();
		else response.end("there");
	});
	const answer = await client(server.origin).send({
		...get(`${server.origin}/old`),
		headers: { Authorization: "Basic x" },
	});
	expect(answer.text).toBe("there");
	expect(server.seen[1]?.headers).toMatchObject({ cookie: "a=b", authorization: "Basic x" });
});

test("a redirect of a POST is not followed: the caller sees the 3xx", async () => {
	const server = await serve((_request, response) =>
		response.writeHead(307, { Location: "/elsewhere" }).end(),
	);
	const answer = await client(server.origin).send({
		method: "POST",
		url: `${server.origin}/send`,
		body: "once",
	});
	expect(answer.status).toBe(307);
	expect(server.seen).toHaveLength(1);
});

test("redirects in a circle end", async () => {
	const server = await serve((_request, response) => response.writeHead(302, { Location: "/" }).end());
	expect((await failureOf(client(server.origin), get(server.origin))).error.code).toBe("http.malformed");
	expect(server.seen.length).toBeLessThan(10);
});

const canary = "canary-7f3a";

test.each([301, 302, 303, 307, 308])("status %i to another origin sends nothing there", async (status) => {
	const foreign = await serve((_request, response) => response.end("stolen"));
	const server = await serve((request, response) => {
		if (request.url === "/login") response.setHeader("Set-Cookie", `JSESSIONID=${canary}; Path=/`);
		else response.writeHead(status, { Location: targets[Number(request.url.slice(1))] ?? "" });
		response.end();
	});
	// The same host name, another port: cookies alone would not tell the two apart.
	const targets = [
		foreign.origin,
		foreign.origin.replace("localhost", "127.0.0.1"),
		foreign.origin.replace("http:", "https:"),
		foreign.origin.replace("http:", ""),
		foreign.origin.replace("//", "//user:password@"),
		`${foreign.origin}/?leak=1#x`,
	];
	const http = client(server.origin);
	await http.send(get(`${server.origin}/login`));
	const headers = { Authorization: `Basic ${canary}`, "X-CSRF-TOKEN": canary };
	for (const index of targets.keys()) {
		for (const method of ["GET", "POST"] as const) {
			const body = method === "POST" ? { body: canary } : {};
			const failure = await failureOf(http, {
				method,
				url: `${server.origin}/${String(index)}`,
				headers,
				...body,
			});
			expect(failure.error.code).toBe("network.foreignRedirect");
			expect(failure.reached).toBe("maybe");
		}
	}
	expect(foreign.seen).toEqual([]);
});

test("a request for another origin, or with credentials in its URL, is refused before it leaves", async () => {
	const foreign = await serve((_request, response) => response.end());
	const server = await serve((_request, response) => response.end());
	const http = client(server.origin);
	const failure = await failureOf(http, get(foreign.origin));
	expect([failure.error.code, failure.reached]).toEqual(["network.foreignRedirect", "no"]);
	const withUser = server.origin.replace("//", "//user:secret@");
	expect((await failureOf(http, get(withUser))).error).toEqual({ code: "network.badAddress" });
	expect((await failureOf(http, get("not a url"))).error.code).toBe("network.badAddress");
	expect([foreign.seen, server.seen]).toEqual([[], []]);
});

test("headers that belong to the client cannot be set by a caller", async () => {
	const server = await serve((_request, response) => response.end());
	const request = { ...get(server.origin), headers: { Cookie: "a=b" } };
	await expect(client(server.origin).send(request)).rejects.toThrow(TypeError);
});

const text = "Zażółć gęślą jaźń 👩🏽‍🚀 ".repeat(200);
test.each([
	["gzip", gzipSync(text)],
	["br", brotliCompressSync(text)],
	["deflate", deflateSync(text)],
	["deflate", deflateRawSync(text)],
	["gzip, br", brotliCompressSync(gzipSync(text))],
	["identity", Buffer.from(text)],
])("an answer encoded as %s is inflated", async (encoding, body) => {
	const server = await serve((_request, response) =>
		response.writeHead(200, { "Content-Encoding": encoding }).end(body),
	);
	expect((await client(server.origin).send(get(server.origin))).text).toBe(text);
});

test.each([
	["gzip", (content: Buffer) => gzipSync(content)],
	[
		"br",
		(content: Buffer) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }),
	],
	["deflate", (content: Buffer) => deflateSync(content)],
])("a %s bomb is cut while it inflates", async (encoding, compress) => {
	const fits = 8 * 1024 * 1024;
	const harmless = compress(Buffer.alloc(fits));
	const bomb = compress(Buffer.alloc(64 * 1024 * 1024));
	const server = await serve((request, response) => {
		response
			.writeHead(200, { "Content-Encoding": encoding })
			.end(request.url === "/fits" ? harmless : bomb);
	});
	const http = client(server.origin);
	const before = process.memoryUsage().arrayBuffers;
	expect((await failureOf(http, get(server.origin))).error.code).toBe("network.tooLarge");
	expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
	expect((await http.send(get(`${server.origin}/fits`))).text).toHaveLength(fits);
});

test("a body larger than the cap is refused, announced or not", async () => {
	const server = await serve((request, response) => {
		if (request.url === "/announced")
			response.writeHead(200, { "Content-Length": String(9 * 1024 * 1024) });
		const block = Buffer.alloc(1024 * 1024, 0x20);
		const more = (left: number): void => {
			if (left === 0) response.end();
			else if (!response.destroyed) response.write(block, () => more(left - 1));
		};
		more(9);
	});
	const http = client(server.origin);
	for (const path of ["/announced", "/"]) {
		const failure = await failureOf(http, get(server.origin + path));
		expect([failure.error.code, failure.reached]).toEqual(["network.tooLarge", "maybe"]);
	}
});

test("damaged and unknown encodings are malformed answers", async () => {
	const server = await serve((request, response) => {
		const whole = gzipSync(text);
		if (request.url === "/cut")
			response.writeHead(200, { "Content-Encoding": "gzip" }).end(whole.subarray(0, whole.length - 20));
		else if (request.url === "/odd") response.writeHead(200, { "Content-Encoding": "compress" }).end("x");
		else response.writeHead(200, { "Content-Encoding": "gzip" }).end("not gzip at all");
	});
	for (const path of ["/cut", "/odd", "/plain"]) {
		const failure = await failureOf(client(server.origin), get(server.origin + path));
		expect([failure.error.code, failure.reached]).toEqual(["http.malformed", "maybe"]);
	}
});

test("text in any script is whole when the body arrives one byte at a time", async () => {
	let body = "";
	const server = await serve((_request, response) => {
		response.socket?.setNoDelay(true);
		const bytes = Buffer.from(body);
		const next = (at: number): void => {
			if (at >= bytes.length) response.end();
			else response.write(bytes.subarray(at, at + 1), () => next(at + 1));
		};
		next(0);
	});
	const http = client(server.origin);
	await fc.assert(
		fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), async (any) => {
			// A byte order mark at the very start is not part of the text.
			body = `"${any}"`;
			expect((await http.send(get(server.origin))).text).toBe(body);
		}),
		{ numRuns: 60 },
	);
});

test("the deadline covers everything up to the last byte", async () => {
	const server = await serve((request, response) => {
		if (request.url === "/silent") return;
		response.writeHead(200, { "Content-Length": "100" });
		response.write("half");
	});
	const http = client(server.origin);
	for (const path of ["/silent", "/slow"]) {
		const started = http.send({ ...get(server.origin + path), timeoutMs: 5000 });
		const outcome = started.catch((thrown: unknown) => thrown);
		await clock.advance(4999);
		await server.arrived(path);
		await clock.advance(1);
		const failure = await outcome;
		expect(failure).toMatchObject({ error: { code: "network.timeout" }, reached: "maybe" });
	}
	expect(clock.pending()).toEqual([]);
});

test("the caller may give up", async () => {
	const server = await serve(() => undefined);
	const controller = new AbortController();
	const http = client(server.origin);
	const started = failureOf(http, { ...get(server.origin), signal: controller.signal });
	await server.arrived("/");
	controller.abort();
	expect(await started).toMatchObject({ error: { code: "cancelled" }, reached: "maybe" });
	const again = await failureOf(http, { ...get(server.origin), signal: controller.signal });
	expect(again).toMatchObject({ error: { code: "cancelled" }, reached: "no" });
});

test("closing ends what is under way and refuses more", async () => {
	const server = await serve(() => undefined);
	const http = client(server.origin);
	const started = failureOf(http, get(server.origin));
	await server.arrived("/");
	await http.close();
	expect((await started).error.code).toBe("cancelled");
	expect((await failureOf(http, get(server.origin))).reached).toBe("no");
});

test("an unknown host and a refused connection certainly never reached the server", async () => {
	const server = await serve((_request, response) => response.end());
	await server.close();
	expect(await failureOf(client(server.origin), get(server.origin))).toMatchObject({
		error: { code: "network.refused", params: { host: new URL(server.origin).host } },
		reached: "no",
	});
	const nowhere = "http://nobody.invalid:8090";
	expect(await failureOf(client(nowhere), get(nowhere))).toMatchObject({
		error: { code: "network.unknownHost", params: { host: "nobody.invalid:8090" } },
		reached: "no",
	});
});

test("a connection cut before or within the answer may have reached the server", async () => {
	const server = await serve((request, response) => {
		if (request.url === "/within") {
			response.writeHead(200, { "Content-Length": "100" });
			response.write("half", () => response.destroy());
		} else response.destroy();
	});
	for (const path of ["/before", "/within"]) {
		const failure = await failureOf(client(server.origin), {
			method: "POST",
			url: server.origin + path,
			body: "x",
		});
		expect(failure).toMatchObject({ error: { code: "network.interrupted" }, reached: "maybe" });
	}
});

test("a server that does not speak HTTP is malformed, not a crash", async () => {
	const listening = await listen(
		createTcpServer((socket) => socket.on("data", () => socket.end("220 smtp ready\r\n"))),
	);
	open.push(() => listening.close());
	const origin = `http://localhost:${String(listening.port)}`;
	expect(await failureOf(client(origin), get(origin))).toMatchObject({
		error: { code: "http.malformed" },
		reached: "maybe",
	});
});

test("https works with an authority of the trust store", async () => {
	const server = await serve((_request, response) => response.end("safe"), authority.localhost);
	expect((await client(server.origin).send(get(server.origin))).text).toBe("safe");
});

test.each([
	["selfSigned", "network.untrustedCertificate"],
	["otherHost", "network.certificateHostMismatch"],
	["expired", "network.expiredCertificate"],
] as const)("a certificate that is %s is refused before a byte of the request", async (kind, code) => {
	const server = await serve((_request, response) => response.end(), authority[kind]);
	const request = { ...get(server.origin), headers: { Authorization: canary } };
	expect(await failureOf(client(server.origin), request)).toMatchObject({ error: { code }, reached: "no" });
	expect(server.seen).toEqual([]);
});

test("an authority that is not in the trust store is refused", async () => {
	const server = await serve((_request, response) => response.end(), authority.localhost);
	const failure = await failureOf(
		client(server.origin, { trusted: [authority.selfSigned.cert] }),
		get(server.origin),
	);
	expect(failure).toMatchObject({ error: { code: "network.untrustedCertificate" }, reached: "no" });
	expect(server.seen).toEqual([]);
});

test("https to a plain http server fails and never falls back", async () => {
	const server = await serve((_request, response) => response.end());
	const origin = server.origin.replace("http:", "https:");
	expect(await failureOf(client(origin), get(origin))).toMatchObject({
		error: { code: "network.tls" },
		reached: "no",
	});
	expect(server.seen).toEqual([]);
});

test("a server that hangs up within the TLS handshake is a TLS failure", async () => {
	const listening = await listen(createTcpServer((socket) => socket.on("data", () => socket.end())));
	open.push(() => listening.close());
	const origin = `https://localhost:${String(listening.port)}`;
	expect(await failureOf(client(origin), get(origin))).toMatchObject({
		error: { code: "network.tls" },
		reached: "no",
	});
});

test("the trust store has the bundled authorities once each", () => {
	const all = trustedCertificates();
	expect(all.length).toBeGreaterThan(100);
	expect(new Set(all).size).toBe(all.length);
});

test("https goes through the system proxy by CONNECT, checked against the trust store", async () => {
	const server = await serve((_request, response) => response.end("tunnelled"), authority.localhost);
	const proxy = await startConnectProxy();
	open.push(() => proxy.close());
	const asked: string[] = [];
	const resolveProxy = (url: string): Promise<string> => {
		asked.push(url);
		return Promise.resolve(`PROXY 127.0.0.1:${String(proxy.port)}; DIRECT`);
	};
	const answer = await client(server.origin, { resolveProxy }).send(get(`${server.origin}/me`));
	expect(answer.text).toBe("tunnelled");
	expect(proxy.asked).toEqual([`CONNECT localhost:${String(server.port)}`]);
	expect(asked).toEqual([`${server.origin}/me`]);
	const wrong = client(server.origin, { resolveProxy, trusted: [authority.selfSigned.cert] });
	expect((await failureOf(wrong, get(server.origin))).error.code).toBe("network.untrustedCertificate");
});

test("http goes through the proxy as a browser sends it, cookies included", async () => {
	const server = await serve((_request, response) =>
		response.writeHead(200, { "Set-Cookie": "a=b" }).end("forwarded"),
	);
	const proxy = await startConnectProxy();
	open.push(() => proxy.close());
	const http = client(server.origin, {
		resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${String(proxy.port)}`),
	});
	await http.send(get(`${server.origin}/1`));
	expect((await http.send(get(`${server.origin}/2`))).text).toBe("forwarded");
	expect(proxy.asked).toEqual([`GET ${server.origin}/1`, `GET ${server.origin}/2`]);
	expect(server.seen[1]?.headers.cookie).toBe("a=b");
});

test.each([
	["http", 407],
	["https", 407],
	["https", 502],
] as const)("a proxy that refuses %s with %i is named as the cause", async (scheme, status) => {
	const server = await serve(
		(_request, response) => response.end(),
		scheme === "https" ? authority.localhost : undefined,
	);
	const proxy = await startConnectProxy({ refuse: status });
	open.push(() => proxy.close());
	const http = client(server.origin, {
		resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${String(proxy.port)}`),
	});
	expect(await failureOf(http, get(server.origin))).toMatchObject({
		error: { code: "network.proxy", params: { host: `127.0.0.1:${String(proxy.port)}`, status } },
		reached: "no",
	});
	expect(server.seen).toEqual([]);
});

test("a proxy that is down gives way to the next in the list, and is named if there is none", async () => {
	const server = await serve((_request, response) => response.end("direct"));
	const dead = await startConnectProxy();
	await dead.close();
	const proxied = `PROXY 127.0.0.1:${String(dead.port)}`;
	const with2 = client(server.origin, { resolveProxy: () => Promise.resolve(`${proxied}; DIRECT`) });
	expect((await with2.send(get(server.origin))).text).toBe("direct");
	const alone = client(server.origin, { resolveProxy: () => Promise.resolve(proxied) });
	expect(await failureOf(alone, get(server.origin))).toMatchObject({
		error: { code: "network.proxy", params: { host: `127.0.0.1:${String(dead.port)}` } },
		reached: "no",
	});
});

test("a SOCKS proxy or a failed look-up is a clear refusal, never a silent direct connection", async () => {
	const server = await serve((_request, response) => response.end());
	const socks = client(server.origin, { resolveProxy: () => Promise.resolve("SOCKS5 127.0.0.1:1080") });
	expect(await failureOf(socks, get(server.origin))).toMatchObject({
		error: { code: "network.proxy", params: { scheme: "SOCKS5" } },
		reached: "no",
	});
	const broken = client(server.origin, { resolveProxy: () => Promise.reject(new Error("PAC")) });
	expect(await failureOf(broken, get(server.origin))).toMatchObject({
		error: { code: "network.proxy" },
		reached: "no",
	});
	expect(server.seen).toEqual([]);
});
