import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startSession, type DesktopSession } from "../support/session.ts";
import { closeFocusedWindow, focusAnotherWindow } from "../support/window-manager.ts";
import { eventually, launchPlain, visibleWindow, type PlainApp } from "./fixture.ts";

let session: DesktopSession;
let app: PlainApp;
beforeAll(async () => {
	session = await startSession({ notifications: false });
	app = await launchPlain(session);
	await app.main(() => {
		const { window } = globalThis.fixture;
		const events: string[] = [];
		globalThis.fixture.events = events;
		for (const name of ["show", "hide", "minimize", "restore", "maximize", "unmaximize", "focus", "blur"])
			window.on(name as "show", () => events.push(name));
	});
});
beforeEach(async () => {
	await app.main(() => globalThis.fixture.events?.splice(0));
});
afterAll(async () => {
	await app.close();
	await session.stop();
});

interface State {
	visible: boolean;
	focused: boolean;
	minimized: boolean;
	maximized: boolean;
}
const state = (): Promise<State> =>
	app.main(() => {
		const { window } = globalThis.fixture;
		return {
			visible: window.isVisible(),
			focused: window.isFocused(),
			minimized: window.isMinimized(),
			maximized: window.isMaximized(),
		};
	});
const events = (): Promise<string[]> => app.main(() => [...(globalThis.fixture.events ?? [])]);
const onScreen = (): Promise<string | null> => visibleWindow(session, "Plain page");

test("a new window is visible and gets the focus", async () => {
	await eventually(state, ({ visible, focused }) => visible && focused);
	expect(await onScreen()).not.toBeNull();
});

test("hide takes the window off the screen, show brings it back with the focus", async () => {
	await app.main(() => {
		globalThis.fixture.window.hide();
	});
	await eventually(onScreen, (found) => found === null);
	expect(await state()).toMatchObject({ visible: false, focused: false });
	await app.main(() => {
		globalThis.fixture.window.show();
	});
	await eventually(onScreen, (found) => found !== null);
	await eventually(state, ({ visible, focused }) => visible && focused);
	expect((await events()).filter((name) => ["hide", "show"].includes(name))).toEqual(["hide", "show"]);
});

test("a minimised window counts as visible, is not on the screen, and restore brings it back", async () => {
	await app.main(() => {
		globalThis.fixture.window.minimize();
	});
	await eventually(state, ({ minimized }) => minimized);
	await eventually(onScreen, (found) => found === null);
	expect(await state()).toMatchObject({ visible: true, focused: false });
	await app.main(() => {
		globalThis.fixture.window.restore();
	});
	await eventually(state, ({ minimized }) => !minimized);
	await eventually(onScreen, (found) => found !== null);
	expect((await events()).filter((name) => ["minimize", "restore"].includes(name))).toEqual([
		"minimize",
		"restore",
	]);
});

test("maximise and back keep the normal bounds", async () => {
	const before = await app.main(() => globalThis.fixture.window.getNormalBounds());
	await app.main(() => {
		globalThis.fixture.window.maximize();
	});
	await eventually(state, ({ maximized }) => maximized);
	expect(await app.main(() => globalThis.fixture.window.getNormalBounds())).toEqual(before);
	await app.main(() => {
		globalThis.fixture.window.unmaximize();
	});
	await eventually(state, ({ maximized }) => !maximized);
	const size = await eventually(
		() => app.main(() => globalThis.fixture.window.getBounds()),
		({ width }) => width === before.width,
	);
	expect([size.width, size.height]).toEqual([before.width, before.height]);
});

test("bounds can be set and are real", async () => {
	await app.main(() => {
		globalThis.fixture.window.setBounds({ x: 120, y: 90, width: 700, height: 520 });
	});
	const inner = await eventually(
		() => app.page.evaluate(() => [innerWidth, innerHeight]),
		([width]) => (width ?? 0) > 660 && (width ?? 0) <= 700,
	);
	expect(inner[1]).toBeLessThanOrEqual(520);
	expect(await app.main(() => globalThis.fixture.window.getSize())).toEqual([700, 520]);
});

test("another program's window takes the focus, and focus() takes it back", async () => {
	const closeOther = focusAnotherWindow(session);
	await eventually(state, ({ focused }) => !focused);
	await app.main(() => {
		globalThis.fixture.window.focus();
	});
	await eventually(state, ({ focused }) => focused);
	closeOther();
	expect((await events()).filter((name) => ["focus", "blur"].includes(name)).slice(0, 2)).toEqual([
		"blur",
		"focus",
	]);
});

test("the title follows the page unless the app prevents it", async () => {
	expect(await app.main(() => globalThis.fixture.window.getTitle())).toBe("Plain page");
	await app.main(() => {
		globalThis.fixture.window.setTitle("Set by the app");
	});
	await eventually(
		() => visibleWindow(session, "Set by the app"),
		(found) => found !== null,
	);
	await app.page.evaluate(() => {
		document.title = "Plain page again";
	});
	await eventually(
		() => visibleWindow(session, "Plain page again"),
		(found) => found !== null,
	);
	await eventually(
		() => app.main(() => globalThis.fixture.window.getTitle()),
		(title) => title === "Plain page again",
	);
	await app.main(() => {
		const { window } = globalThis.fixture;
		window.setTitle("Kept by the app");
		window.once("page-title-updated", (event) => {
			event.preventDefault();
		});
	});
	await app.page.evaluate(() => {
		document.title = "Plain page";
	});
	await eventually(
		() => app.main(() => globalThis.fixture.window.webContents.getTitle()),
		(title) => title === "Plain page",
	);
	await eventually(
		() => visibleWindow(session, "Kept by the app"),
		(found) => found !== null,
	);
	expect(await app.main(() => globalThis.fixture.window.getTitle())).toBe("Kept by the app");
});

test("a close by the app or by the person can be prevented; what the page holds stays", async () => {
	await app.page.fill("#text", "half a message");
	await app.main(() => {
		const { window } = globalThis.fixture;
		window.on("close", (event) => {
			globalThis.fixture.events?.push("close");
			event.preventDefault();
		});
		window.close();
	});
	expect(await events()).toContain("close");
	await eventually(state, ({ focused }) => focused);
	await closeFocusedWindow(
		session,
		async () => (await events()).filter((name) => name === "close").length === 2,
	);
	expect(await app.page.inputValue("#text")).toBe("half a message");
	expect(await app.main(() => globalThis.fixture.window.isDestroyed())).toBe(false);
	await app.main(() => {
		globalThis.fixture.window.removeAllListeners("close");
	});
});

test("destroy asks nobody; the window is then gone from every list", async () => {
	const facts = await app.main(
		({ BrowserWindow }) =>
			new Promise<unknown[]>((resolve) => {
				const { window } = globalThis.fixture;
				window.on("close", (event) => {
					event.preventDefault();
				});
				window.once("closed", () => {
					resolve([window.isDestroyed(), BrowserWindow.getAllWindows().length]);
				});
				window.destroy();
			}),
	);
	expect(facts).toEqual([true, 0]);
});
