import type { PracticeClock } from "../clock.ts";
import { Refusal } from "./refusal.ts";
import type { TextusSwitches } from "./switches.ts";
import type { Ids } from "./identity.ts";

/** A collection in its order; keys are unique and say where an item stands. */
export interface Ordered<T> {
	/** Path and search of the collection, without a cursor. */
	readonly address: string;
	readonly items: readonly T[];
	readonly keyOf: (item: T) => string;
	/** Whether keys fall from item to item. */
	readonly descending: boolean;
}

export interface Page<T> {
	readonly items: readonly T[];
	readonly total: number;
	readonly first: string;
	readonly self: string;
	readonly next: string | null;
	readonly previous: string | null;
}

interface Cursor {
	readonly address: string;
	/** Key of the last item of the page before. */
	readonly after: string;
	readonly previous: string;
	readonly at: number;
}

const mostCursors = 5_000;

/** Opaque cursors. They stand between two items, so that what is new on top moves no page. */
export class Paging {
	readonly #clock: PracticeClock;
	readonly #switches: TextusSwitches;
	readonly #ids: Ids;
	readonly #cursors = new Map<string, Cursor>();

	constructor(clock: PracticeClock, switches: TextusSwitches, ids: Ids) {
		this.#clock = clock;
		this.#switches = switches;
		this.#ids = ids;
	}

	/** The page that `token` stands for; null: the first. An unknown or old token is refused. */
	page<T>(ordered: Ordered<T>, token: string | null): Page<T> {
		const { pageSize, duplicates } = this.#switches;
		const { items, keyOf, address } = ordered;
		const cursor = token === null ? null : this.#cursor(token, address);
		const isAfter = (key: string, mark: string): boolean =>
			ordered.descending ? key < mark : key > mark;
		const found = cursor === null ? 0 : items.findIndex((item) => isAfter(keyOf(item), cursor.after));
		const start = found < 0 ? items.length : found;
		const members = items.slice(start, start + pageSize);
		const last = members.at(-1);
		const self = token === null ? address : withCursor(address, token);
		const more = last !== undefined && start + members.length < items.length;
		const repeated =
			duplicates && last !== undefined ? [...items.slice(Math.max(0, start - 1), start)] : [];
		return {
			items: duplicates && last !== undefined ? [...repeated, ...members, last] : members,
			total: items.length,
			first: address,
			self,
			next: more
				? withCursor(
						address,
						this.#issue({ address, after: keyOf(last), previous: self, at: this.#clock.now() }),
					)
				: null,
			previous: cursor?.previous ?? null,
		};
	}

	#issue(cursor: Cursor): string {
		const token = this.#ids.next(16);
		this.#cursors.set(token, cursor);
		const [oldest] = this.#cursors.keys();
		if (this.#cursors.size > mostCursors && oldest !== undefined) this.#cursors.delete(oldest);
		return token;
	}

	#cursor(token: string, address: string): Cursor {
		const { cursorLifetimeMs: lifetime, badCursorStatus } = this.#switches;
		const cursor = this.#cursors.get(token);
		const tooOld = cursor !== undefined && lifetime !== null && this.#clock.now() - cursor.at >= lifetime;
		if (cursor?.address !== address || tooOld) throw new Refusal(badCursorStatus, "Cursor is invalid");
		return cursor;
	}
}

function withCursor(address: string, token: string): string {
	return `${address}${address.includes("?") ? "&" : "?"}cursor=${token}`;
}
