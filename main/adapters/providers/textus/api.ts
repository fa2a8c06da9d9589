import * as v from "valibot";
import { appError } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import type { Clock, HttpClient, HttpResponse, Random } from "../../../core/ports/runtime.ts";
import type { Authorizer } from "../rest/authorizer.ts";
import { parseJson } from "../rest/lossless-json.ts";
import { RestClient, type RestRequest } from "../rest/rest-client.ts";
import { RestFailure, sessionExpired } from "../rest/rest-failure.ts";
import { nextOf, type Resource } from "./resource.ts";
import { wordsOf } from "./words.ts";

/** Sheet, 1. */
export const textusType = "application/vnd.textus+jsonld";

/** 1 000 requests in 5 minutes a token (sheet, 2.2); the last few are for what a person sends. */
const budget = { requests: 1000, windowMs: 300_000, reserve: 20 };
/** Below so many left, everything is asked half as often (sheet, 15). */
const scarceBelow = 100;
/** No list is followed further than this in one go; a list that leads back to itself ends here too. */
const mostPages = 400;

const resourceSchema = v.record(v.string(), v.unknown());

/** The token of a user: shown once, never renewed (sheet, 1.1; row 3 keeps this step behind an interface). */
export class ApiToken implements Authorizer {
	readonly generation = 0;
	readonly #token: string;
	/** Called when the server wants no more of it. */
	onRefused: () => void = () => undefined;

	constructor(token: string) {
		this.#token = token;
	}

	headers(): Readonly<Record<string, string>> {
		return { authorization: `Bearer ${this.#token}` };
	}

	/** There is nothing to renew it with: the person is asked (row 2). */
	renew(): Promise<void> {
		this.onRefused();
		return Promise.reject(sessionExpired());
	}
}

export interface ApiOptions {
	/** Origin and, behind a proxy, base path. */
	readonly server: string;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly random: Random;
	readonly authorizer: Authorizer;
}

/** Requests of one token. Links are followed below the server only; anything else is refused with words. */
export class Api {
	readonly rest: RestClient;
	readonly #clock: Clock;
	readonly #host: string;
	/** The server's clock minus ours, ms, by its last answer. */
	#ahead = 0;

	constructor({ server, http, clock, random, authorizer }: ApiOptions) {
		this.#clock = clock;
		this.#host = URL.parse(server)?.host ?? server;
		this.rest = new RestClient({
			base: server,
			http,
			clock,
			random,
			authorizer,
			budget,
			words: wordsOf,
			headers: { accept: textusType },
		});
	}

	/** Pauses between polls are so many times as long. */
	stretch(): number {
		const left = this.rest.remaining();
		return left !== null && left < scarceBelow ? 2 : 1;
	}

	/** No message that is sent from now on gets an earlier time from the server than this, as far as clocks can be believed. */
	earliestFromNow(slackMs: number): EpochMs {
		return this.#clock.now() + Math.min(0, this.#ahead) - slackMs;
	}

	/** The other side of `earliestFromNow`: what is sent now is there with an earlier time than this. */
	latestFromNow(slackMs: number): EpochMs {
		return this.#clock.now() + Math.max(0, this.#ahead) + slackMs;
	}

	async request(request: RestRequest): Promise<HttpResponse> {
		const response = await this.rest.request(request);
		const date = Date.parse(response.headers["date"] ?? "");
		if (!Number.isNaN(date)) this.#ahead = date - this.#clock.now();
		return response;
	}

	/** The resource at a path or link of the server. Rejects as `RestClient.value`. */
	async get(link: string, signal?: AbortSignal): Promise<Resource> {
		return this.rest.parse(await this.#read(link, signal), resourceSchema);
	}

	/** A page of a list. Something else with a good status (an error, row 2) is no empty list: `http.malformed`. */
	async list(link: string, signal?: AbortSignal): Promise<Resource> {
		const page = await this.get(link, signal);
		if (Object.hasOwn(page, "members")) return page;
		throw new RestFailure(appError("http.malformed", { params: { host: this.#host } }), { status: 200 });
	}

	/** As `get`; null where the server has nothing: 404, 410 or no body, and the statuses in `also`. */
	async find(link: string, signal?: AbortSignal, also: readonly number[] = []): Promise<Resource | null> {
		const response = await this.#read(link, signal);
		const { status, text } = response;
		if (status === 404 || status === 410 || also.includes(status)) return null;
		if (status >= 200 && status <= 299 && text.trim() === "") return null;
		return this.rest.parse(response, resourceSchema);
	}

	/** PUT, POST or DELETE of a link, with a JSON body where there is one; any status but 401 is its answer. */
	async write(
		method: "PUT" | "POST" | "DELETE",
		link: string,
		body?: unknown,
		signal?: AbortSignal,
	): Promise<HttpResponse> {
		return await this.request(this.writing(method, link, body, signal));
	}

	writing(
		method: "PUT" | "POST" | "DELETE",
		link: string,
		body?: unknown,
		signal?: AbortSignal,
	): RestRequest {
		return {
			method,
			path: this.rest.link(link),
			...(body === undefined
				? {}
				: { body: JSON.stringify(body), headers: { "content-type": textusType } }),
			...(signal === undefined ? {} : { signal }),
		};
	}

	/** The pages of a collection, as they are asked for; `view.next` is followed as it is. */
	async *pages(link: string, signal?: AbortSignal): AsyncGenerator<Resource, void, undefined> {
		const asked = new Set<string>();
		for (let path: string | null = link; path !== null && !asked.has(path);) {
			if (asked.size >= mostPages) return;
			asked.add(path);
			const page: Resource = await this.list(path, signal);
			yield page;
			path = nextOf(page);
		}
	}

	#read(link: string, signal: AbortSignal | undefined): Promise<HttpResponse> {
		return this.request({
			method: "GET",
			path: this.rest.link(link),
			...(signal === undefined ? {} : { signal }),
		});
	}
}

/** The value of a body; null where it has none that can be read. */
export function jsonOf({ text }: HttpResponse): unknown {
	try {
		return parseJson(text);
	} catch {
		return null;
	}
}

/** The status of a refusal; null: it is none, or none with a status. */
export function statusOf(thrown: unknown): number | null {
	return thrown instanceof RestFailure && thrown.error.code === "http.status" ? thrown.status : null;
}

/** A cursor that the server does not know any more: its list begins anew (row 6). */
export function isLostCursor(link: string, thrown: unknown): boolean {
	const status = statusOf(thrown);
	return link.includes("?") && status !== null && status >= 400 && status <= 499 && status !== 403;
}

/** The server does not know this action (row 4). */
export function isMissingAction(status: number): boolean {
	return status === 404 || status === 405 || status === 501;
}

/** One segment of a path: `+13035551234` as `%2B13035551234` (sheet, 7.2). */
export function segment(text: string): string {
	return encodeURIComponent(text);
}

export function actionNotOffered(): RestFailure {
	return new RestFailure(appError("action.notOffered"), { executed: "no" });
}
