import type { AppError } from "../../../../shared/errors.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";

/** The standing warnings of the account, by what they are about. */
export class Warnings {
	readonly #standing = new Map<string, readonly AppError[]>();

	/** Empty: all is well. The whole list is told when it changes. */
	set(about: "voice" | "line" | "start", errors: readonly AppError[]): readonly ProviderEvent[] {
		const before = JSON.stringify(this.all());
		if (errors.length === 0) this.#standing.delete(about);
		else this.#standing.set(about, errors);
		const warnings = this.all();
		return JSON.stringify(warnings) === before ? [] : [{ type: "warnings", warnings }];
	}

	all(): readonly AppError[] {
		return [...this.#standing.values()].flat();
	}
}
