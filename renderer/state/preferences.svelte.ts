import type { AppError } from "../../shared/errors.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Change } from "../../shared/ipc/contract.ts";
import type { Settings, SettingsPatch } from "../../shared/settings.ts";

/**
 * The agent's choices. A change shows at once; one that main could not keep is taken back, and no other with it:
 * what is shown is what main has, with every change that it has not answered yet on top.
 */
export class Preferences {
	#saved: Settings | null = $state.raw(null);
	#unanswered: readonly SettingsPatch[] = $state.raw([]);
	readonly #shown: Settings | null = $derived(
		this.#saved === null ? null : this.#unanswered.reduce<Settings>(patched, this.#saved),
	);
	problem: AppError | null = $state.raw(null);
	readonly #bridge: Bridge;

	constructor(bridge: Bridge) {
		this.#bridge = bridge;
	}

	/** Null until the window has its snapshot. */
	get settings(): Settings | null {
		return this.#shown;
	}

	get sendKey(): Settings["sendKey"] {
		return this.#shown?.sendKey ?? "enter";
	}

	load(settings: Settings): void {
		this.#saved = settings;
	}

	apply(changes: readonly Change[]): void {
		for (const change of changes) if (change.type === "settings") this.#saved = change.settings;
	}

	async patch(patch: SettingsPatch): Promise<void> {
		if (this.#saved === null) return;
		this.#unanswered = [...this.#unanswered, patch];
		const result = await this.#bridge.invoke("settings.patch", patch);
		this.#unanswered = this.#unanswered.filter((other) => other !== patch);
		this.problem = result.ok ? null : result.error;
		if (result.ok) this.#saved = result.value;
	}
}

function patched(settings: Settings, patch: SettingsPatch): Settings {
	return {
		...settings,
		...Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)),
	};
}
