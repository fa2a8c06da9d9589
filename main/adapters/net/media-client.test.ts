import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { gzipSync } from "node:zlib";
import { afterEach, beforeAll, expect, test } from "vitest";
import { type TestAuthority, createTestAuthority } from "../../../tests/servers/certificates.ts";
import { startConnectProxy } from "../../../tests/servers/connect-proxy.ts";
import { listen } from "../../../tests/servers/listen.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { MediaClient, MediaRequest } from "../../core/ports/media.ts";
import { TransportFailure } from "../../core/ports/runtime.ts";
import { type MediaClientOptions, createMediaClient } from "./media-client.ts";
import { createTrustStore } from "./trust-store.ts";

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
	readonly url: string;
	readonly headers: IncomingMessage["headers"];
}

async function serve(
	answer: (url: string, response: ServerResponse) => void,
	tls?: { key: string; cert: string },
) {
	const seen: Seen[] = [];
	const waiting: (() => void)[] = [];
	const listener: RequestListener = (request, response) => {
		seen.push({ url: request.url ?? "", headers: request.headers });
		for (const go of waiting.splice(0)) go();
		answer(request.url ?? "", response);
	};
	const arrived = async (): Promise<void> => {
		if (seen.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
	};
	const server = tls === undefined ? createServer(listener) : createHttpsServer(tls, listener);
	const listening = await listen(server);
	open.push(() => listening.close());
	const origin = `${tls === undefined ? "http" : "https"}://localhost:${String(listening.port)}`;
	return { origin, seen, arrived, ...listening };
}

function client(accountOrigin: string, options: Partial<MediaClientOptions> = {}): MediaClient {
	const trust = createTrustStore(() => [authority.ca]);
	const made = createMediaClient({ accountOrigin, clock, trust, ...options });
	open.push(() => made.close());
	return made;
}

const limits = (more: Partial<MediaRequest> = {}): MediaRequest => ({
	signal: new AbortController().signal,
	maxBytes: 1000,
	...more,
});

/** What no error may contain. */
const secret = "auth-72d28e63f6e5";

async function failureOf(
	media: MediaClient,
	url: string,
	more: Partial<MediaRequest> = {},
): Promise<TransportFailure> {
	const outcome: unknown = await media.fetch(url, limits(more)).catch((thrown: unknown) => thrown);
	if (!(outcome instanceof TransportFailure)) throw new Error(`no failure: ${JSON.stringify(outcome)}`);
	let told = "";
	for (let error: unknown = outcome; error instanceof Error; error = error.cause)
		told += `${JSON.stringify(error)} ${error.message} ${error.stack ?? ""}`;
	expect(told).not.toContain(secret);
	return outcome;
}

const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const elsewhere = "https://account.example";

test("every byte arrives, with status and the claimed type", async () => {
	const server = await serve(
		(_url, response) => response.writeHead(200, { "Content-Type": "Image/PNG; name=x" }).end(every),
		authority.localhost,
	);
	const answer = await client(server.origin).fetch(`${server.origin}/m?auth=${secret}#part`, limits());
	expect(answer).toMatchObject({ status: 200, contentType: "image/png" });
	expect(Buffer.from(answer.bytes).equals(every)).toBe(true);
	expect(server.seen.map(({ url }) => url)).toEqual([`/m?auth=${secret}`]);
	expect(server.seen[0]?.headers).not.toHaveProperty("cookie");
});

test("without a type, and inflated", async () => {
	const server = await serve((_url, response) =>
		response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(every)),
	);
	const answer = await client(server.origin).fetch(server.origin, limits());
	expect(answer.contentType).toBeNull();
	expect(Buffer.from(answer.bytes).equals(every)).toBe(true);
});

test("a status that is no success is told, and its body is not read", async () => {
	const server = await serve((_url, response) => {
		response.writeHead(403, { "Content-Type": "text/html", "Content-Length": "5000000" });
		response.write("expired");
	});
	expect(await client(server.origin).fetch(server.origin, limits())).toEqual({
		status: 403,
		contentType: "text/html",
		bytes: new Uint8Array(),
	});
});

const authorization = { Authorization: "Bearer canary", "X-Key": "canary" };

