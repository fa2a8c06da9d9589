import { AppFailure, toAppError } from "../../../../shared/errors.ts";
import { type RestFacts, RestFailure, cancelled, sessionExpired } from "./rest-failure.ts";

/** How requests show who asks. */
export interface Authorizer {
	/** For every request; never logged. */
	headers(): Readonly<Record<string, string>>;
	/** Rises with every renewal and sign-in. */
	readonly generation: number;
	/**
	 * Gets a new token (or session) in place of the one of that generation; asked once at a time. Rejects with
	 * `auth.sessionExpired` when the person must sign in, else with what went wrong. A request that it makes with the
	 * same client is `authorized: false`.
	 */
	renew(seenGeneration: number): Promise<void>;
}

/** One renewal at a time, for all who wait for it; what ended with a sign-in due is not tried again. */
export class Renewals {
	readonly #authorizer: Authorizer;
	#underWay: Promise<void> | null = null;
	/** The generation that cannot be renewed. */
	#dead: number | null = null;

	constructor(authorizer: Authorizer) {
		this.#authorizer = authorizer;
	}

	/** Waits for the renewal under way: a request with the old token would only be refused. */
	async settled(signal?: AbortSignal): Promise<void> {
		if (this.#dead === this.#authorizer.generation) throw sessionExpired();
		if (this.#underWay !== null) await orCancelled(this.#underWay, signal);
	}

	/**
	 * A token of generation `seen` was refused. True: a new one was got just now; false: it had been before. Rejects with
	 * RestFailure: the request that was refused was not done.
	 */
	async renew(seen: number, signal?: AbortSignal): Promise<boolean> {
		if (this.#authorizer.generation !== seen) return false;
		if (this.#dead === seen) throw sessionExpired();
		this.#underWay ??= this.#renewNow(seen).finally(() => {
			this.#underWay = null;
		});
		await orCancelled(this.#underWay, signal);
		return true;
	}

	async #renewNow(seen: number): Promise<void> {
		try {
			await this.#authorizer.renew(seen);
		} catch (thrown) {
			if (thrown instanceof AppFailure && thrown.error.code === "auth.sessionExpired") {
				this.#dead = seen;
				throw sessionExpired(thrown);
			}
			throw new RestFailure(toAppError(thrown), refusedAnyway(thrown), { cause: thrown });
		}
	}
}

/** Of a request that waited: whatever became of the renewal, it was refused itself. */
function refusedAnyway(thrown: unknown): RestFacts {
	const { status = null, retryAfterMs = null } = thrown instanceof RestFailure ? thrown : {};
	return { executed: "no", status, retryAfterMs };
}

/** The renewal goes on for the others when one of those who wait is called off. */
function orCancelled(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
	if (signal === undefined) return work;
	return new Promise((resolve, reject) => {
		const abort = (): void => reject(cancelled());
		if (signal.aborted) abort();
		else signal.addEventListener("abort", abort, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
	});
}
