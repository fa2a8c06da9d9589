import { expect, onTestFinished, test } from "vitest";
import { sessionEnd, twoStarts } from "../../checks/r14-desktop.ts";
import { type DesktopSession, startSession } from "../../support/session.ts";

async function desktop(): Promise<DesktopSession> {
	const session = await startSession({ keyring: "unlocked" });
	onTestFinished(() => session.stop());
	return session;
}

test("R14: of two starts at the same moment one goes on, and the other hands over", async () => {
	expect((await twoStarts(await desktop())).problems).toEqual([]);
});

test("R14: the system goes down while a text is under way: it is there after the next start, and sent once", async () => {
	expect((await sessionEnd(await desktop(), 1)).problems).toEqual([]);
});
