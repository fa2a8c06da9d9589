import { toAppError } from "../../../../shared/errors.ts";
import type { EpochMs, Folder } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { Clock, Logger } from "../../../core/ports/runtime.ts";
import type { PollResult } from "../polling/task.ts";
import { type Api, segment, statusOf } from "./api.ts";
import { type Book, isTold, remember } from "./book.ts";
import type { News } from "./news.ts";
import { membersOf, nextOf } from "./resource.ts";
import { readConversation, readFilter, type WireConversation, type WireFilter } from "./wire.ts";

/** Without a change the list itself is read with every third look (sheet, 15). */
const listEvery = 3;
/** After a change it is read with every look for so long: counts do not move for what follows in the same conversation. */
const livelyMs = 60_000;
/** A list in which everything is new is followed so far; the rest is asked of history. */
const mostPages = 10;
/** Longer than any pause between two looks: what came meanwhile is made up for, and does not ring one by one, ms. */
const outageMs = 120_000;
/** The folder that holds everything, as the documentation has it; used where no list says which there are (row 5). */
const everything = "all";

export interface InboxParts {
	readonly api: Api;
	readonly book: Book;
	readonly news: News;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	readonly foldersChanged: () => void;
	/** More is new than was read. */
	readonly incomplete: () => void;
}

/**
 * The news of one account: the counts of its folders, and when they move, and now and then, the first page of the list
 * that holds everything. The folders are those that the server names, never others.
 */
export class Inbox {
	readonly slug: string;
	readonly #parts: InboxParts;
	#filters: readonly WireFilter[] = [];
	#marker: string | null = null;
	#looks = 0;
	#livelyUntil = 0;
	/** Monotonic: when it was last looked at with success; null: never. */
	#lookedAt: number | null = null;
	/** What is found now came while nobody could ask. */
	#recovering = false;
	/** Newest message of the first list; null: not listed yet. */
	#newest: EpochMs | null = null;

	constructor(slug: string, parts: InboxParts) {
		this.slug = slug;
		this.#parts = parts;
	}

	/** The server has said which folders there are. */
	get isRead(): boolean {
		return this.#marker !== null;
	}

