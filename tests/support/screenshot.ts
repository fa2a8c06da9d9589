import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import type { DesktopSession } from "./session.ts";

/** Takes the picture of a page into a file, making its folder. */
export async function screenshotPage(page: Page, file: string): Promise<void> {
	await mkdir(path.dirname(file), { recursive: true });
	await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
}

/** Takes the picture of the whole display, with window frames and notifications. */
export async function screenshotDisplay(session: DesktopSession, file: string): Promise<void> {
	await mkdir(path.dirname(file), { recursive: true });
	await session.run("import", "-window", "root", file);
}
