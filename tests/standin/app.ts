import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { guard, GuardedEmitter, makeEvent, NotInStandIn } from "./guard.ts";
import { host, notice } from "./host.ts";
import { AppPaths } from "./paths.ts";
import { SingleInstance } from "./single-instance.ts";
import { appEvents, type Implements } from "./surface.ts";

/** What the app is, read from its package.json by the launcher. */
export interface AppIdentity {
	appPath: string;
	name: string;
	version: string;
	packaged: boolean;
}

/** The windows as `app` needs them for quitting; set by the window module, which imports this one. */
export interface WindowList {
	count(): number;
	closeAll(): void;
	destroyAll(): void;
}

/*
 *            quit()                     all windows closed
 *  running ---------> before-quit --> closing windows ------> will-quit --> quit, process ends
 *     ^                    |prevented        |a close prevented     |prevented
 *     +--------------------+-----------------+----------------------+
 *  exit(code): windows destroyed without asking, then quit; neither before-quit nor will-quit.
 */
class StandInApp extends GuardedEmitter implements Implements<"app"> {
	readonly identity: AppIdentity = {
		appPath: "",
		name: "Electron",
		version: process.versions.electron,
		packaged: false,
	};
	readonly windows: { list: WindowList } = {
		list: { count: () => 0, closeAll: () => undefined, destroyAll: () => undefined },
	};
	readonly paths = new AppPaths(() => this.identity.name, host.switches.get("user-data-dir"));
	readonly stage: { ready: boolean; quitting: boolean; exiting: boolean; over: boolean; exitCode: number } =
		{
			ready: false,
			quitting: false,
			exiting: false,
			over: false,
			exitCode: 0,
		};
	readonly readyGate = Promise.withResolvers<undefined>();
	readonly relaunches: string[][] = [];
	readonly instance = new SingleInstance((second) => {
		const tell = (): void =>
			void this.emit(
				"second-instance",
				makeEvent({}),
				second.argv,
				second.workingDirectory,
				second.additionalData,
			);
		// Electron promises the event after "ready" only: who starts at the same moment is told of later.
		if (this.isReady()) tell();
		else void this.whenReady().then(() => setImmediate(tell));
	});
	private badge = 0;
	private loginItem: Electron.LoginItemSettingsOptions & { openAtLogin?: boolean } = {};
	readonly commandLine = makeCommandLine() as Electron.CommandLine;
	accessibilitySupportEnabled = false;
	applicationMenu: Electron.Menu | null = null;
	userAgentFallback = "";

	constructor() {
		super("app", appEvents);
	}

	get isPackaged(): boolean {
		return this.identity.packaged;
	}

	get name(): string {
		return this.identity.name;
	}

	set name(name: string) {
		this.identity.name = name;
	}

	get badgeCount(): number {
		return this.badge;
	}

	set badgeCount(count: number) {
		this.setBadgeCount(count);
	}

	getName(): string {
		return this.identity.name;
	}

	setName(name: string): void {
		this.identity.name = name;
	}

	getVersion(): string {
		return this.identity.version;
	}

	getAppPath(): string {
		return this.identity.appPath;
	}

	getPath(name: Parameters<Electron.App["getPath"]>[0]): string {
		return this.paths.get(name);
	}

	setPath(name: string, folder: string): void {
		this.paths.set(name, folder);
	}

	setAppLogsPath(folder?: string): void {
		const logs = folder ?? this.paths.get("logs");
		mkdirSync(logs, { recursive: true });
		this.paths.set("logs", logs);
	}

	isReady(): boolean {
		return this.stage.ready;
	}

	whenReady(): Promise<void> {
		return this.readyGate.promise;
	}

	/** Called by the launcher once the entry module has been evaluated and Chromium runs. */
	becomeReady(): void {
		mkdirSync(this.paths.get("userData"), { recursive: true, mode: 0o700 });
		this.stage.ready = true;
		this.readyGate.resolve(undefined);
		this.emit("ready", makeEvent({}), {});
	}

	requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean {
		return this.instance.request(this.paths.get("userData"), {
			argv: process.argv,
			workingDirectory: process.cwd(),
			additionalData: additionalData ?? null,
		});
	}

	hasSingleInstanceLock(): boolean {
		return this.instance.held;
	}

	releaseSingleInstanceLock(): void {
		this.instance.release();
	}

	quit(): void {
		if (this.stage.quitting) return;
		const event = makeEvent({});
		this.emit("before-quit", event);
		if (event.defaultPrevented) return;
		this.stage.quitting = true;
		if (this.windows.list.count() === 0) this.notifyAndShutDown();
		else this.windows.list.closeAll();
	}

	/** A window's `close` was prevented: the quit is off. */
	windowCloseCancelled(): void {
		this.stage.quitting = false;
	}

	/** The last window is gone. */
	allWindowsClosed(): void {
		if (this.stage.exiting) this.shutDown();
		else if (this.stage.quitting) this.notifyAndShutDown();
		else if (this.listenerCount("window-all-closed") > 0) this.emit("window-all-closed");
		else this.quit();
	}

