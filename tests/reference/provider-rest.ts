import * as v from "valibot";
import { AppFailure, appError } from "../../shared/errors.ts";
import type { EpochMs } from "../../shared/model.ts";
import { type Clock, type HttpClient, type HttpResponse, pause } from "../../main/core/ports/runtime.ts";
import { tokenAnswer } from "./wire.ts";

export interface RestRequest {
	readonly method: "GET" | "POST";
	/** Path and query, below the origin. */
	readonly path: string;
	readonly body?: object;
	readonly signal?: AbortSignal;
}

/** Reads are asked again after an overload so many times. */
const readsRepeated = 2;

/**
 * Requests of one account. A refused token is renewed once, by one request however many were refused; while the server
 * asks for patience nothing is sent.
 */
export class ReferenceRest {
	readonly #server: string;
	readonly #http: HttpClient;
	readonly #clock: Clock;
	#token: string | null = null;
	#renewer: string | null = null;
	/** Rises with every token. */
	#generation = 0;
	#renewing: Promise<void> | null = null;
	#patientUntil = 0;
	#lastSign: EpochMs | null = null;

	constructor(server: string, http: HttpClient, clock: Clock) {
		this.#server = server;
		this.#http = http;
		this.#clock = clock;
	}

	get generation(): number {
		return this.#generation;
	}

	lastSign(): EpochMs | null {
		return this.#lastSign;
	}

	headers(): Readonly<Record<string, string>> {
		return this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
	}

	/** How long the server still asks to be left alone, ms. */
	patienceMs(): number {
		return Math.max(0, this.#patientUntil - this.#clock.monotonic());
	}

	/** Rejects with `auth.wrongPassword`. */
	async signIn(user: string, password: string, signal: AbortSignal): Promise<void> {
		const path = "/reference/token";
		const response = await this.#send({ method: "POST", path, body: { user, password }, signal });
		if (response.status === 401) throw new AppFailure(appError("auth.wrongPassword"));
		this.#take(read(response, tokenAnswer));
	}

	/** Rejects with `auth.sessionExpired` when the server wants the password again, else with what went wrong. */
	async renew(seen: number): Promise<void> {
		if (seen !== this.#generation) return;
		this.#renewing ??= this.#renewNow().finally(() => {
			this.#renewing = null;
		});
		await this.#renewing;
	}

	/** Any answer but 401 and, for reads, a passing overload. Rejects with TransportFailure and `auth.sessionExpired`. */
	async request(request: RestRequest): Promise<HttpResponse> {
		let renewed = false;
		for (let repeated = 0; ;) {
			const patience = this.patienceMs();
			if (request.method === "GET" && patience > 0) await pause(this.#clock, patience, request.signal);
			const seen = this.#generation;
			const response = await this.#send(request);
			if (response.status === 401) {
				if (renewed) throw new AppFailure(appError("auth.sessionExpired"));
				renewed = true;
				await this.renew(seen);
			} else if (overloaded(response)) {
				this.#patientUntil = this.#clock.monotonic() + retryAfterMs(response);
				if (request.method !== "GET" || repeated >= readsRepeated) return response;
				repeated += 1;
			} else return response;
		}
	}

	/** A read: the parsed answer. Rejects with `http.*`, `network.*`, `auth.*`. */
	async read<T>(path: string, schema: v.GenericSchema<unknown, T>, signal: AbortSignal): Promise<T> {
		return read(await this.request({ method: "GET", path, signal }), schema);
	}

	async #renewNow(): Promise<void> {
		const body = { refresh: this.#renewer };
		const response = await this.#send({ method: "POST", path: "/reference/token/refresh", body });
		if (response.status === 401) throw new AppFailure(appError("auth.sessionExpired"));
		this.#take(read(response, tokenAnswer));
	}

	#take({ token, refresh }: v.InferOutput<typeof tokenAnswer>): void {
		this.#token = token;
		this.#renewer = refresh;
		this.#generation += 1;
	}

	async #send({ method, path, body, signal }: RestRequest): Promise<HttpResponse> {
		const response = await this.#http.send({
			method,
			url: `${this.#server}${path}`,
			headers: {
				...this.headers(),
				...(body === undefined ? {} : { "content-type": "application/json" }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			...(signal === undefined ? {} : { signal }),
		});
		this.#lastSign = this.#clock.now();
		return response;
	}
}

export function overloaded({ status }: HttpResponse): boolean {
	return status === 429 || status === 503;
}

export function retryAfterMs(response: HttpResponse): number {
	const seconds = Number(response.headers["retry-after"] ?? 0);
	return Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : 0;
}

export function read<T>(response: HttpResponse, schema: v.GenericSchema<unknown, T>): T {
	const { status } = response;
	if (overloaded(response)) throw new AppFailure(appError("http.overloaded", { params: { status } }));
	if (status !== 200) throw new AppFailure(appError("http.status", { params: { status } }));
	const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), response.text);
	if (!parsed.success) throw new AppFailure(appError("http.malformed", { params: { host: "reference" } }));
	return parsed.output;
}
