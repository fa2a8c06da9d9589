// How tasks start programs. Tasks run on the pinned Node.
import { dirname, join } from "node:path";
import { run } from "../setup/say.mjs";

export const root = dirname(dirname(import.meta.dirname));

/** Programs of node_modules that tasks use, by the file Node starts. */
const programs = {
	vite: "vite/bin/vite.js",
	vitest: "vitest/vitest.mjs",
	tsc: "typescript/bin/tsc",
	eslint: "eslint/bin/eslint.js",
	prettier: "prettier/bin/prettier.cjs",
	"svelte-check": "svelte-check/bin/svelte-check",
	knip: "knip/bin/knip.js",
	electron: "electron/cli.js",
	"electron-builder": "electron-builder/cli.js",
};

/**
 * The command line of a program of node_modules on this very Node.
 * @param {keyof typeof programs} name
 * @param {readonly string[]} args
 * @returns {readonly string[]}
 */
export function program(name, ...args) {
	return [process.execPath, join(root, "node_modules", programs[name]), ...args];
}

/**
 * The command line of a script of the repository.
 * @param {string} path
 * @param {readonly string[]} args
 * @returns {readonly string[]}
 */
export function script(path, ...args) {
	return [process.execPath, join(root, path), ...args];
}

/**
 * `command` inside a session of its own on Linux: private home and run-time folder, session bus, virtual display,
 * window manager, notification daemon, unlocked keychain. Elsewhere the command itself.
 * @param {readonly string[]} command
 * @returns {readonly string[]}
 */
export function inSession(command) {
	if (process.platform !== "linux" || (process.env["TRUNKLINE_SESSION"] ?? "") !== "") return command;
	return [...script("build/task-tools/session.mjs"), "--", ...command];
}

/**
 * Runs a command line in the repository's folder; resolves with its exit code.
 * @param {readonly string[]} command
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export function runCommand([file, ...args], options = {}) {
	if (file === undefined) throw new Error("no command");
	return run(file, args, { cwd: root, ...options });
}

/**
 * Runs the commands one after another until one fails; its exit code becomes the task's.
 * @param {readonly (readonly string[])[]} commands
 */
export async function runAll(commands) {
	for (const command of commands) {
		const code = await runCommand(command);
		if (code !== 0) {
			process.exitCode = code;
			return false;
		}
	}
	return true;
}
