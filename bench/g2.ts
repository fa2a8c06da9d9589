/**
 * G2: from the server's push to the committed row, the whole core with its store on a real file, against C1, the bare
 * `cometd` client; each with a reference server of its own. Times are those of the system's monotonic clock, which all
 * processes of one computer share.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ServerProcess, startServer, tokenOf } from "./app/server-process.ts";
import { type Figures, type Variant, compare, interleave, percentile, report, seeded } from "./harness.ts";

const singles = 400;
const random = seeded(20_261_123);
const gapsMs = Array.from({ length: singles }, () => 1 + Math.floor(random() * 8));
const folder = mkdtempSync(join(tmpdir(), "trunkline-g2-"));
const children: ChildProcess[] = [];
const servers: ServerProcess[] = [];

/** A client process that prints `<left> <arrived>` in nanoseconds for each message. */
async function variant(name: string, program: string, args: (origin: string) => Promise<string[]>) {
	const server = await startServer();
	servers.push(server);
	const hooks = new URL("../build/hooks.mjs", import.meta.url).href;
	const file = join(import.meta.dirname, program);
	const child = spawn(process.execPath, ["--import", hooks, file, ...(await args(server.origin))], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	children.push(child);
	const took: number[] = [];
	let look = (): void => undefined;
	await new Promise<void>((resolve, reject) => {
		child.once("exit", () => reject(new Error(`${program} ended`)));
		createInterface({ input: child.stdout }).on("line", (line) => {
			if (line === "ready") {
				resolve();
				return;
			}
			const [left = "0", arrived = "0"] = line.split(" ");
			took.push(Number(BigInt(arrived) - BigInt(left)) / 1e6);
			look();
		});
	});
	const made: Variant = {
		name,
		async round(): Promise<Figures> {
			const all = new Promise<readonly number[]>((resolve) => {
				look = () => {
					if (took.length >= singles) resolve(took.splice(0, singles));
				};
			});
			await server.order({ do: "singles", count: singles, gapsMs });
			const latencies = await all;
			return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
		},
	};
	return made;
}

try {
	const ours = await variant("Trunkline", "clients/core.ts", (origin) =>
		Promise.resolve([origin, join(folder, "profile")]),
	);
	const c1 = await variant("C1", "comparators/c1.ts", async (origin) => [
		`${origin}/reference/bayeux`,
		"/reference/messages",
		await tokenOf(origin),
	]);
	const results = await interleave(ours, c1, { rounds: 11 });
	const about = { comparator: "C1", unit: "ms" };
	const met = report(`Wire to committed row: ${String(singles)} single messages a round`, [
		compare("G2", "p50", results, { ...about, goal: 3 }),
		compare("G2-p99", "p99", results, { ...about, goal: null }),
	]);
	process.exitCode = met ? 0 : 1;
} finally {
	for (const child of children) child.kill();
	for (const server of servers) server.stop();
	rmSync(folder, { recursive: true, force: true });
}
