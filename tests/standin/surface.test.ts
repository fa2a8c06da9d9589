import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { scanBundleImports, scanSources } from "./scan-uses.ts";
import * as lists from "./surface.ts";

const repository = path.resolve(import.meta.dirname, "..", "..");
const surface: Readonly<Record<string, readonly string[]>> = lists.surface;

/** How electron.d.ts calls what the app calls otherwise. */
const namesOfInterfaces: Readonly<Record<string, string>> = {
	App: "app",
	Clipboard: "clipboard",
	CommandLine: "app.commandLine",
	Dialog: "dialog",
	IpcMain: "ipcMain",
	IpcRenderer: "ipcRenderer",
	ContextBridge: "contextBridge",
	NativeTheme: "nativeTheme",
	Net: "net",
	PowerMonitor: "powerMonitor",
	PowerSaveBlocker: "powerSaveBlocker",
	Protocol: "protocol",
	Screen: "screen",
	Shell: "shell",
	BaseWindow: "BrowserWindow",
};

const events: Readonly<Record<string, readonly string[]>> = {
	app: lists.appEvents,
	BrowserWindow: lists.windowEvents,
	WebContents: lists.webContentsEvents,
	Session: lists.sessionEvents,
	Menu: lists.menuEvents,
	Tray: lists.trayEvents,
	Notification: lists.notificationEvents,
	nativeTheme: lists.nativeThemeEvents,
	screen: lists.screenEvents,
	powerMonitor: lists.powerMonitorEvents,
};

/** Classes and modules whose members are checked; other interfaces are plain data. */
function known(owner: string): readonly string[] | null {
	const name = namesOfInterfaces[owner] ?? owner;
	const statics = [...(surface[`${name} (static)`] ?? []), ...(surface[moduleOf(name)] ?? [])];
	const own = surface[name];
	return own === undefined ? null : [...own, ...statics];
}

/** `webContents`, `session` and `nativeImage` are the statics of the class of that name. */
function moduleOf(name: string): string {
	return name.charAt(0).toLowerCase() + name.slice(1);
}

function exists(owner: string, member: string): boolean {
	if (owner === "electron")
		return (
			Object.keys(surface).some((name) => name.replace(/[ .].*$/, "") === member) ||
			[...lists.absentModules, ...lists.absentClasses].some((name) => name === member)
		);
	if (member.startsWith("event:")) {
		const list = events[namesOfInterfaces[owner] ?? owner];
		return list === undefined || list.includes(member.slice("event:".length));
	}
	return known(owner)?.includes(member) ?? true;
}

test(
	"everything of Electron that the main process names exists in the stand-in",
	{ timeout: 120_000 },
	() => {
		const uses = scanSources(repository);
		expect(uses.length).toBeGreaterThan(20);
		expect(uses.filter(({ owner }) => known(owner) !== null).length).toBeGreaterThan(20);
		const missing = uses.filter(({ owner, member }) => !exists(owner, member));
		expect(missing.map(({ owner, member, place }) => `${owner}.${member} (${place})`)).toEqual([]);
	},
);

test("every export of Electron that the built bundle imports exists in the stand-in", () => {
	const bundle = path.join(repository, "dist", "main", "index.js");
	// Not built is no failure: the sources were checked above, and the build task runs this again.
	const names = existsSync(bundle) ? scanBundleImports(readFileSync(bundle, "utf8")) : ["app"];
	expect(names.length).toBeGreaterThan(0);
	expect(names.filter((name) => !exists("electron", name))).toEqual([]);
});

test("a use that does not exist here is found", () => {
	expect(exists("electron", "noSuchModule")).toBe(false);
	expect(exists("App", "dock")).toBe(false);
	expect(exists("WebContents", "event:before-input-event")).toBe(false);
	expect(exists("App", "event:second-instance")).toBe(true);
	expect(exists("NotificationConstructorOptions", "title")).toBe(true);
	expect(scanBundleImports(`import { app as app$1, Tray } from "electron/main";`)).toEqual(["app", "Tray"]);
});
