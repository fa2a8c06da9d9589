import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import {
	pause,
	type Clock,
	type HttpClient,
	type HttpResponse,
	type Logger,
	type Random,
} from "../../../core/ports/runtime.ts";
import type { Authenticator } from "./authenticator.ts";
import { BackOff } from "./back-off.ts";
import { type Answer, GenesysRefusal, readAnswer } from "./envelope.ts";
import { RequestPace, abortReason } from "./request-pace.ts";

/** One REST request. `path` stands after `/api/v2`; segments are encoded by the caller. */
export interface RestRequest {
	readonly method: "GET" | "POST";
	readonly path: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: Readonly<Record<string, unknown>>;
	readonly signal?: AbortSignal | undefined;
	/** A person waits for it: before polling, and not held back by an overload. */
	readonly urgent?: boolean;
}

export interface RestOptions {
	/** Origin and base path, with or without `/api/v2`. */
	readonly server: string;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly authenticator: Authenticator;
	/** Row 25; default 5. */
	readonly requestsPerSecond?: number | undefined;
	/** The server wants the password again and the held one did not help. Told once. */
	readonly onSignedOut: (error: AppError) => void;
	/** A new sign-in took the place of one that no longer held. */
	readonly onRenewed: () => void;
}

const requestTimeoutMs = 30_000;
const repeatsOfOverloadedReads = 2;

/**
 * Requests to one account's server, always to its own base, never to a `uri` of an answer (row 28).
 *
 * Basic goes with the signing-in `GET /me` only. A refusal for want of a sign-in is answered with one silent
 * sign-in and one repetition; if that is refused too the account is signed out (row 17: never a loop). A CSRF
 * refusal is answered with one `GET /me` and one repetition.
 */
export class Rest {
	readonly base: string;
	readonly #options: RestOptions;
	readonly #pace: RequestPace;
	readonly #backOff: BackOff;
	#authenticator: Authenticator | null;
	#csrf: { readonly name: string; readonly token: string } | null = null;
	#lastSign: EpochMs | null = null;
	/** Rises with every sign-in, so that ten refusals at once sign in once. */
	#generation = 0;
	#signingIn: Promise<Answer> | null = null;
	#renewing: Promise<boolean> | null = null;
	#signedOut = false;

	constructor(options: RestOptions) {
		this.base = `${options.server.replace(/\/+$/, "").replace(/\/api\/v2$/, "")}/api/v2`;
		this.#options = options;
		this.#authenticator = options.authenticator;
		this.#pace = new RequestPace(options.clock, options.requestsPerSecond);
		this.#backOff = new BackOff(options.clock, options.random);
	}

	/** Which sign-in holds: rises with each. */
	generation(): number {
		return this.#generation;
	}

	/** When the server last answered a REST request. */
	lastSign(): EpochMs | null {
		return this.#lastSign;
	}

	/** The headers of every request, CometD's too (row 19): the CSRF header under the name the server gave it. */
	headers(): Readonly<Record<string, string>> {
		return {
			...(this.#authenticator?.everyHeaders() ?? {}),
			...(this.#csrf === null ? {} : { [this.#csrf.name]: this.#csrf.token }),
		};
	}

	/** Takes over a CSRF token from any response, CometD's too. */
	absorb(headers: Readonly<Record<string, string>>): void {
		const name = headers["x-csrf-header"]?.trim();
		if (name === undefined || !/^[\w-]{1,100}$/.test(name)) return;
		const token = (headers["x-csrf-token"] ?? headers[name.toLowerCase()])?.trim();
		if (token !== undefined && token !== "") this.#csrf = { name, token };
	}

	/** "Ask each time": from now on a sign-in is the person's business. */
	forgetSecret(): void {
		this.#authenticator = null;
	}

	/** `GET /me` with the credentials. Rejects with `auth.*` in words for a sign-in. */
	signIn(signal?: AbortSignal): Promise<Answer> {
		this.#signingIn ??= this.#signInNow(signal).finally(() => {
			this.#signingIn = null;
		});
		return this.#signingIn;
	}

	/**
	 * The sign-in does not hold any more (also told by the notification service): signs in again once with the
	 * held credentials. False: the account is signed out. Rejects when the server could not be asked.
	 */
	async renew(seen = this.#generation): Promise<boolean> {
		if (this.#signedOut) return false;
		if (seen !== this.#generation) return true;
		if (this.#authenticator === null) {
			this.#giveUp(appError("auth.sessionExpired"));
			return false;
		}
		this.#renewing ??= this.#renewNow().finally(() => {
			this.#renewing = null;
		});
		return this.#renewing;
	}

