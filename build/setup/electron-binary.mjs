// Where Electron's binary is, and whether it is worth asking for it. Plain Node, from 20 up.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run, say } from "./say.mjs";

const dayMs = 24 * 60 * 60 * 1000;

/** The executable inside a dist folder, as the npm package has it. */
export function electronExecutable(platform = process.platform) {
	if (platform === "darwin") return "Electron.app/Contents/MacOS/Electron";
	return platform === "win32" ? "electron.exe" : "electron";
}

/**
 * The real binary: `ELECTRON_OVERRIDE_DIST_PATH` if it is set, else what the npm package unpacked.
 * @param {string} root
 * @returns {string | undefined} The executable.
 */
export function findElectron(root, env = process.env, platform = process.platform) {
	const override = env["ELECTRON_OVERRIDE_DIST_PATH"];
	if (override !== undefined && override !== "") {
		const path = join(override, electronExecutable(platform));
		return existsSync(path) ? path : undefined;
	}
	const folder = join(root, "node_modules", "electron");
	const path = join(folder, "dist", electronExecutable(platform));
	try {
		const unpacked = readFileSync(join(folder, "dist", "version"), "utf8")
			.trim()
			.replace(/^v/, "");
		const wanted = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
		return unpacked === wanted && existsSync(path) ? path : undefined;
	} catch {
		return undefined;
	}
}

/** @param {string} root */
const failurePath = (root) => join(root, "node_modules", ".cache", "trunkline", "electron-download.json");

/**
 * The reason of a failed download less than a day ago.
 * @param {string} root
 * @param {number} nowMs
 * @returns {{reason: string, hoursLeft: number} | undefined}
 */
export function rememberedFailure(root, nowMs) {
	try {
		const { at, reason, version } = JSON.parse(readFileSync(failurePath(root), "utf8"));
		const age = nowMs - at;
		if (typeof reason !== "string" || version !== electronVersion(root) || !(age >= 0 && age < dayMs))
			return undefined;
		return { reason, hoursLeft: Math.ceil((dayMs - age) / 3_600_000) };
	} catch {
		return undefined;
	}
}

/**
 * @param {string} root
 * @param {number} nowMs
 * @param {string} reason
 */
export function rememberFailure(root, nowMs, reason) {
	mkdirSync(dirname(failurePath(root)), { recursive: true });
	writeFileSync(
		failurePath(root),
		`${JSON.stringify({ at: nowMs, version: electronVersion(root), reason })}\n`,
	);
}

/** @param {string} root */
export function forgetFailure(root) {
	rmSync(failurePath(root), { force: true });
}

/** @param {string} root */
function electronVersion(root) {
	return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.electron;
}

/**
 * The real binary, fetched if need be; `undefined` if there is none to be had now.
 * @param {string} root
 * @param {string} node The pinned Node: the download runs on it.
 * @param {{retry: boolean}} options
 */
export async function obtainElectron(root, node, { retry }) {
	const present = findElectron(root);
	if (present !== undefined) return present;
	if (retry) forgetFailure(root);
	const failure = rememberedFailure(root, Date.now());
	if (failure !== undefined) {
		say(
			`Electron's binary was not to be had (${failure.reason}); next try in ${String(failure.hoursLeft)} h, or now with: npm start -- --retry-electron`,
		);
		return undefined;
	}
	say("fetching Electron's binary (about 120 MB, once); it is given up only after 15 s without a byte");
	const code = await run(node, [join(root, "build", "setup", "fetch-electron.mjs")], {
		cwd: root,
		// Node's fetch takes no notice of HTTPS_PROXY unless told to.
		env: { ...process.env, NODE_USE_ENV_PROXY: "1" },
	});
	const fetched = code === 0 ? findElectron(root) : undefined;
	if (fetched === undefined && rememberedFailure(root, Date.now()) === undefined)
		rememberFailure(root, Date.now(), "the download stopped");
	return fetched;
}
