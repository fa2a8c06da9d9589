// Downloads that give up on silence, never on slowness. Plain Node, from 20 up.
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Nothing came for too long. */
export class SilentServer extends Error {
	/** @param {number} idleMs */
	constructor(idleMs) {
		super(`no byte for ${String(idleMs / 1000)} s`);
		this.name = "SilentServer";
	}
}

/**
 * Fetches `url` into the file `target`. Rejects with `SilentServer` after `idleMs` without a byte (connecting
 * counts), at once on an HTTP error; the whole may take as long as it likes.
 * @param {string} url
 * @param {string} target
 * @param {{idleMs?: number, onProgress?: (received: number, total: number | undefined) => void}} [options]
 */
export async function downloadUnlessIdle(url, target, { idleMs = 15_000, onProgress } = {}) {
	const controller = new AbortController();
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	const alive = () => {
		clearTimeout(timer);
		timer = setTimeout(() => controller.abort(new SilentServer(idleMs)), idleMs);
	};
	alive();
	try {
		await mkdir(dirname(target), { recursive: true });
		const response = await fetch(url, { signal: controller.signal });
		alive();
		if (!response.ok || response.body === null)
			throw new Error(`HTTP ${String(response.status)} for ${url}`);
		const length = Number(response.headers.get("content-length"));
		const total = Number.isFinite(length) && length > 0 ? length : undefined;
		let received = 0;
		await pipeline(
			Readable.fromWeb(/** @type {import("node:stream/web").ReadableStream} */ (response.body)),
			async function* (/** @type {AsyncIterable<Uint8Array>} */ source) {
				for await (const chunk of source) {
					alive();
					received += chunk.length;
					onProgress?.(received, total);
					yield chunk;
				}
			},
			createWriteStream(target),
			{ signal: controller.signal },
		);
	} catch (error) {
		// fetch and pipeline wrap the reason of an abort.
		throw controller.signal.aborted ? controller.signal.reason : error;
	} finally {
		clearTimeout(timer);
	}
}

/**
 * A progress line no more often than every `everyMs`, and at the end.
 * @param {string} what
 * @param {(line: string) => void} print
 * @param {() => number} [now] Milliseconds.
 */
export function progressPrinter(what, print, now = () => performance.now(), everyMs = 2000) {
	const megabytes = (/** @type {number} */ bytes) => (bytes / 1_000_000).toFixed(1);
	let last = now();
	return (/** @type {number} */ received, /** @type {number | undefined} */ total) => {
		if (now() - last < everyMs && received !== total) return;
		last = now();
		print(
			total === undefined
				? `${what}: ${megabytes(received)} MB`
				: `${what}: ${megabytes(received)} of ${megabytes(total)} MB (${String(Math.floor((received / total) * 100))} %)`,
		);
	};
}
