import type {
	BrowserWindow,
	BrowserWindowConstructorOptions,
	NativeTheme,
	Rectangle,
	Screen,
} from "electron/main";
import { EventEmitter } from "node:events";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import { createMainWindow, pagePreferences, type MainWindowOptions } from "./main-window.ts";
import { firstWindow, placement, smallestWindow, windowStateFile, type WindowState } from "./window-state.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

class FakeContents extends EventEmitter {
	reloads = 0;
	reload(): void {
		this.reloads++;
	}
}

class FakeWindow extends EventEmitter {
	static made: FakeWindow[] = [];
	readonly options: BrowserWindowConstructorOptions;
	readonly webContents = new FakeContents();
	state: "hidden" | "shown" | "minimized" = "hidden";
	maximized = false;
	focused = false;
	gone = false;
	title = "";
	background = "";
	bounds: Rectangle = { x: 10, y: 20, width: 900, height: 700 };
	constructor(options: BrowserWindowConstructorOptions) {
		super();
		this.options = options;
		FakeWindow.made.push(this);
	}
	loadURL(url: string): Promise<void> {
		this.title = url;
		return Promise.resolve();
	}
	show(): void {
		this.state = "shown";
		this.focused = true;
	}
	showInactive(): void {
		this.state = "shown";
	}
	focus(): void {
		this.focused = true;
	}
	hide(): void {
		this.state = "hidden";
		this.focused = false;
	}
	minimize(): void {
		if (this.state === "hidden")
			throw new Error("a window that was never shown cannot be minimised into a task bar");
		this.state = "minimized";
		this.focused = false;
	}
	restore(): void {
		this.state = "shown";
	}
	maximize(): void {
		this.maximized = true;
		this.state = "shown";
	}
	isMaximized(): boolean {
		return this.maximized;
	}
	isMinimized(): boolean {
		return this.state === "minimized";
	}
	isVisible(): boolean {
		return this.state === "shown";
	}
	isFocused(): boolean {
		return this.focused;
	}
	isDestroyed(): boolean {
		return this.gone;
	}
	getNormalBounds(): Rectangle {
		return this.bounds;
	}
	setTitle(title: string): void {
		this.title = title;
	}
	setBackgroundColor(color: string): void {
		this.background = color;
	}
	close(): void {
		const event = { prevented: false, preventDefault: () => (event.prevented = true) };
		this.emit("close", event);
		if (event.prevented) return;
		this.gone = true;
		this.emit("closed");
	}
}

let clock: VirtualClock;
let saved: WindowState[];
let navigated: unknown[];
beforeEach(() => {
	clock = new VirtualClock();
	FakeWindow.made = [];
	saved = [];
	navigated = [];
});

const display = (id: number, workArea: Rectangle) => ({ id, workArea });
const screenOf = (...areas: Rectangle[]): Pick<Screen, "getAllDisplays" | "getPrimaryDisplay"> =>
	({
		getAllDisplays: () => areas.map((area, id) => display(id, area)),
		getPrimaryDisplay: () => display(0, areas[0] ?? desk),
	}) as unknown as Screen;
const desk: Rectangle = { x: 0, y: 0, width: 1920, height: 1040 };

function mainWindow(more: Partial<MainWindowOptions> = {}, stored: WindowState | null = null) {
	const theme = Object.assign(new EventEmitter(), { shouldUseDarkColors: false });
	const prepared: unknown[] = [];
	const view = createMainWindow({
		BrowserWindow: FakeWindow as unknown as new (
			options: BrowserWindowConstructorOptions,
		) => BrowserWindow,
		screen: screenOf(desk),
		nativeTheme: theme as unknown as NativeTheme,
		platform: "linux",
		packaged: true,
		preload: "/dist/preload/index.cjs",
		icon: null,
		title: "Trunkline",
		state: {
			load: () => Promise.resolve(stored),
			save: (state) => Promise.resolve(void saved.push(state)),
		},
		clock,
		logger: silent,
		closeToTray: () => true,
		trayAvailable: () => true,
		prepare: (window) => prepared.push(window),
		sendNavigation: (target) => navigated.push(target),
		onSessionEnd: () => navigated.push("session-end"),
		...more,
	});
	return { view, theme, prepared };
}
const only = (): FakeWindow => {
	const [window] = FakeWindow.made;
	if (window === undefined || FakeWindow.made.length > 1) throw new Error("not one window");
	return window;
};

test("the page's rights are exactly these, frozen", async () => {
	const preferences = pagePreferences("/p.cjs", true);
	expect(preferences).toEqual({
		preload: "/p.cjs",
		contextIsolation: true,
		sandbox: true,
		spellcheck: true,
		devTools: false,
	});
	expect(Object.isFrozen(preferences)).toBe(true);
	expect(pagePreferences("/p.cjs", false).devTools).toBe(true);
	const { view } = mainWindow();
	await view.open({ hidden: false });
	expect(only().options.webPreferences).toEqual(pagePreferences("/dist/preload/index.cjs", true));
});

