// What tests and the stand-in need from the system, and how it gets there. Plain Node, from 20 up.
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromiumPath, isExecutable } from "../chromium.mjs";
import { run, say, withHeartbeat } from "./say.mjs";

/**
 * @typedef {object} SystemPackage
 * @property {string} name Debian's name.
 * @property {string} why
 * @property {string} [command] A program that shows that it is there.
 * @property {readonly string[]} [files] Or: one file of these is there; `*` stands for one folder.
 */

/** @type {Record<"chromium" | "display" | "bus" | "tests", readonly SystemPackage[]>} */
export const systemPackages = {
	chromium: [
		{
			name: "chromium",
			why: "draws the window where Electron's binary is missing; runs component tests",
			command: "chromium",
		},
	],
	display: [{ name: "xvfb", why: "a display in memory, for machines without one", command: "Xvfb" }],
	bus: [
		{ name: "dbus", why: "the session bus: notifications, tray, keychain", command: "dbus-run-session" },
	],
	tests: [
		{ name: "gnome-keyring", why: "a real keychain", command: "gnome-keyring-daemon" },
		{ name: "dunst", why: "a real notification daemon", command: "dunst" },
		{ name: "openbox", why: "a small window manager: minimise, focus", command: "openbox" },
		{
			name: "libsecret-1-0",
			why: "the library keytar talks to the keychain with",
			files: [
				"/usr/lib/*/libsecret-1.so.0",
				"/usr/lib/libsecret-1.so.0",
				"/usr/lib64/libsecret-1.so.0",
			],
		},
		{
			name: "libsecret-tools",
			why: "secret-tool, to look into the keychain from outside",
			command: "secret-tool",
		},
		{ name: "fiu-utils", why: "fiu-run: disk and network faults on demand", command: "fiu-run" },
		{
			name: "libfiu0",
			why: "the library of fiu-run",
			files: ["/usr/lib/*/libfiu.so.0", "/usr/lib/libfiu.so.0", "/usr/lib64/libfiu.so.0"],
		},
		{ name: "gcc", why: "compiles the counter of failing disk calls", command: "cc" },
		{ name: "libc6-dev", why: "what gcc needs for that", files: ["/usr/include/stdio.h"] },
		{ name: "xdotool", why: "shows, hides and focuses windows of the stand-in", command: "xdotool" },
		{ name: "x11-utils", why: "xprop and xev, which tell of windows", command: "xprop" },
		{
			name: "imagemagick",
			why: "another program's window, and pictures of the whole display",
			command: "display",
		},
		{
			name: "fonts-noto-color-emoji",
			why: "emoji in the pictures",
			files: [
				"/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
				"/usr/share/fonts/*/NotoColorEmoji.ttf",
			],
		},
		{
			name: "fonts-dejavu-core",
			why: "text in the pictures",
			files: ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/*/DejaVuSans.ttf"],
		},
	],
};

/**
 * Whether one of `patterns` exists; `*` stands for one folder.
 * @param {readonly string[]} patterns
 */
function someFile(patterns) {
	return patterns.some((pattern) => {
		const [before, after] = pattern.split("*");
		if (after === undefined) return existsSync(pattern);
		if (before === undefined || !existsSync(before)) return false;
		return readdirSync(before).some((name) => existsSync(join(before, name, after.slice(1))));
	});
}

/**
 * Whether this machine has it, whoever installed it.
 * @param {SystemPackage} wanted
 */
export function isPresent(wanted, env = process.env) {
	if (wanted.name === "chromium") return chromiumPath(env) !== undefined;
	if (wanted.command !== undefined) {
		const command = wanted.command;
		const folders = [...(env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/sbin", "/usr/local/bin"];
		return folders.some((folder) => folder !== "" && isExecutable(join(folder, command)));
	}
	return someFile(wanted.files ?? []);
}

/**
 * @typedef {object} Machine
 * @property {boolean} root Whether the script may install.
 * @property {boolean} debian Whether there is apt-get.
 * @property {boolean} lists Whether apt has lists of packages at all.
 */

/** @returns {Machine} */
export function thisMachine() {
	const lists = "/var/lib/apt/lists";
	return {
		root: process.getuid?.() === 0,
		debian: isExecutable("/usr/bin/apt-get"),
		lists: existsSync(lists) && readdirSync(lists).some((name) => name.includes("_Packages")),
	};
}

/**
 * @typedef {{kind: "nothing"}
 *   | {kind: "install", steps: readonly (readonly string[])[]}
 *   | {kind: "ask", lines: readonly string[]}} Plan
 */

/**
 * What is to be done about missing packages; pure.
 * @param {readonly SystemPackage[]} missing
 * @param {Machine} machine
 * @returns {Plan}
 */
export function planPackages(missing, machine) {
	if (missing.length === 0) return { kind: "nothing" };
	const names = missing.map(({ name }) => name);
	const install = ["apt-get", "install", "-y", "--no-install-recommends", ...names];
	if (machine.root && machine.debian)
		return { kind: "install", steps: machine.lists ? [install] : [["apt-get", "update"], install] };
	const list = missing.map(({ name, why }) => `  ${name}: ${why}`);
	if (machine.debian)
		return {
			kind: "ask",
			lines: [
				"Missing on this machine:",
				...list,
				"One command installs them:",
				`  sudo sh -c 'apt-get update && ${install.join(" ")}'`,
			],
		};
	return {
		kind: "ask",
		lines: ["Missing on this machine (Debian's names; install what your system calls them):", ...list],
	};
}

/**
 * Sees to it that `wanted` is there: installs as root on Debian, otherwise says what is missing.
 * @param {readonly SystemPackage[]} wanted
 * @param {string} what For whom, for instance "the tests".
 * @returns {Promise<boolean>} Whether everything is there.
 */
export async function ensurePackages(wanted, what) {
	if (process.platform !== "linux") return true;
	const missing = wanted.filter((one) => !isPresent(one));
	const plan = planPackages(missing, thisMachine());
	if (plan.kind === "nothing") return true;
	if (plan.kind === "ask") {
		for (const line of plan.lines) say(line);
		return false;
	}
	say(`installing what ${what} need:`);
	for (const { name, why } of missing) say(`  ${name}: ${why}`);
	let done = await apt(plan.steps);
	// Old lists name packages that the archive no longer has.
	if (!done && plan.steps.length === 1) done = await apt([["apt-get", "update"], ...plan.steps]);
	const still = missing.filter((one) => !isPresent(one));
	for (const { name } of still) say(`still missing: ${name}`);
	return done && still.length === 0;
}

/** @param {readonly (readonly string[])[]} steps */
async function apt(steps) {
	for (const [command, ...args] of steps) {
		if (command === undefined) continue;
		say([command, ...args].join(" "));
		const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
		const code = await withHeartbeat(`${command} ${args[0] ?? ""}`, () =>
			run(command, ["-q", ...args], { env, stdio: ["ignore", "inherit", "inherit"] }),
		);
		if (code !== 0) {
			say(`${command} failed (exit code ${String(code)})`);
			return false;
		}
	}
	return true;
}
