import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckOptions, CheckResult } from "./check.ts";

/** What a process that opens damaged files found; counted over all rounds. */
export interface DamageFigures {
	rounds: number;
	/** Opened as if nothing had been; set aside with something, or with nothing, to take over. */
	opened: number;
	restored: number;
	replaced: number;
	/** Starts that refused, or starts after the first that were not as any other. */
	notOpened: number;
	startLoops: number;
	/** Calls that failed with something that is no word for a person, or failed for ever. */
	wrongErrors: number;
	/** Texts not sent yet whose pages were intact, and how many of those were there afterwards. */
	unsentIntact: number;
	unsentKept: number;
	/** The same of the files that go out with them; texts that a salvage left without a word about their file. */
	filesIntact: number;
	filesKept: number;
	filesUnsaid: number;
	/** Damaged databases that were neither read on nor set aside: gone. */
	originalsLost: number;
	/** Settings and accounts files that could not be used after the damage. */
	filesUnusable: number;
	problem?: string;
}

/** Rounds of one process: a crash of it is one of them, and the next goes on. */
const perProcess = 20;

/**
 * R11: single bytes and runs of bytes changed, and files cut, in the database, its journal, the settings and the
 * accounts file. Everything opens, or is set aside and begun anew with what could be read; the second start is like
 * any other. A round is one damage.
 */
export function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const folder = mkdtempSync(join(tmpdir(), "trunkline-r11-"));
	try {
		const total: DamageFigures & { crashed: number } = { ...nothing, crashed: 0 };
		for (let from = 0; from < rounds; from += perProcess) {
			const count = Math.min(perProcess, rounds - from);
			const result = spawnSync(
				process.execPath,
				[
					join(import.meta.dirname, "store", "damage-child.ts"),
					join(folder, String(from)),
					String(from),
					String(count),
					String(seed),
				],
				{ encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" }, maxBuffer: 2 ** 26 },
			);
			const line = result.stdout.trim().split("\n").at(-1) ?? "";
			if (result.status !== 0 || !line.startsWith("{")) {
				total.crashed += 1;
				total.problem ??= result.stderr.slice(-1000);
				continue;
			}
			const figures = JSON.parse(line) as DamageFigures;
			for (const name of Object.keys(nothing) as (keyof typeof nothing)[]) total[name] += figures[name];
			if (figures.problem !== undefined) total.problem ??= figures.problem;
			say(
				`${String(total.rounds)} damages: ${String(total.restored)} restored, ${String(total.replaced)} begun anew`,
			);
		}
		const { crashed, notOpened, startLoops, wrongErrors, originalsLost, filesUnusable, filesUnsaid } =
			total;
		const wrong =
			crashed + notOpened + startLoops + wrongErrors + originalsLost + filesUnusable + filesUnsaid;
		const pass =
			wrong === 0 && total.unsentKept === total.unsentIntact && total.filesKept === total.filesIntact;
		return Promise.resolve({ figures: { ...total }, pass });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

const nothing = {
	rounds: 0,
	opened: 0,
	restored: 0,
	replaced: 0,
	notOpened: 0,
	startLoops: 0,
	wrongErrors: 0,
	unsentIntact: 0,
	unsentKept: 0,
	filesIntact: 0,
	filesKept: 0,
	filesUnsaid: 0,
	originalsLost: 0,
	filesUnusable: 0,
} satisfies DamageFigures;
