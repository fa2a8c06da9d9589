import axe from "axe-core";
import { afterEach, describe, expect, test } from "vitest";
import { close, show } from "./window.ts";
import { scenes, type SceneName } from "./scenes.ts";

afterEach(close);

async function violations(): Promise<string> {
	for (const animation of document.getAnimations()) animation.finish();
	const result = await axe.run(document, { resultTypes: ["violations"] });
	return result.violations
		.flatMap((violation) =>
			violation.nodes.map(
				(node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`,
			),
		)
		.join("\n");
}

describe.each(Object.keys(scenes) as SceneName[])("%s", (name) => {
	test.each(["light", "dark"])("has no violations in %s", async (theme) => {
		await show(name);
		document.documentElement.style.colorScheme = theme;
		expect(await violations()).toBe("");
	});
	test("has none on a narrow window, and does not scroll sideways", async () => {
		if (wideFirst.has(name) || name.startsWith("settings")) await narrowAfter(name);
		else await show(name, [320, 640]);
		expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
		expect(await violations()).toBe("");
	});
});

const wideFirst = new Set<SceneName>([
	"accounts",
	"newMessage",
	"newMessageMany",
	"newMessageSeparate",
	"newMessageWrongNumber",
	"about",
	"whyAll",
	"signOut",
	"signedOut",
	"wipe",
	"wholePerson",
	"linkDialog",
	"contactAssign",
]);

/** Screens whose way there is pressed on a wide window. */
async function narrowAfter(name: SceneName): Promise<void> {
	const app = await show(name);
	const { page } = await import("vitest/browser");
	await page.viewport(320, 640);
	await app.settled();
}
