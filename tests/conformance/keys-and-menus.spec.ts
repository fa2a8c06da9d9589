import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startSession, type DesktopSession } from "../support/session.ts";
import { eventually, launchPlain, visibleWindow, type PlainApp } from "./fixture.ts";

let session: DesktopSession;
let app: PlainApp;
beforeAll(async () => {
	session = await startSession({ notifications: false });
	app = await launchPlain(session, { args: ["--deny"] });
	await app.main(() => {
		globalThis.fixture.events = [];
	});
	await eventually(() => app.main(() => globalThis.fixture.window.isFocused()), Boolean);
});
beforeEach(async () => {
	await app.main(({ Menu }) => {
		globalThis.fixture.events?.splice(0);
		Menu.setApplicationMenu(null);
	});
	await app.page.evaluate(() => {
		Object.assign(globalThis, { preventKeys: false, keys: [] });
	});
});
afterAll(async () => {
	await app.close();
	await session.stop();
});

const events = (): Promise<string[]> => app.main(() => [...(globalThis.fixture.events ?? [])]);
const keys = (): Promise<string[]> =>
	app.page.evaluate(() => (globalThis as unknown as { keys: string[] }).keys);

/** Presses keys as a keyboard does, through the display. */
async function pressForReal(...combinations: string[]): Promise<void> {
	await app.main(() => {
		globalThis.fixture.window.focus();
	});
	await eventually(() => app.main(() => globalThis.fixture.window.isFocused()), Boolean);
	for (const combination of combinations) await session.run("xdotool", "key", combination);
}

const setMenu = (): Promise<void> =>
	app.main(({ Menu }) => {
		const note = (text: string) => (): void => void globalThis.fixture.events?.push(text);
		Menu.setApplicationMenu(
			Menu.buildFromTemplate([
				{
					label: "Go",
					submenu: [
						{ label: "New", accelerator: "CmdOrCtrl+N", click: note("new") },
						{ label: "Find", accelerator: "CmdOrCtrl+Shift+F", click: note("find") },
						{ label: "Settings", accelerator: "CmdOrCtrl+,", click: note("settings") },
						{ label: "Help", accelerator: "F1", click: note("help") },
						{ label: "Off", accelerator: "CmdOrCtrl+B", enabled: false, click: note("off") },
						{
							label: "Silent",
							accelerator: "CmdOrCtrl+J",
							registerAccelerator: false,
							click: note("silent"),
						},
					],
				},
				{ label: "View", submenu: [{ role: "zoomIn" }, { role: "zoomOut" }, { role: "resetZoom" }] },
				{ role: "editMenu" },
			]),
		);
	});

test("without a menu the browser's keys do nothing: zoom, find, print, new window, reload, developer tools", async () => {
	await app.page.evaluate(() => {
		Object.assign(globalThis, { mark: "same document" });
	});
	const before = await app.page.evaluate(() => [innerWidth, innerHeight, devicePixelRatio]);
	const combinations = [
		"ctrl+plus",
		"ctrl+minus",
		"ctrl+f",
		"ctrl+p",
		"ctrl+s",
		"ctrl+n",
		"ctrl+t",
		"ctrl+r",
		"F5",
	];
	combinations.push("ctrl+shift+i", "ctrl+u", "F12", "alt+Left", "ctrl+shift+n", "ctrl+d");
	await pressForReal(...combinations);
	await pressForReal("z");
	await eventually(keys, (list) => list.includes("z"));
	expect(await app.page.evaluate(() => [innerWidth, innerHeight, devicePixelRatio])).toEqual(before);
	expect(await app.page.evaluate(() => (globalThis as unknown as { mark: string }).mark)).toBe(
		"same document",
	);
	expect(app.electron.windows()).toHaveLength(1);
	const { stdout } = await session.run("xdotool", "search", "--onlyvisible", "--name", ".");
	const titled = stdout.trim().split("\n").length;
	const { stdout: ours } = await session.run("xdotool", "search", "--onlyvisible", "--name", "^Plain page");
	expect(titled).toBe(ours.trim().split("\n").length);
});

test("the page hears those keys first", async () => {
	await app.page.keyboard.press("Control+f");
	expect(await keys()).toContain("f");
});

test("accelerators of the application menu work, whatever has the focus", async () => {
	await setMenu();
	await app.page.focus("#text");
	for (const key of ["Control+n", "Control+Shift+F", "Control+,", "F1"]) await app.page.keyboard.press(key);
	await eventually(events, (list) => list.length === 4);
	expect(await events()).toEqual(["new", "find", "settings", "help"]);
});

test("real key presses reach the accelerators too", async () => {
	await setMenu();
	await pressForReal("ctrl+n", "ctrl+comma");
	await eventually(events, (list) => list.length === 2);
	expect(await events()).toEqual(["new", "settings"]);
});

test("a key the page handles itself never reaches the menu", async () => {
	await setMenu();
	await app.page.evaluate(() => {
		Object.assign(globalThis, { preventKeys: true });
	});
	await app.page.keyboard.press("Control+n");
	await app.page.evaluate(() => {
		Object.assign(globalThis, { preventKeys: false });
	});
	await app.page.keyboard.press("Control+Shift+F");
	await eventually(events, (list) => list.includes("find"));
	expect(await events()).toEqual(["find"]);
});

test("disabled items and unregistered accelerators stay silent", async () => {
	await setMenu();
	for (const key of ["Control+b", "Control+j", "Control+n"]) await app.page.keyboard.press(key);
	await eventually(events, (list) => list.includes("new"));
	expect(await events()).toEqual(["new"]);
});

