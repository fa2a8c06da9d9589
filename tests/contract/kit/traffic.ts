import type { MediaClient } from "../../../main/core/ports/media.ts";
import type { HttpClient, HttpRequest } from "../../../main/core/ports/runtime.ts";
import { toAppError } from "../../../shared/errors.ts";

/** One request as the app made it. */
export interface Sent {
	readonly method: string;
	/** Without the query. */
	readonly path: string;
	/** Of the world's time. */
	readonly at: number;
}

/** What goes over the app's wires: all of it real, and counted. */
export class Traffic {
	/** Every request so far, media included. */
	readonly sent: Sent[] = [];
	#underWay = 0;
	/** Requests that the app gave up because nothing came. */
	#givenUp = 0;
	readonly #now: () => number;
	/** Requests that the server leaves without an answer on purpose, so far. */
	hung: () => number = () => 0;

	constructor(now: () => number) {
		this.#now = now;
	}

	/** Something is under way that will be answered without more time. */
	get busy(): boolean {
		return this.#underWay > Math.max(0, this.hung() - this.#givenUp);
	}

	http(client: HttpClient): HttpClient {
		return {
			send: (request) => this.#counted(request, () => client.send(request)),
			clearCookies: () => client.clearCookies(),
			close: () => client.close(),
		};
	}

	media(client: MediaClient): MediaClient {
		return {
			fetch: (url, request) =>
				this.#counted({ method: "GET", url }, () => client.fetch(url, request)),
			close: () => client.close(),
		};
	}

	async #counted<T>(
		{ method, url }: Pick<HttpRequest, "method" | "url">,
		send: () => Promise<T>,
	): Promise<T> {
		this.sent.push({ method, path: URL.parse(url)?.pathname ?? "", at: this.#now() });
		this.#underWay += 1;
		try {
			return await send();
		} catch (thrown) {
			if (toAppError(thrown).code === "network.timeout") this.#givenUp += 1;
			throw thrown;
		} finally {
			this.#underWay -= 1;
		}
	}
}
