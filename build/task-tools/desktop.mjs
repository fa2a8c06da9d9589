// What a machine without a desktop lacks: a display and a session bus.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { isPresent, systemPackages } from "../setup/system-packages.mjs";
import { say } from "../setup/say.mjs";

/**
 * A virtual display if there is none and one can be had.
 * @returns {Promise<{env: Record<string, string>, stop: () => void}>}
 */
export async function startDisplay(env = process.env) {
	const nothing = { env: {}, stop: () => undefined };
	const has = (/** @type {string} */ name) => (env[name] ?? "") !== "";
	if (process.platform !== "linux" || has("DISPLAY")) return nothing;
	// The real Electron speaks Wayland; the stand-in's Chromium is asked for X11.
	if (has("WAYLAND_DISPLAY") && env["TRUNKLINE_HOST"] !== "standin") return nothing;
	if (!systemPackages.display.every((one) => isPresent(one, env))) {
		say("there is no display here, and no Xvfb to make one");
		return nothing;
	}
	const size = "1280x800";
	const server = await startXvfb(size);
	if (server === undefined) {
		say("Xvfb did not start");
		return nothing;
	}
	say(
		`there is no display here: the window is on a virtual one (DISPLAY=${server.name}, ${size}), seen by no one.`,
	);
	say("`npm run tour` makes pictures of the app instead; Ctrl+C ends it.");
	return { env: { DISPLAY: server.name }, stop: server.stop };
}

/**
 * A display in memory, on the first free number.
 * @param {string} size For instance "1280x800".
 * @returns {Promise<{name: string, stop: () => void} | undefined>}
 */
export async function startXvfb(size) {
	const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", `${size}x24`, "-nolisten", "tcp"], {
		stdio: ["ignore", "ignore", "ignore", "pipe"],
	});
	const number = await new Promise((resolve) => {
		server.once("error", () => resolve(undefined));
		server.once("exit", () => resolve(undefined));
		server.stdio[3]?.once("data", (/** @type {Buffer} */ data) => resolve(data.toString().trim()));
	});
	if (typeof number !== "string" || !/^\d+$/.test(number)) return undefined;
	return { name: `:${number}`, stop: () => void server.kill() };
}

/**
 * `command` on a session bus: the one that is there, or one of its own where dbus is installed.
 * @param {readonly string[]} command
 */
export function withBus(command, env = process.env) {
	if (process.platform !== "linux" || (env["DBUS_SESSION_BUS_ADDRESS"] ?? "") !== "") return command;
	const folder = env["XDG_RUNTIME_DIR"];
	if (folder !== undefined && existsSync(`${folder}/bus`)) return command;
	if (!systemPackages.bus.every((one) => isPresent(one, env))) {
		say("there is no session bus: no notifications, no tray, no keychain in this run");
		return command;
	}
	say("there is no session bus: the app gets one of its own for this run");
	return ["dbus-run-session", "--", ...command];
}
