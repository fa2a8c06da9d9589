/**
 * G2 without storage: from the server's publication to the event handed over, Trunkline's CometD client against C1,
 * both on one cometd-nodejs-server, each in its own process. Times are those of the system's monotonic clock, which
 * all processes of one computer share (`process.hrtime`).
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Figures, type Variant, compare, interleave, percentile, report, seeded } from "./harness.ts";
import type { Order } from "./clients/bayeux-server.ts";

const singles = 500;
const burst = 2000;
const random = seeded(20_261_122);
const gapsMs = Array.from({ length: singles }, () => 1 + Math.floor(random() * 6));
const children: ChildProcess[] = [];

const server = fork(new URL("clients/bayeux-server.ts", import.meta.url).pathname, { stdio: "inherit" });
children.push(server);
const url = await new Promise<string>((resolve) => {
	server.once("message", (message) => resolve((message as { url: string }).url));
});

/** A client process; `receive` resolves with [sent, arrived] of the next `count` messages, in nanoseconds. */
async function startClient(program: string, channel: string) {
	const child = spawn(
		process.execPath,
		[
			"--import",
			new URL("../build/hooks.mjs", import.meta.url).href,
			new URL(program, import.meta.url).pathname,
			url,
			channel,
		],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	children.push(child);
	const pairs: (readonly [bigint, bigint])[] = [];
	let look = (): void => undefined;
	const ready = new Promise<void>((resolve, reject) => {
		child.once("exit", () => reject(new Error(`${program} ended`)));
		createInterface({ input: child.stdout }).on("line", (line) => {
			if (line === "ready") {
				resolve();
				return;
			}
			const [sent = "0", arrived = "0"] = line.split(" ");
			pairs.push([BigInt(sent), BigInt(arrived)]);
			look();
		});
	});
	await ready;
	return {
		receive: (count: number) =>
			new Promise<readonly (readonly [bigint, bigint])[]>((resolve) => {
				look = () => {
					if (pairs.length >= count) resolve(pairs.splice(0, count));
				};
				look();
			}),
	};
}

async function variant(name: string, program: string, channel: string): Promise<Variant> {
	const client = await startClient(program, channel);
	const ask = async (order: Omit<Order, "channel">) => {
		const received = client.receive(order.count);
		server.send({ ...order, channel });
		return received;
	};
	return {
		name,
		async round(): Promise<Figures> {
			const one = await ask({ count: singles, gapsMs });
			const latencies = one.map(([sent, arrived]) => Number(arrived - sent) / 1e6);
			const many = await ask({ count: burst, gapsMs: [] });
			const [first] = many[0] ?? [0n];
			const last = many.reduce((latest, [, arrived]) => (arrived > latest ? arrived : latest), 0n);
			return {
				p50: percentile(latencies, 0.5),
				p99: percentile(latencies, 0.99),
				burst: Number(last - first) / 1e6,
			};
		},
	};
}

try {
	const ours = await variant("cometd-client", "clients/cometd-client.ts", "/bench/ours");
	const c1 = await variant("C1", "comparators/c1.ts", "/bench/c1");
	const results = await interleave(ours, c1, { rounds: 11 });
	const about = { comparator: "C1", unit: "ms" };
	const met = report(
		`Wire to event: ${String(singles)} single messages, then a burst of ${String(burst)}`,
		[
			compare("G2-event-p50", "p50", results, { ...about, goal: 3 }),
			compare("G2-event-p99", "p99", results, { ...about, goal: null }),
			compare("G2-event-burst", "burst", results, { ...about, goal: null }),
		],
	);
	process.exitCode = met ? 0 : 1;
} finally {
	for (const child of children) child.kill();
}
