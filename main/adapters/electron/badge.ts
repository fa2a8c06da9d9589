import type { NativeImage } from "electron/common";
import type { App, BrowserWindow } from "electron/main";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { Badge } from "../../core/ports/system.ts";

export interface BadgeOptions {
	readonly app: Pick<App, "setBadgeCount">;
	readonly platform: NodeJS.Platform;
	readonly translate: Translate;
	/** Windows: the window whose task bar button carries the mark; null while there is none. */
	readonly window: () => Pick<BrowserWindow, "isDestroyed" | "setOverlayIcon"> | null;
	/** Windows: the mark, 16 by 16. */
	readonly overlay: () => NativeImage;
}

/**
 * The unread total on the program's icon: a number on macOS and on Linux docks that know the launcher's
 * `.desktop` file, a mark on the task bar button on Windows, which has no numbers.
 */
export function createBadge(options: BadgeOptions): Badge {
	const { app, platform, translate, window, overlay } = options;
	return {
		set(count) {
			if (platform !== "win32") {
				app.setBadgeCount(count);
				return;
			}
			const target = window();
			if (target === null || target.isDestroyed()) return;
			if (count === 0) target.setOverlayIcon(null, "");
			else target.setOverlayIcon(overlay(), translate("badge.unread", { count }));
		},
	};
}
