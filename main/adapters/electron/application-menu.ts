import type { MenuItemConstructorOptions } from "electron/main";
import type { MessageKey } from "../../../shared/i18n/catalog.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";

/** Where a menu entry leads. */
export type MenuTarget = "newMessage" | "settings" | "about" | "switcher" | "search" | "window";

export interface ApplicationMenuOptions {
	readonly platform: NodeJS.Platform;
	/** Packaged apps have no entries for developers, and so no keys for them either. */
	readonly packaged: boolean;
	readonly translate: Translate;
	readonly go: (target: MenuTarget) => void;
	/** Closes as the window's own button does: to the tray where there is one. */
	readonly closeWindow: () => void;
	readonly quit: () => void;
}

const separator: MenuItemConstructorOptions = { type: "separator" };

/**
 * The menu, as data. Electron has no clipboard, undo or zoom keys of its own: these entries are what makes
 * Ctrl+C work, so they exist even where the menu bar is hidden.
 */
export function applicationMenu(options: ApplicationMenuOptions): MenuItemConstructorOptions[] {
	const { platform, packaged, translate, go, closeWindow, quit } = options;
	const mac = platform === "darwin";
	const role = (
		label: MessageKey,
		name: NonNullable<MenuItemConstructorOptions["role"]>,
	): MenuItemConstructorOptions => ({
		label: translate(label),
		role: name,
	});
	const entry = (label: MessageKey, run: () => void, accelerator?: string): MenuItemConstructorOptions => ({
		label: translate(label),
		click: () => run(),
		...(accelerator === undefined ? {} : { accelerator }),
	});
	/** `&` marks the Alt key of a top-level entry; macOS would show it. */
	const menu = (label: MessageKey, submenu: MenuItemConstructorOptions[]): MenuItemConstructorOptions => ({
		label: mac ? translate(label).replace("&", "") : translate(label),
		submenu,
	});

	const settings = entry("menu.settings", () => go("settings"), "CmdOrCtrl+,");
	const about = entry("menu.about", () => go("about"));
	const leave = entry("menu.quit", quit, mac ? "Cmd+Q" : "Ctrl+Q");

	return [
		...(mac
			? [
					{
						label: translate("app.name"),
						submenu: [
							about,
							separator,
							settings,
							separator,
							role("menu.services", "services"),
							separator,
							role("menu.hide", "hide"),
							role("menu.hideOthers", "hideOthers"),
							role("menu.showAll", "unhide"),
							separator,
							leave,
						],
					},
				]
			: []),
		menu("menu.file", [
			entry("menu.newMessage", () => go("newMessage"), "CmdOrCtrl+N"),
			separator,
			...(mac ? [] : [settings, separator]),
			entry("menu.closeWindow", closeWindow, "CmdOrCtrl+W"),
			...(mac ? [] : [leave]),
		]),
		menu("menu.edit", [
			role("menu.undo", "undo"),
			role("menu.redo", "redo"),
			separator,
			role("menu.cut", "cut"),
			role("menu.copy", "copy"),
			role("menu.paste", "paste"),
			role("menu.pastePlain", "pasteAndMatchStyle"),
			role("menu.delete", "delete"),
			role("menu.selectAll", "selectAll"),
			separator,
			entry("menu.goTo", () => go("switcher"), "CmdOrCtrl+K"),
			entry("menu.search", () => go("search"), "CmdOrCtrl+Shift+F"),
		]),
		menu("menu.view", [
			role("menu.zoomIn", "zoomIn"),
			// On most keyboards "+" needs Shift; people press the key without it.
			{
				...role("menu.zoomIn", "zoomIn"),
				accelerator: "CmdOrCtrl+=",
				visible: false,
				acceleratorWorksWhenHidden: true,
			},
			role("menu.zoomOut", "zoomOut"),
			role("menu.zoomReset", "resetZoom"),
			separator,
			role("menu.fullScreen", "togglefullscreen"),
			...(packaged
				? []
				: [separator, role("menu.reload", "reload"), role("menu.developerTools", "toggleDevTools")]),
		]),
		{
			...menu("menu.window", [
				role("menu.minimize", "minimize"),
				...(mac
					? [role("menu.zoomWindow", "zoom"), separator, role("menu.bringToFront", "front")]
					: []),
				entry("menu.showWindow", () => go("window")),
			]),
			...(mac ? { role: "window" as const } : {}),
		},
		...(mac ? [] : [menu("menu.help", [about])]),
	];
}