test("opens unseen, loads our page, and shows when it has something to show", async () => {
	const { view, prepared } = mainWindow();
	await Promise.all([view.open({ hidden: false }), view.open({ hidden: false })]);
	const window = only();
	expect(window.options).toMatchObject({
		show: false,
		minWidth: 320,
		minHeight: 400,
		backgroundColor: "#f1f4f8",
		title: "Trunkline",
	});
	expect([window.title, window.state, prepared.length]).toEqual(["app://ui/index.html", "hidden", 1]);
	window.emit("ready-to-show");
	expect(window.state).toBe("shown");
});

test("--hidden stays in the tray; without a tray it is minimised, never out of reach", async () => {
	for (const [trayAvailable, expected] of [
		[true, "hidden"],
		[false, "minimized"],
	] as const) {
		FakeWindow.made = [];
		const { view } = mainWindow(
			{ trayAvailable: () => trayAvailable },
			{ x: 0, y: 0, width: 800, height: 600, maximized: true },
		);
		await view.open({ hidden: true });
		only().emit("ready-to-show");
		expect(only().state).toBe(expected);
	}
});

test.each([
	["linux", true, true, "hidden"],
	["linux", true, false, "minimized"],
	["linux", false, true, "minimized"],
	["win32", true, true, "hidden"],
	["win32", true, false, "minimized"],
	["darwin", false, false, "hidden"],
] as const)(
	"%s, tray %s, setting %s: closing makes it %s",
	async (platform, trayAvailable, closeToTray, expected) => {
		const { view } = mainWindow({
			platform,
			trayAvailable: () => trayAvailable,
			closeToTray: () => closeToTray,
		});
		await view.open({ hidden: false });
		only().show();
		view.close();
		expect([only().state, only().gone]).toEqual([expected, false]);
		view.show();
		expect(only().state).toBe("shown");
		view.allowClose();
		view.close();
		expect(only().gone).toBe(true);
	},
);

test("a tray that goes away takes no window with it", async () => {
	const { view } = mainWindow();
	await view.open({ hidden: false });
	view.trayChanged(false);
	expect(only().state).toBe("minimized");
	only().show();
	view.trayChanged(false);
	view.trayChanged(true);
	expect(only().state).toBe("shown");
});

test("focus is the window's: visible, not minimised and in front", async () => {
	const { view } = mainWindow();
	expect(view.isFocused()).toBe(false);
	const seen: boolean[] = [];
	const stop = view.onFocusChange((focused) => seen.push(focused));
	await view.open({ hidden: false });
	const window = only();
	window.show();
	window.emit("focus");
	expect(view.isFocused()).toBe(true);
	// Some window managers leave the focus with a window that nobody sees.
	window.state = "minimized";
	window.emit("minimize");
	window.state = "hidden";
	window.emit("hide");
	window.state = "shown";
	window.emit("restore");
	stop();
	window.emit("blur");
	expect(seen).toEqual([true, false, false, true]);
});

test("where it should go waits for the page, and only the last place counts", async () => {
	const { view } = mainWindow();
	view.navigate({ to: "settings" });
	await view.open({ hidden: false });
	view.navigate({ to: "switcher" });
	expect(navigated).toEqual([]);
	only().webContents.emit("did-finish-load");
	view.navigate({ to: "about" });
	expect(navigated).toEqual([{ to: "switcher" }, { to: "about" }]);
	only().webContents.emit("did-start-loading");
	view.navigate({ to: "inbox" });
	expect(navigated).toHaveLength(2);
	only().webContents.emit("did-finish-load");
	expect(navigated).toHaveLength(3);
});

test("a page that crashes is reloaded, one that keeps crashing less and less", async () => {
	const { view } = mainWindow();
	await view.open({ hidden: false });
	const contents = only().webContents;
	const crash = (reason = "crashed"): boolean =>
		contents.emit("render-process-gone", {}, { reason, exitCode: 5 });
	crash("clean-exit");
	expect(contents.reloads).toBe(0);
	crash();
	crash("oom");
	crash();
	expect(contents.reloads).toBe(3);
	crash();
	expect(contents.reloads).toBe(3);
	await clock.advance(30_000);
	expect(contents.reloads).toBe(4);
	await clock.advance(60_000);
	crash();
	expect(contents.reloads).toBe(5);
	view.allowClose();
	crash();
	expect(contents.reloads).toBe(5);
});

test("quitting right after a move writes the place, and can wait for it", async () => {
	const { view } = mainWindow();
	await view.open({ hidden: false });
	only().show();
	only().emit("move");
	await view.savePlace();
	expect(saved).toHaveLength(1);
	await clock.advance(1000);
	expect(saved).toHaveLength(1);
});

test("its place is saved when it has been left alone, and on closing; never the place of a minimised window", async () => {
	const { view } = mainWindow();
	await view.open({ hidden: false });
	const window = only();
	window.show();
	window.emit("move");
	await clock.advance(400);
	window.emit("resize");
	await clock.advance(499);
	expect(saved).toEqual([]);
	await clock.advance(1);
	expect(saved).toEqual([{ x: 10, y: 20, width: 900, height: 700, maximized: false }]);
	window.maximized = true;
	window.emit("maximize");
	view.close();
	expect(saved.at(-1)?.maximized).toBe(true);
	window.show();
	window.minimize();
	view.close();
	expect(saved).toHaveLength(2);
});

