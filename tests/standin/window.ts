import { app } from "./app.ts";
import { setClipboardPage } from "./clipboard.ts";
import { guard } from "./guard.ts";
import { running } from "./host.ts";
import { displayWorkArea } from "./screen.ts";
import type { Implements, Surface } from "./surface.ts";
import { WindowFrame, windows } from "./window-frame.ts";
import { setWindowName, xdotool } from "./x11.ts";

/** `BrowserWindow`: what the app can ask of a window. */
class StandInWindow extends WindowFrame implements Implements<"BrowserWindow"> {
	private menuBarVisible = true;
	autoHideMenuBar: boolean;
	minimizable = true;
	maximizable = true;
	resizable = true;
	closable = true;
	movable = true;
	skipTaskbar = false;
	accessibleTitle = "";

	constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
		super(options);
		this.autoHideMenuBar = options.autoHideMenuBar ?? false;
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
			if (this.isActive()) this.focusChanged(this.shown);
		});
		if (!wasShown) setImmediate(() => this.emit("show"));
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
			const other = [...windows.values()].find(
				(each) => each !== this && each.isVisible() && each.xid !== null,
			);
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
		this.setPosition(
			Math.round(area.x + (area.width - width) / 2),
			Math.round(area.y + (area.height - height) / 2),
		);
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
		this.nameRepairs = 0;
		this.inTurn(async () => {
			if (this.xid !== null && this.explicitTitle) await setWindowName(this.xid, title);
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
				if (page !== null)
					await running().cdp.send("Target.closeTarget", { targetId: page.targetId });
			})
			.catch(() => {
				this.closed();
			});
	}

	static getAllWindows(): Electron.BrowserWindow[] {
		return [...windows.values()] as unknown as Electron.BrowserWindow[];
	}

	static getFocusedWindow(): Electron.BrowserWindow | null {
		return ([...windows.values()].find((each) => each.isFocused()) ??
			null) as unknown as Electron.BrowserWindow | null;
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

export const BrowserWindow = guard(
	StandInWindow,
	"BrowserWindow",
) as unknown as Surface["BrowserWindowStatics"];
