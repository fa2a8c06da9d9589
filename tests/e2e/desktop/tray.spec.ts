import { expect, test } from "vitest";
import { startBare } from "../../support/launch.ts";
import { startTrayHost, type TrayHost, type TrayItem } from "../../support/tray.ts";
import { openConversation, untilConnection } from "../support/forms.ts";
import { patienceMs } from "../support/simulator.ts";
import {
	closeWindow,
	lookAway,
	maya,
	startDesk,
	until,
	untilWindow,
	writesByName,
	zoe,
} from "./support/desk.ts";

/** A desk with a panel that shows tray icons. */
async function startDeskWithTray(options: Parameters<typeof startDesk>[0] = {}) {
	let panel: TrayHost | undefined;
	const desk = await startDesk({
		...options,
		before: async (session) => {
			panel = await startTrayHost(session);
		},
	});
	if (panel === undefined) throw new Error("the panel did not start");
	const host = panel;
	desk.scene.endsWithTest(() => host.stop());
	return { ...desk, panel: host, tray: await host.item() };
}

async function untilToolTip(tray: TrayItem, wanted: string): Promise<void> {
	await tray.until(async (item) => (await item.toolTip()) === wanted);
}

const picture = async (tray: TrayItem): Promise<string> =>
	(await tray.icon())?.bytes.toString("base64") ?? "";

/** Badge as Electron keeps it; on Linux only Unity docks draw it. */
const facts = (desk: { app: Awaited<ReturnType<typeof startDesk>>["app"] }) =>
	desk.app.electron.evaluate(({ app, BrowserWindow }) => ({
		badge: app.getBadgeCount(),
		title: BrowserWindow.getAllWindows()[0]?.getTitle(),
	}));

test("tooltip, image, badge and window title carry the same unread total", async () => {
	const desk = await startDeskWithTray({ centre: { switches: { secondIncomingSession: true } } });
	await untilToolTip(desk.tray, "Trunkline: nothing new");
	const quiet = await picture(desk.tray);
	await lookAway(desk);
	await writesByName(desk, maya, "one", "two");
	await writesByName(desk, zoe, "three");
	await untilToolTip(desk.tray, "Trunkline: 3 unread");
	expect(await picture(desk.tray)).not.toBe(quiet);
	await until(() => facts(desk), { badge: 3, title: "(3) Trunkline" });

	await desk.app.electron.evaluate(({ BrowserWindow }) => {
		BrowserWindow.getAllWindows()[0]?.focus();
	});
	await untilWindow(desk.app, { focused: true });
	await openConversation(desk.page, maya.name);
	await untilToolTip(desk.tray, "Trunkline: 1 unread");
	await until(() => facts(desk), { badge: 1, title: "(1) Trunkline" });
	await openConversation(desk.page, zoe.name);
	await untilToolTip(desk.tray, "Trunkline: nothing new");
	await until(() => facts(desk), { badge: 0, title: "Trunkline" });
	expect(await picture(desk.tray)).toBe(quiet);
});

test("closing leaves the app in the tray; its menu and a click bring the window back", async () => {
	const desk = await startDeskWithTray();
	await closeWindow(desk.app);
	await untilWindow(desk.app, { visible: false });
	await desk.tray.choose("Open Trunkline");
	await untilWindow(desk.app, { visible: true, focused: true });
	await closeWindow(desk.app);
	await untilWindow(desk.app, { visible: false });
	await desk.tray.click();
	await untilWindow(desk.app, { visible: true, focused: true });
});

test("a second start shows the window of the first and ends", async () => {
	const desk = await startDeskWithTray();
	await closeWindow(desk.app);
	await untilWindow(desk.app, { visible: false });
	const second = startBare({ session: desk.session, profile: desk.app.profile });
	expect(await second.ended).toBe(0);
	await untilWindow(desk.app, { visible: true, focused: true });
});

