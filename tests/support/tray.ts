import dbus, { type MessageBus, type Variant } from "@particle/dbus-next";
import { connectBus } from "./bus.ts";
import type { DesktopSession } from "./session.ts";

const watcherName = "org.kde.StatusNotifierWatcher";
const itemInterface = "org.kde.StatusNotifierItem";
const menuInterface = "com.canonical.dbusmenu";

/** One line of a tray's menu. */
export interface TrayMenuEntry {
	readonly id: number;
	/** Without the mark of the access key. */
	readonly label: string;
	readonly type: "normal" | "separator";
	readonly enabled: boolean;
	readonly visible: boolean;
	readonly checked: boolean | null;
	readonly children: readonly TrayMenuEntry[];
}

/** The biggest picture of a tray icon, as bytes of alpha, red, green, blue. */
export interface TrayIcon {
	readonly width: number;
	readonly height: number;
	readonly bytes: Buffer;
}

/** A tray icon as the desktop's panel sees it. */
export interface TrayItem {
	readonly service: string;
	title(): Promise<string>;
	toolTip(): Promise<string>;
	icon(): Promise<TrayIcon | null>;
	menu(): Promise<readonly TrayMenuEntry[]>;
	/** A left click on the icon. */
	click(): Promise<void>;
	/** Chooses a menu entry by its label, looking into submenus. */
	choose(label: string): Promise<void>;
	/** Waits until a question about the item has the wanted answer; asked again on each change it announces. */
	until(holds: (item: TrayItem) => Promise<boolean>): Promise<void>;
}

