import type { Clock } from "../../../core/ports/runtime.ts";
import { type Api, segment } from "./api.ts";
import { lastSegment, membersOf, nextOf, textIn } from "./resource.ts";

/** An answer counts for so long, ms: a text of several parts asks once. */
const rememberedMs = 30_000;
/** So many numbers are asked for at a time. */
const mostNumbers = 40;

/** Who must not be written to (sheet, 12.2), asked before anything is sent. */
export class OptOuts {
	readonly #api: Api;
	readonly #clock: Clock;
	readonly #known = new Map<string, { readonly out: boolean; readonly until: number }>();

	constructor(api: Api, clock: Clock) {
		this.#api = api;
		this.#clock = clock;
	}

	/** Those of the numbers that have opted out of the account's messages. Rejects as `Api.find` when nobody answers. */
	async among(slug: string, numbers: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
		const now = this.#clock.monotonic();
		const unknown = numbers.filter((number) => {
			const known = this.#known.get(`${slug}/${number}`);
			return known === undefined || known.until <= now;
		});
		const [only, second] = unknown;
		if (only !== undefined && second === undefined) await this.#one(slug, only, signal);
		else if (only !== undefined) await this.#several(slug, unknown, signal);
		return numbers.filter((number) => this.#known.get(`${slug}/${number}`)?.out === true);
	}

	/** What is known of a number counts no more: it wrote, or something was refused. */
	forget(slug: string, number: string): void {
		this.#known.delete(`${slug}/${number}`);
	}

	async #one(slug: string, number: string, signal: AbortSignal): Promise<void> {
		const path = `/${segment(slug)}/opt_outs/${segment(number)}`;
		// A list without an answer for the number, or a server without such lists, refuses the text itself if it must.
		this.#note(slug, number, (await this.#api.find(path, signal, undocumented)) !== null);
	}

	async #several(slug: string, numbers: readonly string[], signal: AbortSignal): Promise<void> {
		for (let from = 0; from < numbers.length; from += mostNumbers) {
			const some = numbers.slice(from, from + mostNumbers);
			const query = some.map((number) => `exact[]=${segment(number)}`).join("&");
			const found = new Set<string>();
			let page = await this.#api.find(`/${segment(slug)}/opt_outs?${query}`, signal, undocumented);
			for (let pages = 0; page !== null && pages <= some.length; pages += 1) {
				for (const member of membersOf(page)) {
					// The number itself is told in the id alone.
					const id = textIn(member, "id") ?? "";
					found.add(decoded(lastSegment(id)));
				}
				const next = nextOf(page);
				page = next === null ? null : await this.#api.find(next, signal);
			}
			for (const number of some) this.#note(slug, number, found.has(number));
		}
	}

	#note(slug: string, number: string, out: boolean): void {
		const now = this.#clock.monotonic();
		for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
		this.#known.set(`${slug}/${number}`, { out, until: now + rememberedMs });
	}
}

/** Short codes and the like may be no numbers to this list. */
const undocumented = [400, 405, 422, 501];

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