test("headers go to the account's own origin and nowhere else", async () => {
	const own = await serve((_url, response) => response.end());
	const other = await serve((_url, response) => response.end());
	const media = client(own.origin);
	const asked = limits({ headers: authorization });
	await media.fetch(own.origin, asked);
	await media.fetch(other.origin, asked);
	await media.fetch(own.origin.replace("localhost", "127.0.0.1"), asked);
	expect(own.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer canary", undefined]);
	expect(other.seen.map(({ headers }) => [headers.authorization, headers["x-key"]])).toEqual([
		[undefined, undefined],
	]);
});

test("a redirect keeps the headers within the origin, and loses them for good on the way out", async () => {
	const own = await serve((url, response) => {
		if (url === "/1") response.writeHead(302, { Location: "/2", "Set-Cookie": "a=b" }).end();
		else if (url === "/2") response.writeHead(307, { Location: `${other.origin}/3` }).end();
		else response.end("there");
	});
	const other = await serve((_url, response) =>
		response.writeHead(301, { Location: `${own.origin}/4`, "Set-Cookie": "c=d" }).end(),
	);
	const answer = await client(own.origin).fetch(`${own.origin}/1`, limits({ headers: authorization }));
	expect(Buffer.from(answer.bytes).toString()).toBe("there");
	expect(own.seen.map(({ url, headers }) => [url, headers.authorization, headers["x-key"]])).toEqual([
		["/1", "Bearer canary", "canary"],
		["/2", "Bearer canary", "canary"],
		["/4", undefined, undefined],
	]);
	expect(other.seen[0]?.headers.authorization).toBeUndefined();
	expect([...own.seen, ...other.seen].map(({ headers }) => headers.cookie)).toEqual([
		undefined,
		undefined,
		undefined,
		undefined,
	]);
});

test("five redirects are followed, the sixth is not; a redirect to nowhere is an answer", async () => {
	const server = await serve((url, response) => {
		const left = Number(url.slice(1));
		if (url === "/none") response.writeHead(302).end();
		else if (left === 0) response.end("end");
		else response.writeHead(302, { Location: `/${String(left - 1)}` }).end();
	});
	const media = client(server.origin);
	expect((await media.fetch(`${server.origin}/5`, limits())).status).toBe(200);
	expect((await failureOf(media, `${server.origin}/6`)).error.code).toBe("http.malformed");
	expect((await media.fetch(`${server.origin}/none`, limits())).status).toBe(302);
});

test.each([
	["http elsewhere", elsewhere, `http://media.example/${secret}`],
	["http elsewhere, the account being here", "http://localhost:1", `http://media.example/${secret}`],
	["this computer, the account being elsewhere", elsewhere, `http://localhost:9/${secret}`],
	["this computer, encrypted", elsewhere, `https://127.0.0.1:9/${secret}`],
	["this computer by its other address", elsewhere, `https://[::1]:9/${secret}`],
	["this computer in one number", elsewhere, `https://2130706433:9/${secret}`],
	["a user", elsewhere, `https://user@media.example/${secret}`],
	["a password", elsewhere, `https://:pass@media.example/${secret}`],
	["a file", elsewhere, `file:///etc/${secret}`],
	["data", elsewhere, `data:text/plain,${secret}`],
	["another scheme", elsewhere, `ftp://media.example/${secret}`],
	["no address", elsewhere, secret],
	["a relative address", elsewhere, `/m/${secret}`],
	["no address with a scheme", elsewhere, `https://${secret} x/`],
])("%s is not opened", async (_what, account, url) => {
	expect(await failureOf(client(account), url)).toMatchObject({
		error: { code: "media.address" },
		reached: "no",
	});
});

test("a redirect is judged as an address is, and never goes from https to http", async () => {
	const plain = await serve((_url, response) => response.end("plain"));
	const targets = [
		plain.origin,
		`http://media.example/${secret}`,
		`https://user:${secret}@media.example/`,
		`file:///${secret}`,
		`ftp://media.example/${secret}`,
	];
	const server = await serve(
		(url, response) => response.writeHead(302, { Location: targets[Number(url.slice(1))] ?? "" }).end(),
		authority.localhost,
	);
	const media = client(server.origin);
	for (const index of targets.keys())
		expect(await failureOf(media, `${server.origin}/${String(index)}`)).toMatchObject({
			error: { code: "media.address" },
			reached: "maybe",
		});
	expect(plain.seen).toEqual([]);
});

test("a body past the limit is refused while it is read: announced, hidden, inflated", async () => {
	const sent = { bytes: 0 };
	const server = await serve((url, response) => {
		if (url === "/fits") response.end(Buffer.alloc(1000));
		else if (url === "/announced") response.writeHead(200, { "Content-Length": "1001" }).write("x");
		else if (url === "/inflated")
			response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(Buffer.alloc(100_000_000)));
		else {
			// Without end: only whoever gives up reading ends this.
			const block = Buffer.alloc(65_536);
			const more = (): void => {
				sent.bytes += block.length;
				if (!response.destroyed) response.write(block, more);
			};
			more();
		}
	});
	const media = client(server.origin);
	expect((await media.fetch(`${server.origin}/fits`, limits())).bytes).toHaveLength(1000);
	for (const path of ["/announced", "/inflated", "/endless"]) {
		const failure = await failureOf(media, `${server.origin}${path}?${secret}`);
		expect(failure.error).toEqual({
			code: "network.tooLarge",
			params: { host: new URL(server.origin).host },
		});
	}
	expect(sent.bytes).toBeLessThan(50_000_000);
});

