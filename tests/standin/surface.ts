/**
 * What of Electron exists here: one list per module or class, checked by the compiler against electron.d.ts.
 * Everything else throws by name. `surface.test.ts` compares these lists with what the app uses.
 */
const emitter = [
	"on",
	"once",
	"off",
	"addListener",
	"removeListener",
	"removeAllListeners",
	"prependListener",
	"listenerCount",
	"listeners",
	"rawListeners",
	"eventNames",
	"emit",
	"setMaxListeners",
	"getMaxListeners",
] as const;

const app = [
	"accessibilitySupportEnabled",
	"applicationMenu",
	"badgeCount",
	"commandLine",
	"disableHardwareAcceleration",
	"enableSandbox",
	"exit",
	"focus",
	"getAppMetrics",
	"getAppPath",
	"getBadgeCount",
	"getLocale",
	"getLocaleCountryCode",
	"getLoginItemSettings",
	"getName",
	"getPath",
	"getPreferredSystemLanguages",
	"getSystemLocale",
	"getVersion",
	"hasSingleInstanceLock",
	"isAccessibilitySupportEnabled",
	"isDefaultProtocolClient",
	"isPackaged",
	"isReady",
	"name",
	"quit",
	"relaunch",
	"releaseSingleInstanceLock",
	"requestSingleInstanceLock",
	"setAboutPanelOptions",
	"setAccessibilitySupportEnabled",
	"setAppLogsPath",
	"setAppUserModelId",
	"setAsDefaultProtocolClient",
	"setBadgeCount",
	"setDesktopName",
	"setLoginItemSettings",
	"setName",
	"setPath",
	"userAgentFallback",
	"whenReady",
] as const satisfies readonly (keyof Electron.App)[];

const commandLine = [
	"appendArgument",
	"appendSwitch",
	"getSwitchValue",
	"hasSwitch",
	"removeSwitch",
] as const satisfies readonly (keyof Electron.CommandLine)[];

const BrowserWindow = [
	"accessibleTitle",
	"autoHideMenuBar",
	"blur",
	"center",
	"close",
	"closable",
	"destroy",
	"flashFrame",
	"focus",
	"focusOnWebView",
	"getBackgroundColor",
	"getBounds",
	"getContentBounds",
	"getContentSize",
	"getMediaSourceId",
	"getMinimumSize",
	"getNativeWindowHandle",
	"getNormalBounds",
	"getPosition",
	"getSize",
	"getTitle",
	"hide",
	"id",
	"isDestroyed",
	"isEnabled",
	"isFocused",
	"isFullScreen",
	"isMaximized",
	"isMenuBarAutoHide",
	"isMenuBarVisible",
	"isMinimized",
	"isModal",
	"isNormal",
	"isVisible",
	"loadURL",
	"maximizable",
	"maximize",
	"minimizable",
	"minimize",
	"movable",
	"moveTop",
	"reload",
	"removeMenu",
	"resizable",
	"restore",
	"setAutoHideMenuBar",
	"setBackgroundColor",
	"setBounds",
	"setContentBounds",
	"setContentSize",
	"setFullScreen",
	"setIcon",
	"setMenu",
	"setMenuBarVisibility",
	"setMinimumSize",
	"setOverlayIcon",
	"setPosition",
	"setProgressBar",
	"setSize",
	"setSkipTaskbar",
	"setTitle",
	"show",
	"showInactive",
	"unmaximize",
	"webContents",
] as const satisfies readonly (keyof Electron.BrowserWindow)[];

const browserWindowStatics = [
	"fromId",
	"fromWebContents",
	"getAllWindows",
	"getFocusedWindow",
] as const satisfies readonly (keyof typeof Electron.BrowserWindow)[];

const WebContents = [
	"audioMuted",
	"close",
	"copy",
	"cut",
	"delete",
	"focus",
	"getOSProcessId",
	"getProcessId",
	"getTitle",
	"getType",
	"getURL",
	"getUserAgent",
	"getZoomFactor",
	"getZoomLevel",
	"id",
	"insertText",
	"isAudioMuted",
	"isCrashed",
	"isDestroyed",
	"isDevToolsOpened",
	"isFocused",
	"isLoading",
	"isLoadingMainFrame",
	"loadURL",
	"mainFrame",
	"paste",
	"pasteAndMatchStyle",
	"redo",
	"reload",
	"reloadIgnoringCache",
	"replace",
	"replaceMisspelling",
	"selectAll",
	"send",
	"session",
	"setAudioMuted",
	"setBackgroundThrottling",
	"setVisualZoomLevelLimits",
	"setWindowOpenHandler",
	"setZoomFactor",
	"setZoomLevel",
	"stop",
	"toggleDevTools",
	"undo",
	"unselect",
	"zoomFactor",
	"zoomLevel",
] as const satisfies readonly (keyof Electron.WebContents)[];

