import { appError } from "../../../shared/errors.ts";
import { type Clock, TransportFailure } from "../../core/ports/runtime.ts";
import { transportFailure } from "./failures.ts";

export interface CallLimits {
	/** Host name and port, for the sentence that the agent reads. */
	readonly host: string;
	/** Until the last byte of the answer; default 30 000. */
	readonly timeoutMs?: number | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** The requests of one client: each with a deadline and the caller's right to give up, all ended by `close`. */
export interface CallsUnderWay {
	/** Rejects with `TransportFailure`, as every failure of `work` does. */
	run<T>(limits: CallLimits, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
	close(): void;
}

const defaultTimeoutMs = 30_000;

export function createCalls(clock: Clock): CallsUnderWay {
	const underWay = new Set<AbortController>();
	let closed = false;
	return {
		async run(limits, work) {
			const { host, signal } = limits;
			if (closed || signal?.aborted === true) throw new TransportFailure(appError("cancelled"), "no");
			const controller = new AbortController();
			const deadline = { passed: false };
			const cancelDeadline = clock.after(limits.timeoutMs ?? defaultTimeoutMs, () => {
				deadline.passed = true;
				controller.abort();
			});
			const abort = (): void => controller.abort();
			signal?.addEventListener("abort", abort, { once: true });
			underWay.add(controller);
			try {
				// Raced, because neither the proxy look-up nor a decoder ends by itself on abort.
				return await orAborted(work(controller.signal), controller.signal);
			} catch (thrown) {
				if (deadline.passed)
					throw new TransportFailure(appError("network.timeout", { params: { host } }), "maybe", {
						cause: thrown,
					});
				if (controller.signal.aborted)
					throw new TransportFailure(appError("cancelled"), "maybe", { cause: thrown });
				throw transportFailure(thrown, { host });
			} finally {
				cancelDeadline();
				signal?.removeEventListener("abort", abort);
				underWay.delete(controller);
			}
		},
		close() {
			closed = true;
			for (const controller of underWay) controller.abort();
		},
	};
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
		work.then(resolve, reject);
	});
}
