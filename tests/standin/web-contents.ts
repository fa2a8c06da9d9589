import path from "node:path";
import type { Protocol } from "../../node_modules/playwright-core/types/protocol.d.ts";
import { app } from "./app.ts";
import type { ClipboardPage } from "./clipboard.ts";
import { Frames, originOf } from "./frames.ts";
import { guard, GuardedEmitter, makeEvent, NotInStandIn } from "./guard.ts";
import { host, notice, running } from "./host.ts";
import { handleKey } from "./menu-keys.ts";
import { nativeTheme } from "./native-theme.ts";
import { contextMenuParameters } from "./context-menu.ts";
import { PageLink } from "./page-link.ts";
import type { DrawnEntry } from "./page/drawn-menu.ts";
import type { PageMessage } from "./page/isolated-world.ts";
import { fromWeb, toWeb } from "./protocol.ts";
import { interceptRequests } from "./requests.ts";
import { defaultSession } from "./session.ts";
import { type Implements, type Surface, webContentsEvents } from "./surface.ts";
import { setStrayHandler, type NewPage } from "./targets.ts";
import { Zoom } from "./zoom.ts";

/** What a page needs from its window. */
export interface ContentsOwner {
	readonly options: Electron.BrowserWindowConstructorOptions;
	/** Settles when the page exists. */
	readonly opened: Promise<void>;
	isFocused(): boolean;
	focus(): void;
	emit(event: string, ...values: unknown[]): boolean;
	/** The person (not the app) asked to close: emits `close`; true when the app prevented it. */
	closeAsked(): boolean;
	close(): void;
	destroy(): void;
	titleChanged(title: string): void;
	/** The app prevented the page's title: the window's own stays. */
	titleKept(): void;
	readyToShow(): void;
}

