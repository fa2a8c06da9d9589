// What the set-up script prints, and how it shows that something long is still going on. Plain Node, from 20 up.
import { spawn } from "node:child_process";

/**
 * One line of the set-up script.
 * @param {string} line
 */
export function say(line) {
	process.stdout.write(`trunkline: ${line}\n`);
}

/**
 * Runs `work` and says every few seconds that it still goes on: first after 2 s, then every 10 s.
 * @template T
 * @param {string} what For instance "npm ci".
 * @param {() => Promise<T>} work
 * @param {(line: string) => void} [print]
 * @returns {Promise<T>}
 */
export async function withHeartbeat(what, work, print = say) {
	const start = performance.now();
	const beat = () =>
		print(`${what}: ${String(Math.round((performance.now() - start) / 1000))} s, still working ...`);
	/** @type {NodeJS.Timeout | undefined} */
	let repeat;
	const first = setTimeout(() => {
		beat();
		repeat = setInterval(beat, 10_000);
	}, 2000);
	try {
		return await work();
	} finally {
		clearTimeout(first);
		clearInterval(repeat);
	}
}

/**
 * Runs a program with its output shown; resolves with its exit code (128 + n for a signal, 127 if not found).
 * Ctrl+C and termination reach it too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { stdio: "inherit", ...options });
		/** @type {readonly NodeJS.Signals[]} */
		const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
		/** @param {NodeJS.Signals} signal */
		const forward = (signal) => child.kill(signal);
		for (const signal of signals) process.on(signal, forward);
		const end = (/** @type {number} */ code) => {
			for (const signal of signals) process.off(signal, forward);
			resolve(code);
		};
		child.once("error", (error) => {
			say(`${command}: ${error.message}`);
			end(127);
		});
		child.once("exit", (code, signal) => end(code ?? 128 + (signal === "SIGINT" ? 2 : 15)));
	});
}
