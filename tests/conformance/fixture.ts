import path from "node:path";
import type { Page } from "playwright-core";
import { launchApp, type LaunchOptions, type RunningApp } from "../support/launch.ts";
import type { DesktopSession } from "../support/session.ts";

/** The folder of a fixture app. */
export function fixtureApp(name: string): string {
	return path.join(import.meta.dirname, "apps", name);
}

/**
 * What the plain fixture keeps on `globalThis` in its main process; declared there by `globals.d.ts`.
 * @public
 */
export interface PlainFixture {
	readonly window: Electron.BrowserWindow;
	readonly seen: unknown[][];
	/** Whatever a spec notes there. */
	events?: string[];
	kept?: unknown[];
}

/** The plain fixture, loaded. */
export interface PlainApp extends RunningApp {
	readonly page: Page;
	/** Runs in the main process; `fixture` is there. */
	readonly main: RunningApp["electron"]["evaluate"];
}

export async function launchPlain(
	session: DesktopSession,
	options: Partial<LaunchOptions> = {},
): Promise<PlainApp> {
	const running = await launchApp({ session, app: fixtureApp("plain"), ...options });
	await running.printed("fixture loaded");
	const page = await running.window();
	const main: RunningApp["electron"]["evaluate"] = running.electron.evaluate.bind(running.electron);
	return Object.assign(running, { page, main });
}

/** The lines a fixture printed as steps. */
export function steps(running: { stdout(): string }): string[] {
	return running
		.stdout()
		.split("\n")
		.filter((line) => line.startsWith("step: "))
		.map((line) => line.slice("step: ".length));
}

/** Asks again until the answer is the wanted one; for states that another process brings about. */
export async function eventually<T>(ask: () => Promise<T> | T, wanted: (answer: T) => boolean): Promise<T> {
	const end = Date.now() + 10_000;
	for (;;) {
		const answer = await ask();
		if (wanted(answer)) return answer;
		if (Date.now() > end) throw new Error(`never came true; last answer: ${JSON.stringify(answer)}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

/** The X window with a title, as xdotool sees it among the visible ones; null for none. */
export async function visibleWindow(session: DesktopSession, title: string): Promise<string | null> {
	try {
		const { stdout } = await session.run("xdotool", "search", "--onlyvisible", "--name", `^${title}`);
		return stdout.trim().split("\n")[0] ?? null;
	} catch {
		return null;
	}
}
