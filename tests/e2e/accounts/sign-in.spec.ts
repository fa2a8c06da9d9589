import { expect, test } from "vitest";
import { fillSignInForm, openSignInForm, signIn, signInOnline, untilConnection } from "../support/forms.ts";
import { ann, startCentre } from "../support/simulator.ts";
import { startScene } from "../support/story.ts";

test("an agent adds a Genesys account and is online", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const centre = await startCentre();
	scene.endsWithTest(() => centre.close());
	const { page, complaints } = await scene.launch();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	await signInOnline(page, { server: centre.origin });
	await centre.untilReachable();
	expect(complaints).toEqual([]);
});
