import type { PresenceState } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { Clock, Logger, Random } from "../../../core/ports/runtime.ts";
import type { Directory } from "./directory.ts";

const shortestMs = 20_000;
const jitterMs = 10_000;

/**
 * Presence of the peers on screen, and of nobody else: there is no push for it (row 14). A poll every 20 to 30 s,
 * one at once when somebody new is watched; changes only are told. Without data: "unknown".
 */
export class PresencePoller {
	readonly #directory: Directory;
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #logger: Logger;
	readonly #tell: (events: readonly ProviderEvent[]) => void;
	readonly #told = new Map<string, string>();
	readonly #stop = new AbortController();
	#watched: readonly string[] = [];
	#cancel: (() => void) | null = null;
	#polling = false;

	constructor(parts: {
		readonly directory: Directory;
		readonly clock: Clock;
		readonly random: Random;
		readonly logger: Logger;
		readonly tell: (events: readonly ProviderEvent[]) => void;
	}) {
		this.#directory = parts.directory;
		this.#clock = parts.clock;
		this.#random = parts.random;
		this.#logger = parts.logger;
		this.#tell = parts.tell;
	}

	watch(addresses: readonly string[]): void {
		const before = new Set(this.#watched);
		this.#watched = [...new Set(addresses)].filter((address) => address !== "");
		if (this.#watched.length === 0) this.#plan(null);
		else if (this.#watched.some((address) => !before.has(address))) this.#plan(0);
		else if (this.#cancel === null && !this.#polling) this.#plan(this.#pause());
	}

	close(): void {
		this.#watched = [];
		this.#plan(null);
		this.#stop.abort();
	}

	#pause(): number {
		return shortestMs + this.#random.next() * jitterMs;
	}

	#plan(delayMs: number | null): void {
		this.#cancel?.();
		this.#cancel = null;
		if (delayMs === null || this.#stop.signal.aborted) return;
		this.#cancel = this.#clock.after(delayMs, () => {
			this.#cancel = null;
			void this.#poll();
		});
	}

	async #poll(): Promise<void> {
		if (this.#polling) return;
		this.#polling = true;
		const asked = this.#watched;
		try {
			const found = await this.#directory.presence(asked, this.#stop.signal);
			this.#tell(
				asked.flatMap((peer) => {
					const entry = found.get(peer) ?? {
						state: "unknown" as PresenceState,
						label: null,
						name: null,
					};
					return this.#changes(peer, entry);
				}),
			);
		} catch {
			this.#logger.debug("presence was not read");
		} finally {
			this.#polling = false;
			const more = this.#watched.some((address) => !asked.includes(address));
			if (this.#watched.length > 0) this.#plan(more ? 0 : this.#pause());
		}
	}

	#changes(
		peer: string,
		entry: { readonly state: PresenceState; readonly label: string | null; readonly name: string | null },
	): readonly ProviderEvent[] {
		const now = JSON.stringify([entry.state, entry.label]);
		if (this.#told.get(peer) === now) return [];
		this.#told.set(peer, now);
		return [{ type: "presence", peer, presence: entry.state, label: entry.label }];
	}
}
