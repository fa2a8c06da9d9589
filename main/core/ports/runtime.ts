import { type AppError, AppFailure } from "../../../shared/errors.ts";

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** The only source of time in core and adapters; tests pass a virtual one. */
export interface Clock {
	/** Wall time, may jump. For showing and storing. */
	now(): EpochMs;
	/** Milliseconds from an arbitrary start, never jumps. For deadlines and ages. */
	monotonic(): number;
	/** Calls `run` once after `delayMs`; the returned function cancels it. */
	after(delayMs: number, run: () => void): () => void;
}

/** Resolves after `delayMs` of the clock, at once when `signal` is aborted. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal?.aborted === true) {
			resolve();
			return;
		}
		const done = (): void => {
			cancel();
			signal?.removeEventListener("abort", done);
			resolve();
		};
		const cancel = clock.after(delayMs, done);
		signal?.addEventListener("abort", done, { once: true });
	});
}

/** Waits for `work`, at most `ms` of the clock; rejects when it does. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
	const done = new AbortController();
	try {
		await Promise.race([work, pause(clock, ms, done.signal)]);
	} finally {
		done.abort();
	}
}

/** The only source of randomness: ids and jitter. */
export interface Random {
	/** A number in [0, 1). */
	next(): number;
	/** A fresh UUID (version 7 where order matters, any version is accepted). */
	uuid(): string;
}

/** A log field: numbers keep three digits, text is redacted; bodies, headers and secrets are never fields. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | AppError>>;

export interface Logger {
	debug(event: string, fields?: LogFields): void;
	info(event: string, fields?: LogFields): void;
	warn(event: string, fields?: LogFields): void;
	error(event: string, fields?: LogFields): void;
	/** A logger whose lines all carry `fields`. */
	child(fields: LogFields): Logger;
}

export interface HttpRequest {
	readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** Absolute http or https URL. */
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as UTF-8. */
	readonly body?: string;
	/** Until the last byte of the answer; default 30 000. */
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal;
}

export interface HttpResponse {
	readonly status: number;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	/** The whole body decoded as UTF-8; at most 8 MiB after inflation. */
	readonly text: string;
}

/**
 * One account's HTTP client: its own cookie jar, bound to one origin.
 * `send` rejects with `TransportFailure` (a `network.*` code) when no whole response was had;
 * any HTTP status is a normal response.
 */
export interface HttpClient {
	send(request: HttpRequest): Promise<HttpResponse>;
	/** Forgets all cookies (sign-out). */
	clearCookies(): Promise<void>;
	close(): Promise<void>;
}

/**
 * No whole response was had. `reached` is "no" only if it is certain that the server did not
 * get the request (name not resolved, connection refused, TLS refused before any byte).
 */
export class TransportFailure extends AppFailure {
	readonly reached: "no" | "maybe";
	constructor(error: AppError, reached: "no" | "maybe", options?: { cause?: unknown }) {
		super(error, options);
		this.name = "TransportFailure";
		this.reached = reached;
	}
}
