// node build/setup.mjs TASK [arguments]
//
// Brings a fresh copy to the point where TASK can run, and runs it on the pinned Node:
// node_modules (when the lock file changed), Electron's binary or, on Linux, the stand-in, and what tests need from
// the system. Plain Node from 20 up, no dependencies: it runs before anything is installed.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findElectron, obtainElectron } from "./setup/electron-binary.mjs";
import { installModules, pinnedNode } from "./setup/install.mjs";
import { run, say } from "./setup/say.mjs";
import { ensurePackages, systemPackages } from "./setup/system-packages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { chromium, display, bus, tests } = systemPackages;
const everything = [...chromium, ...display, ...bus, ...tests];

/**
 * What a task needs beyond node_modules. `host`: "show" wants the real Electron and takes the stand-in where it is
 * not to be had; "specs" is the stand-in on Linux and the real one elsewhere; "real" is the real one or nothing.
 * @type {Record<string, {host?: "show" | "specs" | "real", packages?: readonly import("./setup/system-packages.mjs").SystemPackage[], whom?: string}>}
 */
const needs = {
	start: { host: "show" },
	tour: { host: "show", packages: everything, whom: "the tour" },
	test: { host: "specs", packages: everything, whom: "the tests" },
	e2e: { host: "specs", packages: everything, whom: "the specs" },
	"test-electron": { host: "real", packages: everything, whom: "the specs" },
	"package-check": { host: "specs", packages: everything, whom: "the package check" },
	unit: { packages: chromium, whom: "component tests" },
	// `check` without an id looks at sources only; with ids it runs the reliability list.
	checks: { host: "specs", packages: everything, whom: "the checks" },
};

/** @returns {Promise<number>} */
async function main() {
	const [task, ...rest] = process.argv.slice(2);
	const tasks = readdirSync(join(root, "build", "tasks")).flatMap(
		(name) => /^([a-z0-9-]+)\.mjs$/.exec(name)?.[1] ?? [],
	);
	if (task === undefined || !tasks.includes(task)) {
		say(`usage: node build/setup.mjs TASK, where TASK is one of ${tasks.join(", ")}`);
		return 2;
	}
	const [major] = process.versions.node.split(".");
	if (Number(major) < 20) {
		say(`Node 20 or newer is needed to begin with; this is ${process.version}`);
		return 1;
	}
	if (!(await installModules(root))) return 1;
	const node = pinnedNode(root);

	const {
		host,
		packages = [],
		whom = "it",
	} = needs[task === "check" && rest.length > 0 ? "checks" : task] ?? {};
	const env = { ...process.env };
	const args = rest.filter((argument) => argument !== "--retry-electron");
	if (host !== undefined) {
		const chosen = await chooseHost(host, node, rest.includes("--retry-electron"));
		if (chosen === undefined) return 1;
		Object.assign(env, chosen);
	}
	if (!(await ensurePackages(packages, whom))) return 1;
	return run(node, [join(root, "build", "tasks", `${task}.mjs`), ...args], { cwd: root, env });
}

/**
 * The environment that makes `electron` and Playwright start the right host; `undefined` if there is none.
 * @param {"show" | "specs" | "real"} wish
 * @param {string} node
 * @param {boolean} retry
 * @returns {Promise<Record<string, string> | undefined>}
 */
async function chooseHost(wish, node, retry) {
	const standin = join(root, "tests", "standin");
	const asStandin = { ELECTRON_OVERRIDE_DIST_PATH: standin, STANDIN_NODE: node, TRUNKLINE_HOST: "standin" };
	const linux = process.platform === "linux";
	const override = process.env["ELECTRON_OVERRIDE_DIST_PATH"];
	if (override === standin || (wish === "specs" && linux && (override ?? "") === "")) return asStandin;

	const real = await obtainElectron(root, node, { retry });
	if (real !== undefined) return { TRUNKLINE_HOST: "electron" };
	if (wish === "show" && linux && existsSync(join(standin, "electron"))) {
		say(
			"Trunkline starts on the stand-in instead: the same built app, its main process in Node and its window in",
		);
		say("Chromium. Good for a look and for tests; what people install is the real Electron.");
		const shown = (process.env["DISPLAY"] ?? "") === "" ? [...chromium, ...display, ...bus] : chromium;
		return (await ensurePackages(shown, "the stand-in")) ? asStandin : undefined;
	}
	say(
		`This needs Electron's binary (${findElectron(root) ?? "none found"}). Where its download is blocked:`,
	);
	say("  - set ELECTRON_MIRROR to a mirror of its releases and try again with --retry-electron, or");
	say("  - unpack a release of the same version and set ELECTRON_OVERRIDE_DIST_PATH to that folder.");
	return undefined;
}

try {
	process.exitCode = await main();
} catch (error) {
	say(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
}
