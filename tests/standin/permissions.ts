import { running } from "./host.ts";

/** Chromium's names and Electron's for what a page may ask. */
const names: readonly (readonly [string, string])[] = [
	["notifications", "notifications"],
	["geolocation", "geolocation"],
	["camera", "media"],
	["microphone", "media"],
	["midi", "midi"],
	["clipboard-read", "clipboard-read"],
	["clipboard-write", "clipboard-sanitized-write"],
	["idle-detection", "idle-detection"],
	["window-management", "window-management"],
	["local-fonts", "local-fonts"],
	["storage-access", "storage-access"],
];

/**
 * Tells Chromium what a page of `origin` may have, so that no prompt of its own ever shows. Chromium cannot put
 * the single request to the app, so the answer is fixed before the page runs: `decide` gets Electron's name.
 */
export function applyPermissions(origin: string, decide: (permission: string) => boolean): void {
	if (!origin.startsWith("http")) return;
	for (const [chromium, electron] of names)
		running().cdp.tell("Browser.setPermission", {
			permission: { name: chromium },
			setting: decide(electron) ? "granted" : "denied",
			origin,
		});
}
