import { appError, AppFailure } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import type {
	ConversationHead,
	History,
	HistoryMessage,
	ProviderEvent,
} from "../../../core/ports/provider.ts";
import { type Api, isLostCursor, segment } from "./api.ts";
import { type Book, isRead, type Known } from "./book.ts";
import type { Claims } from "./claims.ts";
import { eventOf } from "./events.ts";
import type { Addresses } from "./files.ts";
import { GroupHistory } from "./group-history.ts";
import { type Inbox, newestOf } from "./inbox.ts";
import { parseKey } from "./key.ts";
import type { News } from "./news.ts";
import { membersOf, nextOf, type Resource } from "./resource.ts";
import { type Place, readPlaces, writePlaces } from "./history-places.ts";
import type { Users } from "./users.ts";
import { readConversation, readItem, type TimelineItem, type WireConversation } from "./wire.ts";

/** Of an account that was never listed here, so many pages of its list are told; the rest is in its folders. */
const firstPages = 4;
/** What is listed once more, because clocks and lists are not exact, ms. */
const overlapMs = 60_000;
/** Pages that are read for a cursor that was lost, and for a page with nothing in it. */
const mostPages = 40;

export interface HistoryParts {
	readonly api: Api;
	readonly book: Book;
	readonly news: News;
	readonly claims: Claims;
	readonly users: Users;
	readonly addresses: Addresses;
	readonly inboxes: () => readonly Inbox[];
	readonly inbox: (slug: string) => Inbox | null;
	readonly tell: (events: readonly ProviderEvent[]) => void;
}

/**
 * Past messages, out of the timelines. A thread is all conversations that its number had (row 23): their timelines are
 * read side by side, so that a page is newest first whichever of them a message is in.
 */
export class TextusHistory implements History {
	readonly #parts: HistoryParts;
	/** Threads to be listed although nothing new is in them: what was opened here, and may not be stored. */
	readonly #wanted = new Set<string>();
	readonly #listed = new Set<string>();
	/** Threads whose other conversations were looked for. */
	readonly #gathered = new Set<string>();

	readonly #groups: GroupHistory;

	constructor(parts: HistoryParts) {
		this.#parts = parts;
		this.#groups = new GroupHistory(parts);
	}