	/** As the window shows them; `among`: name of the account, where there are several. */
	folders(among: string | null): readonly Folder[] {
		return this.#shown().map(({ slug, title, unread }) => ({
			id: folderId(this.slug, slug),
			title: among === null ? title : `${title} · ${among}`,
			unread,
		}));
	}

	/** What is newer came in this session, by the first list; null: it was not read yet. */
	get base(): EpochMs | null {
		// What came in the same millisecond as its newest message and was not in it came after it.
		return this.#newest === null ? null : this.#newest - 1;
	}

	/** `Known.base` of a conversation that is new here. */
	baseOf(wire: WireConversation): EpochMs {
		return this.base ?? newestOf(wire);
	}

	/** Lists that together hold every conversation, as paths. */
	watched(): readonly string[] {
		const all = this.#filters.filter(({ slug }) => slug === everything);
		const watched = all.length > 0 ? all : this.#shown();
		return watched.map(({ slug }) => conversationsPath(this.slug, slug));
	}

	/** Reads the folders, if that was not done yet. */
	async ready(signal: AbortSignal): Promise<void> {
		if (this.#marker === null) await this.#readFilters(signal);
	}

	async look(signal: AbortSignal, whole: boolean): Promise<PollResult> {
		const moved = await this.#readFilters(signal);
		const now = this.#parts.clock.monotonic();
		this.#recovering = this.#lookedAt !== null && now - this.#lookedAt > outageMs;
		const first = this.#newest === null;
		this.#looks += 1;
		const due = moved || whole || first || now < this.#livelyUntil || this.#looks % listEvery === 0;
		// After an outage the list decides, whatever the counts say.
		if (!due && !this.#recovering) {
			this.#lookedAt = now;
			return "same";
		}
		const changed = await this.#list(signal, first);
		this.#lookedAt = now;
		if ((moved || changed) && !first) this.#livelyUntil = now + livelyMs;
		return moved || changed ? "changed" : "same";
	}

	/** Something happens here: the list is read with every look for a while. */
	hurry(): void {
		this.#livelyUntil = this.#parts.clock.monotonic() + livelyMs;
	}

	async #readFilters(signal: AbortSignal): Promise<boolean> {
		const path = `/${segment(this.slug)}/conversation_filters`;
		const filters: WireFilter[] = [];
		for await (const page of this.#parts.api.pages(path, signal))
			filters.push(...membersOf(page).flatMap((member) => readFilter(member) ?? []));
		const marker = JSON.stringify(filters);
		if (marker === this.#marker) return false;
		this.#marker = marker;
		this.#filters = filters;
		this.#parts.foldersChanged();
		return true;
	}

	#shown(): readonly WireFilter[] {
		if (this.#filters.length > 0) return this.#filters;
		return [{ slug: everything, title: "All", unread: null, total: null }];
	}

	async #list(signal: AbortSignal, first: boolean): Promise<boolean> {
		const found = new Map<string, WireConversation>();
		const asked = this.#parts.book.ask();
		let whole = true;
		for (const path of this.watched()) whole = (await this.#pages(path, first, found, signal)) && whole;
		const newest = Math.max(Number.NEGATIVE_INFINITY, ...[...found.values()].map(newestOf));
		let changed = false;
		// Oldest first: what is told last stands on top.
		for (const wire of [...found.values()].sort((one, other) => newestOf(one) - newestOf(other)))
			changed =
				(await this.#take(wire, asked, first ? newestOf(wire) : this.baseOf(wire), first, signal)) ||
				changed;
		this.#newest ??= newest;
		if (!whole) this.#parts.incomplete();
		return changed;
	}

	/** False: there is more that is new than was read. */
	async #pages(
		path: string,
		first: boolean,
		found: Map<string, WireConversation>,
		signal: AbortSignal,
	): Promise<boolean> {
		let pages = 0;
		for await (const page of this.#parts.api.pages(path, signal)) {
			const conversations = membersOf(page).flatMap(
				(member) => readConversation(member, this.slug) ?? [],
			);
			for (const wire of conversations) found.set(wire.id, wire);
			pages += 1;
			// What came first in this session tells what there was; everything older is history's.
			if (first || conversations.some((wire) => !this.#isNews(wire))) return true;
			if (pages >= mostPages) return nextOf(page) === null;
		}
		return true;
	}

	/** Something in it was not told yet. */
	#isNews(wire: WireConversation): boolean {
		const known = this.#parts.book.get(wire.id);
		const { latest } = wire;
		if (known === null) return latest === null || latest.at > this.baseOf(wire);
		return latest !== null && !isTold(known, latest);
	}

	async #take(
		wire: WireConversation,
		asked: number,
		base: EpochMs,
		first: boolean,
		signal: AbortSignal,
	): Promise<boolean> {
		const { book, tell, news, logger } = this.#parts;
		const events = book.take(wire, asked, base);
		tell(events);
		const known = book.get(wire.id);
		const { latest } = wire;
		if (known === null || latest === null || isTold(known, latest)) return events.length > 0;
		if (first) return await news.tellNewest(known, latest, signal);
		const options = { catchUp: this.#recovering, signal };
		// Only something about it: the list says it all.
		if (known.seen.has(latest.id)) return await news.take(known, [latest], options);
		// Older than anything of this session and never told: history has it.
		if (latest.at <= known.base) {
			remember(known, latest);
			return events.length > 0;
		}
		try {
			return (await news.look(known, options)) || events.length > 0;
		} catch (thrown) {
			if (!isOfOne(thrown)) throw thrown;
			// At least what the list itself says is told, and why there is no more of it.
			await news.take(known, [latest], options);
			const error = toAppError(thrown);
			tell([{ type: "problem", peer: known.key, error }]);
			logger.warn("timeline not read", { error });
			return true;
		}
	}
}

/** What keeps one conversation from being read says nothing of the others. */
function isOfOne(thrown: unknown): boolean {
	const { code } = toAppError(thrown);
	const status = statusOf(thrown);
	if (code === "http.malformed" || code === "network.foreignRedirect" || code === "network.badAddress")
		return true;
	return status !== null && status < 500;
}

/** `<slug of the account>/<slug of the folder>`: neither has a slash. */
export function folderId(account: string, folder: string): string {
	return `${account}/${folder}`;
}

export function conversationsPath(account: string, folder: string): string {
	return `/${segment(account)}/conversation_filters/${segment(folder)}/conversations`;
}

/** Without a message it is as old as can be. */
export function newestOf({ latest }: WireConversation): EpochMs {
	return latest?.at ?? 0;
}
