import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBare } from "../support/launch.ts";
import { startSession, type DesktopSession } from "../support/session.ts";
import { fixtureApp, steps } from "./fixture.ts";

let session: DesktopSession;
beforeAll(async () => {
	session = await startSession({ notifications: false });
});
afterAll(() => session.stop());

async function play(...args: string[]): Promise<{ order: string[]; code: number | null }> {
	const profile = await mkdtemp(path.join(session.folder, "profile-"));
	const run = startBare({ session, app: fixtureApp("quit-order"), profile, args });
	const code = await run.ended;
	return { order: steps(run), code };
}

test("quit asks, closes the windows, tells that it will and then that it does", async () => {
	expect(await play()).toEqual({
		order: ["before-quit", "close", "closed", "will-quit", "quit 0"],
		code: 0,
	});
});

test("a prevented before-quit stops it before any window is touched", async () => {
	const { order } = await play("--hold-before-quit");
	expect(order).toEqual([
		"before-quit",
		"hold-before-quit prevented",
		"before-quit",
		"close",
		"closed",
		"will-quit",
		"quit 0",
	]);
});

test("a prevented close calls the quit off", async () => {
	const { order } = await play("--hold-close");
	expect(order).toEqual([
		"before-quit",
		"close",
		"hold-close prevented",
		"before-quit",
		"close",
		"closed",
		"will-quit",
		"quit 0",
	]);
});

test("a prevented will-quit keeps the app alive without windows, for a drain", async () => {
	const { order } = await play("--hold-will-quit");
	expect(order).toEqual([
		"before-quit",
		"close",
		"closed",
		"will-quit",
		"hold-will-quit prevented",
		"before-quit",
		"will-quit",
		"quit 0",
	]);
});

test("closing the last window by itself does not quit an app that listens for it", async () => {
	const { order } = await play("--close-first");
	expect(order).toEqual(["close", "closed", "window-all-closed", "before-quit", "will-quit", "quit 0"]);
});

test("exit asks nobody and gives its code", async () => {
	expect(await play("--exit")).toEqual({ order: ["closed", "quit 7"], code: 7 });
});
