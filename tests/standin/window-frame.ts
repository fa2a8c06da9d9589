import { app } from "./app.ts";
import { GuardedEmitter, makeEvent } from "./guard.ts";
import { notice, running } from "./host.ts";
import { displayWorkArea } from "./screen.ts";
import { windowEvents } from "./surface.ts";
import { claimPage, whenGone } from "./targets.ts";
import type { ContentsOwner } from "./contents-page.ts";
import { StandInWebContents } from "./web-contents.ts";
import {
	findWindow,
	setWindowName,
	watchActiveWindow,
	watchGeometry,
	watchWindowState,
	xdotool,
	type WindowState,
} from "./x11.ts";

/** The windows that are open, in the order of their making. */
export const windows = new Map<number, WindowFrame>();
let lastId = 0;
let activeXid = "0";
let watchingActive = false;

function watchActive(): void {
	if (watchingActive) return;
	watchingActive = true;
	watchActiveWindow((xid) => {
		activeXid = xid;
		for (const window of windows.values()) if (window.xid !== xid) window.focusChanged(false);
		for (const window of windows.values())
			if (window.xid === xid) window.focusChanged(window.isVisible());
	});
}

/*
 *  opening --page attached, X window known--> open --close() or the person, not prevented--> closed
 *                                              |  ^
 *                                        hide()|  |show()      (withdrawn and mapped again in X)
 *                                              v  |
 *                                             hidden
 */
/** A window as Chromium and the X server have it: its page, place, state and focus. */
export abstract class WindowFrame extends GuardedEmitter implements ContentsOwner {
	readonly id = ++lastId;
	readonly options: Electron.BrowserWindowConstructorOptions;
	readonly contents: StandInWebContents;
	readonly webContents: Electron.WebContents;
	readonly opened: Promise<void>;
	xid: string | null = null;
	protected shown: boolean;
	protected gone = false;
	protected bounds: Electron.Rectangle;
	protected normalBounds: Electron.Rectangle;
	protected state: WindowState = { minimized: false, maximized: false, fullScreen: false };
	protected title: string;
	protected explicitTitle = false;
	/** How often the present title was written again; bounded, because a title might never read back alike. */
	protected nameRepairs = 0;
	protected focused = false;
	/** While the window manager and this code disagree about the place, what X tells is not believed. */
	protected placing = false;
	protected settle: NodeJS.Timeout | undefined;
	protected readonly stops: (() => void)[] = [];
	/** X operations run one after the other, in the order the app asked. */
	protected turn: Promise<unknown>;

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

	protected async open(): Promise<void> {
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
				watchWindowState(
					this.xid,
					(state) => {
						this.stateChanged(state);
					},
					() => {
						this.nameChanged();
					},
				),
				watchGeometry(this.xid, () => {
					this.geometryChanged();
				}),
			);
			if (this.isActive() && this.shown) this.focusChanged(true);
		}
		if (this.shown) this.emit("show");
	}

	protected inTurn(work: () => Promise<unknown>): void {
		this.turn = this.turn.then(() => (this.gone ? undefined : work())).catch(() => undefined);
	}

	protected async applyBounds(bounds: Partial<Electron.Rectangle>): Promise<void> {
		const page = this.contents.page;
		if (page === null) return;
		const { cdp } = running();
		const { windowId } = await cdp.send("Browser.getWindowForTarget", { targetId: page.targetId });
		const { x, y, ...size } = bounds;
		await cdp.send("Browser.setWindowBounds", {
			windowId,
			bounds: {
				...(x === undefined ? {} : { left: x }),
				...(y === undefined ? {} : { top: y }),
				...size,
			},
		});
	}

	protected setState(windowState: "normal" | "minimized" | "maximized" | "fullscreen"): void {
		this.inTurn(async () => {
			const page = this.contents.page;
			if (page === null) return;
			const { windowId } = await running().cdp.send("Browser.getWindowForTarget", {
				targetId: page.targetId,
			});
			if (windowState !== "normal")
				await running().cdp.send("Browser.setWindowBounds", {
					windowId,
					bounds: { windowState: "normal" },
				});
			await running().cdp.send("Browser.setWindowBounds", { windowId, bounds: { windowState } });
		});
	}

	protected stateChanged(next: WindowState): void {
		const last = this.state;
		if (!this.shown && !last.minimized) {
			this.state = { ...next, minimized: false };
			return;
		}
		this.state = next;
		if (next.minimized !== last.minimized) this.emit(next.minimized ? "minimize" : "restore");
		if (next.maximized !== last.maximized) this.emit(next.maximized ? "maximize" : "unmaximize");
		if (next.fullScreen !== last.fullScreen)
			this.emit(next.fullScreen ? "enter-full-screen" : "leave-full-screen");
	}

	/** Chromium writes the page's title when it gets round to it, also over one that the app has set since. */
	protected nameChanged(): void {
		if (!this.explicitTitle) return;
		this.inTurn(async () => {
			if (this.xid === null || !this.explicitTitle) return;
			const shown = await xdotool("getwindowname", this.xid);
			if (shown === null || shown === this.title.trim() || this.nameRepairs >= 5) return;
			this.nameRepairs++;
			await setWindowName(this.xid, this.title);
		});
	}

	protected geometryChanged(): void {
		this.readGeometry();
		// Chromium may not have heard of the change yet when X tells of it.
		clearTimeout(this.settle);
		this.settle = setTimeout(() => {
			this.readGeometry();
		}, 150);
		this.settle.unref();
	}

	protected readGeometry(): void {
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

	abstract isFocused(): boolean;
	abstract isVisible(): boolean;
	abstract focus(): void;
	abstract close(): void;
	abstract destroy(): void;
	abstract setTitle(title: string): void;

	/** Whether the window manager says that this is the active window. */
	protected isActive(): boolean {
		return activeXid === this.xid;
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

	protected closed(): void {
		if (this.gone) return;
		this.gone = true;
		windows.delete(this.id);
		for (const stop of this.stops) stop();
		if (this.focused) this.focusChanged(false);
		this.contents.markDestroyed();
		this.emit("closed");
		if (windows.size === 0) app.allWindowsClosed();
	}

	protected need(): void {
		if (this.gone) throw new TypeError("Object has been destroyed");
	}

	/** Puts a withdrawn window back where it was; the window manager would place it as a new one. */
	protected async map(xid: string): Promise<void> {
		const { bounds, state } = this;
		this.placing = true;
		await xdotool("windowmap", xid);
		if (!state.maximized && !state.fullScreen) await this.applyBounds(bounds).catch(() => undefined);
		this.placing = false;
		this.geometryChanged();
	}

	protected async activate(): Promise<void> {
		if (this.xid === null) return;
		if ((await xdotool("windowactivate", this.xid)) === null) await xdotool("windowfocus", this.xid);
		await xdotool("windowraise", this.xid);
	}
}
