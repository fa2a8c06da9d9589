import path from "node:path";
import type { Protocol } from "../../node_modules/playwright-core/types/protocol.d.ts";
import { app } from "./app.ts";
import { contextMenuParameters } from "./context-menu.ts";
import { Frames, originOf } from "./frames.ts";
import { GuardedEmitter, makeEvent } from "./guard.ts";
import { notice, running } from "./host.ts";
import { handleKey } from "./menu-keys.ts";
import { nativeTheme } from "./native-theme.ts";
import { PageLink } from "./page-link.ts";
import type { PageMessage } from "./page/isolated-world.ts";
import { fromWeb, toWeb } from "./protocol.ts";
import { interceptRequests } from "./requests.ts";
import { defaultSession } from "./session.ts";
import { webContentsEvents } from "./surface.ts";
import type { NewPage } from "./targets.ts";
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

/** What `setWindowOpenHandler` takes. */
export type OpenHandler = (details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse;

/** The pages that are open. */
export const pages = new Map<number, ContentsPage>();
let lastId = 0;

/** A page as Chromium has it: its events, its navigations, its messages. */
export abstract class ContentsPage extends GuardedEmitter {
	readonly id = ++lastId;
	readonly session = defaultSession;
	readonly frames = new Frames();
	readonly owner: ContentsOwner;
	readonly zoom = new Zoom(() => this.page);
	page: { session: string; targetId: string } | null = null;
	link: PageLink | null = null;
	protected openHandler: OpenHandler | null = null;
	protected destroyed = false;
	protected crashed = false;
	protected loading = false;
	protected firstLoadDone = false;
	protected title = "";
	protected readonly ownNavigations = new Set<string>();
	protected leaving = false;
	/** Set while the app itself closes the page: nothing is asked any more. */
	closing = false;
	protected pendingOpens: string[] = [];
	protected menuChosen: ((item: number | null) => void) | null = null;

	constructor(owner: ContentsOwner) {
		super("webContents", webContentsEvents);
		this.owner = owner;
		pages.set(this.id, this);
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

	protected processInfo(): Record<string, unknown> {
		return {
			platform: process.platform,
			arch: process.arch,
			type: "renderer",
			sandboxed: true,
			contextIsolated: true,
			isMainFrame: true,
			versions: {
				node: process.versions.node,
				electron: process.versions["electron"],
				chrome: process.versions["chrome"],
			},
			env: {},
			argv: [process.execPath, ...(this.owner.options.webPreferences?.additionalArguments ?? [])],
			resourcesPath: (process as { resourcesPath?: string }).resourcesPath ?? "",
		};
	}

	protected listen(session: string): void {
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
				if (this.listenerCount("console-message") > 0)
					this.emit("console-message", consoleEvent(call, this));
			},
			session,
		);
	}

	protected titleIs(title: string): void {
		if (title === this.title) return;
		this.title = title;
		const event = makeEvent({});
		this.emit("page-title-updated", event, title, true);
		this.owner.emit("page-title-updated", event, title, true);
		if (event.defaultPrevented) this.owner.titleKept();
		else this.owner.titleChanged(title);
	}

	/** The title at the moment of loading; the page tells of later ones itself. */
	protected async readTitle(session: string): Promise<void> {
		const answer = await running()
			.cdp.send("Runtime.evaluate", { expression: "document.title", returnByValue: true }, session)
			.catch(() => null);
		const title: unknown = answer?.result.value;
		if (typeof title === "string" && title !== "") this.titleIs(title);
	}

	protected isPlaceholder(): boolean {
		const url = this.frames.main?.url ?? "";
		return url === "" || url.startsWith("data:text/html,<title>standin-");
	}

	protected askOpen(details: {
		url: string;
		frameName: string;
		features: string;
		disposition: string;
	}): void {
		this.pendingOpens.push(details.url);
		setTimeout(() => this.pendingOpens.shift(), 1000).unref();
		const response = this.openHandler?.({
			...details,
			referrer: { url: this.getURL(), policy: "strict-origin-when-cross-origin" },
		} as Electron.HandlerDetails) ?? { action: "allow" };
		if (response.action === "allow")
			notice(`not in stand-in: windows opened by a page (${details.url}); denied`);
	}

	protected mayNavigate(frameId: string, url: string, isRedirect: boolean): boolean {
		const allowed = this.askNavigation(frameId, url, isRedirect);
		if (allowed && this.frames.isMain(frameId))
			defaultSession.announceOrigin(this as unknown as Electron.WebContents, originOf(toWeb(url)));
		return allowed;
	}

	protected askNavigation(frameId: string, url: string, isRedirect: boolean): boolean {
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

	protected onPageMessage(message: PageMessage): void {
		switch (message.kind) {
			case "key":
				handleKey(message.key, this as unknown as Electron.WebContents);
				break;
			case "context-menu":
				this.emit(
					"context-menu",
					makeEvent({}),
					contextMenuParameters(message.menu, this.frames.main),
				);
				break;
			case "external": {
				const main = this.frames.main;
				// The app decides; without a veto Electron asks the permission handler and hands it to the desktop.
				if (main !== null && this.mayNavigate(main.frameToken, message.url, false))
					defaultSession.askPermission(
						this as unknown as Electron.WebContents,
						"openExternal",
						message.url,
					);
				break;
			}
			case "title":
				this.titleIs(message.title);
				break;
			case "preload-error":
				this.emit(
					"preload-error",
					makeEvent({}),
					this.owner.options.webPreferences?.preload ?? "",
					new Error(message.text),
				);
				break;
			case "menu-choice":
				this.menuChosen?.(message.item);
				break;
			case "invoke":
			case "send":
				break;
		}
	}

	protected ipcEvent(frameId: string): Electron.IpcMainInvokeEvent {
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

	getURL(): string {
		const url = this.frames.main?.url ?? "";
		return url.startsWith("data:text/html,<title>standin-") ? "" : url;
	}

	protected need(): { session: string; targetId: string } {
		if (this.page === null || this.destroyed) throw new TypeError("Object has been destroyed");
		return this.page;
	}

	setBackground(color: string): void {
		const page = this.page;
		const rgba = parseColor(color);
		if (page !== null && rgba !== null)
			running().cdp.tell("Emulation.setDefaultBackgroundColorOverride", { color: rgba }, page.session);
	}

	/** The target is gone. */
	markDestroyed(): void {
		if (this.destroyed) return;
		this.destroyed = true;
		pages.delete(this.id);
		this.zoom.forget();
		this.emit("destroyed");
	}
}

function consoleEvent(call: Protocol.Runtime.consoleAPICalledPayload, contents: ContentsPage): object {
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
