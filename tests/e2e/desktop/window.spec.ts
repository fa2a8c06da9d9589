import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { startBare } from "../../support/launch.ts";
import { startTrayHost } from "../../support/tray.ts";
import { composer, conversationRow, message, openConversation, untilConnection } from "../support/forms.ts";
import { startCentre } from "../support/simulator.ts";
import { startScene } from "../support/story.ts";
import {
	closeWindow,
	maya,
	startDesk,
	until,
	untilWindow,
	windowFacts,
	writeAccountFile,
} from "./support/desk.ts";

const welcome = "Welcome to Trunkline";

test("the window comes back where it was", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const first = await scene.launch();
	await first.page.getByRole("heading", { name: welcome }).waitFor();
	const wanted = { x: 120, y: 90, width: 860, height: 640 };
	await first.app.electron.evaluate(({ BrowserWindow }, bounds) => {
		BrowserWindow.getAllWindows()[0]?.setBounds(bounds);
	}, wanted);
	await until(() => first.page.evaluate(() => window.innerWidth), wanted.width);
	// The window system may report the old place once more on the way.
	const size = async () => {
		const { width, height } = (await windowFacts(first.app)).bounds;
		return { width, height };
	};
	await until(size, { width: wanted.width, height: wanted.height });
	const { bounds } = await windowFacts(first.app);
	await first.app.close();

	const second = await scene.launch({ profile: first.app.profile });
	await second.page.getByRole("heading", { name: welcome }).waitFor();
	const again = (await windowFacts(second.app)).bounds;
	expect({ width: again.width, height: again.height }).toEqual({
		width: bounds.width,
		height: bounds.height,
	});
	// The window manager may shift a window by the width of its frame.
	expect(Math.abs(again.x - bounds.x)).toBeLessThan(40);
	expect(Math.abs(again.y - bounds.y)).toBeLessThan(40);
});

test("a place on a display that is gone is not restored", async () => {
	const scene = await startScene();
	const profile = await mkdtemp(path.join(scene.session.folder, "profile-"));
	const gone = { x: 5000, y: 300, width: 700, height: 500, maximized: false };
	await writeFile(path.join(profile, "window.json"), JSON.stringify(gone));
	const { app, page } = await scene.launch({ profile });
	await page.getByRole("heading", { name: welcome }).waitFor();
	const { bounds } = await windowFacts(app);
	expect(bounds).toMatchObject({ width: 700, height: 500 });
	expect(bounds.x).toBeGreaterThanOrEqual(0);
	expect(bounds.x + bounds.width).toBeLessThanOrEqual(1400);
});

test("the window does not get smaller than 320 by 400", async () => {
	const scene = await startScene();
	const { app, page } = await scene.launch();
	await page.getByRole("heading", { name: welcome }).waitFor();
	const smallest = await app.electron.evaluate(({ BrowserWindow }) => {
		const [window] = BrowserWindow.getAllWindows();
		window?.setBounds({ width: 100, height: 100 });
		return { minimum: window?.getMinimumSize(), size: window?.getSize() };
	});
	expect(smallest).toEqual({ minimum: [320, 400], size: [320, 400] });
});

test("a second start hands its switches over: practice begins in the first", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const { app, page } = await scene.launch();
	await page.getByRole("heading", { name: welcome }).waitFor();
	const second = startBare({ session: scene.session, profile: app.profile, args: ["--practice"] });
	expect(await second.ended).toBe(0);
	await page.getByRole("button", { name: "Leave practice" }).waitFor();
	expect(app.electron.windows()).toHaveLength(1);
});

test("a second start hands over an account file, also as a relative path", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const centre = await startCentre();
	scene.endsWithTest(() => centre.close());
	const { app, page } = await scene.launch();
	await page.getByRole("heading", { name: welcome }).waitFor();
	const file = await writeAccountFile(scene.session, centre);
	const second = startBare({
		session: scene.session,
		profile: app.profile,
		cwd: path.dirname(file),
		args: [`--provision=${path.basename(file)}`],
	});
	expect(await second.ended).toBe(0);
	await untilConnection(page, "Online");
	// The secret is safe in the keychain, so the file is gone.
	await until(
		() =>
			readFile(file).then(
				() => "there",
				() => "gone",
			),
		"gone",
	);
});

