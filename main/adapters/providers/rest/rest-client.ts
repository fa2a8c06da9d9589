import * as v from "valibot";
import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type {
	Clock,
	EpochMs,
	HttpClient,
	HttpRequest,
	HttpResponse,
	Random,
} from "../../../core/ports/runtime.ts";
import { pause } from "../../../core/ports/runtime.ts";
import { type Authorizer, Renewals } from "./authorizer.ts";
import { parseJson } from "./lossless-json.ts";
import { Paths } from "./paths.ts";
import { type Budget, Rate } from "./rate.ts";
import { RestFailure, cancelled, isOverloaded, overloaded, sessionExpired } from "./rest-failure.ts";

export interface RestRequest {
	readonly method: HttpRequest["method"];
	/** Path and query below the base URL, beginning with one slash. */
	readonly path: string;
	/** Lower-case names. */
	readonly headers?: Readonly<Record<string, string>>;
	/** At most one of the three: JSON, form fields, or a body with a content type of its own in `headers`. */
	readonly json?: unknown;
	readonly form?: Readonly<Record<string, string>> | URLSearchParams;
	readonly body?: string;
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal;
	/** False: without the authorizer (sign-in and renewal themselves); it waits for nothing and any status is its answer. */
	readonly authorized?: boolean;
}

export interface RestClientOptions {
	/** Origin and base path, `https://api.example.com/v2`. */
	readonly base: string;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly random: Random;
	readonly authorizer: Authorizer;
	/** The answer means that the token holds no longer. Default: status 401. */
	readonly isExpired?: (response: HttpResponse) => boolean;
	/** The server's own sentence in an answer that refuses; default: none is looked for. */
	readonly words?: (response: HttpResponse) => string | undefined;
	/** The value of a good answer before its schema; throws when it is none. Default: JSON, nothing for an empty body. */
	readonly decode?: (response: HttpResponse) => unknown;
	/** Sent with every request, lower-case names, for example `accept`. Default: `accept: application/json`. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly budget?: Budget;
	/** A read is asked again after an overload so many times; default 2. */
	readonly readsRepeated?: number;
	/** A read that would have to wait longer is refused with `http.overloaded`; default 30 000. */
	readonly readsWaitMs?: number;
	/** Default of one request, ms; else the HTTP client's. */
	readonly timeoutMs?: number;
}

/**
 * Requests of one account. A refused token is renewed once, by one renewal however many requests were refused, and each
 * of them is repeated once: what was refused for its token was not done. While the server asks for patience, reads
 * wait and writes are refused with `http.overloaded` before they leave.
 */
export class RestClient {
	readonly #options: RestClientOptions;
	readonly #paths: Paths;
	readonly #rate: Rate;
	readonly #renewals: Renewals;
	#requests = 0;
	#bytes = 0;
	#lastSign: EpochMs | null = null;

	constructor(options: RestClientOptions) {
		this.#options = options;
		this.#paths = new Paths(options.base);
		this.#rate = new Rate(options.clock, options.random, options.budget ?? null);
		this.#renewals = new Renewals(options.authorizer);
	}

	/** Requests that have left. */
	get requests(): number {
		return this.#requests;
	}

	/** Bytes of all bodies, there and back, after inflation. */
	get bytes(): number {
		return this.#bytes;
	}

	/** When the server last answered anything. */
	lastSign(): EpochMs | null {
		return this.#lastSign;
	}

	/** How long a write must wait now: the server asks for patience, or nothing is left of the budget. */
	patienceMs(): number {
		return this.#rate.waitMs("write");
	}

	/** So many more requests fit into this window; null: not known. Polls slow down while it is small. */
	remaining(): number | null {
		return this.#rate.remaining();
	}

	/** A link of the server, host-relative or with its own origin, as a `path`; anything else rejects as `request` does. */
	link(link: string): string {
		return this.#paths.link(link);
	}

	/** The server's own words in an answer, if it has any. */
	words(response: HttpResponse): string | undefined {
		try {
			return this.#options.words?.(response);
		} catch {
			return undefined;
		}
	}

