import { afterAll, beforeAll, expect, test } from "vitest";
import { startSession, type DesktopSession } from "../support/session.ts";
import { launchPlain } from "./fixture.ts";

let session: DesktopSession;
beforeAll(async () => {
	session = await startSession();
});
afterAll(() => session.stop());

test("a spec answers a save dialog by putting a method of its own in its place", async () => {
	await using app = await launchPlain(session);
	const seen = await app.main(async ({ dialog }) => {
		const asked: unknown[] = [];
		dialog.showSaveDialog = (...given: unknown[]) => {
			asked.push(given.length, given.at(-1));
			return Promise.resolve({ canceled: false, filePath: "/somewhere/export.txt" });
		};
		const answer = await dialog.showSaveDialog(globalThis.fixture.window, { defaultPath: "export.txt" });
		return [...asked, answer];
	});
	expect(seen).toEqual([
		2,
		{ defaultPath: "export.txt" },
		{ canceled: false, filePath: "/somewhere/export.txt" },
	]);
});
