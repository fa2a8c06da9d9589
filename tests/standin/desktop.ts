import { spawn } from "node:child_process";
import { guard, GuardedEmitter } from "./guard.ts";
import { host, notice } from "./host.ts";
import { hasNetwork } from "./online.ts";
import { saveAnswer } from "./save-dialog.ts";
import { powerMonitorEvents, type Implements, type Surface } from "./surface.ts";

/** One call that reaches outside the app, kept for tests that look at the stand-in itself. */
export interface OutsideCall {
	readonly name: string;
	readonly values: readonly unknown[];
}

export const outsideCalls: OutsideCall[] = [];

function record(name: string, ...values: unknown[]): void {
	outsideCalls.push({ name, values });
	notice(`${name}(${values.map((value) => JSON.stringify(value)).join(", ")})`);
}

/** Hands something to the desktop, but only for a person: under a test library it is recorded only. */
function handOver(target: string): void {
	if (host.debuggingAsked) return;
	spawn("xdg-open", [target], { stdio: "ignore", detached: true })
		.on("error", () => {
			notice("xdg-open is not installed");
		})
		.unref();
}

export const shell = guard<Surface["shell"]>(
	{
		openExternal(url) {
			record("shell.openExternal", url);
			handOver(url);
			return Promise.resolve();
		},
		openPath(target) {
			record("shell.openPath", target);
			handOver(target);
			return Promise.resolve("");
		},
		showItemInFolder(target) {
			record("shell.showItemInFolder", target);
		},
		beep() {
			record("shell.beep");
		},
		trashItem(target) {
			record("shell.trashItem", target);
			return Promise.resolve();
		},
	},
	"shell",
);

/**
 * Dialogs have no face here: they answer as if dismissed. A spec replaces the method to answer otherwise, which also
 * works on Electron; for a person, STANDIN_SAVE_DIALOG names the file, or the folder for the file, to be saved.
 */
export const dialog = guard<Surface["dialog"]>(
	{
		showMessageBox(...values: unknown[]) {
			const options = values.at(-1) as Electron.MessageBoxOptions;
			record("dialog.showMessageBox", options);
			return Promise.resolve({
				response: options.cancelId ?? options.defaultId ?? 0,
				checkboxChecked: false,
			});
		},
		showMessageBoxSync(...values: unknown[]) {
			const options = values.at(-1) as Electron.MessageBoxSyncOptions;
			record("dialog.showMessageBoxSync", options);
			return options.cancelId ?? options.defaultId ?? 0;
		},
		showOpenDialog(...values: unknown[]) {
			record("dialog.showOpenDialog", values.at(-1));
			return Promise.resolve({ canceled: true, filePaths: [] });
		},
		showSaveDialog(...values: unknown[]) {
			const options = values.at(-1) as Electron.SaveDialogOptions;
			record("dialog.showSaveDialog", options);
			const answer = saveAnswer(process.env["STANDIN_SAVE_DIALOG"], options);
			if (answer.canceled)
				notice("no dialogs here: STANDIN_SAVE_DIALOG names a file or folder to save to");
			return Promise.resolve(answer);
		},
		showErrorBox(title, content) {
			record("dialog.showErrorBox", title, content);
		},
	},
	"dialog",
);

/** `powerMonitor`: the machine does not sleep here; a spec emits the events itself. */
class StandInPowerMonitor extends GuardedEmitter implements Implements<"powerMonitor"> {
	readonly onBatteryPower = false;

	constructor() {
		super("powerMonitor", powerMonitorEvents);
	}

	getSystemIdleTime(): number {
		return 0;
	}

	getSystemIdleState(): "active" {
		return "active";
	}

	isOnBatteryPower(): boolean {
		return false;
	}

	getCurrentThermalState(): "unknown" {
		return "unknown";
	}
}

export const powerMonitor = new StandInPowerMonitor();

let blockers = 0;
const activeBlockers = new Set<number>();

export const powerSaveBlocker = guard<Surface["powerSaveBlocker"]>(
	{
		start() {
			activeBlockers.add(++blockers);
			return blockers;
		},
		stop: (id) => activeBlockers.delete(id),
		isStarted: (id) => activeBlockers.has(id),
	},
	"powerSaveBlocker",
);

export const net = guard<Surface["net"]>(
	{
		isOnline: hasNetwork,
		get online() {
			return hasNetwork();
		},
	},
	"net",
);
