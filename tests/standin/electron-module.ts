import { app } from "./app.ts";
import { clipboard } from "./clipboard.ts";
import { dialog, net, powerMonitor, powerSaveBlocker, shell } from "./desktop.ts";
import { absentClass, absentModule, guard } from "./guard.ts";
import { ipcMain } from "./ipc-main.ts";
import { Menu, MenuItem } from "./menu.ts";
import { nativeImage } from "./native-image.ts";
import { nativeTheme } from "./native-theme.ts";
import { Notification } from "./notification.ts";
import { protocol } from "./protocol.ts";
import { screen } from "./screen.ts";
import { session } from "./session.ts";
import { absentClasses, absentModules } from "./surface.ts";
import { Tray } from "./tray.ts";
import { webContents } from "./web-contents.ts";
import { BrowserWindow } from "./window.ts";

/** What `require("electron")` gives in the main process. */
export const electron: Record<string, unknown> = guard(
	{
		app,
		BrowserWindow,
		clipboard,
		dialog,
		ipcMain,
		Menu,
		MenuItem,
		nativeImage,
		nativeTheme,
		net,
		Notification,
		powerMonitor,
		powerSaveBlocker,
		protocol,
		screen,
		session,
		shell,
		Tray,
		webContents,
		...Object.fromEntries(absentModules.map((name) => [name, absentModule(name)])),
		...Object.fromEntries(absentClasses.map((name) => [name, absentClass(name)])),
	},
	"electron",
);
