import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterEach, expect, test } from "vitest";
import { listen } from "../../../tests/servers/listen.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import { TransportFailure } from "../../core/ports/runtime.ts";
import { createTrustStore } from "./trust-store.ts";
import { createUploadClient } from "./upload-client.ts";

const open: (() => Promise<void>)[] = [];
const clock = new VirtualClock();
const file = { type: "image/png", bytes: new Uint8Array([0, 255, 128, 13, 10]) };
const { signal } = new AbortController();

afterEach(async () => {
	for (const close of open.splice(0)) await close();
});

function client(accountOrigin: string) {
	const made = createUploadClient({ accountOrigin, clock, trust: createTrustStore(() => []) });
	open.unshift(() => made.close());
	return made;
}

async function serve(status: number, headers: Record<string, string> = {}) {
	const seen: { method: string; url: string; headers: IncomingHttpHeaders; bytes: Buffer }[] = [];
	const listening = await listen(
		createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on("data", (chunk: Buffer) => chunks.push(chunk));
			request.on("end", () => {
				const { method = "", url = "" } = request;
				seen.push({ method, url, headers: request.headers, bytes: Buffer.concat(chunks) });
				response.writeHead(status, headers).end("x".repeat(1000));
			});
		}),
	);
	open.push(() => listening.close());
	return { origin: `http://127.0.0.1:${String(listening.port)}`, seen };
}

async function failure(work: Promise<unknown>) {
	const thrown = await work.then(
		() => null,
		(error: unknown) => error,
	);
	if (!(thrown instanceof TransportFailure)) throw new Error("it did not fail");
	return { code: thrown.error.code, reached: thrown.reached, text: JSON.stringify(thrown.error) };
}

test("bytes and their type arrive as they are, with nothing that is the account's", async () => {
	const { origin, seen } = await serve(201, { "set-cookie": "a=b" });
	const uploads = client("http://localhost:1");
	expect(await uploads.put(`${origin}/in/a.png`, file, signal)).toEqual({ status: 201 });
	expect(await uploads.put(`${origin}/in/b.png`, file, signal)).toEqual({ status: 201 });
	expect(seen).toMatchObject([
		{ method: "PUT", url: "/in/a.png", bytes: Buffer.from(file.bytes) },
		{ method: "PUT", url: "/in/b.png" },
	]);
	for (const { headers } of seen) {
		expect(headers["content-type"]).toBe("image/png");
		expect(headers.cookie).toBeUndefined();
		expect(headers.authorization).toBeUndefined();
	}
});

test.each([302, 307, 403, 500])(
	"%d is its answer: nothing is followed and nothing repeated",
	async (status) => {
		const { origin, seen } = await serve(status, { location: "http://127.0.0.1:1/" });
		expect(await client(origin).put(`${origin}/a`, file, signal)).toEqual({ status });
		expect(seen).toHaveLength(1);
	},
);

test("addresses that are not opened: this computer from elsewhere, no encryption, credentials, no address", async () => {
	const { origin, seen } = await serve(200);
	const uploads = client("https://next.textus.com");
	for (const address of [
		`${origin}/secret`,
		"http://files.example/secret",
		"https://u:p@files.example/secret",
		"ftp://x/secret",
		"secret",
	]) {
		const { code, reached, text } = await failure(uploads.put(address, file, signal));
		expect([code, reached]).toEqual(["media.address", "no"]);
		expect(text).not.toContain("secret");
	}
	expect(seen).toEqual([]);
});

test("a service that is not there, and one that is given up", async () => {
	const { origin } = await serve(200);
	const uploads = client(origin);
	expect(await failure(uploads.put("http://127.0.0.1:1/secret", file, signal))).toMatchObject({
		code: "network.refused",
		reached: "no",
	});
	const over = AbortSignal.abort();
	expect(await failure(uploads.put(`${origin}/a`, file, over))).toMatchObject({ code: "cancelled" });
	await uploads.close();
	expect(await failure(uploads.put(`${origin}/a`, file, signal))).toMatchObject({ code: "cancelled" });
});