test("the menu sets the agent state, and quits", async () => {
	const desk = await startDeskWithTray();
	const states = async () => (await desk.tray.menu()).flatMap(({ children }) => children);
	const current = async () => (await states()).find(({ checked }) => checked === true)?.label;
	await desk.tray.until(async () => (await current()) === "Not Ready");
	await desk.tray.choose("Ready");
	await desk.tray.until(async () => (await current()) === "Ready");
	await until(
		() =>
			desk.page
				.getByRole("combobox", { name: "Agent state" })
				.locator("option:checked")
				.textContent()
				.then((text) => text?.trim()),
		"Ready",
	);

	await desk.tray.choose("Quit Trunkline");
	expect(await desk.app.ended).toBe(0);
	await desk.panel.empty();
});

test("without a panel there is no tray, and closing minimises", async () => {
	const desk = await startDesk();
	await closeWindow(desk.app);
	await untilWindow(desk.app, { minimized: true, visible: true });
	await startBare({ session: desk.session, profile: desk.app.profile }).ended;
	await untilWindow(desk.app, { minimized: false, focused: true });
});

test("a panel that appears, is replaced and goes: the tray follows, and no window is lost", async () => {
	const desk = await startDesk();
	const first = await startTrayHost(desk.session);
	await untilToolTip(await first.item(), "Trunkline: nothing new");
	await first.stop();

	const second = await startTrayHost(desk.session);
	await lookAway(desk);
	await writesByName(desk, maya, "still there?");
	await untilToolTip(await second.item(), "Trunkline: 1 unread");
	await closeWindow(desk.app);
	await untilWindow(desk.app, { visible: false });

	await second.stop();
	await untilWindow(desk.app, { visible: true, minimized: true });
});

test("an account that wants a new sign-in: alert image, tooltip, one notification, and its return", async () => {
	const desk = await startDeskWithTray();
	const quiet = await picture(desk.tray);
	await lookAway(desk);
	desk.centre.agent.password = "changed meanwhile";
	desk.centre.restart({ httpSessionsGone: true });
	await untilConnection(desk.page, "Signed out");
	await desk.tray.until(async (item) => (await item.toolTip()).endsWith("is not receiving messages"));
	const alert = await picture(desk.tray);
	expect(alert).not.toBe(quiet);
	const told = await desk.notifications.waitFor(({ title }) => title.endsWith("is not receiving messages"));
	expect(told.body).toBe("The server wants you to sign in again.");

	await desk.app.electron.evaluate(({ BrowserWindow }) => {
		BrowserWindow.getAllWindows()[0]?.focus();
	});
	await desk.page.getByRole("button", { name: /^Accounts/ }).click();
	await desk.page.getByRole("textbox", { name: "Password" }).fill("changed meanwhile");
	await desk.page.getByRole("button", { name: "Sign in", exact: true }).click();
	await desk.notifications.waitFor(({ title }) => title.endsWith("is receiving messages again"));
	await untilToolTip(desk.tray, "Trunkline: nothing new");
	expect(await picture(desk.tray)).toBe(quiet);
	expect(
		desk.notifications.all().filter(({ title }) => title.endsWith("is not receiving messages")),
	).toHaveLength(1);
});

test("a server that is silent for a minute is an outage too", { timeout: 150_000 }, async () => {
	const desk = await startDeskWithTray();
	await lookAway(desk);
	await desk.centre.network.cut("silence");
	await expect
		.poll(() => desk.tray.toolTip(), { timeout: 100_000, interval: 500 })
		.toMatch(/is not receiving messages$/);
	const told = await desk.notifications.waitFor(({ title }) => title.endsWith("is not receiving messages"));
	expect(told.body).toBe("Nothing has been heard from the server for a minute.");
	await desk.centre.network.restore();
	await expect
		.poll(() => desk.tray.toolTip(), { timeout: patienceMs, interval: 200 })
		.toBe("Trunkline: nothing new");
});
