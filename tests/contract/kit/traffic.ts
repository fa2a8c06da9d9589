import type { MediaClient } from "../../../main/core/ports/media.ts";
import type { HttpClient, HttpRequest } from "../../../main/core/ports/runtime.ts";
import { toAppError } from "../../../shared/errors.ts";

/** One request as the app made it. */
export interface Sent {
	readonly method: string;
	/** Without the query. */
	readonly path: string;
	/** When it left, of the world's time. */
	readonly at: number;
	/** When its answer was here; null: there is none. */
	answeredAt: number | null;
	status: number | null;
	/** `Retry-After` of the answer in ms. */
	retryAfterMs: number | null;
}

/** What goes over the app's wires: all of it real, and counted. */
export class Traffic {
	/** Every request so far, media included. */
	readonly sent: Sent[] = [];
	#underWay = 0;
	/** Requests that the app gave up because nothing came. */
	#givenUp = 0;
	readonly #now: () => number;
	readonly #latency: () => Promise<void>;
	/** Requests that the server leaves without an answer on purpose, so far. */
	hung: () => number = () => 0;

	/** `latency`: how long an answer is on its way, in the world's time, where that stands still for a request. */
	constructor(now: () => number, latency: () => Promise<void> = () => Promise.resolve()) {
		this.#now = now;
		this.#latency = latency;
	}

	/** Something is under way that will be answered without more time. */
	get busy(): boolean {
		return this.#underWay > 0 && this.#underWay > this.hung() - this.#givenUp;
	}

	/** Requests that left before the time was over that an answer had asked for. */
	get rushed(): readonly string[] {
		return this.sent.flatMap(({ path, answeredAt, retryAfterMs }) => {
			if (answeredAt === null || retryAfterMs === null) return [];
			// A clock that is read twice may differ by a tick.
			const until = answeredAt + retryAfterMs - 20;
			return this.sent
				.filter(({ at }) => at > answeredAt && at < until)
				.map((early) => `${early.method} ${early.path} after ${path}`);
		});
	}

	http(client: HttpClient): HttpClient {
		return {
			send: (request) =>
				this.#counted(request, async (sent) => {
					const response = await client.send(request);
					const wait = Number(response.headers["retry-after"] ?? NaN);
					sent.status = response.status;
					sent.retryAfterMs = Number.isNaN(wait) ? null : wait * 1000;
					return response;
				}),
			clearCookies: () => client.clearCookies(),
			close: () => client.close(),
		};
	}

	media(client: MediaClient): MediaClient {
		return {
			fetch: (url, request) => this.#counted({ method: "GET", url }, () => client.fetch(url, request)),
			close: () => client.close(),
		};
	}

	async #counted<T>(
		{ method, url }: Pick<HttpRequest, "method" | "url">,
		send: (sent: Sent) => Promise<T>,
	): Promise<T> {
		const sent: Sent = {
			method,
			path: URL.parse(url)?.pathname ?? "",
			at: this.#now(),
			answeredAt: null,
			status: null,
			retryAfterMs: null,
		};
		this.sent.push(sent);
		this.#underWay += 1;
		try {
			const answer = await send(sent).finally(() => {
				this.#underWay -= 1;
			});
			await this.#latency();
			sent.answeredAt = this.#now();
			return answer;
		} catch (thrown) {
			if (toAppError(thrown).code === "network.timeout") this.#givenUp += 1;
			throw thrown;
		}
	}
}
