import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron as electron, type ElectronApplication, type Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { packagePaths } from "./paths.ts";

/** Starts what the package holds, on the host that the environment names, with a profile of its own. */
async function start(
	...switches: readonly string[]
): Promise<{ app: ElectronApplication; page: Page; errors: string[] }> {
	const profile = mkdtempSync(join(tmpdir(), "trunkline-package-"));
	const args = [packagePaths.extracted, `--user-data-dir=${profile}`, ...switches];
	const app = await electron.launch({ args, cwd: packagePaths.extracted });
	onTestFinished(async () => {
		await app.close();
		rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
	});
	const page = await app.firstWindow();
	const errors: string[] = [];
	page.on("pageerror", (error) => errors.push(error.message));
	page.on("console", (message) => {
		// The stand-in's browser says this of its own start page; Electron has none.
		const startPage = message.text().includes("'beforeunload'");
		if (message.type() === "error" && !startPage) errors.push(message.text());
	});
	await page.waitForURL(/index\.html/);
	return { app, page, errors };
}

test("the packed files open the window on the welcome page", async () => {
	const { page, errors } = await start();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	expect(await page.getByRole("button", { name: "Try practice mode" }).isVisible()).toBe(true);
	expect(errors).toEqual([]);
});

test("the packed practice bundle starts", async () => {
	const { page, errors } = await start("--practice");
	await page
		.getByText(/^Practice mode/)
		.first()
		.waitFor();
	expect(errors).toEqual([]);
});
