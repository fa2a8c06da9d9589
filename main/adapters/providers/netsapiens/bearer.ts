import { AppFailure } from "../../../../shared/errors.ts";
import type { Clock } from "../../../core/ports/runtime.ts";
import type { Authorizer } from "../rest/authorizer.ts";
import { RestFailure, sessionExpired } from "../rest/rest-failure.ts";

/** A token as a server gave it. */
export interface Grant {
	readonly token: string;
	/** Null: there is nothing to renew it with. */
	readonly refresh: string | null;
	/** Null: for ever, or not known. */
	readonly lifetimeMs: number | null;
}

export interface BearerOptions {
	readonly clock: Clock;
	/** Gets a new token for a refresh token, which is used up by that. */
	readonly renew: (refresh: string) => Promise<Grant>;
	/** A renewed pair, to be kept. */
	readonly renewed: (grant: Grant) => void;
}

/** Renewed by itself after so much of its life (row 14). */
const renewAfter = 0.8;
/** Longer is more than a timer can wait; what lasts longer is renewed when it is refused. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The one token of an account, renewed at 80 % of its life and when it is refused, by one request however many wait. A
 * refresh token that was refused is not tried again: the person signs in.
 */
export class Bearer implements Authorizer {
	readonly #options: BearerOptions;
	#grant: Grant;
	#generation = 1;
	#renewing: Promise<void> | null = null;
	/** The server does not take the refresh token any more. */
	#refused = false;
	#cancelTimer: () => void = () => undefined;
	#stopped = false;

	constructor(grant: Grant, options: BearerOptions) {
		this.#options = options;
		this.#grant = grant;
		this.#plan(renewAfter);
	}

	get generation(): number {
		return this.#generation;
	}

	headers(): Readonly<Record<string, string>> {
		return { authorization: `Bearer ${this.#grant.token}` };
	}

	async renew(seen: number): Promise<void> {
		if (seen !== this.#generation) return;
		this.#renewing ??= this.#renewNow().finally(() => {
			this.#renewing = null;
		});
		await this.#renewing;
	}

	stop(): void {
		this.#stopped = true;
		this.#cancelTimer();
	}

	async #renewNow(): Promise<void> {
		const { refresh } = this.#grant;
		if (refresh === null || this.#refused) throw sessionExpired();
		try {
			this.#grant = await this.#options.renew(refresh);
		} catch (thrown) {
			if (!isFinal(thrown)) throw thrown;
			this.#refused = true;
			throw sessionExpired(thrown);
		}
		this.#generation += 1;
		this.#options.renewed(this.#grant);
		this.#plan(renewAfter);
	}

	/** Ahead of time; what fails then is tried once more, and else when the token is refused. */
	#plan(share: number): void {
		this.#cancelTimer();
		const { lifetimeMs, refresh } = this.#grant;
		if (this.#stopped || lifetimeMs === null || refresh === null) return;
		const wait = lifetimeMs * (share === renewAfter ? share : share - renewAfter);
		if (wait > longestTimerMs) return;
		this.#cancelTimer = this.#options.clock.after(wait, () => {
			this.renew(this.#generation).catch(() => {
				if (share === renewAfter && !this.#refused) this.#plan(0.9);
			});
		});
	}
}

/** A no of the server, and no trouble of the moment. */
function isFinal(thrown: unknown): boolean {
	if (!(thrown instanceof RestFailure))
		return thrown instanceof AppFailure && /^auth\./.test(thrown.error.code);
	const { status } = thrown;
	return (
		/^auth\./.test(thrown.error.code) ||
		(status !== null && status >= 400 && status < 500 && status !== 429)
	);
}
