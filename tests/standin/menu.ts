import { app } from "./app.ts";
import { guard, GuardedEmitter, makeEvent } from "./guard.ts";
import { roleOf, runRole } from "./menu-roles.ts";
import { setApplicationMenuSource } from "./menu-keys.ts";
import { menuEvents, type Implements, type Surface } from "./surface.ts";
import type { DrawnEntry } from "./page/drawn-menu.ts";
import type { StandInWebContents } from "./web-contents.ts";
import { BrowserWindow } from "./window.ts";

let lastCommand = 0;

export class StandInMenuItem implements Implements<"MenuItem"> {
	readonly id: string;
	readonly type: Electron.MenuItem["type"];
	readonly role: NonNullable<Electron.MenuItem["role"]>;
	readonly submenu?: Electron.Menu;
	readonly userAccelerator: Electron.Accelerator | null;
	readonly commandId = ++lastCommand;
	readonly click: () => void;
	label: string;
	sublabel: string;
	toolTip: string;
	accelerator: string | undefined;
	icon?: Electron.NativeImage | string;
	enabled: boolean;
	visible: boolean;
	registerAccelerator: boolean;
	acceleratorWorksWhenHidden: boolean;
	menu!: Electron.Menu;
	private isChecked: boolean;
	/** For the tray and tests: told when something shown has changed. */
	onChanged: () => void = () => undefined;

	constructor(options: Electron.MenuItemConstructorOptions) {
		const role = roleOf(options.role);
		const submenu = options.submenu ?? role?.submenu;
		this.role = (options.role ?? undefined) as NonNullable<Electron.MenuItem["role"]>;
		this.type = options.type ?? (submenu === undefined ? "normal" : "submenu");
		if (this.type === "submenu" && submenu === undefined) throw new Error("Invalid submenu");
		if (submenu !== undefined)
			this.submenu = Array.isArray(submenu) ? StandInMenu.buildFromTemplate(submenu) : submenu;
		this.id = options.id ?? "";
		this.label = options.label ?? role?.label ?? "";
		this.sublabel = options.sublabel ?? "";
		this.toolTip = options.toolTip ?? "";
		this.accelerator = options.accelerator ?? role?.accelerator;
		this.userAccelerator = null;
		if (options.icon !== undefined) this.icon = options.icon;
		this.enabled = options.enabled ?? true;
		this.visible = options.visible ?? true;
		this.isChecked = options.checked ?? false;
		this.registerAccelerator = options.registerAccelerator ?? role?.registerAccelerator ?? true;
		this.acceleratorWorksWhenHidden = options.acceleratorWorksWhenHidden ?? true;
		const { click } = options;
		this.click = (event?: Electron.KeyboardEvent, window?: Electron.BaseWindow) => {
			if (!this.enabled) return;
			if (this.type === "checkbox") this.checked = !this.checked;
			if (this.type === "radio") this.checked = true;
			if (runRole(options.role)) return;
			const focused = window ?? BrowserWindow.getFocusedWindow() ?? undefined;
			click?.(this as unknown as Electron.MenuItem, focused, event ?? {});
		};
		return guard(this, "MenuItem");
	}

	get checked(): boolean {
		return this.isChecked;
	}

	set checked(checked: boolean) {
		this.isChecked = checked;
		if (this.type === "radio" && checked)
			for (const other of radioGroup(this))
				if (other.commandId !== this.commandId) other.isChecked = false;
		this.onChanged();
	}
}

/** The neighbours of a radio item up to the next separator on either side. */
function radioGroup(item: StandInMenuItem): StandInMenuItem[] {
	const items = (item.menu as unknown as StandInMenu | undefined)?.entries ?? [];
	const index = items.findIndex((each) => each.commandId === item.commandId);
	let first = index;
	let last = index;
	while (items[first - 1]?.type === "radio") first--;
	while (items[last + 1]?.type === "radio") last++;
	return items.slice(first, last + 1);
}

export class StandInMenu extends GuardedEmitter implements Implements<"Menu"> {
	readonly entries: StandInMenuItem[] = [];
	private popupCallback: (() => void) | null = null;
	/** Which window this menu is open in, for tests of `popup`. */
	popupWindow: Electron.BaseWindow | null = null;

	constructor() {
		super("Menu", menuEvents);
	}

	get items(): Electron.MenuItem[] {
		return this.entries as unknown as Electron.MenuItem[];
	}

	append(item: Electron.MenuItem): void {
		this.insert(this.entries.length, item);
	}

	insert(position: number, item: Electron.MenuItem): void {
		const entry = item as unknown as StandInMenuItem;
		entry.menu = asMenu(this);
		this.entries.splice(position, 0, entry);
	}

