// Where the system's Chromium is. Plain Node, no dependencies: also used before anything is installed.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * The first Chromium that can be run: `STANDIN_CHROMIUM`, then the usual names on PATH and in /usr/bin.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function chromiumPath(env = process.env) {
	const named = env["STANDIN_CHROMIUM"];
	if (named !== undefined && named !== "") return named;
	const folders = [...(env["PATH"] ?? "").split(delimiter), "/usr/bin", "/snap/bin"];
	for (const name of names)
		for (const folder of folders)
			if (folder !== "" && isExecutable(join(folder, name))) return join(folder, name);
	return undefined;
}

/**
 * Whether `path` is a file that may be run.
 * @param {string} path
 */
export function isExecutable(path) {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}
