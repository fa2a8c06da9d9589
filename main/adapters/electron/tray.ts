import type { NativeImage } from "electron/common";
import type { Menu, MenuItemConstructorOptions, Tray } from "electron/main";
import type { AccountId } from "../../../shared/ids.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import type { TrayModel, TrayView } from "../../core/ports/system.ts";
import type { TrayHost } from "./linux/desktop-services.ts";

export interface TrayActions {
	readonly open: () => void;
	readonly setAgentState: (account: AccountId, state: string) => void;
	readonly quit: () => void;
}

export interface TrayOptions {
	readonly Tray: new (image: NativeImage) => Tray;
	readonly Menu: Pick<typeof Menu, "buildFromTemplate">;
	readonly platform: NodeJS.Platform;
	readonly translate: Translate;
	readonly host: TrayHost;
	/** The picture for a state; macOS gets a template image. */
	readonly image: (state: TrayModel["image"]) => NativeImage;
	readonly actions: TrayActions;
	readonly logger: Logger;
}

/** A tray that comes and goes with its host. */
export interface ElectronTray extends TrayView {
	/** Called when `available()` has changed. */
	onAvailability(listener: (available: boolean) => void): () => void;
}

/**
 *   no host --appeared--> shown --disappeared--> no host
 *                         shown --replaced--> shown (made anew: the old icon was registered elsewhere)
 *
 * `new Tray` succeeds silently where nothing shows it, so the host is asked first, and the model is kept so
 * that a tray made later shows the present state.
 */
export function createTray(options: TrayOptions): ElectronTray {
	const { platform, translate, host, image, actions, logger } = options;
	const listeners = new Set<(available: boolean) => void>();
	let model: TrayModel = { image: "idle", toolTip: translate("app.name"), agentStates: [] };
	/** Kept here: a tray or menu that nothing refers to is collected, and its icon vanishes. */
	let shown: {
		readonly tray: Tray;
		menu: unknown;
		image: TrayModel["image"];
		toolTip: string;
		menuKey: string;
	} | null = null;
	let destroyed = false;

	function make(): void {
		if (destroyed || shown !== null) return;
		try {
			const tray = new options.Tray(image(model.image));
			const menu = options.Menu.buildFromTemplate(trayMenu(model, translate, actions));
			tray.setToolTip(model.toolTip);
			tray.setContextMenu(menu);
			// On macOS a click opens the menu. On Linux "click" is whatever the desktop calls activation.
			if (platform !== "darwin") tray.on("click", () => actions.open());
			shown = { tray, menu, image: model.image, toolTip: model.toolTip, menuKey: menuKey(model) };
		} catch (error) {
			logger.error("tray.failed", { reason: error instanceof Error ? error.message : "unknown" });
		}
	}

	function remove(): void {
		const old = shown;
		shown = null;
		if (old !== null && !old.tray.isDestroyed()) old.tray.destroy();
	}

	const stopListening = host.onChange((change) => {
		if (destroyed) return;
		const before = shown !== null;
		remove();
		if (change !== "disappeared") make();
		if (before !== (shown !== null)) for (const listener of [...listeners]) listener(shown !== null);
	});
	if (host.available()) make();

	return {
		available: () => shown !== null,
		update(next) {
			model = next;
			if (shown === null) return;
			const { tray } = shown;
			if (shown.image !== next.image) tray.setImage(image(next.image));
			if (shown.toolTip !== next.toolTip) tray.setToolTip(next.toolTip);
			if (shown.menuKey !== menuKey(next)) {
				// Linux takes changes of a menu only when it is set again; elsewhere it does no harm.
				const menu = options.Menu.buildFromTemplate(trayMenu(next, translate, actions));
				tray.setContextMenu(menu);
				shown.menu = menu;
			}
			shown = { ...shown, image: next.image, toolTip: next.toolTip, menuKey: menuKey(next) };
		},
		destroy() {
			destroyed = true;
			stopListening();
			remove();
		},
		onAvailability(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

/** The menu of the tray, as data. */
export function trayMenu(
	model: TrayModel,
	translate: Translate,
	actions: TrayActions,
): MenuItemConstructorOptions[] {
	const accounts = model.agentStates
		.filter((account) => account.states.length > 0)
		.map((account): MenuItemConstructorOptions => ({
			label: translate("tray.agentState", { account: account.label }).replaceAll("&", "&&"),
			submenu: account.states.map((state) => ({
				label: state.label.replaceAll("&", "&&"),
				type: "radio",
				checked: state.id === account.current,
				click: () => actions.setAgentState(account.accountId, state.id),
			})),
		}));
	return [
		{ label: translate("tray.open"), click: () => actions.open() },
		...(accounts.length === 0 ? [] : [{ type: "separator" } as const, ...accounts]),
		{ type: "separator" },
		{ label: translate("tray.quit"), click: () => actions.quit() },
	];
}

function menuKey(model: TrayModel): string {
	return JSON.stringify(model.agentStates);
}
