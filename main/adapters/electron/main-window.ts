import type {
	BrowserWindow,
	BrowserWindowConstructorOptions,
	NativeTheme,
	Rectangle,
	RenderProcessGoneDetails,
	Screen,
	WebContents,
	WebPreferences,
} from "electron/main";
import type { Payload } from "../../../shared/ipc/contract.ts";
import type { Clock, Logger } from "../../core/ports/runtime.ts";
import type { WindowView } from "../../core/ports/system.ts";
import { appStartUrl } from "./app-protocol.ts";
import { backgroundNow } from "./theme.ts";
import { placement, smallestWindow, type WindowState, type WindowStateStore } from "./window-state.ts";

/**
 * The page's rights: none beyond the bridge. What is not named here keeps Electron's safe default (no Node
 * integration, web security on, no webviews), and is never named.
 */
export function pagePreferences(preload: string, packaged: boolean): Readonly<WebPreferences> {
	return Object.freeze({
		preload,
		contextIsolation: true,
		sandbox: true,
		spellcheck: true,
		devTools: !packaged,
	});
}

export interface MainWindowOptions {
	readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
	readonly screen: Pick<Screen, "getAllDisplays" | "getPrimaryDisplay">;
	readonly nativeTheme: Pick<NativeTheme, "on" | "shouldUseDarkColors">;
	readonly platform: NodeJS.Platform;
	readonly packaged: boolean;
	/** `dist/preload/index.cjs`. */
	readonly preload: string;
	/** Linux and Windows: the picture in task bars; null leaves the program's own. */
	readonly icon: string | null;
	readonly title: string;
	readonly state: WindowStateStore;
	readonly clock: Clock;
	readonly logger: Logger;
	/** The setting "close to tray". */
	readonly closeToTray: () => boolean;
	readonly trayAvailable: () => boolean;
	/** Called for each window that is made (menus, spelling), before it loads. */
	readonly prepare: (window: BrowserWindow) => void;
	/** Sends the page an event; dropped when there is no page. */
	readonly sendNavigation: (target: Payload<"navigate">) => void;
	/** Windows: the session ends, nothing else will be said. */
	readonly onSessionEnd: () => void;
}

export interface MainWindow extends WindowView {
	/** Makes the window and loads the page. `hidden`: it stays in the tray, or minimised where there is none. */
	open(options: { readonly hidden: boolean }): Promise<void>;
	/** The window's page while there is one; for the IPC server. */
	page(): WebContents | null;
	window(): BrowserWindow | null;
	/** As the window's own button: to the tray, or minimised. */
	close(): void;
	/** From now on closing closes. */
	allowClose(): void;
	/** Writes down where the window is; quitting waits for it, because the write on closing may come too late. */
	savePlace(): Promise<void>;
	/** The tray came or went: a window that only the tray could bring back is made reachable. */
	trayChanged(available: boolean): void;
}

/** Bounds are saved when the window has been left alone for this long. */
const saveAfterMs = 500;
/** A page that keeps crashing is reloaded at once this often in a minute, then once in 30 s. */
const quickReloads = 3;
const slowReloadMs = 30_000;

