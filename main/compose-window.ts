import { nativeImage } from "electron/common";
import { app, BrowserWindow, clipboard, Menu, nativeTheme, protocol, screen, session } from "electron/main";
import { fileURLToPath } from "node:url";
import type { Translate } from "../shared/i18n/translate.ts";
import { type AttachmentId, asAttachmentId } from "../shared/ids.ts";
import { serveApp } from "./adapters/electron/app-protocol.ts";
import { applicationMenu, type MenuTarget } from "./adapters/electron/application-menu.ts";
import { attachContextMenu } from "./adapters/electron/context-menu.ts";
import { denyPermissions, hardenApp } from "./adapters/electron/hardening.ts";
import { eventSender, type EventSender } from "./adapters/electron/ipc-server.ts";
import { createMainWindow, type MainWindow } from "./adapters/electron/main-window.ts";
import { configureSpellChecker } from "./adapters/electron/spell-checker.ts";
import { applyTheme } from "./adapters/electron/theme.ts";
import { windowStateFile } from "./adapters/electron/window-state.ts";
import type { Core } from "./core/ports/core.ts";
import { isImageType } from "./core/ports/media.ts";
import type { Clock, Logger } from "./core/ports/runtime.ts";
import type { SettingsStore } from "./core/ports/stores.ts";
import type { ExternalLinks } from "./core/ports/system.ts";

/** Files of the build, seen from `dist/main/index.js`. */
const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const assetFolder = (): string => built("../assets");

export interface WindowParts {
	readonly window: MainWindow;
	readonly send: EventSender;
}

/** The window with everything around it: scheme, hardening, menus, theme, spelling. */
export function composeWindow(options: {
	readonly profile: string;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly settings: SettingsStore;
	readonly translate: Translate;
	readonly links: ExternalLinks;
	/** A received picture that was checked; null: none by this id. */
	readonly picture: (id: AttachmentId) => ReturnType<Core["media"]>;
	readonly trayAvailable: () => boolean;
	readonly onSessionEnd: () => void;
	readonly quit: () => void;
}): WindowParts {
	const { clock, logger, settings, translate, links } = options;
	const platform = process.platform;
	const openLink = (url: string): void => void links.open(url);

	hardenApp(app, { logger, openLink });
	denyPermissions(session.defaultSession, { logger });
	serveApp(protocol, {
		root: built("../renderer"),
		media: async (id) => {
			const found = await options.picture(asAttachmentId(id));
			return found === null || !isImageType(found.type) ? null : { ...found, type: found.type };
		},
	});
	configureSpellChecker({
		session: session.defaultSession,
		platform,
		languages: app.getPreferredSystemLanguages(),
		logger,
	});
	applyTheme(nativeTheme, settings.get().theme);
	settings.subscribe((changed) => applyTheme(nativeTheme, changed.theme));

	const send: EventSender = (event, payload) => sendNow(event, payload);
	const window = createMainWindow({
		BrowserWindow,
		screen,
		nativeTheme,
		platform,
		packaged: app.isPackaged,
		preload: built("../preload/index.cjs"),
		icon: platform === "linux" ? built("../assets/icon.png") : null,
		title: translate("app.name"),
		state: windowStateFile({ folder: options.profile, clock, logger }),
		clock,
		logger,
		closeToTray: () => settings.get().closeToTray,
		trayAvailable: options.trayAvailable,
		prepare: (made) =>
			attachContextMenu(made.webContents, {
				Menu,
				window: made,
				translate,
				copyText: (text) => void clipboard.writeText(text),
			}),
		sendNavigation: (target) => send("navigate", target),
		onSessionEnd: options.onSessionEnd,
	});
	const sendNow = eventSender(() => window.page(), logger);

	const go = (target: MenuTarget): void => {
		window.show();
		if (target !== "window") window.navigate({ to: target });
	};
	Menu.setApplicationMenu(
		Menu.buildFromTemplate(
			applicationMenu({
				platform,
				packaged: app.isPackaged,
				translate,
				go,
				closeWindow: () => window.close(),
				quit: options.quit,
			}),
		),
	);
	return { window, send };
}

/** The mark of a Windows task bar button. */
export function unreadOverlay(): Electron.NativeImage {
	return nativeImage.createFromPath(built("../assets/tray/tray-unread-16.png"));
}
