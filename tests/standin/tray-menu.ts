import type { interface as dbusInterface, Variant as DbusVariant } from "@particle/dbus-next";
import { dbusLibrary } from "./dbus.ts";

type Properties = Record<string, DbusVariant>;
type Layout = [number, Properties, DbusVariant[]];
type Item = Electron.MenuItem;

/** What a tray needs of its menu object on the bus. */
export interface TrayMenu {
	readonly iface: dbusInterface.Interface;
	/** Shows another menu, or the same one with its changes: like Chromium's, it is a picture taken now. */
	set(menu: Electron.Menu | null): void;
}

/** `&File` of Electron is `_File` on the bus, and a plain underscore is doubled. */
function busLabel(label: string): string {
	return label
		.replaceAll("_", "__")
		.replaceAll("&&", "\u0000")
		.replaceAll("&", "_")
		.replaceAll("\u0000", "&");
}

/** `com.canonical.dbusmenu` for one tray. */
export function makeTrayMenu(): TrayMenu {
	const { interface: bus, Variant } = dbusLibrary();
	let menu: Electron.Menu | null = null;
	let revision = 1;
	let tree: Layout = [0, { "children-display": new Variant("s", "submenu") }, []];
	const items = new Map<number, Item>();
	const properties = new Map<number, Properties>();

	const describe = (item: Item): Properties => {
		if (item.type === "separator")
			return { type: new Variant("s", "separator"), visible: new Variant("b", item.visible) };
		return {
			label: new Variant("s", busLabel(item.label)),
			enabled: new Variant("b", item.enabled),
			visible: new Variant("b", item.visible),
			...(item.type === "submenu" ? { "children-display": new Variant("s", "submenu") } : {}),
			...(item.type === "checkbox" || item.type === "radio"
				? {
						"toggle-type": new Variant("s", item.type === "radio" ? "radio" : "checkmark"),
						"toggle-state": new Variant("i", item.checked ? 1 : 0),
					}
				: {}),
		};
	};

	const layout = (each: Electron.Menu | null | undefined): DbusVariant[] =>
		(each?.items ?? []).map((item) => {
			items.set(item.commandId, item);
			const described = describe(item);
			properties.set(item.commandId, described);
			return new Variant("(ia{sv}av)", [item.commandId, described, layout(item.submenu)]);
		});

	const find = (id: number, from: Layout = tree): Layout | null => {
		if (from[0] === id) return from;
		for (const child of from[2]) {
			const found = find(id, child.value as Layout);
			if (found !== null) return found;
		}
		return null;
	};

	class DbusMenu extends bus.Interface {
		readonly Version = 3;
		readonly TextDirection = "ltr";
		readonly Status = "normal";
		readonly IconThemePath: string[] = [];

		GetLayout(parent: number): [number, Layout] {
			return [revision, find(parent) ?? [parent, {}, []]];
		}

		GetGroupProperties(ids: number[]): [number, Properties][] {
			const wanted = ids.length === 0 ? [...properties.keys()] : ids;
			return wanted.map((id) => [id, properties.get(id) ?? {}]);
		}

		GetProperty(id: number, name: string): DbusVariant {
			return properties.get(id)?.[name] ?? new Variant("s", "");
		}

		Event(id: number, name: string): void {
			if (name !== "clicked") return;
			const item = items.get(id);
			if (item === undefined) return;
			(item.click as () => void)();
			if (item.type === "checkbox" || item.type === "radio") set(menu);
		}

		EventGroup(events: [number, string, unknown, number][]): number[] {
			for (const [id, name] of events) this.Event(id, name);
			return [];
		}

		AboutToShow(): boolean {
			return false;
		}

		AboutToShowGroup(): [number[], number[]] {
			return [[], []];
		}

		LayoutUpdated(parent: number): [number, number] {
			return [revision, parent];
		}

		ItemsPropertiesUpdated(): [unknown[], unknown[]] {
			return [[], []];
		}
	}
	DbusMenu.configureMembers({
		properties: {
			Version: { signature: "u", access: "read" },
			TextDirection: { signature: "s", access: "read" },
			Status: { signature: "s", access: "read" },
			IconThemePath: { signature: "as", access: "read" },
		},
		methods: {
			GetLayout: { inSignature: "iias", outSignature: "u(ia{sv}av)" },
			GetGroupProperties: { inSignature: "aias", outSignature: "a(ia{sv})" },
			GetProperty: { inSignature: "is", outSignature: "v" },
			Event: { inSignature: "isvu", outSignature: "" },
			EventGroup: { inSignature: "a(isvu)", outSignature: "ai" },
			AboutToShow: { inSignature: "i", outSignature: "b" },
			AboutToShowGroup: { inSignature: "ai", outSignature: "aiai" },
		},
		signals: {
			LayoutUpdated: { signature: "ui" },
			ItemsPropertiesUpdated: { signature: "a(ia{sv})a(ias)" },
		},
	});

	const iface = new DbusMenu("com.canonical.dbusmenu");
	const set = (next: Electron.Menu | null): void => {
		menu = next;
		items.clear();
		properties.clear();
		revision++;
		const root: Properties = { "children-display": new Variant("s", "submenu") };
		properties.set(0, root);
		tree = [0, root, layout(next)];
		iface.LayoutUpdated(0);
	};
	return { iface, set };
}
