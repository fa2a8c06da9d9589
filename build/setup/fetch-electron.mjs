// Fetches and unpacks Electron's binary as the npm package does, but with a download that shows its progress and
// gives up on silence. Runs on the pinned Node; the archive goes through @electron/get (mirrors, checksums, cache),
// and the package's own install.js unpacks it from that cache.
import { ElectronDownloadCacheMode, downloadArtifact } from "@electron/get";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { rememberFailure } from "./electron-binary.mjs";
import { downloadUnlessIdle, progressPrinter } from "./idle-download.mjs";
import { say } from "./say.mjs";

const require = createRequire(import.meta.url);
const root = dirname(dirname(import.meta.dirname));
const packageFile = require.resolve("electron/package.json");
/** @type {string} */
const version = require(packageFile).version;

try {
	/** @type {NodeJS.ProcessEnv} */
	const env = process.env;
	await downloadArtifact({
		version,
		artifactName: "electron",
		platform: env["npm_config_platform"] ?? process.platform,
		arch: env["npm_config_arch"] ?? process.arch,
		cacheMode: ElectronDownloadCacheMode.ReadWrite,
		...(env["electron_config_cache"] === undefined ? {} : { cacheRoot: env["electron_config_cache"] }),
		checksums: require("electron/checksums.json"),
		downloader: {
			download: async (url, target) => {
				say(url);
				const progress = progressPrinter("Electron", say);
				let lastByte = performance.now();
				const waiting = setInterval(() => {
					const silent = Math.floor((performance.now() - lastByte) / 1000);
					if (silent >= 2) say(`Electron: no byte for ${String(silent)} s, waiting ...`);
				}, 4000);
				try {
					await downloadUnlessIdle(url, target, {
						onProgress: (received, total) => {
							lastByte = performance.now();
							progress(received, total);
						},
					});
				} finally {
					clearInterval(waiting);
				}
			},
		},
	});
	say("unpacking Electron");
	const unpacked = spawnSync(process.execPath, [join(dirname(packageFile), "install.js")], {
		stdio: "inherit",
	});
	if (unpacked.status !== 0) throw new Error("it could not be unpacked");
} catch (error) {
	const reason = reasonOf(error);
	say(`Electron's binary is not to be had: ${reason}`);
	rememberFailure(root, Date.now(), reason);
	process.exitCode = 1;
}

/**
 * `fetch failed` says nothing: the cause does.
 * @param {unknown} error
 */
function reasonOf(error) {
	if (!(error instanceof Error)) return String(error);
	const cause = error.cause;
	return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