	/** Lists it with the next heads; false: it was listed in this session already. */
	want(key: string, again: boolean): boolean {
		if (this.#listed.has(key) && !again) return false;
		this.#wanted.add(key);
		return true;
	}

	async heads(
		since: string | null,
		page: string | null,
		signal: AbortSignal,
	): ReturnType<History["heads"]> {
		const before = readSince(since);
		const places = page === null ? await this.#lists(signal) : listPlaces(page);
		const cursor: Record<string, EpochMs> = { ...before };
		const heads: ConversationHead[] = page === null ? this.#wantedHeads() : [];
		const next: ListPlace[] = [];
		for (const place of places) {
			const { slug, number } = place;
			const { book, tell, inbox } = this.#parts;
			const asked = book.ask();
			const answer = await this.#listPage(place, signal);
			const found = membersOf(answer).flatMap((member) => readConversation(member, slug) ?? []);
			for (const wire of found)
				tell(book.take(wire, asked, inbox(slug)?.baseOf(wire) ?? newestOf(wire)));
			const newest = Math.max(0, ...found.map(newestOf));
			cursor[slug] = Math.max(cursor[slug] ?? 0, newest);
			const from = before[slug];
			const fresh = found.filter((wire) => from === undefined || newestOf(wire) >= from - overlapMs);
			heads.push(...fresh.flatMap((wire) => this.#head(wire)));
			const path = nextOf(answer);
			const goesOn = from === undefined ? number < firstPages : fresh.length === found.length;
			if (path !== null && goesOn) next.push({ ...place, path, number: number + 1 });
		}
		return {
			heads: heads.sort((one, other) => other.at - one.at),
			cursor: JSON.stringify(cursor),
			next: next.length === 0 ? null : JSON.stringify(next),
		};
	}

	async page(
		peer: string,
		from: string | null,
		_limit: number,
		signal: AbortSignal,
	): ReturnType<History["page"]> {
		const key = parseKey(peer);
		if (key === null) throw new AppFailure(appError("conversation.notFound"));
		if (key.numbers.length > 1)
			return { messages: await this.#groups.messages(peer, key, signal), next: null };
		const [number = ""] = key.numbers;
		await this.#gather(peer, key.slug, number, signal);
		let places = from === null ? this.#firstPlaces(peer) : readPlaces(from);
		for (const { id } of places) await this.#know(id, key.slug, signal);
		for (let pages = 0; pages < mostPages && places.length > 0; pages += 1) {
			const step = await this.#step(places, signal);
			if (step.items.length > 0)
				return { messages: await this.#events(step.items, signal), next: step.next };
			places = step.next === null ? [] : readPlaces(step.next);
		}
		return { messages: [], next: null };
	}

	// ------------------------------------------------------------ lists

	async #lists(signal: AbortSignal): Promise<readonly ListPlace[]> {
		const inboxes = this.#parts.inboxes();
		for (const inbox of inboxes) await inbox.ready(signal);
		return inboxes.flatMap((inbox) =>
			inbox.watched().map((path) => ({ slug: inbox.slug, path, number: 1 })),
		);
	}

	async #listPage({ path, number }: ListPlace, signal: AbortSignal): Promise<Resource> {
		try {
			return await this.#parts.api.list(path, signal);
		} catch (thrown) {
			// From the top once more: what was listed is listed twice, and that does no harm.
			if (number > 1 && isLostCursor(path, thrown))
				return await this.#parts.api.list(path.split("?")[0] ?? path, signal);
			throw thrown;
		}
	}

	#head(wire: WireConversation): readonly ConversationHead[] {
		const { latest, id } = wire;
		const key = this.#parts.book.get(id)?.key;
		const thread = key === undefined ? null : this.#parts.book.thread(key);
		if (latest === null || thread === null) return [];
		this.#listed.add(thread.peer);
		const { type: _, name, ...rest } = thread;
		return [{ peer: thread.peer, name, at: latest.at, thread: rest }];
	}

	#wantedHeads(): ConversationHead[] {
		const wanted = [...this.#wanted];
		this.#wanted.clear();
		return wanted.flatMap((key) => {
			const known = this.#parts.book.current(key);
			return known === null ? [] : this.#head(known.wire);
		});
	}

	// ------------------------------------------------------------ timelines

	/** Finds all conversations of a number: the present one by the number, older ones by a search for it. */
	async #gather(peer: string, slug: string, number: string, signal: AbortSignal): Promise<void> {
		const { api, book, news, inbox, tell } = this.#parts;
		if (this.#gathered.has(peer)) return;
		if (!book.knows(peer)) await news.find(slug, number, signal);
		const asked = book.ask();
		for (const path of inbox(slug)?.watched() ?? []) {
			const found = await api.find(`${path}?q=${segment(number)}`, signal, [400, 405, 422]);
			for (const member of found === null ? [] : membersOf(found)) {
				const wire = readConversation(member, slug);
				if (wire?.number === number)
					tell(book.take(wire, asked, inbox(slug)?.baseOf(wire) ?? newestOf(wire)));
			}
		}
		this.#gathered.add(peer);
	}

	#firstPlaces(peer: string): readonly Place[] {
		return this.#parts.book
			.ofKey(peer)
			.map(({ wire }) => ({ id: wire.id, path: wire.timeline, below: null, reached: null }));
	}

	/** A cursor of an earlier run may name a conversation that was not heard of in this one. */
	async #know(id: string, slug: string, signal: AbortSignal): Promise<void> {
		const { api, book, tell, inbox } = this.#parts;
		if (book.get(id) !== null) return;
		const asked = book.ask();
		const wire = readConversation(await api.find(id, signal), slug);
		if (wire !== null) tell(book.take(wire, asked, inbox(wire.slug)?.baseOf(wire) ?? newestOf(wire)));
	}

