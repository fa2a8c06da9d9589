import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { GenesysSimulatorOptions } from "../../../../practice/genesys/simulator.ts";
import type { Settings } from "../../../../shared/settings.ts";
import type { RunningApp } from "../../../support/launch.ts";
import { type NotificationDriver, watchNotifications } from "../../../support/notifications.ts";
import type { DesktopSession, SessionOptions } from "../../../support/session.ts";
import { conversationRow, untilConnection } from "../../support/forms.ts";
import { ann, annsNumber, type Centre, patienceMs, startCentre } from "../../support/simulator.ts";
import { type OpenApp, type Scene, startScene } from "../../support/story.ts";

export const maya = { number: "6001", name: "Maya Fernandez" } as const;
export const zoe = { number: "6003", name: "Zoë Müller" } as const;

/** Ann signed in to a contact centre of her own, on a desktop of her own. */
export interface Desk extends OpenApp {
	readonly scene: Scene;
	readonly session: DesktopSession;
	readonly centre: Centre;
	readonly notifications: NotificationDriver;
}

export interface DeskOptions {
	readonly session?: SessionOptions;
	readonly centre?: GenesysSimulatorOptions;
	/** More switches of the command line. */
	readonly args?: readonly string[];
	/** Runs in the desktop before the app is launched. */
	readonly before?: (session: DesktopSession) => Promise<void>;
}

/** Launches the app with an account file and waits until Ann can be written to. */
export async function startDesk(options: DeskOptions = {}): Promise<Desk> {
	const scene = await startScene({ keyring: "unlocked", ...options.session });
	const { session } = scene;
	const centre = await startCentre(options.centre);
	scene.endsWithTest(() => centre.close());
	const notifications = await watch(session);
	await options.before?.(session);
	const file = await writeAccountFile(session, centre);
	const open = await scene.launch({ args: [`--provision=${file}`, ...(options.args ?? [])] });
	await untilConnection(open.page, "Online");
	await centre.untilReachable();
	return { ...open, scene, session, centre, notifications };
}

/** Watches a desktop's notifications for the time of the test. */
export async function watch(session: DesktopSession): Promise<NotificationDriver> {
	const notifications = await watchNotifications(session);
	onTestFinished(() => {
		notifications.stop();
	});
	return notifications;
}

/** Ann's account as an administrator would hand it out. */
export async function writeAccountFile(session: DesktopSession, centre: Centre): Promise<string> {
	const file = path.join(session.folder, "account.json");
	const account = {
		system: "genesys",
		server: centre.origin,
		userName: ann.userName,
		secretKind: "password",
		secret: ann.password,
		line: annsNumber,
	};
	await writeFile(file, JSON.stringify(account), { mode: 0o600 });
	return file;
}

/** Where the app's window is, as main sees it. */
export interface WindowFacts {
	readonly visible: boolean;
	readonly minimized: boolean;
	readonly focused: boolean;
	readonly title: string;
	readonly bounds: {
		readonly x: number;
		readonly y: number;
		readonly width: number;
		readonly height: number;
	};
}

export async function windowFacts(app: RunningApp): Promise<WindowFacts> {
	return await app.electron.evaluate(({ BrowserWindow }) => {
		const [window] = BrowserWindow.getAllWindows();
		if (window === undefined) throw new Error("there is no window");
		return {
			visible: window.isVisible(),
			minimized: window.isMinimized(),
			focused: window.isFocused(),
			title: window.getTitle(),
			bounds: window.getBounds(),
		};
	});
}

/** Waits until the window is as wanted. */
export async function untilWindow(app: RunningApp, wanted: Partial<WindowFacts>): Promise<void> {
	await expect.poll(() => windowFacts(app), { timeout: patienceMs, interval: 50 }).toMatchObject(wanted);
}

export type Away = "behind" | "hidden" | "minimized";

/** The person looks at something else. Focus is a fact of main: the page always believes it has it. */
export async function lookAway(
	{ app, session }: { app: RunningApp; session: DesktopSession },
	away: Away = "behind",
): Promise<void> {
	await untilWindow(app, { focused: true });
	if (away === "behind") await openOtherProgram(session);
	else
		await app.electron.evaluate(({ BrowserWindow }, how) => {
			const [window] = BrowserWindow.getAllWindows();
			if (how === "hidden") window?.hide();
			else window?.minimize();
		}, away);
	const wanted = { behind: {}, hidden: { visible: false }, minimized: { minimized: true } };
	await untilWindow(app, { focused: false, ...wanted[away] });
}

/** Another window comes to the front and takes the focus: a picture, as ImageMagick shows it. */
export async function openOtherProgram(session: DesktopSession): Promise<void> {
	session.start("display", ["-size", "240x160", "-title", "Other work", "xc:gray"]);
	await session.run(
		"xdotool",
		"search",
		"--sync",
		"--onlyvisible",
		"--name",
		"^Other work$",
		"windowactivate",
	);
}

/** Presses the window's own close button. */
export async function closeWindow(app: RunningApp): Promise<void> {
	await app.electron.evaluate(({ BrowserWindow }) => {
		BrowserWindow.getAllWindows()[0]?.close();
	});
}

/** Changes settings through the bridge, as the settings page does. */
export async function changeSettings(page: Page, patch: Partial<Settings>): Promise<void> {
	await page.evaluate((settings) => window.app.invoke("settings.patch", settings), patch);
}

/** Waits until the caret is in the composer. */
export async function untilComposing(page: Page): Promise<void> {
	await expect
		.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")), {
			timeout: patienceMs,
			interval: 20,
		})
		.toBe("Message");
}

/** A colleague opens a conversation, is known by name in the list, and then writes. */
export async function writesByName(
	desk: Desk,
	colleague: { readonly number: string; readonly name: string },
	...texts: string[]
): Promise<void> {
	await desk.centre.writesToAnn(colleague.number);
	await conversationRow(desk.page, colleague.name).waitFor({ state: "attached" });
	await desk.centre.writesToAnn(colleague.number, ...texts);
}

/** Waits for a heading that says whose conversation is open. */
export async function untilConversation(page: Page, peer: string): Promise<void> {
	await page.getByRole("heading", { name: peer, level: 1 }).waitFor();
}

/** Waits until a question has the wanted answer. */
export async function until<T>(ask: () => T | Promise<T>, wanted: T): Promise<void> {
	await expect.poll(ask, { timeout: patienceMs, interval: 20 }).toEqual(wanted);
}
