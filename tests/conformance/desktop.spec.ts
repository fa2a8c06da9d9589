import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { watchNotifications, type NotificationDriver } from "../support/notifications.ts";
import { startSession, type DesktopSession } from "../support/session.ts";
import { startTrayHost } from "../support/tray.ts";
import { eventually, launchPlain, type PlainApp } from "./fixture.ts";

let session: DesktopSession;
let app: PlainApp;
let notifications: NotificationDriver;
beforeAll(async () => {
	session = await startSession();
	notifications = await watchNotifications(session);
	app = await launchPlain(session);
	await app.main(() => {
		globalThis.fixture.events = [];
		globalThis.fixture.kept = [];
	});
});
beforeEach(async () => {
	await app.main(() => globalThis.fixture.events?.splice(0));
});
afterAll(async () => {
	await app.close();
	notifications.stop();
	await session.stop();
});

const events = (): Promise<string[]> => app.main(() => [...(globalThis.fixture.events ?? [])]);

const notify = (title: string, body = ""): Promise<void> =>
	app.main(
		({ Notification }, options) => {
			const notification = new Notification(options);
			const note = (text: string): void =>
				void globalThis.fixture.events?.push(`${text} ${options.title}`);
			notification.on("show", () => {
				note("show");
			});
			notification.on("click", () => {
				note("click");
			});
			notification.on("close", () => {
				note("close");
			});
			notification.on("failed", () => {
				note("failed");
			});
			globalThis.fixture.kept?.push(notification);
			notification.show();
		},
		{ title, body },
	);

const closeLast = (): Promise<void> =>
	app.main(() => {
		(globalThis.fixture.kept?.at(-1) as { close(): void }).close();
	});

test("a notification is shown under the app's name and replaces nothing", async () => {
	expect(await app.main(({ Notification }) => Notification.isSupported())).toBe(true);
	await notify("First", "with a body");
	const shown = await notifications.waitFor((each) => each.title === "First");
	expect(shown).toMatchObject({
		app: "Plain Fixture",
		body: "with a body",
		replaces: 0,
		actions: ["default", "View"],
	});
	await eventually(events, (list) => list.includes("show First"));
	await closeLast();
	await eventually(events, (list) => list.includes("close First"));
	await notifications.waitUntil((open) => open.length === 0);
});

test("a click reaches the right one of two", async () => {
	await notify("One");
	await notify("Two");
	await notifications.waitUntil((open) => open.length === 2);
	await notifications.click(await notifications.waitFor((each) => each.title === "Two"));
	await eventually(events, (list) => list.includes("click Two"));
	expect(await events()).not.toContain("click One");
	await notifications.dismiss(await notifications.waitFor((each) => each.title === "One"));
	await eventually(events, (list) => list.includes("close One"));
});

test("the same object shown twice takes the first one down", async () => {
	await notify("Again");
	await notifications.waitFor((each) => each.title === "Again");
	await eventually(events, (list) => list.includes("show Again"));
	await app.main(() => {
		(globalThis.fixture.kept?.at(-1) as { show(): void }).show();
	});
	await notifications.waitUntil(
		(open) =>
			notifications.all().filter((each) => each.title === "Again").length === 2 &&
			open.filter((each) => each.title === "Again").length === 1,
	);
	await closeLast();
	await notifications.waitUntil((open) => open.length === 0);
});

test("without a daemon the notification fails, and works again when one is back", async () => {
	await session.stopNotifications();
	await notify("Lost");
	await eventually(events, (list) => list.includes("failed Lost"));
	await session.startNotifications();
	await notify("Back");
	await notifications.waitFor((each) => each.title === "Back");
	await closeLast();
});

const makeTray = (): Promise<void> =>
	app.main(({ Tray, Menu, nativeImage }) => {
		const bitmap = Buffer.alloc(16 * 16 * 4, 0);
		for (let at = 0; at < bitmap.length; at += 4) bitmap.set([10, 20, 30, 255], at);
		const tray = new Tray(nativeImage.createFromBitmap(bitmap, { width: 16, height: 16 }));
		tray.setToolTip("Plain, 1 unread");
		tray.on("click", () => globalThis.fixture.events?.push("tray click"));
		tray.setContextMenu(
			Menu.buildFromTemplate([
				{ label: "&Open", click: () => globalThis.fixture.events?.push("open") },
				{ type: "separator" },
				{
					label: "State",
					submenu: [
						{ label: "Ready", type: "radio", checked: true },
						{ label: "Not ready", type: "radio" },
					],
				},
				{ label: "Off", enabled: false },
			]),
		);
		globalThis.fixture.kept?.push(tray);
	});

const destroyTray = (): Promise<void> =>
	app.main(() => {
		(globalThis.fixture.kept?.pop() as { destroy(): void }).destroy();
	});

test("a tray without a host is made without a word, and stays unseen when a host comes", async () => {
	await makeTray();
	// There is nothing to wait for where nothing is to happen: time for a registration that must not be kept back.
	await new Promise((resolve) => setTimeout(resolve, 500));
	await using host = await startTrayHost(session);
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(host.items()).toEqual([]);
	await destroyTray();
});

test("a tray shows its tool tip, picture and menu, and hears clicks", async () => {
	await using host = await startTrayHost(session);
	await makeTray();
	const item = await host.item();
	await item.until(async (each) => (await each.toolTip()).includes("1 unread"));
	const icon = await item.icon();
	expect([icon?.width, icon?.height]).toEqual([16, 16]);
	expect([...(icon?.bytes.subarray(0, 4) ?? [])]).toEqual([255, 30, 20, 10]);
	const menu = await item.menu();
	expect(menu.map((entry) => entry.label || entry.type)).toEqual(["Open", "separator", "State", "Off"]);
	expect(menu[2]?.children.map((entry) => entry.checked)).toEqual([true, false]);
	expect(menu[3]?.enabled).toBe(false);
	await item.click();
	await item.choose("Open");
	await eventually(events, (list) => list.length === 2);
	expect(await events()).toEqual(["tray click", "open"]);
	await item.choose("Not ready");
	await item.until(async (each) => (await each.menu())[2]?.children[1]?.checked === true);
	await app.main(() => {
		(globalThis.fixture.kept?.at(-1) as { setToolTip(text: string): void }).setToolTip("Plain, 2 unread");
	});
	await item.until(async (each) => (await each.toolTip()).includes("2 unread"));
	await destroyTray();
	await host.empty();
});