type OpenHandler = (details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse;

const all = new Map<number, StandInWebContents>();
let lastId = 0;

export class StandInWebContents extends GuardedEmitter implements Implements<"WebContents"> {
	readonly id = ++lastId;
	readonly session = defaultSession;
	readonly frames = new Frames();
	readonly owner: ContentsOwner;
	readonly zoom = new Zoom(() => this.page);
	page: { session: string; targetId: string } | null = null;
	link: PageLink | null = null;
	private openHandler: OpenHandler | null = null;
	private destroyed = false;
	private crashed = false;
	private loading = false;
	private firstLoadDone = false;
	private title = "";
	private muted = false;
	private readonly ownNavigations = new Set<string>();
	private leaving = false;
	/** Set while the app itself closes the page: nothing is asked any more. */
	closing = false;
	private pendingOpens: string[] = [];
	private menuChosen: ((item: number | null) => void) | null = null;

	constructor(owner: ContentsOwner) {
		super("webContents", webContentsEvents);
		this.owner = owner;
		all.set(this.id, this);
	}

	/** Called once with the paused target of this page. */
	async adopt(page: NewPage): Promise<void> {
		const { cdp } = running();
		const { session } = page;
		this.page = { session, targetId: page.targetId };
		const preload = this.owner.options.webPreferences?.preload;
		if (preload !== undefined && !path.isAbsolute(preload))
			notice(`preload script must have absolute path: ${preload}`);
		this.link = new PageLink(session, {
			ipcEvent: (frameId) => this.ipcEvent(frameId),
			onPageMessage: (message) => {
				this.onPageMessage(message);
			},
		});
		this.listen(session);
		await Promise.all([
			cdp.send("Page.enable", {}, session),
			cdp.send("Inspector.enable", {}, session),
			cdp.send("Page.setLifecycleEventsEnabled", { enabled: true }, session),
			interceptRequests(session, {
				mayNavigate: (frameId, url, isRedirect) => this.mayNavigate(frameId, url, isRedirect),
			}),
			this.link.install(preload ?? null, this.processInfo()),
			nativeTheme.applyTo(session),
		]);
		const background = this.owner.options.backgroundColor;
		if (background !== undefined) this.setBackground(background);
	}

	private processInfo(): Record<string, unknown> {
		return {
			platform: process.platform,
			arch: process.arch,
			type: "renderer",
			sandboxed: true,
			contextIsolated: true,
			isMainFrame: true,
			versions: { node: process.versions.node, electron: process.versions["electron"], chrome: process.versions["chrome"] },
			env: {},
			argv: [process.execPath, ...(this.owner.options.webPreferences?.additionalArguments ?? [])],
			resourcesPath: (process as { resourcesPath?: string }).resourcesPath ?? "",
		};
	}

	private listen(session: string): void {
		const { cdp } = running();
		cdp.on(
			"Page.frameNavigated",
			({ frame }) => {
				const parent = frame.parentId ?? null;
				this.frames.navigated(frame.id, parent, frame.url, frame.name ?? "");
				if (frame.url.startsWith("data:text/html,<title>standin-")) return;
				const url = fromWeb(frame.url);
				if (parent === null) {
					this.crashed = false;
					this.zoom.reapply();
					this.emit("did-navigate", makeEvent({}), url, 200, "OK");
				}
				this.emit("did-frame-navigate", makeEvent({}), url, 200, "OK", parent === null, 1, 1);
			},
			session,
		);
		cdp.on(
			"Page.navigatedWithinDocument",
			({ frameId, url }) => {
				const isMain = this.frames.isMain(frameId);
				this.frames.navigated(frameId, isMain ? null : "", url, "");
				this.emit("did-navigate-in-page", makeEvent({}), fromWeb(url), isMain, 1, 1);
			},
			session,
		);
		cdp.on(
			"Page.frameDetached",
			({ frameId, reason }) => {
				if (reason === "remove") this.frames.detached(frameId);
			},
			session,
		);
		cdp.on(
			"Page.frameStartedLoading",
			({ frameId }) => {
				if (!this.frames.isMain(frameId)) return;
				this.loading = true;
				this.emit("did-start-loading");
			},
			session,
		);
		cdp.on(
			"Page.frameStoppedLoading",
			({ frameId }) => {
				if (!this.frames.isMain(frameId)) return;
				this.loading = false;
				this.leaving = false;
				this.emit("did-stop-loading");
			},
			session,
		);
		cdp.on(
			"Page.domContentEventFired",
			() => {
				if (!this.isPlaceholder()) this.emit("dom-ready", makeEvent({}));
			},
			session,
		);
		cdp.on(
			"Page.loadEventFired",
			() => {
				if (this.isPlaceholder()) return;
				// Lets Chromium ask before it closes this page; see page/window-manners.ts.
				const main = this.frames.main;
				if (main !== null) this.link?.evaluate(main.frameToken, "0", true);
				void this.readTitle(session).then(() => {
					this.emit("did-frame-finish-load", makeEvent({}), true, 1, 1);
					this.emit("did-finish-load");
					if (!this.firstLoadDone) this.owner.readyToShow();
					this.firstLoadDone = true;
				});
			},
			session,
		);
		cdp.on(
			"Page.javascriptDialogOpening",
			({ type }) => {
				if (type !== "beforeunload") return;
				const accept = this.closing || this.leaving || !this.owner.closeAsked();
				cdp.tell("Page.handleJavaScriptDialog", { accept }, session);
			},
			session,
		);
		cdp.on(
			"Page.windowOpen",
			({ url, windowName, windowFeatures }) => {
				this.askOpen({
					url: fromWeb(url),
					frameName: windowName,
					features: windowFeatures.join(","),
					disposition: windowFeatures.length > 0 ? "new-window" : "foreground-tab",
				});
			},
			session,
		);
		cdp.on(
			"Page.frameRequestedNavigation",
			({ url, disposition }) => {
				if (disposition === "currentTab") this.leaving = true;
				else if (disposition !== "download" && this.pendingOpens.at(-1) !== url)
					this.askOpen({
						url: fromWeb(url),
						frameName: "",
						features: "",
						disposition: disposition === "newWindow" ? "new-window" : "foreground-tab",
					});
			},
			session,
		);
		cdp.on(
			"Inspector.targetCrashed",
			() => {
				this.crashed = true;
				this.emit("render-process-gone", makeEvent({}), { reason: "crashed", exitCode: 5 });
				app.emit("render-process-gone", makeEvent({}), this, { reason: "crashed", exitCode: 5 });
			},
			session,
		);
		cdp.on(
			"Runtime.consoleAPICalled",
			(call) => {
				if (this.listenerCount("console-message") > 0) this.emit("console-message", consoleEvent(call, this));
			},
			session,
		);
	}

	private titleIs(title: string): void {
		if (title === this.title) return;
		this.title = title;
		const event = makeEvent({});
		this.emit("page-title-updated", event, title, true);
		this.owner.emit("page-title-updated", event, title, true);
		if (event.defaultPrevented) this.owner.titleKept();
		else this.owner.titleChanged(title);
	}

	/** The title at the moment of loading; the page tells of later ones itself. */
	private async readTitle(session: string): Promise<void> {
		const answer = await running()
			.cdp.send("Runtime.evaluate", { expression: "document.title", returnByValue: true }, session)
			.catch(() => null);
		const title: unknown = answer?.result.value;
		if (typeof title === "string" && title !== "") this.titleIs(title);
	}

	private isPlaceholder(): boolean {
		const url = this.frames.main?.url ?? "";
		return url === "" || url.startsWith("data:text/html,<title>standin-");
	}

	private askOpen(details: { url: string; frameName: string; features: string; disposition: string }): void {
		this.pendingOpens.push(details.url);
		setTimeout(() => this.pendingOpens.shift(), 1000).unref();
		const response = this.openHandler?.({
			...details,
			referrer: { url: this.getURL(), policy: "strict-origin-when-cross-origin" },
		} as Electron.HandlerDetails) ?? { action: "allow" };
		if (response.action === "allow") notice(`not in stand-in: windows opened by a page (${details.url}); denied`);
	}

	private mayNavigate(frameId: string, url: string, isRedirect: boolean): boolean {
		const allowed = this.askNavigation(frameId, url, isRedirect);
		if (allowed && this.frames.isMain(frameId))
			defaultSession.announceOrigin(this as unknown as Electron.WebContents, originOf(toWeb(url)));
		return allowed;
	}

	private askNavigation(frameId: string, url: string, isRedirect: boolean): boolean {
		if (this.ownNavigations.has(url) || this.frames.main === null) return true;
		const isMain = this.frames.isMain(frameId);
		const frame = this.frames.get(frameId);
		const details = { url, isSameDocument: false, isMainFrame: isMain, frame, initiator: frame };
		const event = makeEvent(details);
		if (isRedirect) {
			this.emit("will-redirect", event, url, false, isMain, 1, 1);
			return !event.defaultPrevented;
		}
		this.emit("will-frame-navigate", event);
		if (isMain && !event.defaultPrevented) {
			const mainEvent = makeEvent(details);
			this.emit("will-navigate", mainEvent, url, false, true, 1, 1);
			if (mainEvent.defaultPrevented) return false;
		}
		if (event.defaultPrevented) return false;
		this.emit("did-start-navigation", makeEvent(details), url, false, isMain, 1, 1);
		return true;
	}

	private onPageMessage(message: PageMessage): void {
		switch (message.kind) {
			case "key":
				handleKey(message.key, this as unknown as Electron.WebContents);
				break;
			case "context-menu":
				this.emit("context-menu", makeEvent({}), contextMenuParameters(message.menu, this.frames.main));
				break;
			case "external": {
				const main = this.frames.main;
				// The app decides; without a veto Electron asks the permission handler and hands it to the desktop.
				if (main !== null && this.mayNavigate(main.frameToken, message.url, false))
					defaultSession.askPermission(this as unknown as Electron.WebContents, "openExternal", message.url);
				break;
			}
			case "title":
				this.titleIs(message.title);
				break;
			case "preload-error":
				this.emit("preload-error", makeEvent({}), this.owner.options.webPreferences?.preload ?? "", new Error(message.text));
				break;
			case "menu-choice":
				this.menuChosen?.(message.item);
				break;
			case "invoke":
			case "send":
				break;
		}
	}

	private ipcEvent(frameId: string): Electron.IpcMainInvokeEvent {
		const frame = this.frames.get(frameId);
		return makeEvent({
			type: "frame",
			sender: this,
			senderFrame: frame,
			frameId: frame?.routingId ?? 0,
			processId: 1,
			ports: [],
			reply: (channel: string, ...values: unknown[]) => this.link?.send(frameId, channel, values),
		}) as unknown as Electron.IpcMainInvokeEvent;
	}

	async loadURL(url: string): Promise<void> {
		await this.owner.opened;
		const { session } = this.need();
		this.ownNavigations.add(url);
		this.leaving = true;
		this.emit("did-start-navigation", makeEvent({ url, isSameDocument: false, isMainFrame: true }), url, false, true, 1, 1);
		const done = new Promise<void>((resolve) => this.once("did-finish-load", resolve));
		const { errorText } = await running().cdp.send("Page.navigate", { url: toWeb(url) }, session);
		this.ownNavigations.delete(url);
		if (errorText !== undefined && errorText !== "") {
			const code = errorCodes[errorText.replace("net::", "")] ?? -2;
			// Chromium now loads a page about the error; the next navigation must not meet it half way.
			if (code !== errorCodes["ERR_ABORTED"]) await this.stoppedLoading();
			this.emit("did-fail-load", makeEvent({}), code, errorText, url, true, 1, 1);
			throw Object.assign(new Error(`${errorText.replace("net::", "")} (${String(code)}) loading '${url}'`), {
				code: errorText.replace("net::", ""),
				errno: code,
				url,
			});
		}
		await done;
	}

	private stoppedLoading(): Promise<void> {
		return new Promise((resolve) => {
			const limit = setTimeout(resolve, 1000);
			this.once("did-stop-loading", () => {
				clearTimeout(limit);
				resolve();
			});
		});
	}

	private need(): { session: string; targetId: string } {
		if (this.page === null || this.destroyed) throw new TypeError("Object has been destroyed");
		return this.page;
	}

	getURL(): string {
		const url = this.frames.main?.url ?? "";
		return url.startsWith("data:text/html,<title>standin-") ? "" : url;
	}

	getTitle(): string {
		return this.title;
	}

	get mainFrame(): Electron.WebFrameMain {
		const main = this.frames.main;
		if (main === null) throw new NotInStandIn("webContents.mainFrame before the first document");
		return main;
	}

	send(channel: string, ...values: unknown[]): void {
		const main = this.frames.main;
		if (main !== null) this.link?.send(main.frameToken, channel, values);
	}

	reload(): void {
		const { session } = this.need();
		this.leaving = true;
		this.ownNavigations.add(this.getURL());
		running().cdp.tell("Page.reload", {}, session);
		this.once("did-finish-load", () => this.ownNavigations.delete(this.getURL()));
	}

	reloadIgnoringCache(): void {
		this.reload();
	}

	stop(): void {
		running().cdp.tell("Page.stopLoading", {}, this.need().session);
	}

	close(options?: Electron.CloseOpts): void {
		if (options?.waitForBeforeUnload === true) this.owner.close();
		else this.owner.destroy();
	}

	setWindowOpenHandler(handler: OpenHandler): void {
		this.openHandler = handler;
	}

	isDestroyed(): boolean {
		return this.destroyed;
	}

	isCrashed(): boolean {
		return this.crashed;
	}

	isLoading(): boolean {
		return this.loading;
	}

	isLoadingMainFrame(): boolean {
		return this.loading;
	}

	isFocused(): boolean {
		return this.owner.isFocused();
	}

	focus(): void {
		this.owner.focus();
	}

	isDevToolsOpened(): boolean {
		return false;
	}

	toggleDevTools(): void {
		notice("no developer tools here: connect a debugger to the port that --remote-debugging-port=0 prints");
	}

	getProcessId(): number {
		return 1;
	}

	getOSProcessId(): number {
		return host.chromium?.process.pid ?? 0;
	}

	getType(): "window" {
		return "window";
	}

	getUserAgent(): string {
		return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${process.versions.chrome} Electron/${process.versions.electron} Safari/537.36`;
	}

	get zoomLevel(): number {
		return this.zoom.level;
	}

	set zoomLevel(level: number) {
		this.zoom.setLevel(level);
	}

	get zoomFactor(): number {
		return this.zoom.factor;
	}

	set zoomFactor(factor: number) {
		this.setZoomFactor(factor);
	}

	getZoomLevel(): number {
		return this.zoom.level;
	}

	setZoomLevel(level: number): void {
		this.zoom.setLevel(level);
	}

	getZoomFactor(): number {
		return this.zoom.factor;
	}

	setZoomFactor(factor: number): void {
		if (factor <= 0) throw new Error("'zoomFactor' must be a double greater than 0.0");
		this.zoom.setLevel(Math.log(factor) / Math.log(1.2));
	}

	setVisualZoomLevelLimits(): Promise<void> {
		return Promise.resolve();
	}

	get audioMuted(): boolean {
		return this.muted;
	}

	set audioMuted(muted: boolean) {
		this.muted = muted;
	}

	setAudioMuted(muted: boolean): void {
		this.muted = muted;
	}

	isAudioMuted(): boolean {
		return this.muted;
	}

	setBackgroundThrottling(): void {
		// Chromium's own throttling of hidden windows stays as it is.
	}

	setBackground(color: string): void {
		const page = this.page;
		const rgba = parseColor(color);
		if (page !== null && rgba !== null)
			running().cdp.tell("Emulation.setDefaultBackgroundColorOverride", { color: rgba }, page.session);
	}

	private edit(command: string): void {
		const page = this.page;
		if (page === null) return;
		// An editing command of the engine, without the key press that would carry it.
		running().cdp.tell("Input.dispatchKeyEvent", { type: "rawKeyDown", commands: [command], key: "Unidentified" }, page.session);
	}

	undo(): void {
		this.edit("undo");
	}

	redo(): void {
		this.edit("redo");
	}

	cut(): void {
		this.edit("cut");
	}

	copy(): void {
		this.edit("copy");
	}

	delete(): void {
		this.edit("delete");
	}

	selectAll(): void {
		this.edit("selectAll");
	}

	unselect(): void {
		this.edit("unselect");
	}

	paste(): void {
		this.edit("paste");
	}

	pasteAndMatchStyle(): void {
		this.edit("pasteAndMatchStyle");
	}

	async insertText(text: string): Promise<void> {
		await running().cdp.send("Input.insertText", { text }, this.need().session);
	}

	replace(text: string): void {
		void this.insertText(text);
	}

	replaceMisspelling(text: string): void {
		const main = this.frames.main;
		if (main === null) return;
		// Electron replaces the marked word at the caret; without a dictionary the word itself is taken.
		this.link?.evaluate(main.frameToken, selectWordAtCaret, true);
		void this.insertText(text);
	}

	/** Draws a menu over the page; `chosen` hears the command id, or null when it was dismissed. */
	drawMenu(entries: readonly DrawnEntry[], at: { x: number; y: number } | null, chosen: (item: number | null) => void): void {
		this.menuChosen = (item) => {
			this.menuChosen = null;
			chosen(item);
		};
		const main = this.frames.main;
		const list = JSON.stringify({ entries, at });
		if (main !== null) this.link?.evaluate(main.frameToken, `__standInDrawMenu(${list})`);
	}

	/** The isolated world of this page, for the clipboard. */
	clipboardPage(): ClipboardPage | null {
		const main = this.frames.main;
		const context = main === null ? null : (this.link?.contextOf(main.frameToken) ?? null);
		if (this.page === null || main === null || context === null) return null;
		return { session: this.page.session, context, origin: originOf(toWeb(main.url)) };
	}

	/** The target is gone. */
	markDestroyed(): void {
		if (this.destroyed) return;
		this.destroyed = true;
		all.delete(this.id);
		this.zoom.forget();
		this.emit("destroyed");
	}
}

const selectWordAtCaret = `(() => {
	const field = document.activeElement;
	if (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) {
		let start = field.selectionStart ?? 0;
		let end = field.selectionEnd ?? start;
		const word = /[\\p{L}\\p{N}'’]/u;
		while (start > 0 && word.test(field.value[start - 1])) start--;
		while (end < field.value.length && word.test(field.value[end])) end++;
		field.setSelectionRange(start, end);
	} else {
		const selection = getSelection();
		selection?.modify("move", "backward", "word");
		selection?.modify("extend", "forward", "word");
	}
})()`;

const errorCodes: Record<string, number> = {
	ERR_ABORTED: -3,
	ERR_FAILED: -2,
	ERR_NAME_NOT_RESOLVED: -105,
	ERR_CONNECTION_REFUSED: -102,
	ERR_ADDRESS_UNREACHABLE: -109,
	ERR_BLOCKED_BY_CLIENT: -20,
};

function consoleEvent(call: Protocol.Runtime.consoleAPICalledPayload, contents: StandInWebContents): object {
	const levels: Record<string, string> = { error: "error", warning: "warning", debug: "debug" };
	const first = call.stackTrace?.callFrames[0];
	return makeEvent({
		message: call.args.map((value) => String(value.value ?? value.description ?? value.type)).join(" "),
		level: levels[call.type] ?? "info",
		lineNumber: (first?.lineNumber ?? 0) + 1,
		sourceId: fromWeb(first?.url ?? ""),
		frame: contents.frames.main,
	});
}

function parseColor(color: string): { r: number; g: number; b: number; a: number } | null {
	const match = /^#([0-9a-f]{2})?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
	if (match === null) return null;
	const part = (text: string | undefined): number => Number.parseInt(text ?? "ff", 16);
	return { r: part(match[2]), g: part(match[3]), b: part(match[4]), a: part(match[1]) / 255 };
}

/** The `webContents` module: there is no constructor, only ways to find a page. */
export const webContents = guard<Surface["webContents"]>(
	{
		getAllWebContents: () => [...all.values()] as unknown as Electron.WebContents[],
		getFocusedWebContents: () =>
			([...all.values()].find((each) => each.isFocused()) ?? null) as unknown as Electron.WebContents | null,
		fromId: (id) => all.get(id) as unknown as Electron.WebContents | undefined,
		fromFrame: (frame) =>
			[...all.values()].find((each) => each.frames.get(frame.frameToken) === frame) as unknown as
				| Electron.WebContents
				| undefined,
		fromDevToolsTargetId: (targetId) =>
			[...all.values()].find((each) => each.page?.targetId === targetId) as unknown as Electron.WebContents | undefined,
	},
	"webContents",
);

// A page that no window asked for was opened by a page, a key or a middle click: there is none in Electron
// without the app's consent, so it goes before it could load anything.
setStrayHandler(({ targetId }) => {
	running().cdp.tell("Target.closeTarget", { targetId });
});