/** A desktop panel: owns the watcher's name and sees the icons that register. */
export interface TrayHost {
	items(): readonly TrayItem[];
	/** The icon shown now, or the next to come. */
	item(): Promise<TrayItem>;
	/** Waits until no icon is left. */
	empty(): Promise<void>;
	/** The panel goes away, as when the desktop shell restarts. */
	stop(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** Starts a panel in a session. Without one, trays are made and not seen. */
export async function startTrayHost(session: DesktopSession): Promise<TrayHost> {
	const bus = await connectBus(session.busAddress);
	const services: string[] = [];
	const changed = new Set<() => void>();
	const notify = (): void => {
		for (const listener of [...changed]) listener();
	};

	class Watcher extends dbus.interface.Interface {
		readonly IsStatusNotifierHostRegistered = true;
		readonly ProtocolVersion = 0;

		get RegisteredStatusNotifierItems(): string[] {
			return services;
		}

		RegisterStatusNotifierItem(service: string): void {
			if (!services.includes(service)) services.push(service);
			this.StatusNotifierItemRegistered(service);
			notify();
		}

		RegisterStatusNotifierHost(): void {
			// This process is the host.
		}

		StatusNotifierItemRegistered(service: string): string {
			return service;
		}

		StatusNotifierItemUnregistered(service: string): string {
			return service;
		}
	}
	Watcher.configureMembers({
		properties: {
			IsStatusNotifierHostRegistered: { signature: "b", access: "read" },
			ProtocolVersion: { signature: "i", access: "read" },
			RegisteredStatusNotifierItems: { signature: "as", access: "read" },
		},
		methods: {
			RegisterStatusNotifierItem: { inSignature: "s" },
			RegisterStatusNotifierHost: { inSignature: "s" },
		},
		signals: {
			StatusNotifierItemRegistered: { signature: "s" },
			StatusNotifierItemUnregistered: { signature: "s" },
		},
	});
	const watcher = new Watcher(watcherName);
	bus.export("/StatusNotifierWatcher", watcher);
	await addMatch(bus, "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'");
	await addMatch(bus, `type='signal',interface='${itemInterface}'`);
	await addMatch(bus, `type='signal',interface='${menuInterface}'`);
	bus.on("message", (message) => {
		if (message.member === "NameOwnerChanged") {
			const [name, , owner] = message.body as [string, string, string];
			const index = services.indexOf(name);
			if (index >= 0 && owner === "") {
				services.splice(index, 1);
				watcher.StatusNotifierItemUnregistered(name);
			}
		}
		if (
			["NameOwnerChanged", "NewIcon", "NewToolTip", "NewTitle", "LayoutUpdated"].includes(
				message.member,
			)
		)
			notify();
	});
	await bus.requestName(watcherName, 0);

	const waitUntil = async (holds: () => Promise<boolean>): Promise<void> => {
		let again = true;
		let wake: () => void = () => undefined;
		const listener = (): void => {
			again = true;
			wake();
		};
		changed.add(listener);
		try {
			for (;;) {
				if (again) {
					again = false;
					if (await holds()) return;
				} else await new Promise<void>((resolve) => (wake = resolve));
			}
		} finally {
			changed.delete(listener);
		}
	};

	const items = (): TrayItem[] => services.map((service) => makeItem(bus, service, waitUntil));
	const host: TrayHost = {
		items,
		item: async () => {
			await waitUntil(() => Promise.resolve(services.length > 0));
			const first = items()[0];
			if (first === undefined) throw new Error("the tray icon went away at once");
			return first;
		},
		empty: () => waitUntil(() => Promise.resolve(services.length === 0)),
		stop: async () => {
			await bus.releaseName(watcherName).catch(() => undefined);
			bus.disconnect();
		},
		[Symbol.asyncDispose]: () => host.stop(),
	};
	return host;
}

async function addMatch(bus: MessageBus, rule: string): Promise<void> {
	await call(
		bus,
		"org.freedesktop.DBus",
		"/org/freedesktop/DBus",
		"org.freedesktop.DBus",
		"AddMatch",
		"s",
		[rule],
	);
}

async function call(
	bus: MessageBus,
	destination: string,
	path: string,
	iface: string,
	member: string,
	signature = "",
	body: unknown[] = [],
): Promise<unknown[]> {
	const reply = await bus.call(
		new dbus.Message({ destination, path, interface: iface, member, signature, body }),
	);
	return (reply?.body as unknown[] | undefined) ?? [];
}

type Layout = [number, Record<string, Variant>, Variant<Layout>[]];

function readLayout([id, properties, children]: Layout): TrayMenuEntry {
	const value = (name: string): unknown => properties[name]?.value;
	const label = typeof value("label") === "string" ? String(value("label")) : "";
	return {
		id,
		label: label.replaceAll("__", "\u0000").replaceAll("_", "").replaceAll("\u0000", "_"),
		type: value("type") === "separator" ? "separator" : "normal",
		enabled: value("enabled") !== false,
		visible: value("visible") !== false,
		checked: value("toggle-type") === undefined ? null : value("toggle-state") === 1,
		children: children.map((child) => readLayout(child.value)),
	};
}

function makeItem(
	bus: MessageBus,
	service: string,
	waitUntil: (holds: () => Promise<boolean>) => Promise<void>,
): TrayItem {
	const property = async (name: string): Promise<unknown> => {
		const values = [itemInterface, name];
		const iface = "org.freedesktop.DBus.Properties";
		const [answer] = await call(bus, service, "/StatusNotifierItem", iface, "Get", "ss", values);
		return (answer as Variant).value as unknown;
	};
	const menuPath = async (): Promise<string> => String(await property("Menu"));
	const item: TrayItem = {
		service,
		title: async () => String(await property("Title")),
		toolTip: async () => {
			const [, , title, description] = (await property("ToolTip")) as [string, unknown, string, string];
			return [title, description].filter((part) => part !== "").join("\n");
		},
		icon: async () => {
			const pixmaps = (await property("IconPixmap")) as [number, number, Buffer][];
			const biggest = pixmaps.toSorted((a, b) => b[0] - a[0])[0];
			return biggest === undefined
				? null
				: { width: biggest[0], height: biggest[1], bytes: Buffer.from(biggest[2]) };
		},
		menu: async () => {
			const [, layout] = await call(
				bus,
				service,
				await menuPath(),
				menuInterface,
				"GetLayout",
				"iias",
				[0, -1, []],
			);
			return readLayout(layout as Layout).children;
		},
		click: async () => {
			await call(bus, service, "/StatusNotifierItem", itemInterface, "Activate", "ii", [0, 0]);
		},
		choose: async (label) => {
			const find = (entries: readonly TrayMenuEntry[]): TrayMenuEntry | undefined => {
				for (const entry of entries) {
					const found = entry.label === label ? entry : find(entry.children);
					if (found !== undefined) return found;
				}
				return undefined;
			};
			const entries = await item.menu();
			const entry = find(entries);
			if (entry === undefined)
				throw new Error(
					`no tray entry "${label}" among ${entries.map((each) => each.label).join(", ")}`,
				);
			if (!entry.enabled || !entry.visible) throw new Error(`tray entry "${label}" cannot be chosen`);
			const values = [entry.id, "clicked", new dbus.Variant("i", 0), 0];
			await call(bus, service, await menuPath(), menuInterface, "Event", "isvu", values);
		},
		until: (holds) => waitUntil(() => holds(item)),
	};
	return item;
}
