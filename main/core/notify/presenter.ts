import type { Account } from "../../../shared/model.ts";
import type { AccountId } from "../../../shared/ids.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Badge, TrayView, WindowView } from "../ports/system.ts";
import { trayModel, windowTitle } from "./tray-model.ts";

/** Tray, badge and title are drawn by other processes: not more often than this. */
export const presentEveryMs = 100;

export interface PresenterPorts {
	readonly clock: Clock;
	readonly tray: TrayView;
	readonly badge: Badge;
	readonly window: Pick<WindowView, "setTitle">;
	readonly translate: () => Translate;
	readonly practice: boolean;
	/** Unread messages in conversations that are not muted. */
	readonly unread: () => number;
	readonly accounts: () => readonly Account[];
	/** Accounts that receive nothing. */
	readonly out: () => readonly AccountId[];
}

/** Tray, badge and title, from one total: at once, then not again for a moment, and only when one of them is different. */
export class Presenter {
	readonly #ports: PresenterPorts;
	#shown = "";
	#resting: (() => void) | null = null;
	#again = false;
	#stopped = false;

	constructor(ports: PresenterPorts) {
		this.#ports = ports;
	}

	/** Something that they show may be different. */
	refresh(): void {
		if (this.#stopped) return;
		if (this.#resting !== null) {
			this.#again = true;
			return;
		}
		const { tray, badge, window, translate, practice, unread, accounts, out, clock } = this.#ports;
		const count = unread();
		const model = trayModel(accounts(), out(), count, practice, translate());
		const shown = JSON.stringify([model, count]);
		if (shown === this.#shown) return;
		this.#shown = shown;
		tray.update(model);
		badge.set(count);
		window.setTitle(windowTitle(count, practice, translate()));
		this.#resting = clock.after(presentEveryMs, () => {
			this.#resting = null;
			if (!this.#again) return;
			this.#again = false;
			this.refresh();
		});
	}

	/** Draws all of them anew: the language is another one, or another workspace was shown. */
	redraw(): void {
		this.#shown = "";
		this.#resting?.();
		this.#resting = null;
		this.refresh();
	}

	stop(): void {
		this.#stopped = true;
		this.#resting?.();
	}
}
