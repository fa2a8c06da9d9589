import type { Bridge } from "../../shared/ipc/types.ts";
import type { AccountId } from "../../shared/ids.ts";
import type { Surroundings } from "../lib/surroundings.ts";

/** One whose presence is on screen. */
export interface Watched {
	readonly accountId: AccountId;
	readonly address: string;
}

const pauseMs = 250;
const most = 100;

/** Tells main whose presence is on screen, a place at a time; nobody while the window cannot be seen. */
export class PresenceWatch {
	readonly #bridge: Bridge;
	readonly #surroundings: Surroundings;
	readonly #places = new Map<string, readonly Watched[]>();
	/** What main was last told, by account. */
	readonly #told = new Map<AccountId, string>();
	#planned = false;

	constructor(bridge: Bridge, surroundings: Surroundings) {
		this.#bridge = bridge;
		this.#surroundings = surroundings;
	}

	/** Replaces who is on screen at `place`. */
	show(place: string, watched: readonly Watched[]): void {
		this.#places.set(place, watched);
		this.refresh();
	}

	refresh(): void {
		if (this.#planned) return;
		this.#planned = true;
		this.#surroundings.after(pauseMs, () => {
			this.#planned = false;
			this.#tell();
		});
	}

	#tell(): void {
		const byAccount = new Map<AccountId, Set<string>>();
		for (const accountId of this.#told.keys()) byAccount.set(accountId, new Set());
		if (this.#surroundings.visible()) {
			for (const { accountId, address } of [...this.#places.values()].flat()) {
				const addresses = byAccount.get(accountId) ?? new Set();
				byAccount.set(accountId, addresses.add(address));
			}
		}
		for (const [accountId, set] of byAccount) {
			const addresses = [...set].slice(0, most);
			const told = JSON.stringify(addresses);
			if (this.#told.get(accountId) === told) continue;
			this.#told.set(accountId, told);
			void this.#bridge.invoke("directory.watch", { accountId, addresses });
		}
	}
}