	exit(exitCode = 0): void {
		this.stage.exitCode = exitCode;
		this.stage.quitting = true;
		this.stage.exiting = true;
		if (this.windows.list.count() === 0) this.shutDown();
		else this.windows.list.destroyAll();
	}

	private notifyAndShutDown(): void {
		if (this.stage.over) return;
		const event = makeEvent({});
		this.emit("will-quit", event);
		if (event.defaultPrevented) {
			this.stage.quitting = false;
			return;
		}
		this.shutDown();
	}

	private shutDown(): void {
		if (this.stage.over) return;
		this.stage.over = true;
		this.emit("quit", makeEvent({}), this.stage.exitCode);
		this.instance.release();
		const chromium = host.chromium;
		const end = (): void => {
			for (const list of this.relaunches) startAgain(list);
			process.exit(this.stage.exitCode);
		};
		if (chromium === null) {
			setImmediate(end);
			return;
		}
		// Chromium writes its profile when asked politely; it is not waited for longer than that takes.
		const limit = setTimeout(() => chromium.process.kill("SIGKILL"), 3000);
		chromium.process.removeAllListeners("exit");
		chromium.process.once("exit", () => {
			clearTimeout(limit);
			end();
		});
		chromium.cdp.tell("Browser.close", {});
	}

	relaunch(options: Electron.RelaunchOptions = {}): void {
		this.relaunches.push([
			options.execPath ?? process.execPath,
			...(options.args ?? process.argv.slice(1)),
		]);
	}

	focus(): void {
		this.emit("standin-focus");
	}

	getLocale(): string {
		return this.stage.ready ? (systemLanguages()[0] ?? "en-US") : "";
	}

	getSystemLocale(): string {
		return systemLanguages()[0] ?? "en-US";
	}

	getPreferredSystemLanguages(): string[] {
		return systemLanguages();
	}

	getLocaleCountryCode(): string {
		return new Intl.Locale(this.getSystemLocale()).region ?? "";
	}

	setBadgeCount(count?: number): boolean {
		this.badge = count ?? 0;
		// Only the Unity launcher shows it, and only for an app with a .desktop file.
		return false;
	}

	getBadgeCount(): number {
		return this.badge;
	}

	setLoginItemSettings(settings: Electron.Settings): void {
		this.loginItem = settings;
	}

	getLoginItemSettings(): Electron.LoginItemSettings {
		return { openAtLogin: this.loginItem.openAtLogin ?? false } as Electron.LoginItemSettings;
	}

	setAppUserModelId(): void {
		// Windows only; real Electron takes it everywhere and does nothing.
	}

	setDesktopName(): void {
		// Names the .desktop file; nothing here depends on it.
	}

	isAccessibilitySupportEnabled(): boolean {
		return this.accessibilitySupportEnabled;
	}

	setAccessibilitySupportEnabled(enabled: boolean): void {
		this.accessibilitySupportEnabled = enabled;
	}

	enableSandbox(): void {
		if (this.stage.ready) throw new Error("app.enableSandbox() can only be called before app is ready");
	}

	disableHardwareAcceleration(): void {
		if (this.stage.ready)
			throw new Error("app.disableHardwareAcceleration() can only be called before app is ready");
		host.switches.set("disable-gpu", "");
	}

	setAsDefaultProtocolClient(): boolean {
		return false;
	}

	isDefaultProtocolClient(): boolean {
		return false;
	}

	setAboutPanelOptions(): void {
		// Kept by nobody: the panel itself is not in the stand-in.
	}

	showAboutPanel(): void {
		throw new NotInStandIn("app.showAboutPanel");
	}

	getAppMetrics(): Electron.ProcessMetric[] {
		return [];
	}
}

function makeCommandLine(): object {
	return guard(
		{
			appendSwitch: (name: string, value = "") => void host.switches.set(name, value),
			removeSwitch: (name: string) => void host.switches.delete(name),
			hasSwitch: (name: string) => host.switches.has(name),
			getSwitchValue: (name: string) => host.switches.get(name) ?? "",
			appendArgument: (value: string) => {
				const match = /^--([^=]+)(?:=(.*))?$/s.exec(value);
				if (match?.[1] !== undefined) host.switches.set(match[1], match[2] ?? "");
			},
		},
		"app.commandLine",
	);
}

/** The languages of the environment as BCP 47 tags, best first. */
function systemLanguages(): string[] {
	const forced = host.switches.get("lang");
	const named = [
		...(forced === undefined ? [] : [forced]),
		...(process.env["LANGUAGE"] ?? "").split(":"),
		process.env["LC_ALL"] ?? "",
		process.env["LC_MESSAGES"] ?? "",
		process.env["LANG"] ?? "",
	];
	const tags = named
		.map((name) => name.replace(/[.@].*$/, "").replaceAll("_", "-"))
		.filter((name) => name !== "" && name !== "C" && name !== "POSIX");
	return tags.length === 0 ? ["en-US"] : [...new Set(tags)];
}

function startAgain([command, ...list]: string[]): void {
	if (command === undefined) return;
	notice(`starting again: ${[path.basename(command), ...list].join(" ")}`);
	spawn(command, list, { detached: true, stdio: "ignore" }).unref();
}

export const app = new StandInApp();
