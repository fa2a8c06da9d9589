import { expect, test } from "vitest";
import { startDesk } from "../support/desk.ts";
import { openAccountPage, signIn, untilConnection } from "../support/forms.ts";
import { ann } from "../support/simulator.ts";

test("the line chosen at one workstation is taken there again, and asked for at another with the same profile", async () => {
	const left = { TRUNKLINE_WORKSTATION: "desk-left" };
	const right = { TRUNKLINE_WORKSTATION: "desk-right" };
	const { page, app, scene, centre } = await startDesk({
		env: left,
		centre: { agents: [{ ...ann, devices: [{ phoneNumber: "5001" }, { phoneNumber: "5002" }] }] },
	});
	const state = (number: string): string | undefined => centre.agents.deviceByNumber(number)?.state;
	await signIn(page, { server: centre.origin });
	await page.getByRole("combobox", { name: "Line" }).selectOption({ label: "5002" });
	await page.getByRole("button", { name: "Use this line" }).click();
	await centre.untilReachable();
	expect(state("5002")).not.toBe("Offline");
	expect(state("5001")).toBe("Offline");
	await app.close();
	expect(state("5002")).toBe("Offline");

	const second = await scene.launch({ profile: app.profile, env: left });
	await untilConnection(second.page, "Online");
	await centre.untilReachable();
	expect(state("5002")).not.toBe("Offline");
	expect(await second.page.getByRole("heading", { name: "Which line is on this desk?" }).count()).toBe(0);
	await openAccountPage(second.page);
	expect(
		await second.page
			.getByRole("combobox", { name: "Line" })
			.evaluate((element: HTMLSelectElement) => element.selectedOptions[0]?.textContent.trim()),
	).toBe("5002");
	await second.app.close();

	const third = await scene.launch({ profile: app.profile, env: right });
	await third.page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor();
	await untilConnection(third.page, "Online");
	expect(state("5001")).toBe("Offline");
	expect(state("5002")).toBe("Offline");
	await third.page.getByRole("combobox", { name: "Line" }).selectOption({ label: "5001" });
	await third.page.getByRole("button", { name: "Use this line" }).click();
	await centre.untilReachable();
	expect(state("5001")).not.toBe("Offline");
	await third.app.close();

	// What the right desk chose is not the left one's business.
	const fourth = await scene.launch({ profile: app.profile, env: left });
	await untilConnection(fourth.page, "Online");
	await centre.untilReachable();
	expect(state("5002")).not.toBe("Offline");
	expect(state("5001")).toBe("Offline");
});
