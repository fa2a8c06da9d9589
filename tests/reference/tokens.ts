import type { Clock } from "../../main/core/ports/runtime.ts";
import type { ReferenceSwitches } from "./switches.ts";

/** Who is signed in: a short-lived token with every request, and one that renews it. */
export class Tokens {
	/** How often a token was given for the password, and for the renewing one. */
	readonly given = { signIn: 0, refresh: 0 };
	readonly #clock: Clock;
	readonly #switches: ReferenceSwitches;
	readonly #user: string;
	readonly #password: string;
	readonly #good = new Map<string, number>();
	readonly #renewing = new Set<string>();
	#made = 0;

	constructor(clock: Clock, switches: ReferenceSwitches, user: string, password: string) {
		this.#clock = clock;
		this.#switches = switches;
		this.#user = user;
		this.#password = password;
	}

	/** Null: wrong. */
	signIn(body: unknown): object | null {
		const { user, password } = (body ?? {}) as { readonly user?: string; readonly password?: string };
		if (user !== this.#user || password !== this.#password) return null;
		this.given.signIn += 1;
		this.#made += 1;
		const refresh = `r${String(this.#made)}`;
		this.#renewing.add(refresh);
		return { token: this.#make(), refresh };
	}

	refresh(body: unknown): object | null {
		const { refresh } = (body ?? {}) as { readonly refresh?: string };
		if (refresh === undefined || !this.#renewing.has(refresh)) return null;
		this.given.refresh += 1;
		return { token: this.#make(), refresh };
	}

	holds(authorization: string | undefined): boolean {
		const until = this.#good.get(authorization?.replace(/^Bearer /, "") ?? "");
		return until !== undefined && this.#clock.monotonic() < until;
	}

	/** Every token is refused from now on; renewing works. */
	expire(): void {
		this.#good.clear();
	}

	/** Nobody is signed in any more, and nothing renews it. */
	revoke(): void {
		this.#good.clear();
		this.#renewing.clear();
	}

	#make(): string {
		this.#made += 1;
		const token = `t${String(this.#made)}`;
		this.#good.set(token, this.#clock.monotonic() + (this.#switches.tokenLifetimeMs ?? Infinity));
		return token;
	}
}
