import type { NativeImage } from "electron/common";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TrayModel } from "../../core/ports/system.ts";

export interface TrayImageOptions {
	readonly nativeImage: { createFromPath(path: string): NativeImage };
	readonly platform: NodeJS.Platform;
	/** Where the build puts `tray-<state>-<pixels>.png` and the macOS templates: `dist/assets/tray`. */
	readonly folder: string;
}

type State = TrayModel["image"];

/** macOS colours a template image (by its name) to fit the menu bar; `@2x` files are found by Electron. */
const templates: Readonly<Record<State, string>> = {
	idle: "trayTemplate.png",
	unread: "trayUnreadTemplate.png",
	alert: "trayAlertTemplate.png",
};
/** Windows: pixels of the small icon by the scale of the display. */
const windowsScales = [
	[1.5, 24],
	[2, 32],
] as const;

/** The tray's pictures by state, read once each. */
export function trayImages({
	nativeImage,
	platform,
	folder,
}: TrayImageOptions): (state: State) => NativeImage {
	const loaded = new Map<State, NativeImage>();
	const load = (state: State): NativeImage => {
		if (platform === "darwin") return nativeImage.createFromPath(join(folder, templates[state]));
		const file = (pixels: number): string => join(folder, `tray-${state}-${String(pixels)}.png`);
		// StatusNotifier hosts draw at 22 to 24 and scale what they are given.
		if (platform !== "win32") return nativeImage.createFromPath(file(24));
		const image = nativeImage.createFromPath(file(16));
		for (const [scaleFactor, pixels] of windowsScales)
			image.addRepresentation({ scaleFactor, buffer: readFileSync(file(pixels)) });
		return image;
	};
	return (state) => {
		const image = loaded.get(state) ?? load(state);
		loaded.set(state, image);
		return image;
	};
}
