/** node build/icons/render.ts: writes the icons from their drawings with the system's Chromium. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { chromiumPath } from "../chromium.mjs";
import { appIcon, trayIcon, trayStates, trayTemplate } from "./drawings.ts";

const folder = import.meta.dirname;
const executablePath = chromiumPath();
if (executablePath === undefined) throw new Error("Chromium is needed");
const browser = await chromium.launch({
	executablePath,
	args: ["--no-sandbox", "--force-color-profile=srgb"],
});
const page = await browser.newPage();

async function render(svg: string, file: string, size: number): Promise<void> {
	await page.setViewportSize({ width: size, height: size });
	const image = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
	await page.setContent(
		`<body style="margin:0"><img src="${image}" width="${String(size)}" height="${String(size)}" style="display:block">`,
	);
	await page.screenshot({ path: join(folder, file), omitBackground: true });
}

mkdirSync(join(folder, "tray"), { recursive: true });
writeFileSync(join(folder, "icon.svg"), appIcon);
await render(appIcon, "icon.png", 512);
for (const state of trayStates) {
	for (const size of [16, 22, 24, 32])
		await render(trayIcon(state), join("tray", `tray-${state}-${String(size)}.png`), size);
	const name = { idle: "trayTemplate", unread: "trayUnreadTemplate", alert: "trayAlertTemplate" }[state];
	await render(trayTemplate(state), join("tray", `${name}.png`), 16);
	await render(trayTemplate(state), join("tray", `${name}@2x.png`), 32);
}
await browser.close();
