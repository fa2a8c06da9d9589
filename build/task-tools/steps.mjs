// Runs named commands side by side and shows each one's output in one piece.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { root } from "./command.mjs";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} command
 */

/**
 * Runs all steps, as many at a time as there are cores (at most four), whatever fails on the way. A line is printed
 * when one ends, the output only of those that failed.
 * @param {readonly Step[]} steps
 * @returns {Promise<readonly string[]>} The names of those that failed.
 */
export async function runSteps(steps, print = (/** @type {string} */ text) => process.stdout.write(text)) {
	const waiting = [...steps];
	/** @type {string[]} */
	const failed = [];
	const worker = async () => {
		for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
			const { name, command } = step;
			const start = performance.now();
			const { code, output } = await capture(command);
			const seconds = ((performance.now() - start) / 1000).toFixed(1);
			if (code !== 0) failed.push(name);
			print(`  ${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`);
			if (code !== 0) print(`${output.trimEnd()}\n`);
		}
	};
	await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
	return failed;
}

/**
 * @param {readonly string[]} command
 * @returns {Promise<{code: number, output: string}>}
 */
function capture([file = "", ...args]) {
	return new Promise((resolve) => {
		let output = "";
		const child = spawn(file, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
		const add = (/** @type {string} */ text) => {
			output += text;
		};
		child.stdout.setEncoding("utf8").on("data", add);
		child.stderr.setEncoding("utf8").on("data", add);
		child.once("error", (error) => resolve({ code: 127, output: error.message }));
		child.once("close", (code) => resolve({ code: code ?? 1, output }));
	});
}
