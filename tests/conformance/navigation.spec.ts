import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { appPath } from "../support/launch.ts";
import { startSession, type DesktopSession } from "../support/session.ts";
import { eventually, launchPlain, type PlainApp } from "./fixture.ts";

let session: DesktopSession;
let app: PlainApp;
beforeAll(async () => {
	session = await startSession({ notifications: false });
	app = await launchPlain(session);
	await app.main(() => {
		const events: string[] = [];
		globalThis.fixture.events = events;
		const { webContents } = globalThis.fixture.window;
		webContents.on("will-navigate", (event) => {
			events.push(`will-navigate ${event.url}`);
			event.preventDefault();
		});
		webContents.on("will-frame-navigate", (event) => {
			events.push(`will-frame-navigate ${event.url}`);
		});
		webContents.setWindowOpenHandler(({ url }) => {
			events.push(`open ${url}`);
			return { action: "deny" };
		});
	});
});
afterEach(async () => {
	await app.main(() => globalThis.fixture.events?.splice(0));
});
afterAll(async () => {
	await app.close();
	await session.stop();
});

const events = (): Promise<string[]> => app.main(() => globalThis.fixture.events ?? []);

test("a vetoed link leaves the page where it is, whichever address it names", async () => {
	for (const [id, url] of [
		["inside", "app://ui/other.html"],
		["outside", "https://example.invalid/away"],
	]) {
		await app.page.click(`#${id ?? ""}`, { noWaitAfter: true });
		const seen = await eventually(events, (list) => list.includes(`will-navigate ${url ?? ""}`));
		expect(seen).toContain(`will-frame-navigate ${url ?? ""}`);
	}
	expect(appPath(app.page)).toBe("/index.html");
	expect(await app.page.textContent("h1")).toBe("Plain");
});

test("a link to another program asks the same way", async () => {
	await app.page.click("#mail", { noWaitAfter: true });
	await eventually(events, (list) =>
		list.some((event) => event === "will-navigate mailto:somebody@example.invalid"),
	);
	expect(appPath(app.page)).toBe("/index.html");
});

test("assigning location asks too", async () => {
	await app.page.evaluate(() => {
		setTimeout(() => {
			location.href = "https://example.invalid/script";
		});
	});
	await eventually(events, (list) => list.includes("will-navigate https://example.invalid/script"));
	expect(appPath(app.page)).toBe("/index.html");
});

test("going to an anchor of the same page asks nobody", async () => {
	await app.page.click("#anchor");
	await eventually(
		() => appPath(app.page),
		(path) => path === "/index.html#there",
	);
	expect(await events()).toEqual([]);
	await app.page.evaluate(() => {
		history.replaceState(null, "", location.pathname);
	});
});

test("windows are denied by the app's handler, however they are asked for", async () => {
	await app.page.click("#blank", { noWaitAfter: true });
	await eventually(events, (list) => list.includes("open https://example.invalid/blank"));
	const result = await app.page.evaluate(() => window.open("https://example.invalid/opened") === null);
	await eventually(events, (list) => list.includes("open https://example.invalid/opened"));
	expect(typeof result).toBe("boolean");
	await app.page.click("#outside", { modifiers: ["Control"], noWaitAfter: true });
	await eventually(events, (list) => list.includes("open https://example.invalid/away"));
	await eventually(
		() => app.electron.windows().length,
		(count) => count === 1,
	);
	expect(await app.main(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test("loadURL by the app asks nobody, and says when it cannot", async () => {
	const path = await app.main(async () => {
		const { window } = globalThis.fixture;
		await window.loadURL("app://ui/other.html");
		const at = window.webContents.getURL();
		await window.loadURL("app://ui/index.html");
		return at;
	});
	expect(path).toBe("app://ui/other.html");
	expect(await events()).toEqual([]);
	const text = await app.main(() =>
		globalThis.fixture.window.loadURL("http://127.0.0.1:1/").then(
			() => "loaded",
			(error: unknown) => (error as Error).message,
		),
	);
	expect(text).toMatch(/^ERR_\w+ \(-\d+\) loading 'http:\/\/127\.0\.0\.1:1\/'/);
	await app.main(() => globalThis.fixture.window.loadURL("app://ui/index.html"));
});