	/** One page of each timeline, as far as all of them are known. */
	async #step(
		places: readonly Place[],
		signal: AbortSignal,
	): Promise<{ readonly items: readonly Found[]; readonly next: string | null }> {
		const read = await Promise.all(places.map((place) => this.#readPlace(place, signal)));
		// Below the oldest item of a page that has another one after it, that timeline is not known yet.
		const horizon = Math.max(
			Number.NEGATIVE_INFINITY,
			...read.map(({ items, next }) =>
				next === null ? Number.NEGATIVE_INFINITY : (items.at(-1)?.at ?? Infinity),
			),
		);
		const items = read.flatMap(({ place, items: all }) =>
			all.filter(({ at }) => at >= horizon).map((item) => ({ id: place.id, item })),
		);
		const next = read.flatMap(({ place, items: all, next: path }): readonly Place[] => {
			const reached = Math.max(horizon, all.at(-1)?.at ?? horizon);
			if (all.some(({ at }) => at < horizon)) return [{ ...place, below: horizon, reached }];
			return path === null ? [] : [{ id: place.id, path, below: null, reached }];
		});
		return {
			items: items.sort((one, other) => other.item.at - one.item.at),
			next: next.length === 0 ? null : writePlaces(next),
		};
	}

	/** Newest first, those only that come after the place. */
	async #readPlace(
		place: Place,
		signal: AbortSignal,
	): Promise<{
		readonly place: Place;
		readonly items: readonly TimelineItem[];
		readonly next: string | null;
	}> {
		const { api, addresses } = this.#parts;
		const { reached } = place;
		let { path, below } = place;
		let restarted = false;
		for (let pages = 0; ; pages += 1) {
			let page;
			try {
				page = await api.list(path, signal);
			} catch (thrown) {
				const first = path.split("?")[0] ?? path;
				if (pages > 0 || path === first || !isLostCursor(path, thrown)) throw thrown;
				// A cursor that is not known any more: from the beginning, down to where it stood (row 6). An item at
				// that very moment comes twice, which does no harm.
				path = first;
				restarted = true;
				if (reached !== null) below ??= reached + 1;
				continue;
			}
			const all = membersOf(page).flatMap((member) => readItem(member) ?? []);
			for (const item of all) addresses.note(item);
			const limit = below;
			const items = limit === null ? all : all.filter(({ at }) => at < limit);
			const next = nextOf(page);
			// A page that does not lead on from where it stood would lead here again.
			const leads =
				restarted && reached !== null ? items.some(({ at }) => at < reached) : items.length > 0;
			if (leads || next === null || next === path || pages >= mostPages)
				return { place: { ...place, path, below }, items, next: next === path ? null : next };
			path = next;
		}
	}

	async #events(items: readonly Found[], signal: AbortSignal): Promise<readonly HistoryMessage[]> {
		const events: HistoryMessage[] = [];
		for (const { id, item } of items) {
			const known = this.#parts.book.get(id);
			if (known !== null) events.push(...(await this.#event(known, item, signal)));
		}
		return events;
	}

	async #event(known: Known, item: TimelineItem, signal: AbortSignal): Promise<readonly HistoryMessage[]> {
		const { claims, users, news, tell } = this.#parts;
		const peer = known.key;
		if (item.kind === "event" || item.direction === "in")
			return [eventOf(item, { peer, catchUp: true, read: isRead(known, item.at) })];
		if (news.isReplaced(item.id) || news.isAsBefore(item)) return [];
		// One of ours whose reply did not come is told as what it is; one whose reply may still come, not yet.
		const claimed = news.claim(known, item);
		if (claimed === "hold") return [];
		tell(claimed);
		const sender = await users.senderOf(item, signal);
		return [
			eventOf(item, { peer, catchUp: true, read: true, sender, clientId: claims.clientId(item.id) }),
		];
	}
}

interface Found {
	readonly id: string;
	readonly item: TimelineItem;
}

interface ListPlace {
	readonly slug: string;
	readonly path: string;
	/** From 1. */
	readonly number: number;
}

function listPlaces(page: string): readonly ListPlace[] {
	return JSON.parse(page) as readonly ListPlace[];
}

/** Newest message of each account's list, as it was told last time. */
function readSince(since: string | null): Readonly<Record<string, EpochMs>> {
	if (since === null) return {};
	try {
		const found = JSON.parse(since) as Record<string, unknown>;
		return Object.fromEntries(
			Object.entries(found).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
		);
	} catch {
		return {};
	}
}
