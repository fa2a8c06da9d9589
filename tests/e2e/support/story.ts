import path from "node:path";
import type { Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { launchApp, type LaunchOptions, repository, type RunningApp } from "../../support/launch.ts";
import { screenshotPage } from "../../support/screenshot.ts";
import { type DesktopSession, type SessionOptions, startSession } from "../../support/session.ts";
import { patienceMs } from "./simulator.ts";

/** The app that the specs start: this repository's build, or another folder with one. */
export const appFolder = process.env["TEST_APP"] ?? repository;

/** The built app in a running session. */
export interface OpenApp {
	readonly app: RunningApp;
	readonly page: Page;
	/** What the page's console said at level error, and what was thrown there. */
	readonly complaints: readonly string[];
}

/** A desktop of its own for one test; everything in it ends with the test, and a failure leaves pictures. */
export interface Scene {
	readonly session: DesktopSession;
	/** Starts the app; with a `profile` of an earlier run it goes on where that one stopped. */
	launch(options?: Omit<LaunchOptions, "session">): Promise<OpenApp>;
	/** Ends something together with the test, before the desktop. */
	endsWithTest(end: () => Promise<unknown>): void;
}

/** Starts a desktop for the running test. */
export async function startScene(options: SessionOptions = {}): Promise<Scene> {
	const session = await startSession(options);
	const opened: OpenApp[] = [];
	const endings: (() => Promise<unknown>)[] = [];
	onTestFinished(async ({ task }) => {
		if (task.result?.state === "fail") await keepEvidence(task.name, opened);
		for (const { app } of opened) await app[Symbol.asyncDispose]();
		for (const end of endings.toReversed()) await end();
		await session.stop();
	});
	return {
		session,
		launch: async (launch = {}) => {
			const open = await openApp({ session, ...launch });
			opened.push(open);
			return open;
		},
		endsWithTest: (end) => void endings.push(end),
	};
}

async function openApp(options: LaunchOptions): Promise<OpenApp> {
	const app = await launchApp({ app: appFolder, ...options });
	const page = await app.window();
	page.setDefaultTimeout(patienceMs);
	const complaints: string[] = [];
	page.on("console", (message) => {
		// Chromium under the stand-in asks for a page's icon by itself; Electron does not.
		const { url } = message.location();
		if (message.type() === "error" && !url.endsWith("/favicon.ico"))
			complaints.push(`${message.text()} ${url}`);
	});
	page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
	return { app, page, complaints };
}

async function keepEvidence(name: string, opened: readonly OpenApp[]): Promise<void> {
	const file = name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80);
	for (const [index, { app, page, complaints }] of opened.entries()) {
		const picture = path.join(repository, "out", "e2e", `${file}-${String(index + 1)}.png`);
		await screenshotPage(page, picture).catch(() => undefined);
		for (const complaint of complaints) console.error(`page: ${complaint}`);
		const said = app.stderr().trim().slice(-2000);
		if (said !== "") console.error(`app: ${said}`);
	}
}