test("an answer that ends before its announced length is no file", async () => {
	const server = await serve((url, response) => {
		response.writeHead(200, url === "/length" ? { "Content-Length": "500" } : {});
		response.write("half", () => response.destroy());
	});
	const media = client(server.origin);
	for (const path of ["/length", "/chunked"])
		expect((await failureOf(media, `${server.origin}${path}?${secret}`)).error.code).toBe(
			"network.interrupted",
		);
});

test("the deadline covers the last byte, and the caller may give up", async () => {
	const server = await serve((_url, response) => {
		response.writeHead(200, { "Content-Length": "100" });
		response.write("half");
	});
	const late = failureOf(client(server.origin), `${server.origin}/${secret}`, { timeoutMs: 5000 });
	await server.arrived();
	await clock.advance(5000);
	expect(await late).toMatchObject({ error: { code: "network.timeout" } });
	expect(clock.pending()).toEqual([]);

	const controller = new AbortController();
	const second = await serve(() => undefined);
	const given = failureOf(client(second.origin), second.origin, { signal: controller.signal });
	await second.arrived();
	controller.abort();
	expect(await given).toMatchObject({ error: { code: "cancelled" } });
	const before = failureOf(client(second.origin), second.origin, { signal: controller.signal });
	expect(await before).toMatchObject({ error: { code: "cancelled" }, reached: "no" });
});

test("closing ends what is under way and refuses more", async () => {
	const server = await serve(() => undefined);
	const media = client(server.origin);
	const started = failureOf(media, server.origin);
	await server.arrived();
	await media.close();
	expect((await started).error.code).toBe("cancelled");
	expect((await failureOf(media, server.origin)).reached).toBe("no");
});

test("certificates are checked on every host", async () => {
	const bad = await serve((_url, response) => response.end(), authority.selfSigned);
	const good = await serve(
		(_url, response) => response.writeHead(302, { Location: `${bad.origin}/${secret}` }).end(),
		authority.localhost,
	);
	const media = client(good.origin);
	for (const url of [`${bad.origin}/${secret}`, good.origin])
		expect((await failureOf(media, url)).error).toEqual({
			code: "network.untrustedCertificate",
			params: { host: new URL(bad.origin).host },
		});
	expect(bad.seen).toEqual([]);
});

test("the system's proxy is used, and learns the host and no more", async () => {
	const server = await serve((_url, response) => response.end("tunnelled"), authority.localhost);
	const proxy = await startConnectProxy();
	open.push(() => proxy.close());
	const asked: string[] = [];
	const resolveProxy = (url: string): Promise<string> => {
		asked.push(url);
		return Promise.resolve(`PROXY 127.0.0.1:${String(proxy.port)}`);
	};
	const media = client(server.origin, { resolveProxy });
	const answer = await media.fetch(`${server.origin}/m?auth=${secret}`, limits());
	expect(Buffer.from(answer.bytes).toString()).toBe("tunnelled");
	expect(proxy.asked).toEqual([`CONNECT localhost:${String(server.port)}`]);
	expect(asked).toEqual([`${server.origin}/`]);
	const broken = client(server.origin, { resolveProxy: () => Promise.reject(new Error("PAC")) });
	expect((await failureOf(broken, server.origin)).error.code).toBe("network.proxy");
});

test("headers that belong to the client cannot be set by a caller", async () => {
	const media = client(elsewhere);
	await expect(media.fetch(elsewhere, limits({ headers: { Cookie: "a=b" } }))).rejects.toThrow(TypeError);
});