const webContents = [
	"fromDevToolsTargetId",
	"fromFrame",
	"fromId",
	"getAllWebContents",
	"getFocusedWebContents",
] as const satisfies readonly (keyof typeof Electron.WebContents)[];

const WebFrameMain = [
	"detached",
	"frameToken",
	"frameTreeNodeId",
	"frames",
	"framesInSubtree",
	"isDestroyed",
	"name",
	"origin",
	"osProcessId",
	"parent",
	"processId",
	"routingId",
	"top",
	"url",
] as const satisfies readonly (keyof Electron.WebFrameMain)[];

const Session = [
	"addWordToSpellCheckerDictionary",
	"availableSpellCheckerLanguages",
	"clearCache",
	"closeAllConnections",
	"flushStorageData",
	"forceReloadProxyConfig",
	"getSpellCheckerLanguages",
	"getStoragePath",
	"getUserAgent",
	"isPersistent",
	"isSpellCheckerEnabled",
	"listWordsInSpellCheckerDictionary",
	"protocol",
	"removeWordFromSpellCheckerDictionary",
	"resolveProxy",
	"setBluetoothPairingHandler",
	"setCertificateVerifyProc",
	"setDevicePermissionHandler",
	"setDisplayMediaRequestHandler",
	"setDownloadPath",
	"setPermissionCheckHandler",
	"setPermissionRequestHandler",
	"setProxy",
	"setSpellCheckerDictionaryDownloadURL",
	"setSpellCheckerEnabled",
	"setSpellCheckerLanguages",
	"setUSBProtectedClassesHandler",
	"setUserAgent",
	"spellCheckerEnabled",
	"storagePath",
] as const satisfies readonly (keyof Electron.Session)[];

const session = ["defaultSession"] as const satisfies readonly (keyof typeof Electron.Session)[];
const ipcMain = [
	"handle",
	"handleOnce",
	"removeHandler",
] as const satisfies readonly (keyof Electron.IpcMain)[];

const protocol = [
	"handle",
	"isProtocolHandled",
	"registerSchemesAsPrivileged",
	"unhandle",
] as const satisfies readonly (keyof Electron.Protocol)[];

const Menu = [
	"append",
	"closePopup",
	"getMenuItemById",
	"insert",
	"items",
	"popup",
] as const satisfies readonly (keyof Electron.Menu)[];

const menuStatics = [
	"buildFromTemplate",
	"getApplicationMenu",
	"setApplicationMenu",
] as const satisfies readonly (keyof typeof Electron.Menu)[];

const MenuItem = [
	"accelerator",
	"checked",
	"click",
	"commandId",
	"enabled",
	"icon",
	"id",
	"label",
	"menu",
	"registerAccelerator",
	"role",
	"sublabel",
	"submenu",
	"toolTip",
	"type",
	"userAccelerator",
	"visible",
] as const satisfies readonly (keyof Electron.MenuItem)[];

const Tray = [
	"closeContextMenu",
	"destroy",
	"getIgnoreDoubleClickEvents",
	"getTitle",
	"isDestroyed",
	"popUpContextMenu",
	"setContextMenu",
	"setIgnoreDoubleClickEvents",
	"setImage",
	"setPressedImage",
	"setTitle",
	"setToolTip",
] as const satisfies readonly (keyof Electron.Tray)[];

const Notification = [
	"body",
	"close",
	"closeButtonText",
	"hasReply",
	"replyPlaceholder",
	"show",
	"silent",
	"sound",
	"subtitle",
	"timeoutType",
	"title",
	"toastXml",
	"urgency",
	"actions",
] as const satisfies readonly (keyof Electron.Notification)[];

const notificationStatics = [
	"handleActivation",
	"isSupported",
] as const satisfies readonly (keyof typeof Electron.Notification)[];

const NativeImage = [
	"crop",
	"getAspectRatio",
	"getScaleFactors",
	"getSize",
	"isEmpty",
	"isTemplateImage",
	"resize",
	"setTemplateImage",
	"toBitmap",
	"toDataURL",
	"toPNG",
	"addRepresentation",
] as const satisfies readonly (keyof Electron.NativeImage)[];

