import type { EpochMs } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import { type Api, isLostCursor, segment } from "./api.ts";
import { type Book, isRead, isTold, type Known, remember } from "./book.ts";
import type { Claims } from "./claims.ts";
import { fingerprintOf, progressOf } from "./delivery-state.ts";
import { eventOf } from "./events.ts";
import type { Addresses } from "./files.ts";
import type { GroupSend } from "./group-send.ts";
import { parseKey } from "./key.ts";
import { membersOf, nextOf } from "./resource.ts";
import type { Users } from "./users.ts";
import { type TimelineItem, readConversation, readItem, type WireMessage } from "./wire.ts";

/** No more pages are read for one look: what is older is asked of history. */
const mostPages = 10;
/** A number that nobody has written to: what the server answers is not documented (sheet, 7.2). */
const noConversation = [422];

export interface NewsParts {
	readonly api: Api;
	readonly book: Book;
	readonly claims: Claims;
	readonly users: Users;
	readonly addresses: Addresses;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** What is newer in this account came in this session; null: its list was not read yet. */
	readonly sessionBase: (slug: string) => EpochMs | null;
	/** Something in this thread is not at its end: look again soon. */
	readonly follow: (key: string, dueAt: EpochMs | null) => void;
	/** History has more of this thread than was told. `missed`: something new is among it. */
	readonly incomplete: (key: string, missed: boolean) => void;
}

export interface LookOptions {
	/** What is found was there before, or came during an outage. */
	readonly catchUp: boolean;
	readonly signal: AbortSignal;
}

/** Reads timelines, and tells what was not told before. */
export class News {
	readonly #parts: NewsParts;
	/** Own messages that are not at their end, by thread. */
	readonly #open = new Map<string, Set<string>>();
	/** Members of groups by the ids of their messages. */
	readonly #groups = new Map<string, { readonly group: GroupSend; readonly number: string }>();
	/** Failed messages that are being tried again: as they were before. */
	readonly #retried = new Map<string, string>();
	/** A retry took their place as another message. */
	readonly #replaced = new Set<string>();

	constructor(parts: NewsParts) {
		this.#parts = parts;
	}

	/** The newest of one timeline, and what changed in it. Rejects as `Api.get`. */
	async look(known: Known, { catchUp, signal }: LookOptions): Promise<boolean> {
		const { items, whole, older } = await this.#read(known, signal);
		const first = !known.looked;
		known.looked = true;
		const changed = await this.take(known, items, { catchUp, signal, old: first });
		if (!whole || (first && older)) this.#parts.incomplete(known.key, !whole);
		return changed;
	}