test("zoom roles change the page's zoom, and it can be asked for", async () => {
	await setMenu();
	const before = await app.page.evaluate(() => innerWidth);
	await app.page.keyboard.press("Control+-");
	await eventually(
		() => app.main(() => globalThis.fixture.window.webContents.getZoomLevel()),
		(level) => level === -0.5,
	);
	await eventually(
		() => app.page.evaluate(() => innerWidth),
		(width) => width > before,
	);
	await app.page.keyboard.press("Control+0");
	await eventually(
		() => app.page.evaluate(() => innerWidth),
		(width) => width === before,
	);
	await app.main(() => {
		globalThis.fixture.window.webContents.setZoomFactor(2);
	});
	const width = await eventually(
		() => app.page.evaluate(() => innerWidth),
		(now) => now < before * 0.6,
	);
	expect(Math.abs(width - before / 2)).toBeLessThan(4);
	expect(await app.main(() => globalThis.fixture.window.webContents.getZoomFactor())).toBeCloseTo(2);
	await app.main(() => {
		globalThis.fixture.window.webContents.setZoomLevel(0);
	});
	await eventually(
		() => app.page.evaluate(() => innerWidth),
		(now) => now === before,
	);
});

interface MenuFacts {
	isEditable: boolean;
	selectionText: string;
	linkURL: string;
	canCopy: boolean;
	canPaste: boolean;
	pageURL: string;
	misspelledWord: string;
}

const contextMenu = (): Promise<MenuFacts> =>
	app.main(
		() =>
			new Promise<MenuFacts>((resolve) => {
				globalThis.fixture.window.webContents.once("context-menu", (_event, params) => {
					const { isEditable, selectionText, linkURL, pageURL, misspelledWord, editFlags } = params;
					const { canCopy, canPaste } = editFlags;
					resolve({
						isEditable,
						selectionText,
						linkURL,
						pageURL,
						misspelledWord,
						canCopy,
						canPaste,
					});
				});
			}),
	);

test("a right click tells the app what lies under it", async () => {
	const onField = contextMenu();
	await app.page.evaluate(() => {
		const field = document.querySelector<HTMLTextAreaElement>("#text");
		field?.focus();
		field?.select();
	});
	await app.page.click("#text", { button: "right", position: { x: 5, y: 8 } });
	expect(await onField).toMatchObject({
		isEditable: true,
		selectionText: "some words here",
		canCopy: true,
		canPaste: true,
		pageURL: "app://ui/index.html",
	});
	const onLink = contextMenu();
	await app.page.click("#outside", { button: "right" });
	expect(await onLink).toMatchObject({
		isEditable: false,
		linkURL: "https://example.invalid/away",
		canPaste: false,
	});
	await app.page.keyboard.press("Escape");
});

test("menus are built with roles, separators, radio groups and ids", async () => {
	const facts = await app.main(({ Menu, MenuItem }) => {
		const menu = Menu.buildFromTemplate([
			{ role: "copy" },
			{ type: "separator" },
			{ id: "a", label: "A", type: "radio", checked: true },
			{ id: "b", label: "B", type: "radio" },
			{ id: "c", label: "C", type: "checkbox" },
			{ label: "More", submenu: [{ id: "deep", label: "Deep" }] },
		]);
		menu.append(new MenuItem({ id: "last", label: "Last" }));
		menu.getMenuItemById("b")?.click();
		menu.getMenuItemById("c")?.click();
		return [
			menu.items[0]?.label,
			menu.items[1]?.type,
			menu.getMenuItemById("a")?.checked,
			menu.getMenuItemById("b")?.checked,
			menu.getMenuItemById("c")?.checked,
			menu.getMenuItemById("deep")?.label,
			menu.items[5]?.type,
			menu.items.length,
		];
	});
	expect(facts.slice(0, 5)).toEqual(["Copy", "separator", false, true, true]);
	expect(facts.slice(5)).toEqual(["Deep", "submenu", 7]);
});

test("editing by the app works on the focused field, and the clipboard is asynchronous", async () => {
	await app.page.fill("#text", "copy me");
	await app.page.focus("#text");
	await app.main(() => {
		const { webContents } = globalThis.fixture.window;
		webContents.selectAll();
		webContents.copy();
	});
	await eventually(
		() => app.main(({ clipboard }) => clipboard.readText()),
		(text) => text === "copy me",
	);
	await app.main(async ({ clipboard }) => {
		await clipboard.writeText("from main");
		const { webContents } = globalThis.fixture.window;
		webContents.selectAll();
		webContents.paste();
	});
	await eventually(
		() => app.page.inputValue("#text"),
		(text) => text === "from main",
	);
	await app.main(() => {
		globalThis.fixture.window.webContents.undo();
	});
	await eventually(
		() => app.page.inputValue("#text"),
		(text) => text === "copy me",
	);
	expect(await visibleWindow(session, "Plain page")).not.toBeNull();
});

test("a context menu that the app opens tells when it shows and when it closes", async () => {
	const told = await app.main(
		({ Menu }) =>
			new Promise<string[]>((resolve) => {
				const order: string[] = [];
				const menu = Menu.buildFromTemplate([{ label: "Only" }]);
				menu.on("menu-will-show", () => {
					order.push("show");
					menu.closePopup();
				});
				menu.popup({
					window: globalThis.fixture.window,
					x: 5,
					y: 5,
					callback: () => {
						order.push("callback");
						resolve(order);
					},
				});
			}),
	);
	expect(told).toEqual(["show", "callback"]);
});
