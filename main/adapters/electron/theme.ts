import type { NativeTheme } from "electron/main";
import type { Settings } from "../../../shared/settings.ts";

/** What the window shows before its page has painted: `--surface-0` of the design tokens, as Electron takes it. */
export const windowBackground = { light: "#f1f4f8", dark: "#0d1116" } as const;

/** Follows the setting; the page's `prefers-color-scheme` and native parts change with it. */
export function applyTheme(nativeTheme: Pick<NativeTheme, "themeSource">, theme: Settings["theme"]): void {
	if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme;
}

/** The background that fits the theme now in force. */
export function backgroundNow(nativeTheme: Pick<NativeTheme, "shouldUseDarkColors">): string {
	return nativeTheme.shouldUseDarkColors ? windowBackground.dark : windowBackground.light;
}