test("a maximised window opens maximised over its former place", async () => {
	const { view } = mainWindow({}, { x: 5, y: 6, width: 800, height: 600, maximized: true });
	await view.open({ hidden: false });
	only().emit("ready-to-show");
	expect([only().maximized, only().options.x, only().options.width]).toEqual([true, 5, 800]);
});

test("title is ours, the background follows the theme, and a closed window is made anew on demand", async () => {
	const { view, theme } = mainWindow({ platform: "darwin" });
	await view.open({ hidden: false });
	view.setTitle("(3) Trunkline");
	expect(only().title).toBe("(3) Trunkline");
	let prevented = false;
	only().emit("page-title-updated", { preventDefault: () => (prevented = true) }, "evil");
	expect(prevented).toBe(true);
	theme.shouldUseDarkColors = true;
	theme.emit("updated");
	expect(only().background).toBe("#0d1116");
	only().gone = true;
	only().emit("closed");
	expect([view.window(), view.page()]).toEqual([null, null]);
	view.show();
	await clock.advance(0);
	expect(FakeWindow.made).toHaveLength(2);
	expect(FakeWindow.made[1]?.options.title).toBe("(3) Trunkline");
});

test("Windows tells when the session ends", async () => {
	const { view } = mainWindow({ platform: "win32" });
	await view.open({ hidden: false });
	only().emit("session-end", {});
	expect(navigated).toEqual(["session-end"]);
});

const stateAt = (x: number, y: number, width = 900, height = 700): WindowState => ({
	x,
	y,
	width,
	height,
	maximized: false,
});
const second: Rectangle = { x: 1920, y: -200, width: 1280, height: 1024 };

test.each([
	["nothing stored", null, [desk], firstWindow],
	["where it was", stateAt(100, 100), [desk], { x: 100, y: 100, width: 900, height: 700 }],
	[
		"on the second display",
		stateAt(2000, -150),
		[desk, second],
		{ x: 2000, y: -150, width: 900, height: 700 },
	],
	["its display is gone", stateAt(2000, -150), [desk], { width: 900, height: 700 }],
	["only a sliver is left", stateAt(1900, 100), [desk], { width: 900, height: 700 }],
	["the title bar is above", stateAt(100, -30), [desk], { width: 900, height: 700 }],
	["the title bar is below", stateAt(100, 1030), [desk], { width: 900, height: 700 }],
	["larger than the display", stateAt(0, 0, 4000, 3000), [desk], { x: 0, y: 0, width: 1920, height: 1040 }],
	["smaller than allowed", stateAt(0, 0, 10, 10), [desk], { x: 0, y: 0, width: 320, height: 400 }],
	["no display at all", stateAt(0, 0), [], { width: 900, height: 700 }],
] as const)("placement: %s", (_what, state, areas, expected) => {
	expect(placement(state, areas)).toEqual(expected);
});

test(
	"wherever it was, the window can be grasped and is never too small",
	() => {
		const coordinate = fc.integer({ min: -5000, max: 5000 });
		const size = fc.integer({ min: 1, max: 6000 });
		const area = fc.record({
			x: coordinate,
			y: coordinate,
			width: fc.integer({ min: 640, max: 4000 }),
			height: fc.integer({ min: 480, max: 3000 }),
		});
		fc.assert(
			fc.property(
				fc.array(area, { minLength: 1, maxLength: 4 }),
				coordinate,
				coordinate,
				size,
				size,
				(areas, x, y, width, height) => {
					const placed = placement(stateAt(x, y, width, height), areas);
					expect(placed.width).toBeGreaterThanOrEqual(smallestWindow.width);
					expect(placed.height).toBeGreaterThanOrEqual(smallestWindow.height);
					const { x: left, y: top } = placed;
					if (left === undefined || top === undefined) return;
					const graspable = areas.some(
						(one) =>
							top >= one.y &&
							top < one.y + one.height &&
							left < one.x + one.width &&
							left + placed.width > one.x,
					);
					expect(graspable).toBe(true);
				},
			),
			{ numRuns: 2000 },
		);
	},
	propertyLimitMs,
);

test("the state file: kept, refused when it is rubbish, and no error when it cannot be written", async () => {
	const folder = await fs.mkdtemp(join(tmpdir(), "window-"));
	const store = windowStateFile({ folder, clock, logger: silent });
	expect(await store.load()).toBeNull();
	await store.save(stateAt(1, 2));
	expect(await windowStateFile({ folder, clock, logger: silent }).load()).toEqual(stateAt(1, 2));
	await fs.writeFile(join(folder, "window.json"), JSON.stringify({ ...stateAt(1, 2), width: -5 }));
	expect(await windowStateFile({ folder, clock, logger: silent }).load()).toBeNull();
	await windowStateFile({ folder: join(folder, "window.json"), clock, logger: silent }).save(stateAt(1, 2));
	await fs.rm(folder, { recursive: true });
});