const nativeImage = [
	"createEmpty",
	"createFromBitmap",
	"createFromBuffer",
	"createFromDataURL",
	"createFromPath",
] as const satisfies readonly (keyof typeof Electron.NativeImage)[];

const nativeTheme = [
	"inForcedColorsMode",
	"prefersReducedTransparency",
	"shouldDifferentiateWithoutColor",
	"shouldUseDarkColors",
	"shouldUseDarkColorsForSystemIntegratedUI",
	"shouldUseHighContrastColors",
	"shouldUseInvertedColorScheme",
	"themeSource",
] as const satisfies readonly (keyof Electron.NativeTheme)[];

const powerMonitor = [
	"getCurrentThermalState",
	"getSystemIdleState",
	"getSystemIdleTime",
	"isOnBatteryPower",
	"onBatteryPower",
] as const satisfies readonly (keyof Electron.PowerMonitor)[];

const powerSaveBlocker = [
	"isStarted",
	"start",
	"stop",
] as const satisfies readonly (keyof Electron.PowerSaveBlocker)[];

const screen = [
	"getAllDisplays",
	"getCursorScreenPoint",
	"getDisplayMatching",
	"getDisplayNearestPoint",
	"getPrimaryDisplay",
] as const satisfies readonly (keyof Electron.Screen)[];

const shell = [
	"beep",
	"openExternal",
	"openPath",
	"showItemInFolder",
	"trashItem",
] as const satisfies readonly (keyof Electron.Shell)[];

const dialog = [
	"showErrorBox",
	"showMessageBox",
	"showMessageBoxSync",
	"showOpenDialog",
	"showSaveDialog",
] as const satisfies readonly (keyof Electron.Dialog)[];

const clipboard = ["clear", "readText", "writeText"] as const satisfies readonly (keyof Electron.Clipboard)[];
const net = ["isOnline", "online"] as const satisfies readonly (keyof Electron.Net)[];

/** Every implemented member, by the name the app's code would write before the dot. */
export const surface = {
	app: [...app, ...emitter],
	"app.commandLine": commandLine,
	BrowserWindow: [...BrowserWindow, ...emitter],
	"BrowserWindow (static)": browserWindowStatics,
	WebContents: [...WebContents, ...emitter],
	webContents,
	WebFrameMain,
	Session: [...Session, ...emitter],
	session,
	ipcMain: [...ipcMain, ...emitter],
	protocol,
	Menu: [...Menu, ...emitter],
	"Menu (static)": menuStatics,
	MenuItem,
	Tray: [...Tray, ...emitter],
	Notification: [...Notification, ...emitter],
	"Notification (static)": notificationStatics,
	NativeImage,
	nativeImage,
	nativeTheme: [...nativeTheme, ...emitter],
	powerMonitor: [...powerMonitor, ...emitter],
	powerSaveBlocker,
	screen: [...screen, ...emitter],
	shell,
	dialog,
	clipboard,
	net,
	ipcRenderer: [
		"invoke",
		"send",
		"on",
		"once",
		"off",
		"addListener",
		"removeListener",
		"removeAllListeners",
		"listenerCount",
	],
	contextBridge: ["exposeInMainWorld"],
} as const satisfies Record<string, readonly string[]>;

/** Modules that exist by name only: every member throws. */
export const absentModules = [
	"autoUpdater",
	"contentTracing",
	"crashReporter",
	"desktopCapturer",
	"globalShortcut",
	"inAppPurchase",
	"netLog",
	"pushNotifications",
	"safeStorage",
	"sharedTexture",
	"systemPreferences",
	"utilityProcess",
	"webFrameMain",
] as const;

/** Classes that exist by name only: constructing one throws. */
export const absentClasses = [
	"BaseWindow",
	"BrowserView",
	"ClipboardItem",
	"ImageView",
	"MessageChannelMain",
	"ShareMenu",
	"TouchBar",
	"View",
	"WebContentsView",
] as const;