	getMenuItemById(id: string): Electron.MenuItem | null {
		for (const entry of this.entries) {
			if (entry.id === id && id !== "") return entry as unknown as Electron.MenuItem;
			const inside = entry.submenu?.getMenuItemById(id) ?? null;
			if (inside !== null) return inside;
		}
		return null;
	}

	popup(options: Electron.PopupOptions = {}): void {
		const window =
			options.window ?? BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0] ?? null;
		this.popupWindow = window;
		this.popupCallback = options.callback ?? null;
		rememberPopup(this);
		setImmediate(() => {
			this.emit("menu-will-show", makeEvent({}));
		});
		if (window === null) return;
		const { x, y } = options;
		const contents = (window as Electron.BrowserWindow).webContents as unknown as StandInWebContents;
		contents.drawMenu(
			drawnEntries(this.entries),
			x === undefined || y === undefined ? null : { x, y },
			(id) => {
				this.closePopup();
				if (id !== null) commandOf(this.entries, id)?.click();
			},
		);
	}

	closePopup(): void {
		if (this.popupWindow === null) return;
		this.popupWindow = null;
		const callback = this.popupCallback;
		this.popupCallback = null;
		setImmediate(() => {
			this.emit("menu-will-close", makeEvent({}));
			callback?.();
		});
	}

	static buildFromTemplate(
		template: (Electron.MenuItemConstructorOptions | Electron.MenuItem)[],
	): Electron.Menu {
		if (!Array.isArray(template))
			throw new TypeError("Invalid template for Menu: Menu template must be an array");
		const menu = new StandInMenu();
		for (const options of sortTemplate(template)) {
			if (typeof options !== "object" || (options as unknown) === null)
				throw new TypeError(
					"Invalid template for MenuItem: must have at least one of label, role or type",
				);
			if (options instanceof StandInMenuItem) {
				menu.append(options as unknown as Electron.MenuItem);
				continue;
			}
			const plain = options as Electron.MenuItemConstructorOptions;
			if (plain.label === undefined && plain.role === undefined && plain.type === undefined)
				throw new TypeError(
					"Invalid template for MenuItem: must have at least one of label, role or type",
				);
			menu.append(new StandInMenuItem(plain) as unknown as Electron.MenuItem);
		}
		return asMenu(menu);
	}

	static setApplicationMenu(menu: Electron.Menu | null): void {
		app.applicationMenu = menu;
	}

	static getApplicationMenu(): Electron.Menu | null {
		return app.applicationMenu;
	}
}

/** Positions by `before` and `after` are not used by anybody here; the order stays. */
function sortTemplate<T>(template: readonly T[]): readonly T[] {
	return template;
}

function asMenu(menu: unknown): Electron.Menu {
	return menu as Electron.Menu;
}

/** Submenus are drawn open, each under its name: a context menu has few of them. */
function drawnEntries(entries: readonly StandInMenuItem[]): DrawnEntry[] {
	return entries
		.filter((entry) => entry.visible)
		.flatMap((entry): DrawnEntry[] => {
			const { commandId: id, enabled } = entry;
			const label = entry.label
				.replaceAll("&&", "\u0000")
				.replaceAll("&", "")
				.replaceAll("\u0000", "&");
			const inside = (entry.submenu as unknown as StandInMenu | undefined)?.entries ?? [];
			if (entry.type === "separator") return [{ id, label: "", kind: "separator", enabled: false }];
			if (entry.type === "submenu")
				return [{ id, label, kind: "heading", enabled: false }, ...drawnEntries(inside)];
			return [{ id, label, kind: entry.checked ? "checked" : "plain", enabled }];
		});
}

function commandOf(entries: readonly StandInMenuItem[], id: number): StandInMenuItem | undefined {
	for (const entry of entries) {
		const inside = (entry.submenu as unknown as StandInMenu | undefined)?.entries ?? [];
		const found = entry.commandId === id ? entry : commandOf(inside, id);
		if (found !== undefined) return found;
	}
	return undefined;
}

let lastPopup: StandInMenu | null = null;

function rememberPopup(menu: StandInMenu): void {
	lastPopup = menu;
}

/** The menu that `popup` opened last and that is still open. */
export function openPopup(): StandInMenu | null {
	return lastPopup?.popupWindow == null ? null : lastPopup;
}

setApplicationMenuSource(() => app.applicationMenu);

export const Menu = guard(StandInMenu, "Menu") as unknown as Surface["MenuStatics"];
export const MenuItem = guard(StandInMenuItem, "MenuItem");