	async #renewNow(): Promise<boolean> {
		try {
			await this.signIn();
			this.#options.logger.info("signed in again");
			this.#options.onRenewed();
			return true;
		} catch (thrown) {
			if (!(thrown instanceof AppFailure) || !thrown.error.code.startsWith("auth.")) throw thrown;
			this.#giveUp(thrown.error);
			return false;
		}
	}

	/** The answer. Rejects with GenesysRefusal, TransportFailure or AbortError. */
	async request(request: RestRequest): Promise<Answer> {
		let csrfRenewed = false;
		let signInRenewed = false;
		for (let overloads = 0; ;) {
			const generation = this.#generation;
			const answer = readAnswer(await this.#send(request, this.headers()));
			if (!(answer instanceof GenesysRefusal)) {
				this.#backOff.succeeded();
				return answer;
			}
			if (answer.kind === "csrf" && !csrfRenewed) {
				csrfRenewed = true;
				if (!(await settled(this.#refreshCsrf(request.signal)))) throw answer;
			} else if (answer.kind === "signIn" && !signInRenewed) {
				signInRenewed = true;
				// The refusal is what counts: this request was not carried out, whatever became of the sign-in.
				if (!(await settled(this.renew(generation)))) throw answer;
			} else if (answer.kind === "signIn") {
				this.#giveUp(appError("auth.sessionExpired"));
				throw answer;
			} else if (answer.kind === "overloaded") {
				const wait = this.#backOff.failed(answer.retryAfterMs);
				if (request.method !== "GET" || answer.error.code === "genesys.deviceUnregistered")
					throw answer;
				if (overloads >= repeatsOfOverloadedReads) throw answer;
				overloads += 1;
				await pause(this.#options.clock, wait, request.signal);
				if (request.signal?.aborted === true) throw abortReason(request.signal);
			} else throw answer;
		}
	}

	/** One request as it is: no credentials but the cookies, no second attempt. */
	async probe(request: RestRequest): Promise<Answer> {
		const answer = readAnswer(await this.#send(request, {}));
		if (answer instanceof GenesysRefusal) throw answer;
		return answer;
	}

	/** How long the back-off asks to wait before the next attempt, in milliseconds. */
	holdBackMs(): number {
		return this.#backOff.remaining();
	}

	async #signInNow(signal?: AbortSignal): Promise<Answer> {
		const authenticator = this.#authenticator;
		if (authenticator === null) throw new AppFailure(appError("auth.secretMissing"));
		const answer = readAnswer(
			await this.#send(
				{
					method: "GET",
					path: "/me",
					query: { subresources: "features,devices,channels" },
					signal,
					urgent: true,
				},
				authenticator.signInHeaders(),
			),
		);
		if (!(answer instanceof GenesysRefusal)) {
			this.#generation += 1;
			return answer;
		}
		if (answer.kind === "signIn")
			throw new AppFailure(appError(authenticator.refusal), { cause: answer });
		throw answer;
	}

	async #refreshCsrf(signal: AbortSignal | undefined): Promise<boolean> {
		this.#options.logger.info("csrf token refused, asking for another");
		const generation = this.#generation;
		const answer = readAnswer(
			await this.#send({ method: "GET", path: "/me", signal, urgent: true }, this.headers()),
		);
		return answer instanceof GenesysRefusal && answer.kind === "signIn" ? this.renew(generation) : true;
	}

	async #send(request: RestRequest, headers: Readonly<Record<string, string>>): Promise<HttpResponse> {
		const { clock, http, logger } = this.#options;
		const urgent = request.urgent === true;
		if (!urgent) await pause(clock, this.#backOff.remaining(), request.signal);
		await this.#pace.turn(urgent, request.signal);
		const query = request.query === undefined ? "" : `?${new URLSearchParams(request.query).toString()}`;
		const began = clock.monotonic();
		const response = await http.send({
			method: request.method,
			url: `${this.base}${request.path}${query}`,
			headers: {
				accept: "application/json",
				...(request.body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" }),
				...headers,
			},
			...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
			timeoutMs: requestTimeoutMs,
			...(request.signal === undefined ? {} : { signal: request.signal }),
		});
		this.#lastSign = clock.now();
		this.absorb(response.headers);
		const operation = request.body?.["operationName"];
		logger.debug("rest", {
			method: request.method,
			status: response.status,
			ms: Math.round(clock.monotonic() - began),
			...(typeof operation === "string" ? { operation } : {}),
		});
		return response;
	}

	#giveUp(error: AppError): void {
		if (this.#signedOut) return;
		this.#signedOut = true;
		this.#options.onSignedOut(error);
	}
}

/** False when it failed in whatever way. */
async function settled(work: Promise<boolean>): Promise<boolean> {
	try {
		return await work;
	} catch {
		return false;
	}
}

/** One segment of a path: encoded, whatever an id looks like. */
export function segment(id: string): string {
	return encodeURIComponent(id);
}
