import type { ClipboardPage } from "./clipboard.ts";
import { ContentsPage, pages, type OpenHandler } from "./contents-page.ts";
import { originOf } from "./frames.ts";
import { guard, makeEvent, NotInStandIn } from "./guard.ts";
import { host, notice, running } from "./host.ts";
import type { DrawnEntry } from "./page/drawn-menu.ts";
import { toWeb } from "./protocol.ts";
import type { Implements, Surface } from "./surface.ts";
import { setStrayHandler } from "./targets.ts";

/** `webContents`: what the app can ask of a page. */
export class StandInWebContents extends ContentsPage implements Implements<"WebContents"> {
	private muted = false;

	async loadURL(url: string): Promise<void> {
		await this.owner.opened;
		const { session } = this.need();
		this.ownNavigations.add(url);
		this.leaving = true;
		this.emit(
			"did-start-navigation",
			makeEvent({ url, isSameDocument: false, isMainFrame: true }),
			url,
			false,
			true,
			1,
			1,
		);
		const done = new Promise<void>((resolve) => this.once("did-finish-load", resolve));
		const { errorText } = await running().cdp.send("Page.navigate", { url: toWeb(url) }, session);
		this.ownNavigations.delete(url);
		if (errorText !== undefined && errorText !== "") {
			const code = errorCodes[errorText.replace("net::", "")] ?? -2;
			// Chromium now loads a page about the error; the next navigation must not meet it half way.
			if (code !== errorCodes["ERR_ABORTED"]) await this.stoppedLoading();
			this.emit("did-fail-load", makeEvent({}), code, errorText, url, true, 1, 1);
			throw Object.assign(
				new Error(`${errorText.replace("net::", "")} (${String(code)}) loading '${url}'`),
				{
					code: errorText.replace("net::", ""),
					errno: code,
					url,
				},
			);
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
		notice(
			"no developer tools here: connect a debugger to the port that --remote-debugging-port=0 prints",
		);
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

	private edit(command: string): void {
		const page = this.page;
		if (page === null) return;
		// An editing command of the engine, without the key press that would carry it.
		running().cdp.tell(
			"Input.dispatchKeyEvent",
			{ type: "rawKeyDown", commands: [command], key: "Unidentified" },
			page.session,
		);
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
	drawMenu(
		entries: readonly DrawnEntry[],
		at: { x: number; y: number } | null,
		chosen: (item: number | null) => void,
	): void {
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

/** The `webContents` module: there is no constructor, only ways to find a page. */
export const webContents = guard<Surface["webContents"]>(
	{
		getAllWebContents: () => [...pages.values()] as unknown as Electron.WebContents[],
		getFocusedWebContents: () =>
			([...pages.values()].find((each) => each.owner.isFocused()) ??
				null) as unknown as Electron.WebContents | null,
		fromId: (id) => pages.get(id) as unknown as Electron.WebContents | undefined,
		fromFrame: (frame) =>
			[...pages.values()].find((each) => each.frames.get(frame.frameToken) === frame) as unknown as
				Electron.WebContents | undefined,
		fromDevToolsTargetId: (targetId) =>
			[...pages.values()].find((each) => each.page?.targetId === targetId) as unknown as
				Electron.WebContents | undefined,
	},
	"webContents",
);

// A page that no window asked for was opened by a page, a key or a middle click: there is none in Electron
// without the app's consent, so it goes, and nothing it asks for leaves.
setStrayHandler(({ targetId, session, resume }) => {
	const { cdp } = running();
	cdp.tell("Fetch.enable", { patterns: [{ urlPattern: "*" }] }, session);
	// A page that still waits may hold up the one that opened it, and with it its own end.
	resume();
	cdp.tell("Target.closeTarget", { targetId });
});
