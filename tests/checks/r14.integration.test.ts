import { expect, test } from "vitest";
import { quitDuringSend, signOutWithFullOutbox } from "./r14-leaving.ts";

test.each([true, false])(
	"R14: quitting in the middle of sending loses nothing; server with keys: %s",
	async (keys) => {
		expect((await quitDuringSend(1, keys)).problems).toEqual([]);
	},
);

test.each(["wipe", "keep"] as const)("R14: signing out with a full outbox, history: %s", async (history) => {
	expect((await signOutWithFullOutbox(2, history)).problems).toEqual([]);
});