	/**
	 * Tells what is new among items of a conversation. `old`: also what was there before this session, of our own
	 * messages, because something may have become of them.
	 */
	async take(
		known: Known,
		items: readonly TimelineItem[],
		options: LookOptions & { readonly old?: boolean },
	): Promise<boolean> {
		const events: ProviderEvent[] = [];
		for (const item of [...items].sort((one, other) => one.at - other.at)) {
			this.#parts.addresses.note(item);
			if (isTold(known, item)) continue;
			const fresh = known.seen.has(item.id) || item.at > known.base;
			const own = item.kind === "message" && item.direction === "out";
			if (!fresh && !(own && options.old === true)) continue;
			events.push(
				...(own ? await this.#own(known, item, options.signal) : this.#other(known, item, options)),
			);
		}
		this.#parts.tell(events);
		return events.length > 0;
	}

	/** What was newest before this session: it does not ring, and our own may have gone on meanwhile. */
	async tellNewest(known: Known, message: WireMessage, signal: AbortSignal): Promise<boolean> {
		const { addresses, tell } = this.#parts;
		if (message.direction === "out")
			return await this.take(known, [message], { catchUp: true, signal, old: true });
		addresses.note(message);
		remember(known, message);
		tell([eventOf(message, { peer: known.key, catchUp: true, read: isRead(known, message.at) })]);
		return true;
	}

	/** Asks the server which conversation a number has now; null: none. */
	async find(slug: string, number: string, signal: AbortSignal): Promise<Known | null> {
		const { api, book, tell, sessionBase } = this.#parts;
		const asked = book.ask();
		const path = `/${segment(slug)}/conversations/${segment(number)}`;
		const wire = readConversation(await api.find(path, signal, noConversation), slug);
		if (wire === null) return null;
		// Whoever asks for it waits for something in it; what is older is history's.
		tell(book.take(wire, asked, sessionBase(slug) ?? api.earliestFromNow(clockSlackMs)));
		return book.get(wire.id);
	}

	/**
	 * One look at a thread in which something is waited for: at the conversation that its number has now where a text
	 * has to turn up whose id is not known, which may be a new one.
	 */
	async lookAt(key: string, signal: AbortSignal): Promise<boolean> {
		const { book, claims } = this.#parts;
		const parsed = parseKey(key);
		const [number] = parsed?.numbers ?? [];
		if (parsed === null || number === undefined) return false;
		const known = book.current(key);
		const found =
			known === null || claims.expects(key) ? await this.find(parsed.slug, number, signal) : known;
		return found !== null && (await this.look(found, { catchUp: false, signal }));
	}

	/** Reads one conversation again; false: it is gone (sheet, 13: 404). */
	async reread(known: Known, signal: AbortSignal): Promise<boolean> {
		const { api, book, tell } = this.#parts;
		const { id, slug } = known.wire;
		const asked = book.ask();
		const wire = readConversation(await api.find(id, signal), slug);
		if (wire?.id === id) {
			tell(book.take(wire, asked, known.base));
			return true;
		}
		tell(book.forget(id));
		return false;
	}

	/** Something of ours in this thread is not at its end. */
	isOpen(key: string): boolean {
		return (this.#open.get(key)?.size ?? 0) > 0 || this.#parts.claims.expects(key);
	}

	/** The server has a message of ours that was not seen in the timeline yet. */
	opened(key: string, id: string): void {
		this.#open.set(key, (this.#open.get(key) ?? new Set()).add(id));
	}

	/** What is known of a failed message before it is tried again: the same report says nothing until it differs. */
	retrying(known: Known, message: WireMessage): void {
		this.#retried.set(message.id, reportOf(message));
		// Whatever is said of it next is news, also that it failed again in the same words.
		known.seen.set(message.id, "retried");
		this.opened(known.key, message.id);
	}

	/** The wait for a retry is over. `replacedBy`: it went out as another message. */
	retried(id: string, replacedBy: string | null): void {
		this.#retried.delete(id);
		if (replacedBy !== null) this.#replaced.add(id);
	}

	/** Whether a message looks as it did before it was tried again. */
	isAsBefore(message: WireMessage): boolean {
		return this.#retried.get(message.id) === reportOf(message);
	}

	isReplaced(id: string): boolean {
		return this.#replaced.has(id);
	}

	async #read(
		known: Known,
		signal: AbortSignal,
	): Promise<{
		readonly items: readonly TimelineItem[];
		readonly whole: boolean;
		readonly older: boolean;
	}> {
		const { api } = this.#parts;
		const items: TimelineItem[] = [];
		let path = known.wire.timeline;
		for (let pages = 0; pages < mostPages; pages += 1) {
			let page;
			try {
				page = await api.list(path, signal);
			} catch (thrown) {
				// The list went on meanwhile: what is missing is asked of history.
				if (pages > 0 && isLostCursor(path, thrown)) break;
				throw thrown;
			}
			const found = membersOf(page).flatMap((member) => readItem(member) ?? []);
			items.push(...found);
			const next = nextOf(page);
			const reached = found.some((item) => known.seen.has(item.id) || item.at <= known.base);
			if (reached || next === null)
				return {
					items,
					whole: true,
					older: next !== null || found.some((item) => item.at <= known.base),
				};
			path = next;
		}
		return { items, whole: false, older: true };
	}

	#other(known: Known, item: TimelineItem, { catchUp }: LookOptions): readonly ProviderEvent[] {
		// A message that came is told once; only its files may be found another way later.
		const told = known.seen.has(item.id);
		remember(known, item);
		return told ? [] : [eventOf(item, { peer: known.key, catchUp, read: isRead(known, item.at) })];
	}

	async #own(known: Known, message: WireMessage, signal: AbortSignal): Promise<readonly ProviderEvent[]> {
		const { claims, users, follow } = this.#parts;
		if (this.#replaced.has(message.id)) return [];
		const { final, scheduledAt } = progressOf(message);
		if (this.isAsBefore(message)) {
			follow(known.key, null);
			return [];
		}
		const claimed = this.claim(known, message);
		if (claimed === "hold") {
			follow(known.key, null);
			return [];
		}
		remember(known, message);
		if (final) this.#open.get(known.key)?.delete(message.id);
		else {
			if (scheduledAt === undefined) this.opened(known.key, message.id);
			follow(known.key, scheduledAt ?? null);
		}
		const sender = await users.senderOf(message, signal);
		const clientId = claims.clientId(message.id);
		return [
			eventOf(message, { peer: known.key, catchUp: true, read: true, sender, clientId }),
			...claimed,
		];
	}

	/**
	 * Finds out whether an own message is one that was sent from here without its id being told, and returns what that
	 * means for a message to several people. "hold": a reply that is under way will tell.
	 */
	claim(known: Known, message: WireMessage): "hold" | readonly ProviderEvent[] {
		const { claims, users } = this.#parts;
		const { key, seen, wire } = known;
		const match = seen.has(message.id) || !users.isMine(message) ? null : claims.match(key, message);
		if (match === "hold") return match;
		const group = match?.pending.group ?? null;
		if (group !== null) this.#groups.set(message.id, { group, number: wire.number });
		const member = this.#groups.get(message.id);
		return member === undefined ? [] : member.group.note(member.number, message);
	}
}

/** What the clocks of this computer and of the server may differ by, ms. */
export const clockSlackMs = 120_000;

function reportOf(message: WireMessage): string {
	return JSON.stringify([fingerprintOf(message), message.eventAt]);
}
