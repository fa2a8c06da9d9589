import { mkdtemp, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchApp, startBare } from "../support/launch.ts";
import { startSession, type DesktopSession } from "../support/session.ts";
import { eventually, fixtureApp, launchPlain, steps, visibleWindow } from "./fixture.ts";

let session: DesktopSession;
beforeAll(async () => {
	session = await startSession({ notifications: false });
});
afterAll(() => session.stop());

const profile = (): Promise<string> => mkdtemp(path.join(session.folder, "profile-"));

test("ready comes only after the entry module has been evaluated to its end", async () => {
	const run = startBare({ session, app: fixtureApp("start-order"), profile: await profile() });
	expect(await run.ended).toBe(0);
	const order = steps(run);
	expect(order.slice(0, 2)).toEqual(["evaluating false", "evaluated false"]);
	expect(
		order
			.slice(2)
			.filter((step) => step.includes("eady"))
			.sort(),
	).toEqual(["ready true", "whenReady true"]);
});

test("an entry module that awaits whenReady at its top level never gets there", async () => {
	const run = startBare({ session, app: fixtureApp("awaits-ready"), profile: await profile() });
	const first = await Promise.race([
		run.ended,
		new Promise((resolve) => setTimeout(resolve, 3000, "hangs")),
	]);
	run.process.kill("SIGKILL");
	await run.ended;
	expect(run.stdout()).not.toContain("reached");
	expect(first).not.toBe(0);
});

test("the app's identity comes from its package.json, its profile from the switch", async () => {
	await using app = await launchPlain(session);
	const facts = await app.main(({ app: it }) => ({
		name: it.getName(),
		version: it.getVersion(),
		appPath: it.getAppPath(),
		userData: it.getPath("userData"),
		sessionData: it.getPath("sessionData"),
		packaged: it.isPackaged,
		ready: it.isReady(),
		type: process.type,
		defaultApp: process.defaultApp,
		electron: typeof process.versions.electron,
		resources: typeof process.resourcesPath,
		locale: it.getLocale(),
	}));
	expect(facts).toEqual({
		name: "Plain Fixture",
		version: "3.2.1",
		appPath: fixtureApp("plain"),
		userData: app.profile,
		sessionData: app.profile,
		packaged: false,
		ready: true,
		type: "browser",
		defaultApp: true,
		electron: "string",
		resources: "string",
		locale: "en-US",
	});
});

test("a file can be given in place of a folder; its folder is the app's path", async () => {
	await using app = await launchApp({ session, app: path.join(fixtureApp("plain"), "main.mjs") });
	await app.printed("fixture loaded");
	expect(await app.electron.evaluate(({ app: it }) => it.getAppPath())).toBe(fixtureApp("plain"));
});

test("what can only be done before ready is refused after it", async () => {
	await using app = await launchPlain(session);
	const errors = await app.main(({ app: it, protocol }) =>
		[
			() => {
				it.enableSandbox();
			},
			() => {
				protocol.registerSchemesAsPrivileged([{ scheme: "late" }]);
			},
		].map((attempt) => {
			try {
				attempt();
				return "accepted";
			} catch {
				return "refused";
			}
		}),
	);
	expect(errors).toEqual(["refused", "refused"]);
});

test("switches can be asked for", async () => {
	await using app = await launchPlain(session, { args: ["--something=else", "--flag"] });
	const switches = await app.main(({ app: { commandLine } }) => [
		commandLine.hasSwitch("flag"),
		commandLine.hasSwitch("other"),
		commandLine.getSwitchValue("something"),
	]);
	expect(switches).toEqual([true, false, "else"]);
});

test("a window made with show: false stays off the screen until it is shown", async () => {
	await using app = await launchPlain(session, { args: ["--hidden"] });
	expect(await app.main(() => globalThis.fixture.window.isVisible())).toBe(false);
	expect(await visibleWindow(session, "Plain page")).toBeNull();
	await app.main(() => {
		globalThis.fixture.window.show();
	});
	await eventually(
		() => visibleWindow(session, "Plain page"),
		(found) => found !== null,
	);
	await eventually(() => app.main(() => globalThis.fixture.window.isFocused()), Boolean);
});

test("relaunch starts the app again with the arguments given, after it has ended", async () => {
	const folder = await profile();
	const first = startBare({
		session,
		app: fixtureApp("relaunch"),
		profile: folder,
		args: [`--note=${folder}/note`],
	});
	expect(await first.ended).toBe(0);
	const note = await eventually(
		() => readFile(`${folder}/note`, "utf8").catch(() => ""),
		(text) => text.includes("second"),
	);
	expect(note).toBe("first\nsecond\n");
});
