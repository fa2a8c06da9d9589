import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the child that lives through the faults found out. */
export interface EioFigures {
	/** Calls that were made to fail, each in a run of its own. */
	readonly callIndexes: number;
	readonly runs: number;
	/** Writes that were acknowledged and not there afterwards. */
	readonly lost: number;
	/** Texts shown as sent that nobody said were sent. */
	readonly falseSent: number;
	/** Unsent texts that were not there afterwards. */
	readonly outboxLost: number;
	/** Runs in which writing did not work again, without a restart, once the disk did. */
	readonly notRecovered: number;
	/** Runs after which the next start did not work as if nothing had been. */
	readonly notReopened: number;
	/** Failures that were no words for a person. */
	readonly wrongErrors: number;
	readonly problem?: string;
}

/**
 * Runs the real engine on a real file under libfiu (`fiu-run -x`), once for every call index: the n-th call of open,
 * read, write, truncate, sync, unlink or rename fails with EIO. `stride` > 1 takes every so many. Throws with a clear
 * sentence when a tool is missing.
 */
export function runEio(folder: string, stride: number): EioFigures & { readonly crashed: number } {
	const shim = compile(folder);
	const control = join(folder, "control");
	writeFileSync(control, Buffer.alloc(4096));
	const child = join(import.meta.dirname, "eio-child.ts");
	const inner = `LD_PRELOAD="$LD_PRELOAD ${shim}" exec "$0" "$@"`;
	const result = spawnSync(
		"fiu-run",
		["-x", "-f", "", "sh", "-c", inner, process.execPath, child, folder, control, String(stride)],
		{
			encoding: "utf8",
			env: { ...process.env, FAILPOINT_CONTROL: control, NODE_OPTIONS: "" },
			maxBuffer: 2 ** 26,
		},
	);
	if (result.error !== undefined)
		throw new Error(`fiu-run could not be started (Debian's package fiu-utils): ${result.error.message}`);
	const line = result.stdout.trim().split("\n").at(-1) ?? "";
	if (result.status !== 0 || !line.startsWith("{"))
		return {
			...none,
			crashed: 1,
			problem: `ended with ${String(result.status ?? result.signal)}: ${result.stderr.slice(-2000)}`,
		};
	return { ...(JSON.parse(line) as EioFigures), crashed: 0 };
}

const none: EioFigures = {
	callIndexes: 0,
	runs: 0,
	lost: 0,
	falseSent: 0,
	outboxLost: 0,
	notRecovered: 0,
	notReopened: 0,
	wrongErrors: 0,
};

/** libfiu can fail the first call or random ones; counting takes a few lines of C. */
function compile(folder: string): string {
	const library = [
		"/usr/lib/x86_64-linux-gnu/libfiu.so.0",
		"/usr/lib/aarch64-linux-gnu/libfiu.so.0",
		"/usr/lib/libfiu.so.0",
		"/usr/lib64/libfiu.so.0",
	].find((path) => existsSync(path));
	if (library === undefined) throw new Error("R10 needs libfiu (Debian's package libfiu0).");
	const shim = join(folder, "failpoint.so");
	const source = join(import.meta.dirname, "failpoint.c");
	for (const compiler of ["cc", "gcc", "clang"])
		try {
			execFileSync(compiler, ["-shared", "-fPIC", "-O1", "-o", shim, source, library], {
				stdio: "pipe",
			});
			return shim;
		} catch (error) {
			if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
		}
	throw new Error("R10 needs a C compiler to count calls under libfiu (Debian's package gcc).");
}
