// node build/task-tools/session.mjs -- COMMAND...
//
// A whole desktop session for one command, with nothing of the machine's own: private HOME and run-time folder,
// session bus, virtual display, window manager (openbox), notification daemon (dunst), unlocked keychain
// (gnome-keyring). Linux only. Everything it starts ends with the command.
//
//   outer: folders, Xvfb --> dbus-run-session --> inner: keyring, openbox, dunst --> COMMAND
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { run } from "../setup/say.mjs";
import { startXvfb } from "./desktop.mjs";

/** The keychain's password in every session. */
export const keyringPassword = "trunkline-session";

/** Notifications stay until they are closed: no test depends on how long a machine takes. */
const dunstrc = `[global]
	idle_threshold = 0
	font = DejaVu Sans 10
[urgency_low]
	timeout = 0
[urgency_normal]
	timeout = 0
[urgency_critical]
	timeout = 0
`;

/**
 * @param {readonly string[]} command
 * @returns {Promise<number>} The command's exit code.
 */
async function outer(command) {
	const home = mkdtempSync(join(tmpdir(), "trunkline-session-"));
	const env = { ...process.env };
	for (const name of [
		"DBUS_SESSION_BUS_ADDRESS",
		"WAYLAND_DISPLAY",
		"GNOME_KEYRING_CONTROL",
		"SSH_AUTH_SOCK",
	])
		delete env[name];
	/** @type {Record<string, string>} */
	const folders = {
		HOME: home,
		XDG_RUNTIME_DIR: join(home, "run"),
		XDG_CONFIG_HOME: join(home, ".config"),
		XDG_DATA_HOME: join(home, ".local", "share"),
		XDG_CACHE_HOME: join(home, ".cache"),
		XDG_STATE_HOME: join(home, ".local", "state"),
	};
	for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
	mkdirSync(join(home, ".config", "dunst"));
	writeFileSync(join(home, ".config", "dunst", "dunstrc"), dunstrc);
	const display = await startXvfb("1366x900");
	if (display === undefined) {
		console.error("session: Xvfb did not start");
		return 1;
	}
	try {
		const inside = [process.execPath, fileURLToPath(import.meta.url), "--inside", "--", ...command];
		return await run("dbus-run-session", ["--", ...inside], {
			env: {
				...env,
				...folders,
				DISPLAY: display.name,
				TRUNKLINE_SESSION: home,
				NO_AT_BRIDGE: "1",
				LC_ALL: "C.UTF-8",
			},
		});
	} finally {
		display.stop();
		rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	}
}

/**
 * @param {readonly string[]} command
 * @returns {Promise<number>}
 */
async function inner([file = "", ...args]) {
	const managed = join(process.env["XDG_RUNTIME_DIR"] ?? "", "openbox-started");
	const keyring = spawn("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
		stdio: ["pipe", "ignore", "ignore"],
	});
	keyring.stdin.end(keyringPassword);
	const daemons = [
		keyring,
		spawn("openbox", ["--sm-disable", "--startup", `touch ${managed}`], { stdio: "ignore" }),
		spawn("dunst", [], { stdio: "ignore" }),
	];
	for (const daemon of daemons) daemon.once("error", (error) => console.error(`session: ${error.message}`));
	try {
		await until("openbox", () => existsSync(managed));
		await until("dunst", () => hasOwner("org.freedesktop.Notifications"));
		await until("gnome-keyring", () => hasOwner("org.freedesktop.secrets"));
		return await run(file, args);
	} finally {
		for (const daemon of daemons) daemon.kill();
	}
}

/** @param {string} name */
function hasOwner(name) {
	const asked = spawnSync(
		"dbus-send",
		[
			"--session",
			"--print-reply=literal",
			"--dest=org.freedesktop.DBus",
			"/",
			"org.freedesktop.DBus.NameHasOwner",
			`string:${name}`,
		],
		{ encoding: "utf8" },
	);
	return asked.stdout.includes("true");
}

/**
 * @param {string} what
 * @param {() => boolean} ready
 */
async function until(what, ready) {
	for (let left = 200; !ready(); left -= 1) {
		if (left === 0) throw new Error(`session: ${what} did not start`);
		await pause(50);
	}
}

const [first, ...rest] = process.argv.slice(2);
const inside = first === "--inside";
const command = inside ? rest.slice(1) : rest;
if (command.length === 0) {
	console.error("usage: node build/task-tools/session.mjs -- COMMAND...");
	process.exitCode = 2;
} else process.exitCode = await (inside ? inner(command) : outer(command));