	/**
	 * One answer of any status but an expired token's. Rejects with TransportFailure when none was had, and with
	 * RestFailure: `auth.sessionExpired`, `http.overloaded` (not sent for want of patience), `network.foreignRedirect`
	 * and `network.badAddress` (a path that is not ours), `cancelled`, or why the token could not be renewed.
	 */
	async request(request: RestRequest): Promise<HttpResponse> {
		const prepared = this.#prepare(request);
		if (request.authorized === false) return this.#send(prepared, {});
		const repeats = request.method === "GET" ? (this.#options.readsRepeated ?? 2) : 0;
		for (let repeated = 0; ; repeated += 1) {
			const response = await this.#authorized(prepared);
			if (!isOverloaded(response) || repeated >= repeats) return response;
			if (this.#rate.waitMs("read") > this.#readsWaitMs) return response;
		}
	}

	/**
	 * A request whose good answer has a value. Rejects besides with RestFailure `http.status` (params status; detail:
	 * the server's words), `http.overloaded` and `http.malformed`.
	 */
	async value<T>(request: RestRequest, schema: v.GenericSchema<unknown, T>): Promise<T> {
		return this.parse(await this.request(request), schema);
	}

	/** `value` of a GET. */
	read<T>(path: string, schema: v.GenericSchema<unknown, T>, signal?: AbortSignal): Promise<T> {
		return this.value({ method: "GET", path, ...(signal === undefined ? {} : { signal }) }, schema);
	}

	/** The value of an answer; throws as `value` rejects. */
	parse<T>(response: HttpResponse, schema: v.GenericSchema<unknown, T>): T {
		const { status } = response;
		if (status < 200 || status > 299) throw this.refusal(response);
		let decoded: unknown;
		try {
			decoded = (this.#options.decode ?? decodeJson)(response);
		} catch (thrown) {
			// A decoder that knows better (an error told with status 200) is believed.
			if (thrown instanceof AppFailure) throw thrown;
			throw this.#malformed(status);
		}
		const parsed = v.safeParse(schema, decoded);
		if (!parsed.success) throw this.#malformed(status);
		return parsed.output;
	}

	/** What an answer that is not good means. */
	refusal(response: HttpResponse): RestFailure {
		const { status } = response;
		const detail = this.words(response);
		if (isOverloaded(response)) return overloaded(this.#rate.patienceMs(), status, detail);
		const error: AppError = appError("http.status", { params: { status }, detail });
		return new RestFailure(error, { status, executed: status >= 400 && status < 500 ? "no" : "maybe" });
	}

	get #readsWaitMs(): number {
		return this.#options.readsWaitMs ?? 30_000;
	}

	/** Any answer but an expired one. */
	async #authorized(request: HttpRequest): Promise<HttpResponse> {
		const { authorizer, isExpired = statusIs401 } = this.#options;
		const { signal } = request;
		let fresh = false;
		for (let refused = 1; ; refused += 1) {
			await this.#renewals.settled(signal);
			await this.#turn(request);
			const seen = authorizer.generation;
			const response = await this.#send(request, authorizer.headers());
			if (!isExpired(response)) return response;
			// A token that another request had renewed meanwhile may have run out in its turn.
			if (fresh || refused > 2) throw sessionExpired();
			fresh = await this.#renewals.renew(seen, signal);
		}
	}

	/** Waits (reads) or refuses (writes) while there is no room. */
	async #turn({ method, signal }: HttpRequest): Promise<void> {
		const kind = method === "GET" ? "read" : "write";
		for (;;) {
			if (signal?.aborted === true) throw cancelled();
			const wait = this.#rate.waitMs(kind);
			if (wait <= 0) return;
			if (kind === "write" || wait > this.#readsWaitMs) throw overloaded(wait);
			await pause(this.#options.clock, wait, signal);
		}
	}

	async #send(
		request: HttpRequest,
		authorization: Readonly<Record<string, string>>,
	): Promise<HttpResponse> {
		const { http, clock } = this.#options;
		if (request.signal?.aborted === true) throw cancelled();
		this.#rate.begun();
		this.#requests += 1;
		this.#bytes += Buffer.byteLength(request.body ?? "");
		const response = await http.send({ ...request, headers: { ...request.headers, ...authorization } });
		this.#bytes += Buffer.byteLength(response.text);
		this.#lastSign = clock.now();
		this.#rate.answered(response);
		return response;
	}

	#prepare(request: RestRequest): HttpRequest {
		const { method, path, signal } = request;
		const timeoutMs = request.timeoutMs ?? this.#options.timeoutMs;
		const [type, body] = bodyOf(request);
		return {
			method,
			url: this.#paths.url(path),
			headers: {
				accept: "application/json",
				...this.#options.headers,
				...(type === undefined ? {} : { "content-type": type }),
				...request.headers,
			},
			...(body === undefined ? {} : { body }),
			...(timeoutMs === undefined ? {} : { timeoutMs }),
			...(signal === undefined ? {} : { signal }),
		};
	}

	/** Without its cause: a parser's message quotes what it could not read. */
	#malformed(status: number): RestFailure {
		const error = appError("http.malformed", { params: { host: this.#paths.host } });
		return new RestFailure(error, { status, executed: "maybe" });
	}
}

function bodyOf({
	json,
	form,
	body,
}: RestRequest): readonly [type: string | undefined, body: string | undefined] {
	if (json !== undefined) return ["application/json", JSON.stringify(json)];
	if (form !== undefined) {
		const fields = form instanceof URLSearchParams ? form : new URLSearchParams({ ...form });
		return ["application/x-www-form-urlencoded", fields.toString()];
	}
	return [undefined, body];
}

function decodeJson({ text }: HttpResponse): unknown {
	return text.trim() === "" ? undefined : parseJson(text);
}

function statusIs401({ status }: HttpResponse): boolean {
	return status === 401;
}