test("--hidden with a tray shows nothing until asked; a second hidden start asks for nothing", async () => {
	const scene = await startScene();
	const panel = await startTrayHost(scene.session);
	scene.endsWithTest(() => panel.stop());
	const { app, page } = await scene.launch({ args: ["--hidden"] });
	await page.getByRole("heading", { name: welcome }).waitFor({ state: "attached" });
	const tray = await panel.item();
	expect(await windowFacts(app)).toMatchObject({ visible: false, focused: false });
	expect(await startBare({ session: scene.session, profile: app.profile, args: ["--hidden"] }).ended).toBe(
		0,
	);
	expect(await windowFacts(app)).toMatchObject({ visible: false });
	await tray.click();
	await untilWindow(app, { visible: true, focused: true });
});

test("--hidden without a tray leaves the window in the task bar", async () => {
	const scene = await startScene();
	const { app } = await scene.launch({ args: ["--hidden"] });
	await untilWindow(app, { visible: true, minimized: true });
});

test("the choice not to close to the tray minimises", async () => {
	const scene = await startScene();
	const panel = await startTrayHost(scene.session);
	scene.endsWithTest(() => panel.stop());
	const { app, page } = await scene.launch();
	await page.getByRole("heading", { name: welcome }).waitFor();
	await panel.item();
	await page.evaluate(() => window.app.invoke("settings.patch", { closeToTray: false }));
	await closeWindow(app);
	await untilWindow(app, { minimized: true });
});

test("quitting leaves in the documented order, and only then ends", async () => {
	const desk = await startDesk();
	await desk.app.electron.evaluate(({ app }) => {
		app.quit();
	});
	expect(await desk.app.ended).toBe(0);
	const asked = desk.centre.journal
		.requests()
		.map(
			({ operationName, channels, path: where, method }) =>
				operationName ?? channels.at(-1) ?? `${method} ${where}`,
		);
	const order = [
		"StartContactCenterSession",
		"/meta/unsubscribe",
		"/meta/disconnect",
		"EndContactCenterSession",
	].map((name) => asked.lastIndexOf(name));
	expect(order.every((at) => at >= 0)).toBe(true);
	expect(order).toEqual(order.toSorted((a, b) => a - b));
	expect(desk.centre.cometdSessions(desk.centre.agent)).toBe(0);
});

test("a page that crashes comes back by itself, with the account online and the text kept", async () => {
	const desk = await startDesk();
	await desk.centre.writesToAnn(maya.number, "before the crash");
	await openConversation(desk.page, maya.name);
	await composer(desk.page).fill("half a sentence");
	await until(
		() =>
			desk.page.evaluate(async () => {
				const snapshot = await window.app.invoke("app.snapshot", null);
				return snapshot.ok ? snapshot.value.conversations[0]?.draft : null;
			}),
		"half a sentence",
	);
	const reloaded = desk.page.waitForEvent("domcontentloaded");
	await desk.app.electron.evaluate(({ webContents }) => {
		const [contents] = webContents.getAllWebContents();
		contents?.emit("render-process-gone", {}, { reason: "crashed", exitCode: 5 });
	});
	await reloaded;
	await untilConnection(desk.page, "Online");
	await conversationRow(desk.page, maya.name).click();
	await message(desk.page, "before the crash").waitFor();
	expect(await composer(desk.page).inputValue()).toBe("half a sentence");
});

test("a damaged settings file: the last good copy is used, and the window says so", async () => {
	const scene = await startScene();
	const first = await scene.launch();
	await first.page.getByRole("heading", { name: welcome }).waitFor();
	// Twice, so that there is a last good copy.
	await first.page.evaluate(() =>
		window.app.invoke("settings.patch", { theme: "dark", sendKey: "ctrlEnter" }),
	);
	await first.page.evaluate(() => window.app.invoke("settings.patch", { notificationSound: false }));
	await first.app.close();
	await writeFile(path.join(first.app.profile, "settings.json"), '{"theme":"da');

	const second = await scene.launch({ profile: first.app.profile });
	await second.page
		.getByText(/settings/i)
		.first()
		.waitFor();
	const settings = await second.page.evaluate(async () => {
		const snapshot = await window.app.invoke("app.snapshot", null);
		return snapshot.ok ? snapshot.value.settings : null;
	});
	expect(settings).toMatchObject({ theme: "dark", sendKey: "ctrlEnter" });
	expect(await readFile(path.join(first.app.profile, "settings.json.bad"), "utf8")).toBe('{"theme":"da');
	await second.page.getByRole("button", { name: "Dismiss" }).click();
	await until(() => second.page.getByRole("button", { name: "Dismiss" }).count(), 0);
});
