/**
 * Inside the main process of the bench app: says how late its event loop was (milliseconds), and how many messages
 * the store said were committed. The bench listens on a socket of its own (`TRUNKLINE_BENCH_SOCKET`) and asks with lines.
 */
import { connect } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";

export interface LoopDelay {
	readonly p50: number;
	readonly p99: number;
	readonly max: number;
}

/** Messages that were new and are on the disk. */
export const committed = { messages: 0 };

const path = process.env["TRUNKLINE_BENCH_SOCKET"];
if (path !== undefined) {
	const resolutionMs = 1;
	const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
	const socket = connect(path);
	// The bench may be over before the app is.
	socket.on("error", () => undefined);
	socket.unref();
	createInterface({ input: socket }).on("line", (line) => {
		if (line === "start") {
			histogram.reset();
			histogram.enable();
		} else if (line === "count") {
			socket.write(`${JSON.stringify(committed)}\n`);
		} else if (line === "stop") {
			histogram.disable();
			// The histogram counts its own timer's period in.
			const late = (value: number): number => Math.max(0, value / 1e6 - resolutionMs);
			const delay: LoopDelay = {
				p50: late(histogram.percentile(50)),
				p99: late(histogram.percentile(99)),
				max: late(histogram.max),
			};
			socket.write(`${JSON.stringify(delay)}\n`);
		}
	});
}
