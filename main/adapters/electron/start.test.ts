import type { App } from "electron/main";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { Logger } from "../../core/ports/runtime.ts";
import { folders, useProfile } from "./folders.ts";
import { appUserModelId, beforeReady, onSecondInstance, type HandedOver } from "./instance.ts";
import { parseSwitches } from "./switches.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const none = { userDataDir: null, practice: false, hidden: false, provision: null };

test.each([
	[[], none],
	[["/opt/Trunkline/trunkline", "--no-sandbox", "--inspect=0", "."], none],
	[["x", "--practice", "--hidden"], { ...none, practice: true, hidden: true }],
	[
		["x", "--user-data-dir=/p/q", "--provision=/a.json"],
		{ ...none, userDataDir: "/p/q", provision: "/a.json" },
	],
	[
		["x", "--user-data-dir=profile", "--provision=../a.json"],
		{ ...none, userDataDir: "/desk/dir/profile", provision: "/desk/a.json" },
	],
	[["x", "--user-data-dir=/a", "--user-data-dir=/b"], { ...none, userDataDir: "/b" }],
	[["x", "--provision=/a=b.json"], { ...none, provision: "/a=b.json" }],
	[["x", "--user-data-dir=", "--provision=", "--provision=a\0b", "--provision"], none],
	[["x", "--practice=no", "--Practice", "-practice", "practice", "--hidden=1"], none],
	[["x", "--", "--practice", "--provision=/a.json"], none],
] as const)("%j", (commandLine, expected) => {
	if (process.platform !== "win32") expect(parseSwitches(commandLine, "/desk/dir")).toEqual(expected);
});

class RecordingApp {
	readonly calls: unknown[][] = [];
	first = true;
	readonly paths: Record<string, string> = {
		userData: "/home/a/.config/Trunkline",
		logs: "/home/a/.config/Trunkline/logs",
		home: "/home/a",
	};
	enableSandbox(): void {
		this.calls.push(["enableSandbox"]);
	}
	setPath(name: string, path: string): void {
		this.paths[name] = path;
		this.calls.push(["setPath", name]);
	}
	getPath(name: string): string {
		return this.paths[name] ?? "";
	}
	setAppUserModelId(id: string): void {
		this.calls.push(["setAppUserModelId", id]);
	}
	requestSingleInstanceLock(data: unknown): boolean {
		this.calls.push(["lock", data]);
		return this.first;
	}
}

test("before ready: profile, then sandbox and scheme, then the lock, which hands the switches over", () => {
	const folder = mkdtempSync(join(tmpdir(), "start-"));
	const app = new RecordingApp();
	app.first = false;
	const result = beforeReady({
		app,
		protocol: {
			registerSchemesAsPrivileged: (schemes) =>
				app.calls.push(["schemes", schemes.map((one) => one.scheme)]),
		},
		platform: "win32",
		commandLine: ["x", "--user-data-dir=profile", "--practice", "--provision=a.json"],
		workingFolder: folder,
	});
	const profile = resolve(folder, "profile");
	expect(app.calls).toEqual([
		["setPath", "userData"],
		["setPath", "sessionData"],
		["setPath", "logs"],
		["enableSandbox"],
		["schemes", ["app"]],
		["setAppUserModelId", appUserModelId],
		["lock", { practice: true, hidden: false, provision: resolve(folder, "a.json") }],
	]);
	expect([app.paths["userData"], app.paths["sessionData"], app.paths["logs"]]).toEqual([
		profile,
		profile,
		join(profile, "logs"),
	]);
	expect(result).toMatchObject({ first: false, switches: { userDataDir: profile } });
	if (process.platform !== "win32") expect(statSync(profile).mode & 0o777).toBe(0o700);
	rmSync(folder, { recursive: true });
});

test("without the switch Electron's own profile is left alone", () => {
	const app = new RecordingApp();
	beforeReady({
		app,
		protocol: { registerSchemesAsPrivileged: () => undefined },
		platform: "linux",
		commandLine: ["x"],
		workingFolder: "/",
	});
	expect(app.calls.map(([name]) => name)).toEqual(["enableSandbox", "lock"]);
});

test("a second start: what it hands over, or else its command line; rubbish is neither", () => {
	const app = new EventEmitter();
	const starts: HandedOver[] = [];
	onSecondInstance(app as unknown as App, silent, (start) => starts.push(start));
	const commandLine = ["x", "--original-process-start-time=1", "--provision=b.json"];
	app.emit("second-instance", {}, commandLine, "/cwd", { practice: true, hidden: false, provision: null });
	app.emit("second-instance", {}, commandLine, "/cwd", undefined);
	app.emit("second-instance", {}, commandLine, "/cwd", {
		practice: "yes",
		hidden: false,
		provision: "/etc/x",
	});
	app.emit("second-instance", {}, [], "/cwd", { practice: true, hidden: false, provision: null, more: 1 });
	expect(starts).toEqual([
		{ practice: true, hidden: false, provision: null },
		{ practice: false, hidden: false, provision: resolve("/cwd", "b.json") },
		{ practice: false, hidden: false, provision: resolve("/cwd", "b.json") },
		{ practice: false, hidden: false, provision: null },
	]);
});

test("folders: from Electron, and a local one that does not roam", () => {
	const app = new RecordingApp() as unknown as App;
	const local = (platform: NodeJS.Platform, environment: Record<string, string>): string =>
		folders(app, platform, environment).local;
	expect(folders(app, "linux", {})).toEqual({
		profile: "/home/a/.config/Trunkline",
		logs: "/home/a/.config/Trunkline/logs",
		local: join("/home/a", ".local", "state", "trunkline"),
		messages: join("/home/a", ".local", "state", "trunkline", "messages"),
	});
	expect(local("linux", { XDG_STATE_HOME: "/s" })).toBe(join("/s", "trunkline"));
	expect(local("win32", { LOCALAPPDATA: "/l" })).toBe(join("/l", "Trunkline"));
	expect(local("win32", { LOCALAPPDATA: "" })).toBe(join("/home/a", "AppData", "Local", "Trunkline"));
	expect(local("darwin", {})).toBe(join("/home/a", "Library", "Caches", "Trunkline"));
});

test("folders: messages do not roam, are not where the system clears up, and go with a chosen profile", () => {
	const app = new RecordingApp() as unknown as App;
	const messages = (platform: NodeJS.Platform, chosen: boolean): string =>
		folders(app, platform, { LOCALAPPDATA: "/l", XDG_STATE_HOME: "/s" }, chosen).messages;
	expect(messages("linux", false)).toBe(join("/s", "trunkline", "messages"));
	expect(messages("win32", false)).toBe(join("/l", "Trunkline", "messages"));
	expect(messages("darwin", false)).toBe(join("/home/a/.config/Trunkline", "messages"));
	expect(messages("linux", true)).toBe(join("/home/a/.config/Trunkline", "messages"));
});

test("a profile folder that cannot be made stops the start with the system's words", () => {
	expect(() =>
		useProfile(new RecordingApp() as unknown as App, join(import.meta.filename, "profile")),
	).toThrow("ENOTDIR");
});
