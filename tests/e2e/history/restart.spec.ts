import { expect, test } from "vitest";
import { startSignedIn } from "../support/desk.ts";
import { composer, message, openConversation, unreadRow, write } from "../support/forms.ts";
import { patienceMs } from "../support/simulator.ts";
import { filesWith } from "../support/traces.ts";

const maya = { number: "6001", name: "Maya Fernandez" };
const tom = { number: "6002", name: "Tom Becker" };

test("after a kill everything is there again, before the server has said a word: messages, drafts, what is unread", async () => {
	const { app, page, centre, scene } = await startSignedIn();
	await centre.writesToAnn(maya.number, "Do you have a minute?");
	await unreadRow(page, maya.name, 1).waitFor();
	await openConversation(page, maya.name);
	await write(page, "Of course.");
	await message(page, "Of course.", "delivered").waitFor();
	await composer(page).fill("One more thing, half wri");
	centre.colleagues.get(maya.number).complete();
	await centre.writesToAnn(tom.number, "And you, Ann?", "Hello?");
	await unreadRow(page, tom.name, 2).waitFor();
	// Drafts are saved in a pause of typing.
	await expect.poll(() => filesWith(app.profile, ["half wri"]), { timeout: patienceMs }).not.toEqual([]);
	await app.kill();

	await centre.network.cut("silence");
	const again = await scene.launch({ profile: app.profile });
	await unreadRow(again.page, tom.name, 2).waitFor();
	await openConversation(again.page, maya.name);
	await message(again.page, "Do you have a minute?").waitFor();
	await message(again.page, "Of course.", "delivered").waitFor();
	expect(await composer(again.page).inputValue()).toBe("One more thing, half wri");
	await again.page.keyboard.press("Control+Shift+F");
	await again.page.keyboard.type("minute");
	await again.page
		.getByRole("listbox", { name: "Search results" })
		.getByRole("option", { name: /Do you have a minute\?/ })
		.waitFor();
	expect(again.complaints).toEqual([]);
	await centre.network.restore();
});
