import { type Socket, connect, createServer } from "node:net";
import { type Listening, listen } from "./listen.ts";

export interface FaultProxy extends Listening {
	/** What the server sends arrives one byte at a time. */
	bytewise: boolean;
	/** New connections are taken and nothing passes, as behind a firewall that forgot them. */
	blackhole(): void;
	/** Ends the black hole for new connections. */
	heal(): void;
	/** How many connections were made. */
	connections(): number;
}

/** A TCP proxy in front of a loopback port, with faults to order. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
	let bytewise = false;
	let hole = false;
	let count = 0;
	const server = createServer((client) => {
		count++;
		client.setNoDelay(true);
		const upstream = connect(target, "127.0.0.1");
		upstream.setNoDelay(true);
		upstream.on("error", () => client.destroy());
		client.on("close", () => upstream.destroy());
		upstream.on("close", () => {
			if (!hole) client.end();
		});
		client.on("data", (chunk) => {
			if (!hole) upstream.write(chunk);
		});
		let queue = Promise.resolve();
		upstream.on("data", (chunk: Buffer) => {
			if (hole) return;
			queue = queue.then(() => pass(client, chunk));
		});
	});
	async function pass(client: Socket, chunk: Buffer): Promise<void> {
		const step = bytewise ? 1 : chunk.length;
		for (let at = 0; at < chunk.length && !client.destroyed; at += step) {
			await new Promise<void>((resolve) =>
				client.write(chunk.subarray(at, at + step), () => resolve()),
			);
			// A turn of the loop in between, or the system would join the bytes again.
			if (bytewise) await new Promise<void>((resolve) => setImmediate(resolve));
		}
	}
	const listening = await listen(server);
	return {
		...listening,
		get bytewise() {
			return bytewise;
		},
		set bytewise(value) {
			bytewise = value;
		},
		blackhole() {
			hole = true;
		},
		heal() {
			hole = false;
		},
		connections: () => count,
	};
}
