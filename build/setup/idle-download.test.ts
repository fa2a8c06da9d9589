import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { downloadUnlessIdle, progressPrinter, SilentServer } from "./idle-download.mjs";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "trunkline-download-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function serve(listener: RequestListener): Promise<string> {
	const server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/electron.zip`;
}

test("a slow download lives as long as bytes come", async () => {
	const idleMs = 1000;
	const url = await serve((_, response) => {
		response.writeHead(200, { "content-length": "8" });
		let sent = 0;
		// Eight bytes, in all longer than the silence that would end it.
		const drip = setInterval(() => {
			response.write("x");
			if (++sent === 8) {
				clearInterval(drip);
				response.end();
			}
		}, idleMs / 6);
	});
	const seen: number[] = [];
	await downloadUnlessIdle(url, join(folder, "file"), {
		idleMs,
		onProgress: (received) => seen.push(received),
	});
	expect(readFileSync(join(folder, "file"), "utf8")).toBe("xxxxxxxx");
	expect(seen.at(-1)).toBe(8);
});

test("a server that stalls in the middle is given up", async () => {
	const url = await serve((_, response) => {
		response.writeHead(200, { "content-length": "100" });
		response.write("half");
	});
	await expect(downloadUnlessIdle(url, join(folder, "file"), { idleMs: 100 })).rejects.toThrow(
		SilentServer,
	);
});

test("a server that takes the connection and says nothing is given up", async () => {
	const url = await serve(() => undefined);
	await expect(downloadUnlessIdle(url, join(folder, "file"), { idleMs: 100 })).rejects.toThrow(
		"no byte for 0.1 s",
	);
});

test("an error of the server and a refused connection are told at once", async () => {
	const url = await serve((_, response) => response.writeHead(404).end());
	await expect(downloadUnlessIdle(url, join(folder, "file"))).rejects.toThrow("HTTP 404");
	await expect(downloadUnlessIdle("http://127.0.0.1:1/x", join(folder, "file"))).rejects.toThrow(
		"fetch failed",
	);
});

test("progress is a line every two seconds, with a share where the size is known", () => {
	let nowMs = 0;
	const lines: string[] = [];
	const progress = progressPrinter(
		"Electron",
		(line) => lines.push(line),
		() => nowMs,
	);
	progress(1_000_000, 4_000_000);
	nowMs = 2000;
	progress(2_000_000, 4_000_000);
	nowMs = 2100;
	progress(3_000_000, 4_000_000);
	progress(4_000_000, 4_000_000);
	nowMs = 9000;
	progress(5_000_000, undefined);
	expect(lines).toEqual([
		"Electron: 2.0 of 4.0 MB (50 %)",
		"Electron: 4.0 of 4.0 MB (100 %)",
		"Electron: 5.0 MB",
	]);
});
