import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const root = join(import.meta.dirname, "..", "..");

/**
 * Copies what main reads from disk at run time: `build/icons/tray/*.png` to `dist/assets/tray/` and
 * `build/icons/icon.png` to `dist/assets/icon.png`. Bundles find them at `../assets/` from their own file.
 */
export function runtimeAssets(): Plugin {
	return {
		name: "trunkline:runtime-assets",
		apply: "build",
		applyToEnvironment: (environment) => environment.name === "main",
		writeBundle() {
			const target = join(root, "dist", "assets");
			rmSync(target, { recursive: true, force: true });
			mkdirSync(target, { recursive: true });
			for (const name of ["tray", "icon.png"]) {
				const source = join(root, "build", "icons", name);
				if (existsSync(source)) cpSync(source, join(target, name), { recursive: true });
			}
		},
	};
}
