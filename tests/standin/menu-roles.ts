import { app } from "./app.ts";
import { NotInStandIn } from "./guard.ts";
import { BrowserWindow } from "./window.ts";

type Item = Electron.MenuItemConstructorOptions;

interface Role {
	readonly label: string;
	readonly accelerator?: string;
	/** False for the editing roles whose keys the page handles by itself. */
	readonly registerAccelerator?: boolean;
	readonly submenu?: Item[];
	readonly onWindow?: (window: Electron.BrowserWindow) => void;
	readonly onContents?: (contents: Electron.WebContents) => void;
	readonly onApp?: () => void;
}

/** Roles on Linux: label, key and effect, as Electron's table of menu item roles has them. */
const roles: Record<string, Role> = {
	about: { label: "About", onApp: () => app.showAboutPanel() },
	undo: {
		label: "Undo",
		accelerator: "CommandOrControl+Z",
		registerAccelerator: false,
		onContents: (page) => page.undo(),
	},
	redo: {
		label: "Redo",
		accelerator: "Shift+CommandOrControl+Z",
		registerAccelerator: false,
		onContents: (page) => page.redo(),
	},
	cut: {
		label: "Cut",
		accelerator: "CommandOrControl+X",
		registerAccelerator: false,
		onContents: (page) => page.cut(),
	},
	copy: {
		label: "Copy",
		accelerator: "CommandOrControl+C",
		registerAccelerator: false,
		onContents: (page) => page.copy(),
	},
	paste: {
		label: "Paste",
		accelerator: "CommandOrControl+V",
		registerAccelerator: false,
		onContents: (page) => page.paste(),
	},
	pasteandmatchstyle: {
		label: "Paste and Match Style",
		accelerator: "Shift+CommandOrControl+V",
		registerAccelerator: false,
		onContents: (page) => page.pasteAndMatchStyle(),
	},
	delete: { label: "Delete", onContents: (page) => page.delete() },
	selectall: {
		label: "Select All",
		accelerator: "CommandOrControl+A",
		registerAccelerator: false,
		onContents: (page) => page.selectAll(),
	},
	reload: { label: "Reload", accelerator: "CmdOrCtrl+R", onWindow: (window) => window.reload() },
	forcereload: {
		label: "Force Reload",
		accelerator: "Shift+CmdOrCtrl+R",
		onWindow: (window) => window.webContents.reloadIgnoringCache(),
	},
	toggledevtools: {
		label: "Toggle Developer Tools",
		accelerator: "Ctrl+Shift+I",
		onContents: (page) => page.toggleDevTools(),
	},
	resetzoom: {
		label: "Actual Size",
		accelerator: "CommandOrControl+0",
		onContents: (page) => void (page.zoomLevel = 0),
	},
	zoomin: {
		label: "Zoom In",
		accelerator: "CommandOrControl+Plus",
		onContents: (page) => void (page.zoomLevel += 0.5),
	},
	zoomout: {
		label: "Zoom Out",
		accelerator: "CommandOrControl+-",
		onContents: (page) => void (page.zoomLevel -= 0.5),
	},
	togglefullscreen: {
		label: "Toggle Full Screen",
		accelerator: "F11",
		onWindow: (window) => window.setFullScreen(!window.isFullScreen()),
	},
	minimize: {
		label: "Minimize",
		accelerator: "CommandOrControl+M",
		onWindow: (window) => window.minimize(),
	},
	close: { label: "Close", accelerator: "CommandOrControl+W", onWindow: (window) => window.close() },
	quit: { label: "Quit", accelerator: "CommandOrControl+Q", onApp: () => app.quit() },
	filemenu: { label: "File", submenu: [{ role: "quit" }] },
	editmenu: {
		label: "Edit",
		submenu: [
			{ role: "undo" },
			{ role: "redo" },
			{ type: "separator" },
			{ role: "cut" },
			{ role: "copy" },
			{ role: "paste" },
			{ role: "delete" },
			{ type: "separator" },
			{ role: "selectAll" },
		],
	},
	viewmenu: {
		label: "View",
		submenu: [
			{ role: "reload" },
			{ role: "forceReload" },
			{ role: "toggleDevTools" },
			{ type: "separator" },
			{ role: "resetZoom" },
			{ role: "zoomIn" },
			{ role: "zoomOut" },
			{ type: "separator" },
			{ role: "togglefullscreen" },
		],
	},
	windowmenu: { label: "Window", submenu: [{ role: "minimize" }, { role: "zoom" }, { role: "close" }] },
	zoom: { label: "Zoom" },
	help: { label: "Help" },
	window: { label: "Window" },
	services: { label: "Services" },
	hide: { label: "Hide" },
	hideothers: { label: "Hide Others" },
	unhide: { label: "Show All" },
	front: { label: "Bring All to Front" },
	appmenu: {
		label: "App",
		submenu: [{ role: "about" }, { type: "separator" }, { role: "quit" }],
	},
};

export function roleOf(name: string | undefined): Role | null {
	if (name === undefined) return null;
	const role = roles[name.toLowerCase()];
	if (role === undefined) throw new NotInStandIn(`menu role "${name}"`);
	return role;
}

/** Does what a role does on the focused window; false when the role does nothing by itself. */
export function runRole(name: string | undefined): boolean {
	const role = roleOf(name);
	if (role === null) return false;
	const window = BrowserWindow.getFocusedWindow();
	if (role.onApp !== undefined) role.onApp();
	else if (role.onWindow !== undefined && window !== null) role.onWindow(window);
	else if (role.onContents !== undefined && window !== null) role.onContents(window.webContents);
	else return role.onWindow !== undefined || role.onContents !== undefined;
	return true;
}
