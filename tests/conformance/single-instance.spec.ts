import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBare, type BareRun } from "../support/launch.ts";
import { startSession, type DesktopSession } from "../support/session.ts";
import { fixtureApp } from "./fixture.ts";

let session: DesktopSession;
beforeAll(async () => {
	session = await startSession({ notifications: false });
});
afterAll(() => session.stop());

function start(profile: string, ...args: string[]): BareRun {
	return startBare({ session, app: fixtureApp("single"), profile, args });
}

interface Second {
	readonly argv: string[];
	readonly workingDirectory: string;
	readonly data: { from: string };
}

test("a second start is refused, hands over its arguments, folder and data, and ends", async () => {
	const profile = await mkdtemp(path.join(session.folder, "profile-"));
	const first = start(profile, "one");
	await first.printed("ready");
	expect(first.stdout()).toContain("first true");

	const second = startBare({
		session,
		app: fixtureApp("single"),
		profile,
		args: ["two words", "last"],
		cwd: session.folder,
	});
	expect(await second.ended).toBe(0);
	expect(second.stdout()).toContain("refused");
	const heard = JSON.parse((await first.printed("second:")).slice("second:".length)) as Second;
	expect(heard.argv).toContain("two words");
	expect(heard.workingDirectory).toBe(session.folder);
	expect(heard.data).toEqual({ from: "last" });

	const third = start(profile, "--end");
	await third.ended;
	expect(await first.ended).toBe(0);
});

test("another profile is another instance", async () => {
	const [one, two] = await Promise.all([
		mkdtemp(path.join(session.folder, "profile-")),
		mkdtemp(path.join(session.folder, "profile-")),
	]);
	const first = start(one, "one");
	const second = start(two, "two");
	await Promise.all([first.printed("ready"), second.printed("ready")]);
	for (const profile of [one, two]) await start(profile, "--end").ended;
	expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
});

test("a lock left by a crash does not keep the app from starting", async () => {
	const profile = await mkdtemp(path.join(session.folder, "profile-"));
	const first = start(profile, "one");
	await first.printed("ready");
	first.process.kill("SIGKILL");
	await first.ended;
	const second = start(profile, "two");
	await second.printed("first true");
	await second.printed("ready");
	await start(profile, "--end").ended;
	expect(await second.ended).toBe(0);
});
