// Building dist/, and knowing when that is unnecessary.
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { say } from "../setup/say.mjs";
import { program, root, runCommand } from "./command.mjs";

const sources = [
	"main",
	"renderer",
	"shared",
	"practice",
	"build/vite",
	"build/icons",
	"vite.config.ts",
	"svelte.config.js",
	"package-lock.json",
];
const stamp = join("dist", ".built");

/**
 * The newest change of a file or of anything in a folder (folders count: removing a file changes its folder).
 * @param {string} path
 * @returns {number} Milliseconds since 1970, 0 if there is nothing.
 */
export function newestChange(path) {
	if (!existsSync(path)) return 0;
	const own = statSync(path);
	if (!own.isDirectory()) return own.mtimeMs;
	return readdirSync(path).reduce(
		(newest, name) => Math.max(newest, newestChange(join(path, name))),
		own.mtimeMs,
	);
}

/**
 * Whether dist/ is newer than all it is made from.
 * @param {string} folder The repository.
 */
export function isBuilt(folder) {
	const built = newestChange(join(folder, stamp));
	return built > 0 && sources.every((name) => newestChange(join(folder, name)) < built);
}

/**
 * Builds the bundles; resolves with the exit code.
 * @param {{quiet?: boolean}} [options]
 */
export async function build({ quiet = false } = {}) {
	const started = new Date();
	const code = await runCommand(
		program("vite", "build", "--app", ...(quiet ? ["--logLevel", "warn"] : [])),
	);
	if (code !== 0) return code;
	mkdirSync(dirname(join(root, stamp)), { recursive: true });
	writeFileSync(join(root, stamp), `${started.toISOString()}\n`);
	// What changed while it was being built is newer than the build.
	utimesSync(join(root, stamp), started, started);
	return 0;
}

/** Builds unless dist/ is newer than its sources; resolves with the exit code. */
export async function buildIfNeeded() {
	if (isBuilt(root)) return 0;
	say("building the app");
	return build({ quiet: true });
}
