import { app } from "./app.ts";
import { guard, GuardedEmitter, makeEvent } from "./guard.ts";
import { notice, running } from "./host.ts";
import { setClipboardPage } from "./clipboard.ts";
import { displayWorkArea } from "./screen.ts";
import { type Implements, type Surface, windowEvents } from "./surface.ts";
import { claimPage, whenGone } from "./targets.ts";
import { StandInWebContents } from "./web-contents.ts";
import { findWindow, watchActiveWindow, watchGeometry, watchWindowState, xdotool, type WindowState } from "./x11.ts";

const windows = new Map<number, StandInWindow>();
let lastId = 0;
let activeXid = "0";
let watchingActive = false;

function watchActive(): void {
	if (watchingActive) return;
	watchingActive = true;
	watchActiveWindow((xid) => {
		activeXid = xid;
		for (const window of windows.values()) if (window.xid !== xid) window.focusChanged(false);
		for (const window of windows.values()) if (window.xid === xid) window.focusChanged(window.isVisible());
	});
}

/*
 *  opening --page attached, X window known--> open --close() or the person, not prevented--> closed
 *                                              |  ^
 *                                        hide()|  |show()      (withdrawn and mapped again in X)
 *                                              v  |
 *                                             hidden
 */
export class StandInWindow extends GuardedEmitter implements Implements<"BrowserWindow"> {
	readonly id = ++lastId;
	readonly options: Electron.BrowserWindowConstructorOptions;
	readonly contents: StandInWebContents;
	readonly webContents: Electron.WebContents;
	readonly opened: Promise<void>;
	xid: string | null = null;
	private shown: boolean;
	private gone = false;
	private bounds: Electron.Rectangle;
	private normalBounds: Electron.Rectangle;
	private state: WindowState = { minimized: false, maximized: false, fullScreen: false };
	private title: string;
	private explicitTitle = false;
	private focused = false;
	/** While the window manager and this code disagree about the place, what X tells is not believed. */
	private placing = false;
	private settle: NodeJS.Timeout | undefined;
	private menuBarVisible = true;
	private readonly stops: (() => void)[] = [];
	/** X operations run one after the other, in the order the app asked. */
	private turn: Promise<unknown>;
	autoHideMenuBar = false;
	minimizable = true;
	maximizable = true;
	resizable = true;
	closable = true;
	movable = true;
	skipTaskbar = false;
	accessibleTitle = "";

	constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
		if (!app.stage.ready) throw new Error("Cannot create BrowserWindow before app is ready");
		super("BrowserWindow", windowEvents);
		this.options = options;
		const area = displayWorkArea();
		const width = options.width ?? 800;
		const height = options.height ?? 600;
		this.bounds = {
			x: options.x ?? area.x + Math.max(0, Math.round((area.width - width) / 2)),
			y: options.y ?? area.y + Math.max(0, Math.round((area.height - height) / 2)),
			width,
			height,
		};
		this.normalBounds = this.bounds;
		this.shown = options.show !== false;
		this.title = options.title ?? app.name;
		this.autoHideMenuBar = options.autoHideMenuBar ?? false;
		this.contents = new StandInWebContents(this);
		this.webContents = this.contents as unknown as Electron.WebContents;
		windows.set(this.id, this);
		watchActive();
		this.opened = this.open();
		this.turn = this.opened;
		this.opened.catch((error: unknown) => {
			notice(`a window could not be opened: ${String(error)}`);
		});
		app.emit("web-contents-created", makeEvent({}), this.contents);
		setImmediate(() => app.emit("browser-window-created", makeEvent({}), this));
	}

	private async open(): Promise<void> {
		const { openAppWindow } = running();
		const mark = `standin-${String(process.pid)}-${String(this.id)}`;
		const color = this.options.backgroundColor ?? "#fff";
		const placeholder = `data:text/html,<title>${mark}</title><body style="background:${color.replace("#", "%23")}">`;
		const claimed = claimPage((info) => info.url.includes(`<title>${mark}</title>`));
		openAppWindow(placeholder);
		const page = await claimed;
		whenGone(page.targetId, () => {
			this.closed();
		});
		const adopted = this.contents.adopt(page);
		page.resume();
		await adopted;
		await this.applyBounds(this.bounds);
		this.xid = await findWindow(mark);
		if (this.xid !== null) {
			if (!this.shown) await xdotool("windowunmap", this.xid);
			this.stops.push(
				watchWindowState(this.xid, (state) => {
					this.stateChanged(state);
				}),
				watchGeometry(this.xid, () => {
					this.geometryChanged();
				}),
			);
			if (activeXid === this.xid && this.shown) this.focusChanged(true);
		}
		if (this.shown) this.emit("show");
	}

	private inTurn(work: () => Promise<unknown>): void {
		this.turn = this.turn.then(() => (this.gone ? undefined : work())).catch(() => undefined);
	}

	private async applyBounds(bounds: Partial<Electron.Rectangle>): Promise<void> {
		const page = this.contents.page;
		if (page === null) return;
		const { cdp } = running();
		const { windowId } = await cdp.send("Browser.getWindowForTarget", { targetId: page.targetId });
		const { x, y, ...size } = bounds;
		await cdp.send("Browser.setWindowBounds", {
			windowId,
			bounds: { ...(x === undefined ? {} : { left: x }), ...(y === undefined ? {} : { top: y }), ...size },
		});
	}

	private setState(windowState: "normal" | "minimized" | "maximized" | "fullscreen"): void {
		this.inTurn(async () => {
			const page = this.contents.page;
			if (page === null) return;
			const { windowId } = await running().cdp.send("Browser.getWindowForTarget", { targetId: page.targetId });
			if (windowState !== "normal")
				await running().cdp.send("Browser.setWindowBounds", { windowId, bounds: { windowState: "normal" } });
			await running().cdp.send("Browser.setWindowBounds", { windowId, bounds: { windowState } });
		});
	}

	private stateChanged(next: WindowState): void {
		const last = this.state;
		if (!this.shown && !last.minimized) {
			this.state = { ...next, minimized: false };
			return;
		}
		this.state = next;
		if (next.minimized !== last.minimized) this.emit(next.minimized ? "minimize" : "restore");
		if (next.maximized !== last.maximized) this.emit(next.maximized ? "maximize" : "unmaximize");
		if (next.fullScreen !== last.fullScreen) this.emit(next.fullScreen ? "enter-full-screen" : "leave-full-screen");
	}

	private geometryChanged(): void {
		this.readGeometry();
		// Chromium may not have heard of the change yet when X tells of it.
		clearTimeout(this.settle);
		this.settle = setTimeout(() => {
			this.readGeometry();
		}, 150);
		this.settle.unref();
	}

	private readGeometry(): void {
		const page = this.contents.page;
		if (page === null) return;
		void running()
			.cdp.send("Browser.getWindowForTarget", { targetId: page.targetId })
			.then(({ bounds }) => {
				if (this.placing || !this.shown || this.state.minimized) return;
				const last = this.bounds;
				this.bounds = {
					x: bounds.left ?? last.x,
					y: bounds.top ?? last.y,
					width: bounds.width ?? last.width,
					height: bounds.height ?? last.height,
				};
				if (bounds.windowState === "normal") this.normalBounds = this.bounds;
				const { x, y, width, height } = this.bounds;
				if (width !== last.width || height !== last.height) {
					this.contents.zoom.resized();
					this.emit("resize");
					this.emit("resized");
				}
				if (x !== last.x || y !== last.y) {
					this.emit("move");
					this.emit("moved");
				}
			})
			.catch(() => undefined);
	}

	focusChanged(focused: boolean): void {
		if (this.focused === focused) return;
		this.focused = focused;
		this.emit(focused ? "focus" : "blur");
		this.contents.emit(focused ? "focus" : "blur");
		app.emit(focused ? "browser-window-focus" : "browser-window-blur", makeEvent({}), this);
	}

	/** The person asked to close (title bar, window manager). */
	closeAsked(): boolean {
		const event = makeEvent({});
		this.emit("close", event);
		return event.defaultPrevented;
	}

	readyToShow(): void {
		this.emit("ready-to-show");
	}

	titleChanged(title: string): void {
		this.title = title;
		this.explicitTitle = false;
	}

	titleKept(): void {
		this.setTitle(this.title);
	}

	private closed(): void {
		if (this.gone) return;
		this.gone = true;
		windows.delete(this.id);
		for (const stop of this.stops) stop();
		if (this.focused) this.focusChanged(false);
		this.contents.markDestroyed();
		this.emit("closed");
		if (windows.size === 0) app.allWindowsClosed();
	}

	private need(): void {
		if (this.gone) throw new TypeError("Object has been destroyed");
	}

	loadURL(url: string): Promise<void> {
		this.need();
		return this.contents.loadURL(url);
	}

	reload(): void {
		this.contents.reload();
	}

	show(): void {
		this.need();
		const wasShown = this.shown;
		this.shown = true;
		this.inTurn(async () => {
			if (this.xid === null) return;
			if (!wasShown) await this.map(this.xid);
			await this.activate();
			if (activeXid === this.xid) this.focusChanged(this.shown);
		});
		if (!wasShown) setImmediate(() => this.emit("show"));
	}

	/** Puts a withdrawn window back where it was; the window manager would place it as a new one. */
	private async map(xid: string): Promise<void> {
		const { bounds, state } = this;
		this.placing = true;
		await xdotool("windowmap", xid);
		if (!state.maximized && !state.fullScreen) await this.applyBounds(bounds).catch(() => undefined);
		this.placing = false;
		this.geometryChanged();
	}

	showInactive(): void {
		this.need();
		const wasShown = this.shown;
		this.shown = true;
		this.inTurn(async () => {
			if (this.xid !== null && !wasShown) await this.map(this.xid);
		});
		if (!wasShown) setImmediate(() => this.emit("show"));
	}

	hide(): void {
		this.need();
		if (!this.shown) return;
		this.shown = false;
		const wasMinimized = this.state.minimized;
		this.inTurn(async () => {
			if (this.xid === null) return;
			// An iconic window is unmapped already; it must come back before it can be withdrawn.
			if (wasMinimized) await xdotool("windowmap", this.xid);
			await xdotool("windowunmap", this.xid);
		});
		setImmediate(() => {
			this.emit("hide");
			this.focusChanged(false);
		});
	}

	private async activate(): Promise<void> {
		if (this.xid === null) return;
		if ((await xdotool("windowactivate", this.xid)) === null) await xdotool("windowfocus", this.xid);
		await xdotool("windowraise", this.xid);
	}

	focus(): void {
		this.need();
		if (!this.shown) return;
		this.inTurn(() => this.activate());
	}

	focusOnWebView(): void {
		this.focus();
	}

	blur(): void {
		this.need();
		this.inTurn(async () => {
			const other = [...windows.values()].find((each) => each !== this && each.isVisible() && each.xid !== null);
			if (other?.xid != null) await xdotool("windowactivate", other.xid);
			else if (this.xid !== null) await xdotool("windowlower", this.xid, "windowfocus", "1");
		});
	}

	minimize(): void {
		this.need();
		this.setState("minimized");
	}

	maximize(): void {
		this.need();
		if (!this.shown) this.show();
		this.setState("maximized");
	}

	unmaximize(): void {
		this.need();
		if (this.state.maximized) this.setState("normal");
	}

	restore(): void {
		this.need();
		const wasMinimized = this.state.minimized;
		if (!this.shown) this.show();
		this.inTurn(async () => {
			if (wasMinimized) await this.activate();
		});
		if (!wasMinimized) this.setState("normal");
	}

	setFullScreen(full: boolean): void {
		this.need();
		this.setState(full ? "fullscreen" : "normal");
	}

	isFullScreen(): boolean {
		return this.state.fullScreen;
	}

	isMinimized(): boolean {
		return this.state.minimized;
	}

	isMaximized(): boolean {
		return this.state.maximized;
	}

	isNormal(): boolean {
		return !this.state.minimized && !this.state.maximized && !this.state.fullScreen;
	}

	isVisible(): boolean {
		this.need();
		return this.shown;
	}

	isFocused(): boolean {
		return !this.gone && this.shown && this.focused;
	}

	isDestroyed(): boolean {
		return this.gone;
	}

	isEnabled(): boolean {
		return true;
	}

	isModal(): boolean {
		return false;
	}

	getBounds(): Electron.Rectangle {
		this.need();
		return { ...this.bounds };
	}

	getNormalBounds(): Electron.Rectangle {
		this.need();
		return { ...this.normalBounds };
	}

	getContentBounds(): Electron.Rectangle {
		return this.getBounds();
	}

	getSize(): number[] {
		return [this.bounds.width, this.bounds.height];
	}

	getContentSize(): number[] {
		return this.getSize();
	}

	getPosition(): number[] {
		return [this.bounds.x, this.bounds.y];
	}

	setBounds(bounds: Partial<Electron.Rectangle>): void {
		this.need();
		const minimum = this.getMinimumSize();
		const next = { ...this.bounds, ...bounds };
		next.width = Math.max(next.width, minimum[0] ?? 0);
		next.height = Math.max(next.height, minimum[1] ?? 0);
		const resized = next.width !== this.bounds.width || next.height !== this.bounds.height;
		const moved = next.x !== this.bounds.x || next.y !== this.bounds.y;
		this.bounds = next;
		if (this.isNormal()) this.normalBounds = next;
		this.inTurn(() => this.applyBounds(next));
		if (resized) setImmediate(() => this.emit("resize"));
		if (moved) setImmediate(() => this.emit("move"));
	}

	setContentBounds(bounds: Electron.Rectangle): void {
		this.setBounds(bounds);
	}

	setSize(width: number, height: number): void {
		this.setBounds({ width, height });
	}

	setContentSize(width: number, height: number): void {
		this.setSize(width, height);
	}

	setPosition(x: number, y: number): void {
		this.setBounds({ x, y });
	}

	center(): void {
		const area = displayWorkArea();
		const { width, height } = this.bounds;
		this.setPosition(Math.round(area.x + (area.width - width) / 2), Math.round(area.y + (area.height - height) / 2));
	}

	setMinimumSize(width: number, height: number): void {
		this.options.minWidth = width;
		this.options.minHeight = height;
	}

	getMinimumSize(): number[] {
		return [this.options.minWidth ?? 0, this.options.minHeight ?? 0];
	}

	moveTop(): void {
		this.inTurn(async () => {
			if (this.xid !== null) await xdotool("windowraise", this.xid);
		});
	}

	setTitle(title: string): void {
		this.need();
		this.title = title;
		this.explicitTitle = true;
		this.inTurn(async () => {
			if (this.xid !== null && this.explicitTitle) await xdotool("set_window", "--name", title, this.xid);
		});
	}

	getTitle(): string {
		return this.title;
	}

	flashFrame(flash: boolean): void {
		this.need();
		this.inTurn(async () => {
			if (this.xid !== null) await xdotool("set_window", "--urgency", flash ? "1" : "0", this.xid);
		});
	}

	setMenuBarVisibility(visible: boolean): void {
		this.menuBarVisible = visible;
	}

	isMenuBarVisible(): boolean {
		return this.menuBarVisible && !this.autoHideMenuBar;
	}

	setAutoHideMenuBar(hide: boolean): void {
		this.autoHideMenuBar = hide;
	}

	isMenuBarAutoHide(): boolean {
		return this.autoHideMenuBar;
	}

	setMenu(): void {
		// A window's own menu replaces the application menu's bar; no bar is drawn here.
	}

	removeMenu(): void {
		this.menuBarVisible = false;
	}

	setBackgroundColor(color: string): void {
		this.options.backgroundColor = color;
		this.contents.setBackground(color);
	}

	getBackgroundColor(): string {
		return this.options.backgroundColor ?? "#FFFFFF";
	}

	setIcon(): void {
		// Chromium's window keeps the page's icon.
	}

	setProgressBar(): void {
		// Only the Unity launcher shows it on Linux.
	}

	setOverlayIcon(): void {
		// Windows only; real Electron ignores it elsewhere.
	}

	setSkipTaskbar(skip: boolean): void {
		this.skipTaskbar = skip;
	}

	getMediaSourceId(): string {
		return `window:${this.xid ?? "0"}:0`;
	}

	getNativeWindowHandle(): Buffer {
		const handle = Buffer.alloc(4);
		handle.writeUInt32LE(Number(this.xid ?? 0));
		return handle;
	}

	close(): void {
		if (this.gone) return;
		if (this.closeAsked()) app.windowCloseCancelled();
		else this.destroyPage();
	}

	destroy(): void {
		if (!this.gone) this.destroyPage();
	}

	private destroyPage(): void {
		this.contents.closing = true;
		this.opened
			.catch(() => undefined)
			.then(async () => {
				const page = this.contents.page;
				if (page !== null) await running().cdp.send("Target.closeTarget", { targetId: page.targetId });
			})
			.catch(() => {
				this.closed();
			});
	}

	static getAllWindows(): Electron.BrowserWindow[] {
		return [...windows.values()] as unknown as Electron.BrowserWindow[];
	}

	static getFocusedWindow(): Electron.BrowserWindow | null {
		return ([...windows.values()].find((each) => each.isFocused()) ?? null) as unknown as Electron.BrowserWindow | null;
	}

	static fromId(id: number): Electron.BrowserWindow | null {
		return (windows.get(id) ?? null) as unknown as Electron.BrowserWindow | null;
	}

	static fromWebContents(contents: Electron.WebContents): Electron.BrowserWindow | null {
		return ([...windows.values()].find((each) => each.webContents === contents) ??
			null) as unknown as Electron.BrowserWindow | null;
	}
}

app.windows.list = {
	count: () => windows.size,
	closeAll: () => {
		for (const window of windows.values()) {
			if (!app.stage.quitting) break;
			window.close();
		}
	},
	destroyAll: () => {
		for (const window of windows.values()) window.destroy();
	},
};

setClipboardPage(() => {
	for (const window of windows.values()) {
		const page = window.contents.clipboardPage();
		if (page !== null) return page;
	}
	return null;
});

export const BrowserWindow = guard(StandInWindow, "BrowserWindow") as unknown as Surface["BrowserWindowStatics"];
