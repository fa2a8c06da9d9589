import { createHash } from "node:crypto";
import type { Credentials, ProviderContext } from "../../../core/ports/provider.ts";

/** What one account keeps beside its secret; every change is kept at once, whole. */
export class KeptSecrets {
	readonly #keep: ProviderContext["keep"];
	#values: Readonly<Record<string, string>>;

	constructor(kept: Readonly<Record<string, string>>, keep: ProviderContext["keep"]) {
		this.#values = kept;
		this.#keep = keep;
	}

	get(name: string): string | null {
		return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? null) : null;
	}

	/** Null forgets one. */
	set(changes: Readonly<Record<string, string | null>>): void {
		const before = this.#values;
		const entries = Object.entries({ ...before, ...changes }).flatMap(([name, value]) =>
			value === null ? [] : [[name, value] as const],
		);
		const after = Object.fromEntries(entries);
		if (JSON.stringify(after) === JSON.stringify(before)) return;
		this.#values = after;
		this.#keep(after);
	}
}

/**
 * Tells one secret from another without telling it: tokens that were kept belong to the password (or key) they were got
 * with, and a new one that was typed has to be proved anew.
 */
export function fingerprint({ server, userName, secret, method }: Credentials): string {
	return createHash("sha256")
		.update([server, userName, method, secret].join("\n"))
		.digest("hex")
		.slice(0, 32);
}
