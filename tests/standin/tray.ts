import type { interface as dbusInterface, MessageBus } from "@particle/dbus-next";
import { app } from "./app.ts";
import { dbusLibrary, sessionBus } from "./dbus.ts";
import { guard, GuardedEmitter, makeEvent } from "./guard.ts";
import { pixelsOf } from "./native-image.ts";
import { openPopup } from "./menu.ts";
import { trayEvents, type Implements } from "./surface.ts";
import { makeTrayMenu, type TrayMenu } from "./tray-menu.ts";

const watcher = "org.kde.StatusNotifierWatcher";
let lastTray = 0;

type Pixmap = [number, number, Buffer];

/** The picture as the bus wants it: alpha, red, green, blue in network order. */
function pixmapsOf(image: Electron.NativeImage | string): Pixmap[] {
	const pixels = pixelsOf(image);
	if (pixels === null) return [];
	const { width, height, data } = pixels;
	const bytes = Buffer.alloc(data.length);
	for (let at = 0; at < data.length; at += 4) {
		bytes[at] = data[at + 3] ?? 0;
		bytes[at + 1] = data[at] ?? 0;
		bytes[at + 2] = data[at + 1] ?? 0;
		bytes[at + 3] = data[at + 2] ?? 0;
	}
	return [[width, height, bytes]];
}

interface Item {
	readonly iface: dbusInterface.Interface & { NewIcon(): void; NewToolTip(): void; NewTitle(): void };
	readonly menu: TrayMenu;
}

/**
 * A tray icon as StatusNotifierItem. As in Electron, making one never fails: where nobody watches it exists
 * and is not seen, and it is not registered again when a watcher comes later.
 */
class StandInTray extends GuardedEmitter implements Implements<"Tray"> {
	private readonly number = ++lastTray;
	private image: Electron.NativeImage | string;
	private toolTip = "";
	private title = "";
	private ignoreDoubleClick = false;
	private gone = false;
	private menu: Electron.Menu | null = null;
	private item: Item | null = null;
	private bus: MessageBus | null = null;

	constructor(image: Electron.NativeImage | string, _guid?: string) {
		if (!app.isReady()) throw new Error("Cannot create Tray before app is ready");
		super("Tray", trayEvents);
		if (typeof image === "string" && pixelsOf(image) === null)
			throw new Error(`Failed to load image from path '${image}'`);
		this.image = image;
		void this.register();
	}

	private async register(): Promise<void> {
		if ((await sessionBus()) === null || this.gone) return;
		const library = dbusLibrary();
		// A connection of its own: a tray that is destroyed leaves the bus at once and by itself.
		const bus = library.sessionBus();
		bus.on("error", () => undefined);
		this.bus = bus;
		const item = this.makeItem();
		this.item = item;
		bus.export("/StatusNotifierItem", item.iface);
		bus.export("/com/canonical/dbusmenu", item.menu.iface);
		item.menu.set(this.menu);
		const name = `org.kde.StatusNotifierItem-${String(process.pid)}-${String(this.number)}`;
		try {
			await bus.requestName(name, 0);
			await bus.call(
				new library.Message({
					destination: watcher,
					path: "/StatusNotifierWatcher",
					interface: watcher,
					member: "RegisterStatusNotifierItem",
					signature: "s",
					body: [name],
				}),
			);
		} catch {
			// Nobody shows trays here; Electron says nothing either.
		}
	}

	private makeItem(): Item {
		const { interface: bus } = dbusLibrary();
		const tray = (): StandInTray => this;
		const menu = makeTrayMenu();
		class StatusNotifierItem extends bus.Interface {
			readonly Category = "ApplicationStatus";
			readonly Status = "Active";
			readonly WindowId = 0;
			readonly ItemIsMenu = false;
			readonly Menu = "/com/canonical/dbusmenu";
			readonly IconName = "";
			readonly IconThemePath = "";
			readonly OverlayIconName = "";
			readonly AttentionIconName = "";

			get Id(): string {
				return `${app.name}_status_icon_${String(tray().number)}`;
			}

			get Title(): string {
				return tray().title;
			}

			get IconPixmap(): Pixmap[] {
				return pixmapsOf(tray().image);
			}

			get ToolTip(): [string, Pixmap[], string, string] {
				return ["", [], tray().toolTip, ""];
			}

			Activate(x: number, y: number): void {
				tray().clicked("click", x, y);
			}

			SecondaryActivate(x: number, y: number): void {
				tray().clicked("middle-click", x, y);
			}

			ContextMenu(x: number, y: number): void {
				tray().clicked("right-click", x, y);
			}

			Scroll(): void {
				// Electron hears nothing of it.
			}

			NewIcon(): void {
				// A signal without values.
			}

			NewToolTip(): void {
				// A signal without values.
			}

			NewTitle(): void {
				// A signal without values.
			}
		}
		const text = { signature: "s", access: "read" } as const;
		StatusNotifierItem.configureMembers({
			properties: {
				Category: text,
				Id: text,
				Title: text,
				Status: text,
				IconName: text,
				IconThemePath: text,
				OverlayIconName: text,
				AttentionIconName: text,
				WindowId: { signature: "i", access: "read" },
				ItemIsMenu: { signature: "b", access: "read" },
				Menu: { signature: "o", access: "read" },
				IconPixmap: { signature: "a(iiay)", access: "read" },
				ToolTip: { signature: "(sa(iiay)ss)", access: "read" },
			},
			methods: {
				Activate: { inSignature: "ii" },
				SecondaryActivate: { inSignature: "ii" },
				ContextMenu: { inSignature: "ii" },
				Scroll: { inSignature: "is" },
			},
			signals: {
				NewIcon: { signature: "" },
				NewToolTip: { signature: "" },
				NewTitle: { signature: "" },
			},
		});
		return { iface: new StatusNotifierItem("org.kde.StatusNotifierItem"), menu };
	}

	private clicked(name: string, x: number, y: number): void {
		const event = makeEvent({ altKey: false, ctrlKey: false, metaKey: false, shiftKey: false });
		this.emit(name, event, { x, y, width: 0, height: 0 }, { x, y });
	}

	private need(): void {
		if (this.gone) throw new TypeError("Tray is destroyed");
	}

	setImage(image: Electron.NativeImage | string): void {
		this.need();
		this.image = image;
		this.item?.iface.NewIcon();
	}

	setPressedImage(): void {
		this.need();
	}

	setToolTip(toolTip: string): void {
		this.need();
		this.toolTip = toolTip;
		this.item?.iface.NewToolTip();
	}

	setTitle(title: string): void {
		this.need();
		this.title = title;
		this.item?.iface.NewTitle();
	}

	getTitle(): string {
		return this.title;
	}

	setContextMenu(menu: Electron.Menu | null): void {
		this.need();
		this.menu = menu;
		this.item?.menu.set(menu);
	}

	popUpContextMenu(menu?: Electron.Menu): void {
		this.need();
		(menu ?? this.menu)?.popup();
	}

	closeContextMenu(): void {
		openPopup()?.closePopup();
	}

	setIgnoreDoubleClickEvents(ignore: boolean): void {
		this.ignoreDoubleClick = ignore;
	}

	getIgnoreDoubleClickEvents(): boolean {
		return this.ignoreDoubleClick;
	}

	isDestroyed(): boolean {
		return this.gone;
	}

	destroy(): void {
		if (this.gone) return;
		this.gone = true;
		this.bus?.disconnect();
		this.bus = null;
		this.item = null;
	}
}

export const Tray = guard(StandInTray, "Tray") as unknown as new (
	image: Electron.NativeImage | string,
	guid?: string,
) => Electron.Tray;
