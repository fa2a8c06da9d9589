// node_modules follows package-lock.json. Plain Node, from 20 up, no dependencies.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, say, withHeartbeat } from "./say.mjs";

const stampName = ".trunkline-install.json";

/**
 * What the lock file and this machine are, as one word: a change of either asks for a new install.
 * @param {string} lockText
 * @param {string} machine
 */
export function lockStamp(lockText, machine = `${process.platform}-${process.arch}`) {
	// Line ends differ between checkouts of the same file.
	return createHash("sha256")
		.update(machine)
		.update("\0")
		.update(lockText.replaceAll("\r\n", "\n"))
		.digest("hex");
}

/**
 * Whether npm's own record of an installation (`node_modules/.package-lock.json`) is what the lock file asks for.
 * Packages for other platforms are optional and may be absent.
 * @param {string} lockText
 * @param {string} installedText
 */
export function installedAgrees(lockText, installedText) {
	/** @typedef {Record<string, {version?: string, integrity?: string, optional?: boolean, link?: boolean}>} Packages */
	/** @type {Packages} */
	let wanted;
	/** @type {Packages} */
	let installed;
	try {
		wanted = JSON.parse(lockText).packages ?? {};
		installed = JSON.parse(installedText).packages ?? {};
	} catch {
		return false;
	}
	for (const [path, entry] of Object.entries(wanted)) {
		if (path === "" || entry.link === true) continue;
		const found = installed[path];
		if (found === undefined) {
			if (entry.optional === true) continue;
			return false;
		}
		if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
	}
	return Object.keys(installed).every((path) => path in wanted);
}

/**
 * Why node_modules has to be installed, in words; `undefined` if it is as the lock file says.
 * @param {string} root
 * @returns {string | undefined}
 */
export function whyInstall(root) {
	const modules = join(root, "node_modules");
	const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
	if (!existsSync(modules)) return "this is a fresh copy";
	if (!existsSync(nodePath(root))) return "the pinned Node is missing";
	const stamp = join(modules, stampName);
	if (existsSync(stamp)) {
		try {
			if (JSON.parse(readFileSync(stamp, "utf8")).lock === lockStamp(lockText)) return undefined;
		} catch {
			// A damaged stamp is no stamp.
		}
	}
	const record = join(modules, ".package-lock.json");
	if (existsSync(record) && installedAgrees(lockText, readFileSync(record, "utf8"))) {
		writeStamp(root, lockText);
		return undefined;
	}
	return existsSync(stamp) ? "the lock file changed" : "node_modules is not what the lock file says";
}

/**
 * @param {string} root
 * @param {string} lockText
 */
function writeStamp(root, lockText) {
	writeFileSync(
		join(root, "node_modules", stampName),
		`${JSON.stringify({ lock: lockStamp(lockText) })}\n`,
	);
}

/**
 * Installs if there is a reason to; resolves with false if npm failed.
 * @param {string} root
 */
export async function installModules(root) {
	const reason = whyInstall(root);
	if (reason === undefined) return true;
	say(`npm ci, because ${reason} (about a minute)`);
	// npm tells its scripts where it is; outside npm it is found on PATH, as a script of the shell on Windows.
	const npm = process.env["npm_execpath"];
	const args = ["ci", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
	const byNode = npm !== undefined && /\.c?js$/.test(npm) && existsSync(npm);
	const code = await withHeartbeat("npm ci", () =>
		byNode
			? run(process.execPath, [npm, ...args], { cwd: root })
			: run("npm", args, { cwd: root, shell: process.platform === "win32" }),
	);
	if (code !== 0) {
		say(`npm ci failed (exit code ${String(code)}): its own words are above`);
		return false;
	}
	writeStamp(root, readFileSync(join(root, "package-lock.json"), "utf8"));
	return true;
}

/**
 * The pinned Node, inside node_modules.
 * @param {string} root
 */
export function nodePath(root, platform = process.platform) {
	return join(root, "node_modules", "node", "bin", platform === "win32" ? "node.exe" : "node");
}

/**
 * Why the pinned Node cannot be used, in words; `undefined` if it can.
 * @param {string} wanted From package.json, for instance "24.21.0".
 * @param {string} reported What `node --version` printed.
 */
export function whyNotNode(wanted, reported) {
	const major = (/** @type {string} */ version) => /^v?(\d+)\./.exec(version.trim())?.[1];
	if (major(reported) !== undefined && major(reported) === major(wanted)) return undefined;
	return `Trunkline needs Node ${String(major(wanted))}, and node_modules holds ${reported.trim() || "none that starts"}`;
}

/**
 * The path of the pinned Node, after asking it for its version; throws in words otherwise.
 * @param {string} root
 */
export function pinnedNode(root) {
	const path = nodePath(root);
	const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;
	let reported = "";
	try {
		reported = execFileSync(path, ["--version"], { encoding: "utf8" });
	} catch {
		// Said below.
	}
	const problem = whyNotNode(wanted, reported);
	if (problem !== undefined) throw new Error(`${problem}. Remove node_modules and start again.`);
	return path;
}
