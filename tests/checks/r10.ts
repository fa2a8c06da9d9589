import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckOptions, CheckResult } from "./check.ts";
import { runEio } from "./store/eio.ts";

/** What a process in a mount namespace of its own found out. */
export interface MountFigures {
	/** Messages that fitted on the full disk. */
	readonly stored: number;
	/** Each a sentence; empty: all was as it should be. */
	readonly wrong: readonly string[];
}

/**
 * R10: a disk of 16 MiB (tmpfs) that runs full, while working and before the start; a folder that can only be read
 * (a read-only mount), left properly and left with a journal; and EIO at every call index under the real SQLite.
 * Nothing crashes, nothing is called sent that was not, the failure has words, what waits to be sent stays, and
 * writing works again without a restart once the disk does. `rounds` is 1 for every call index; more takes every so
 * many.
 */
export function run({ rounds, say }: CheckOptions): Promise<CheckResult> {
	const folder = mkdtempSync(join(tmpdir(), "trunkline-r10-"));
	try {
		const mounts = runMounts(folder);
		for (const sentence of mounts.wrong) say(sentence);
		say(`disk full and read-only: ${String(mounts.wrong.length)} things wrong`);
		const eio = runEio(folder, rounds);
		const { lost, falseSent, outboxLost, notRecovered, notReopened, wrongErrors, crashed } = eio;
		const faults = lost + falseSent + outboxLost + notRecovered + notReopened + wrongErrors + crashed;
		return Promise.resolve({
			figures: {
				messagesOnFullDisk: mounts.stored,
				mountFaults: mounts.wrong.length,
				...(mounts.wrong[0] === undefined ? {} : { mountProblem: mounts.wrong[0] }),
				...eio,
			},
			pass: mounts.wrong.length === 0 && mounts.stored > 0 && faults === 0 && eio.callIndexes > 0,
		});
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Mounts need root, or a user namespace in which one is root; either way they end with the process. */
function runMounts(folder: string): MountFigures {
	const child = join(import.meta.dirname, "store", "mount-child.ts");
	let problem = "";
	for (const flags of ["-m", "-Urm"]) {
		const result = spawnSync("unshare", [flags, process.execPath, child, folder], {
			encoding: "utf8",
			env: { ...process.env, NODE_OPTIONS: "" },
			maxBuffer: 2 ** 26,
		});
		const line = result.stdout.trim().split("\n").at(-1) ?? "";
		if (result.status === 0 && line.startsWith("{")) return JSON.parse(line) as MountFigures;
		problem = result.error?.message ?? result.stderr.slice(-1000);
		// Anything but a refused namespace or mount is a fault of the store.
		if (result.error === undefined && !/not permitted|permission denied|must be superuser/i.test(problem))
			break;
	}
	throw new Error(
		`R10 needs mounts of its own (root, or user namespaces that may mount: unshare -Urm), and could not have them: ${problem}`,
	);
}
