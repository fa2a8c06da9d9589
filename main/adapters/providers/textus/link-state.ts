import type { AppError } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";

export interface LinkStateParts {
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** How many accounts are asked. */
	readonly accounts: () => number;
	/** News can be asked for again. */
	readonly online: () => void;
}

/**
 * Whether news comes, and what is not right with single accounts of the token while the others go on.
 *
 *   online --no account can be asked--> reconnecting --one answers--> online
 */
export class LinkState {
	readonly #parts: LinkStateParts;
	/** Accounts whose lists cannot be read. */
	readonly #failing = new Set<string>();
	readonly #warnings = new Map<string, AppError>();
	#online = false;
	#over = false;

	constructor(parts: LinkStateParts) {
		this.#parts = parts;
	}

	get isOnline(): boolean {
		return this.#online;
	}

	answered(slug: string): void {
		if (this.#failing.delete(slug)) this.warn(slug, null);
		this.cameOnline();
	}

	/** `slug`: the account whose question failed; null: another question. */
	failed(slug: string | null, error: AppError, nextAttempt: EpochMs | null): void {
		if (this.#over || error.code === "cancelled") return;
		if (slug !== null) this.#failing.add(slug);
		const none = slug !== null && this.#failing.size >= this.#parts.accounts();
		if (!isOfAll(error) && !none) {
			if (slug !== null) this.warn(slug, error);
			return;
		}
		this.#online = false;
		this.#parts.tell([{ type: "connection", state: "reconnecting", nextAttempt, problem: error }]);
	}

	cameOnline(): void {
		if (this.#online || this.#over) return;
		this.#online = true;
		this.#parts.tell([
			{ type: "connection", state: "online", nextAttempt: null, problem: null },
			{ type: "sendable", peer: null },
		]);
		this.#parts.online();
	}

	/** It is not asked any more. */
	forget(slug: string): void {
		this.#failing.delete(slug);
	}

	/** What is not right with one account; null: nothing any more. */
	warn(slug: string, error: AppError | null): void {
		const before = JSON.stringify([...this.#warnings.values()]);
		if (error === null) this.#warnings.delete(slug);
		else this.#warnings.set(slug, error);
		const warnings = [...this.#warnings.values()];
		if (JSON.stringify(warnings) !== before) this.#parts.tell([{ type: "warnings", warnings }]);
	}

	end(): void {
		this.#over = true;
		this.#online = false;
	}
}

/** What is wrong with every question alike. */
function isOfAll({ code, params }: AppError): boolean {
	const status = params?.["status"];
	if (code === "http.status") return typeof status === "number" && status >= 500;
	return code.startsWith("network.") ? code !== "network.foreignRedirect" : code === "http.overloaded";
}
