import { AppFailure } from "../../../shared/errors.ts";

/** A refusal with which the server asked to be left alone for a while. */
export class PatienceFailure extends AppFailure {
	/** How long, in ms. */
	readonly retryAfterMs: number;
	constructor(error: AppFailure["error"], retryAfterMs: number, options?: { cause?: unknown }) {
		super(error, options);
		this.retryAfterMs = retryAfterMs;
	}
}

/** How long, in ms, a server asked to be left alone with this failure; 0: it did not. */
export function patienceOf(thrown: unknown): number {
	if (!(thrown instanceof AppFailure) || !("retryAfterMs" in thrown)) return 0;
	const { retryAfterMs } = thrown;
	return typeof retryAfterMs === "number" && Number.isFinite(retryAfterMs) ? Math.max(0, retryAfterMs) : 0;
}