/** The one window, and the only place that makes any. */
export function createMainWindow(options: MainWindowOptions): MainWindow {
	const { platform, clock, logger, state } = options;
	const focusListeners = new Set<(focused: boolean) => void>();
	let window: BrowserWindow | null = null;
	let opening: Promise<void> | null = null;
	let title = options.title;
	let closing = false;
	/** The page listens from `did-finish-load` on; what it was asked before waits here, the last one only. */
	let loaded = false;
	let waitingTarget: Payload<"navigate"> | null = null;
	let cancelSave: (() => void) | undefined;
	let crashes: number[] = [];

	const alive = (): BrowserWindow | null => (window === null || window.isDestroyed() ? null : window);

	async function open({ hidden }: { readonly hidden: boolean }): Promise<void> {
		opening ??= make(hidden).finally(() => {
			opening = null;
		});
		await opening;
	}

	async function make(hidden: boolean): Promise<void> {
		const stored = await state.load();
		const made = new options.BrowserWindow({
			...placement(stored, workAreas()),
			minWidth: smallestWindow.width,
			minHeight: smallestWindow.height,
			title,
			show: false,
			backgroundColor: backgroundNow(options.nativeTheme),
			// Alt shows it. Its entries and keys work either way.
			autoHideMenuBar: true,
			...(options.icon === null ? {} : { icon: options.icon }),
			webPreferences: pagePreferences(options.preload, options.packaged),
		});
		window = made;
		loaded = false;
		watch(made);
		made.once("ready-to-show", () => {
			if (stored?.maximized === true && !hidden) made.maximize();
			if (!hidden) made.show();
			else if (!options.trayAvailable()) minimizeFromHidden(made);
		});
		options.prepare(made);
		try {
			await made.loadURL(appStartUrl);
		} catch (error) {
			logger.error("window.pageNotLoaded", {
				reason: error instanceof Error ? error.message : "unknown",
			});
		}
	}

	function workAreas(): readonly Rectangle[] {
		const primary = options.screen.getPrimaryDisplay();
		return [primary, ...options.screen.getAllDisplays().filter((one) => one.id !== primary.id)].map(
			(one) => one.workArea,
		);
	}

	function watch(made: BrowserWindow): void {
		const focusChanged = (): void => {
			const focused = isFocused();
			for (const listener of [...focusListeners]) listener(focused);
		};
		for (const name of ["focus", "blur", "show", "hide", "minimize", "restore"] as const)
			made.on(name as "focus", focusChanged);
		for (const name of ["resize", "move", "maximize", "unmaximize"] as const)
			made.on(name as "resize", saveSoon);
		made.on("close", (event) => {
			saveNow();
			if (closing) return;
			event.preventDefault();
			putAway(made);
		});
		made.on("closed", () => {
			cancelSave?.();
			if (window === made) window = null;
			for (const listener of [...focusListeners]) listener(false);
		});
		// The title is ours (unread total), not the page's.
		made.on("page-title-updated", (event) => event.preventDefault());
		if (platform === "win32") made.on("session-end", () => options.onSessionEnd());

		const contents = made.webContents;
		contents.on("did-start-loading", () => {
			loaded = false;
		});
		contents.on("did-finish-load", () => {
			loaded = true;
			const target = waitingTarget;
			waitingTarget = null;
			if (target !== null) options.sendNavigation(target);
		});
		contents.on("render-process-gone", (_event, details) => pageGone(made, details));
		contents.on("preload-error", (_event, _path, error) =>
			logger.error("window.preloadFailed", { reason: error.message }),
		);
		made.on("unresponsive", () => logger.warn("window.unresponsive"));
		made.on("responsive", () => logger.info("window.responsive"));
	}

	function putAway(made: BrowserWindow): void {
		if (platform === "darwin" || (options.closeToTray() && options.trayAvailable())) made.hide();
		else made.minimize();
	}

	/** Nothing but the task bar can bring the window back: a window that was never shown is not in it. */
	function minimizeFromHidden(made: BrowserWindow): void {
		made.showInactive();
		made.minimize();
	}

	function pageGone(made: BrowserWindow, details: RenderProcessGoneDetails): void {
		logger.error("window.pageGone", { reason: details.reason, exitCode: details.exitCode });
		if (details.reason === "clean-exit" || closing) return;
		const now = clock.monotonic();
		crashes = [...crashes.filter((at) => now - at < 60_000), now];
		const reload = (): void => {
			if (!made.isDestroyed()) made.webContents.reload();
		};
		if (crashes.length <= quickReloads) reload();
		else clock.after(slowReloadMs, reload);
	}

	function saveSoon(): void {
		cancelSave?.();
		cancelSave = clock.after(saveAfterMs, saveNow);
	}

	const saveNow = (): void => void savePlace();

	async function savePlace(): Promise<void> {
		cancelSave?.();
		cancelSave = undefined;
		const made = alive();
		// A minimised window has no place of its own; its last one is saved already.
		if (made === null || made.isMinimized()) return;
		const { x, y, width, height } = made.getNormalBounds();
		const now: WindowState = { x, y, width, height, maximized: made.isMaximized() };
		await state.save(now);
	}

	function isFocused(): boolean {
		const made = alive();
		return made !== null && made.isVisible() && !made.isMinimized() && made.isFocused();
	}

	options.nativeTheme.on("updated", () => alive()?.setBackgroundColor(backgroundNow(options.nativeTheme)));

	return {
		open,
		window: alive,
		page: () => alive()?.webContents ?? null,
		isFocused,
		show() {
			const made = alive();
			if (made === null) {
				// Closed for good on macOS, or not made yet.
				void open({ hidden: false });
				return;
			}
			if (made.isMinimized()) made.restore();
			made.show();
			made.focus();
		},
		setTitle(next) {
			title = next;
			alive()?.setTitle(next);
		},
		navigate(target) {
			if (loaded && alive() !== null) options.sendNavigation(target);
			else waitingTarget = target;
		},
		onFocusChange(listener) {
			focusListeners.add(listener);
			return () => focusListeners.delete(listener);
		},
		close: () => alive()?.close(),
		savePlace,
		allowClose() {
			closing = true;
		},
		trayChanged(available) {
			const made = alive();
			if (available || made === null || made.isVisible() || made.isMinimized() || platform === "darwin")
				return;
			minimizeFromHidden(made);
		},
	};
}
