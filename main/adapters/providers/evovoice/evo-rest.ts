import * as v from "valibot";
import { AppFailure } from "../../../../shared/errors.ts";
import type { HttpClient, HttpResponse } from "../../../core/ports/runtime.ts";
import type { ProviderContext } from "../../../core/ports/provider.ts";
import type { Authorizer } from "../rest/authorizer.ts";
import type { Budget } from "../rest/rate.ts";
import { RestClient, type RestRequest } from "../rest/rest-client.ts";
import { readBody, wordsOf } from "./answers.ts";
import { type Dialect, dialects, inDialect, isReadable, spoken } from "./dialect.ts";
import { sessionAwareHttp } from "./session-aware-http.ts";
import { userInfo } from "./wire.ts";
import { type XmlContract, type XmlMembers, writeXml } from "./xml-writer.ts";

/** Row 19: at most one request a second on average; bursts are for opening conversations. */
const defaultBudget: Budget = { requests: 300, windowMs: 300_000 };

/** Query parameters; lists are comma-joined, null and empty ones are left out (sheet, 1.2). */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

export interface EvoRestOptions {
	/** Base URL without a trailing slash. */
	readonly server: string;
	readonly context: Pick<ProviderContext, "http" | "clock" | "random">;
	readonly authorizer: Authorizer;
	readonly budget?: Budget | undefined;
}

/** Requests of one account, in the format that its server takes. */
export class EvoRest {
	readonly client: RestClient;
	#dialect: Dialect = dialects[0];

	constructor({ server, context, authorizer, budget }: EvoRestOptions) {
		const http: HttpClient = sessionAwareHttp(context.http, () => this.#signedOut(context.http, server));
		this.client = new RestClient({
			base: server,
			http,
			clock: context.clock,
			random: context.random,
			authorizer,
			budget: budget ?? defaultBudget,
			decode: readBody,
			words: wordsOf,
		});
	}

	get dialect(): Dialect {
		return this.#dialect;
	}

	/**
	 * Finds the format that the server takes, with a call that anybody may make and that changes nothing; the first
	 * answer that could be read, or the last one.
	 */
	async learnDialect(signal?: AbortSignal): Promise<HttpResponse> {
		let last: HttpResponse | null = null;
		for (const dialect of dialects) {
			this.#dialect = dialect;
			last = await this.anonymous({ method: "GET", path: "/auth/status" }, signal);
			if (!isReadable(last)) continue;
			this.#dialect = spoken(dialect, last);
			return last;
		}
		[this.#dialect] = dialects;
		if (last === null) throw new TypeError("there is no dialect");
		return last;
	}

	/** A GET whose good answer has a value; rejects as `RestClient.value`. */
	async read<T>(
		path: string,
		query: Query,
		schema: v.GenericSchema<unknown, T>,
		signal?: AbortSignal,
	): Promise<T> {
		return this.client.value(
			this.#dressed({ method: "GET", path: withQuery(path, query) }, signal),
			schema,
		);
	}

	/** A POST in the server's format. */
	post(path: string, contract: XmlContract, members: XmlMembers, signal?: AbortSignal): RestRequest {
		return this.#dressed({ method: "POST", path, ...this.body(contract, members) }, signal);
	}

	/** Without the authorizer and without a renewal: any status is the answer. */
	anonymous(request: RestRequest, signal?: AbortSignal): Promise<HttpResponse> {
		return this.client.request({ ...this.#dressed(request, signal), authorized: false });
	}

	body(contract: XmlContract, members: XmlMembers): Pick<RestRequest, "json" | "body" | "headers"> {
		if (this.#dialect.format === "json") return { json: members };
		return { body: writeXml(contract, members), headers: { "content-type": "application/xml" } };
	}

	#dressed(request: RestRequest, signal: AbortSignal | undefined): RestRequest {
		const { path, accept } = inDialect(this.#dialect, request.path);
		return {
			...request,
			path,
			headers: { accept, ...request.headers },
			...(signal === undefined ? {} : { signal }),
		};
	}

	/** Asked past the budget and the renewal, for a request that waits for nothing else. */
	async #signedOut(http: HttpClient, server: string): Promise<boolean> {
		const { path, accept } = inDialect(this.#dialect, "/auth/status");
		try {
			const response = await http.send({ method: "GET", url: server + path, headers: { accept } });
			if (response.status === 401) return true;
			if (response.status < 200 || response.status > 299) return false;
			const parsed = v.safeParse(userInfo, readBody(response) ?? {});
			return !parsed.success || parsed.output.isAuthenticated !== true;
		} catch {
			return false;
		}
	}
}

/** The status that a failure of `EvoRest` had; null: none, or no failure of it. */
export function statusOf(thrown: unknown): number | null {
	if (!(thrown instanceof AppFailure) || thrown.error.code !== "http.status") return null;
	const status = thrown.error.params?.["status"];
	return typeof status === "number" ? status : null;
}

/** What something answers, or `otherwise` where the server answered and said no, or nothing that can be read. */
export async function unlessRefused<T>(work: Promise<T>, otherwise: T): Promise<T> {
	try {
		return await work;
	} catch (thrown) {
		const unreadable = thrown instanceof AppFailure && thrown.error.code === "http.malformed";
		if (statusOf(thrown) === null && !unreadable) throw thrown;
		return otherwise;
	}
}

function withQuery(path: string, query: Query): string {
	const parameters = Object.entries(query).flatMap(([name, value]) => {
		const text = Array.isArray(value) ? value.join(",") : value === null ? "" : String(value);
		return text === "" ? [] : [`${name}=${encodeURIComponent(text)}`];
	});
	return parameters.length === 0 ? path : `${path}?${parameters.join("&")}`;
}