/** The implemented part of Electron's types; the implementation is checked against it. */
export interface Surface {
	app: Pick<Electron.App, (typeof app)[number]>;
	BrowserWindow: Pick<Electron.BrowserWindow, (typeof BrowserWindow)[number]>;
	BrowserWindowStatics: (new (
		options?: Electron.BrowserWindowConstructorOptions,
	) => Electron.BrowserWindow) &
		Pick<typeof Electron.BrowserWindow, (typeof browserWindowStatics)[number]>;
	WebContents: Pick<Electron.WebContents, (typeof WebContents)[number]>;
	webContents: Pick<typeof Electron.WebContents, (typeof webContents)[number]>;
	WebFrameMain: Pick<Electron.WebFrameMain, (typeof WebFrameMain)[number]>;
	Session: Pick<Electron.Session, (typeof Session)[number]>;
	session: Pick<typeof Electron.Session, (typeof session)[number]>;
	ipcMain: Pick<Electron.IpcMain, (typeof ipcMain)[number]>;
	protocol: Pick<Electron.Protocol, (typeof protocol)[number]>;
	Menu: Pick<Electron.Menu, (typeof Menu)[number]>;
	MenuStatics: (new () => Electron.Menu) & Pick<typeof Electron.Menu, (typeof menuStatics)[number]>;
	MenuItem: Pick<
		Electron.MenuItem,
		Exclude<(typeof MenuItem)[number], "click" | "submenu" | "icon" | "accelerator">
	>;
	Tray: Pick<Electron.Tray, (typeof Tray)[number]>;
	Notification: Pick<Electron.Notification, (typeof Notification)[number]>;
	NativeImage: Pick<Electron.NativeImage, (typeof NativeImage)[number]>;
	nativeImage: Pick<typeof Electron.NativeImage, (typeof nativeImage)[number]>;
	nativeTheme: Pick<Electron.NativeTheme, (typeof nativeTheme)[number]>;
	powerMonitor: Pick<Electron.PowerMonitor, (typeof powerMonitor)[number]>;
	powerSaveBlocker: Pick<Electron.PowerSaveBlocker, (typeof powerSaveBlocker)[number]>;
	screen: Pick<Electron.Screen, (typeof screen)[number]>;
	shell: Pick<Electron.Shell, (typeof shell)[number]>;
	dialog: Pick<Electron.Dialog, (typeof dialog)[number]>;
	clipboard: Pick<Electron.Clipboard, (typeof clipboard)[number]>;
	net: Pick<Electron.Net, (typeof net)[number]>;
}

/**
 * Events that may be listened to. Those that only another platform or a real update ever fires are here too:
 * registering them is right on every host.
 */
export const appEvents = [
	"accessibility-support-changed",
	"activate",
	"before-quit",
	"browser-window-blur",
	"browser-window-created",
	"browser-window-focus",
	"certificate-error",
	"child-process-gone",
	"gpu-info-update",
	"login",
	"open-file",
	"open-url",
	"quit",
	"ready",
	"render-process-gone",
	"second-instance",
	"select-client-certificate",
	"session-created",
	"web-contents-created",
	"will-finish-launching",
	"will-quit",
	"window-all-closed",
] as const;

export const windowEvents = [
	"always-on-top-changed",
	"app-command",
	"blur",
	"close",
	"closed",
	"enter-full-screen",
	"focus",
	"hide",
	"leave-full-screen",
	"maximize",
	"minimize",
	"move",
	"moved",
	"page-title-updated",
	"query-session-end",
	"ready-to-show",
	"resize",
	"resized",
	"responsive",
	"restore",
	"session-end",
	"show",
	"unmaximize",
	"unresponsive",
] as const;

export const webContentsEvents = [
	"blur",
	"certificate-error",
	"console-message",
	"context-menu",
	"destroyed",
	"did-fail-load",
	"did-finish-load",
	"did-frame-finish-load",
	"did-frame-navigate",
	"did-navigate",
	"did-navigate-in-page",
	"did-start-loading",
	"did-start-navigation",
	"did-stop-loading",
	"dom-ready",
	"focus",
	"page-title-updated",
	"preload-error",
	"render-process-gone",
	"responsive",
	"unresponsive",
	"will-attach-webview",
	"will-frame-navigate",
	"will-navigate",
	"will-prevent-unload",
	"will-redirect",
] as const;

export const sessionEvents = [
	"select-hid-device",
	"select-serial-port",
	"select-usb-device",
	"will-download",
] as const;
export const menuEvents = ["menu-will-close", "menu-will-show"] as const;
export const trayEvents = ["click", "double-click", "middle-click", "right-click"] as const;
export const notificationEvents = ["action", "click", "close", "failed", "reply", "show"] as const;
export const nativeThemeEvents = ["updated"] as const;
export const screenEvents = ["display-added", "display-metrics-changed", "display-removed"] as const;
export const powerMonitorEvents = [
	"lock-screen",
	"on-ac",
	"on-battery",
	"resume",
	"shutdown",
	"speed-limit-change",
	"suspend",
	"thermal-state-change",
	"unlock-screen",
	"user-did-become-active",
	"user-did-resign-active",
] as const;

/** One part of the surface under a name that a class can implement. */
export type Implements<K extends keyof Surface> = Surface[K];
