import type { AppError } from "../../shared/errors.ts";
import type { ConversationId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { SearchHit, SearchPage } from "../../shared/model.ts";
import type { Surroundings } from "../lib/surroundings.ts";

const pageSize = 50;
/** While messages are not in the index yet, the first page is asked for again after this. */
const indexPauseMs = 2000;

export interface SearchGroup {
	readonly conversationId: ConversationId;
	/** Newest first. */
	readonly hits: readonly SearchHit[];
}

/**
 * Search as one types. One question is on its way at a time; when the text changed meanwhile its answer is dropped
 * and the newest text is asked for. Results stay on screen until there are others, so nothing flickers.
 *
 *   idle -> asking -> ready -> asking …
 *              \-> failed -> asking
 */
export class Search {
	query = $state("");
	/** The one conversation to look in; null: everywhere. */
	scope: ConversationId | null = $state(null);
	phase: "idle" | "asking" | "ready" | "failed" = $state("idle");
	/** The text that the results are for. */
	answered = $state("");
	hits: readonly SearchHit[] = $state.raw([]);
	people: SearchPage["people"] = $state.raw([]);
	/** Messages that are stored but cannot be found yet. */
	notIndexed = $state(0);
	hasMore = $state(false);
	loadingMore = $state(false);
	/** Why there is no answer, or no further page. */
	problem: AppError | null = $state.raw(null);
	/** By conversation, in the order of their newest hit. */
	readonly groups: readonly SearchGroup[] = $derived.by(() => {
		const groups = new Map<ConversationId, SearchHit[]>();
		for (const hit of this.hits) {
			const group = groups.get(hit.conversationId);
			if (group === undefined) groups.set(hit.conversationId, [hit]);
			else group.push(hit);
		}
		return [...groups].map(([conversationId, hits]) => ({ conversationId, hits }));
	});

	readonly #bridge: Bridge;
	readonly #surroundings: Surroundings;
	#next: string | null = null;
	#asking = false;
	/** The text or the scope changed since the question that is on its way. */
	#outdated = false;
	/** Counts first pages: what belongs to an earlier one is dropped. */
	#turn = 0;
	#cancelLater = (): void => undefined;

	constructor(bridge: Bridge, surroundings: Surroundings) {
		this.#bridge = bridge;
		this.#surroundings = surroundings;
	}

	type(query: string): void {
		this.query = query;
		void this.ask();
	}

	lookIn(scope: ConversationId | null): void {
		if (scope === this.scope) return;
		this.scope = scope;
		void this.ask();
	}

	/** Forgets everything: other messages are looked at now. */
	clear(): void {
		this.scope = null;
		this.type("");
	}

	/** Asks for the newest hits of what is typed now. */
	async ask(): Promise<void> {
		this.#cancelLater();
		this.#turn += 1;
		this.loadingMore = false;
		if (this.query.trim() === "") {
			this.#outdated = this.#asking;
			this.phase = "idle";
			this.problem = null;
			this.answered = "";
			this.#take({ hits: [], people: [], next: null, notIndexed: 0 });
			return;
		}
		this.phase = "asking";
		this.#outdated = true;
		if (this.#asking) return;
		this.#asking = true;
		while (this.#isOutdated()) {
			this.#outdated = false;
			const query = this.query.trim();
			if (query === "") break;
			const result = await this.#bridge.invoke("search.messages", {
				query,
				conversationId: this.scope,
				before: null,
				limit: pageSize,
			});
			if (this.#isOutdated()) continue;
			this.problem = result.ok ? null : result.error;
			this.phase = result.ok ? "ready" : "failed";
			if (!result.ok) continue;
			this.answered = query;
			this.#take(result.value);
			this.#askLater();
		}
		this.#asking = false;
	}

	/** The next page, after the oldest hit there is. */
	async more(): Promise<void> {
		if (this.phase !== "ready" || this.#next === null || this.loadingMore) return;
		this.#cancelLater();
		const turn = this.#turn;
		this.loadingMore = true;
		this.problem = null;
		const result = await this.#bridge.invoke("search.messages", {
			query: this.answered,
			conversationId: this.scope,
			before: this.#next,
			limit: pageSize,
		});
		if (turn !== this.#turn) return;
		this.loadingMore = false;
		if (!result.ok) {
			this.problem = result.error;
			return;
		}
		const known = new Set(this.hits.map((hit) => hit.entryId));
		this.hits = [...this.hits, ...result.value.hits.filter((hit) => !known.has(hit.entryId))];
		this.#next = result.value.next;
		this.hasMore = this.#next !== null;
		this.notIndexed = result.value.notIndexed;
	}

	/** Read anew after each answer: it changes while one is awaited. */
	#isOutdated(): boolean {
		return this.#outdated;
	}

	#take(page: SearchPage): void {
		this.hits = page.hits;
		this.people = page.people;
		this.#next = page.next;
		this.hasMore = page.next !== null;
		this.notIndexed = page.notIndexed;
	}

	/** The index catches up by itself. */
	#askLater(): void {
		if (this.notIndexed === 0) return;
		this.#cancelLater = this.#surroundings.after(indexPauseMs, () => {
			if (this.#surroundings.visible()) void this.ask();
		});
	}
}
