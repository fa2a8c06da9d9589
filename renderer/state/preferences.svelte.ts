import type { AppError } from "../../shared/errors.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Change } from "../../shared/ipc/contract.ts";
import type { Settings, SettingsPatch } from "../../shared/settings.ts";

/** The agent's choices. A change shows at once and is taken back when main could not keep it. */
export class Preferences {
	#settings: Settings | null = $state.raw(null);
	problem: AppError | null = $state.raw(null);
	readonly #bridge: Bridge;

	constructor(bridge: Bridge) {
		this.#bridge = bridge;
	}

	/** Null until the window has its snapshot. */
	get settings(): Settings | null {
		return this.#settings;
	}

	get sendKey(): Settings["sendKey"] {
		return this.#settings?.sendKey ?? "enter";
	}

	load(settings: Settings): void {
		this.#settings = settings;
	}

	apply(changes: readonly Change[]): void {
		for (const change of changes) if (change.type === "settings") this.#settings = change.settings;
	}

	async patch(patch: SettingsPatch): Promise<void> {
		const before = this.#settings;
		if (before === null) return;
		const present = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
		this.#settings = { ...before, ...present };
		const result = await this.#bridge.invoke("settings.patch", patch);
		this.problem = result.ok ? null : result.error;
		this.#settings = result.ok ? result.value : before;
	}
}
