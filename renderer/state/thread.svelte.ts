import type { AppError } from "../../shared/errors.ts";
import type { Change } from "../../shared/ipc/contract.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { ConversationId, EntryId } from "../../shared/ids.ts";
import type { Entry, MessageEntry } from "../../shared/model.ts";
import { arrivalOrder, compareOrder, orderStart, type Order } from "../../shared/order.ts";
import type { Place } from "../lib/scroll-keeper.ts";
import { changed, joined, trimmed, type Piece, type Sight } from "../lib/thread-window.ts";

const pageSize = 60;

export type Direction = "older" | "newer";

/** Where the view goes when it has drawn the entries; a new object is a new wish. */
export type Destination =
	{ readonly to: "end" } | { readonly to: "unread" } | { readonly to: "entry"; readonly id: EntryId };

/** Of changes to what is shown only. */
type OwnChange = Extract<Change, { type: "entries" | "entryRemoved" }>;

/**
 * The open conversation: a window of limited size over its timeline, moved by pages in both directions.
 *
 *   idle -> loading -> ready <-> paging older / newer / to the newest
 *              \-> failed -> loading
 */
export class Thread {
	conversationId: ConversationId | null = $state(null);
	phase: "idle" | "loading" | "ready" | "failed" = $state("idle");
	#piece: Piece = $state.raw({ entries: [], hasOlder: false, hasNewer: false });
	paging: Readonly<Record<Direction | "newest", boolean>> = $state.raw(idle);
	/** Why the last page in a direction could not be had. */
	pageProblem: Readonly<Record<Direction, AppError | null>> = $state.raw(fine);
	problem: AppError | null = $state.raw(null);
	/** The unread divider stands before this entry; fixed when the conversation is opened. */
	dividerBefore: EntryId | null = $state(null);
	destination: Destination | null = $state.raw(null);
	/** The message that was looked for and found; marked until the conversation is left. */
	found: EntryId | null = $state(null);
	/** The newest entry there is is on screen. Set by the view; decides whether new entries are followed. */
	atEnd = $state(true);
	/** Messages of the peer that came since the end was last on screen. */
	newBelow = $state(0);
	/** Newest message that was whole on screen. Set by the view. */
	readTo: MessageEntry | null = $state.raw(null);
	/** The person marked it unread: looking at it does not make it read until they come back or write. */
	keptUnread = $state(false);
	/** What was said with the same person elsewhere stands in the timeline as well. */
	wholePerson = $state(false);
	/** Where the reader was when the view went away, to come back to. */
	place: Place | null = null;
	/** What is on screen. Set by the view. */
	sight: Sight | null = null;
	/** Asked before anything is let go: not while text is selected, for example. */
	mayTrim: () => boolean = () => true;

	readonly #bridge: Bridge;
	/** Whether the person can see what comes. */
	readonly #attentive: () => boolean;
	/** The conversations with the same person, this one among them; none when it is not linked. */
	readonly #samePerson: (id: ConversationId) => readonly ConversationId[];
	/** Whose conversations are in the timeline; "" while it is one conversation's. */
	#members = "";
	/** Counts loads: a late answer to an earlier one is dropped. */
	#load = 0;
	/** Changes that came while a page was on its way; it may have been read before them. */
	#held: OwnChange[] = [];
	/**
	 * Highest place of a message of the peer known here: what they write above it is new. Our own texts do not
	 * count: until the server gives its time, they stand by the clock of this computer, which may be ahead.
	 */
	#newest: Order = orderStart;

	constructor(
		bridge: Bridge,
		attentive: () => boolean = () => true,
		samePerson: (id: ConversationId) => readonly ConversationId[] = () => [],
	) {
		this.#bridge = bridge;
		this.#attentive = attentive;
		this.#samePerson = samePerson;
	}

	get entries(): readonly Entry[] {
		return this.#piece.entries;
	}

	get hasOlder(): boolean {
		return this.#piece.hasOlder;
	}

	/** The newest entries are not in the page: it was opened further back, or let go of them. */
	get hasNewer(): boolean {
		return this.#piece.hasNewer;
	}

	/** Opening the conversation that is open changes nothing, unless it is for one message in it. */
	async open(id: ConversationId, around: EntryId | null = null): Promise<void> {
		const same = id === this.conversationId && this.phase !== "failed";
		if (same) this.keptUnread = false;
		if (same && around === null) return;
		if (same && this.#piece.entries.some((entry) => entry.id === around)) {
			this.#show(around);
			return;
		}
		// Another conversation with the same person is answered without losing sight of the whole.
		const before = this.conversationId;
		this.wholePerson &&= before !== null && this.#samePerson(before).includes(id);
		this.conversationId = id;
		this.#piece = { entries: [], hasOlder: false, hasNewer: false };
		this.dividerBefore = null;
		this.keptUnread = false;
		await this.reload(around);
	}

	/** With what was said with the same person elsewhere, or without; the reader stays where they are, if they can. */
	async showWholePerson(whole: boolean): Promise<void> {
		if (this.conversationId === null || this.wholePerson === whole) return;
		this.wholePerson = whole;
		await this.#reloadAround();
	}

	async #reloadAround(): Promise<void> {
		const seen = this.sight?.first;
		const from = this.entries.findIndex((entry) => entry.id === seen);
		const anchor = this.atEnd
			? undefined
			: this.entries
					.slice(Math.max(0, from))
					.find((entry) => entry.conversationId === this.conversationId);
		const divider = this.dividerBefore;
		await this.reload(anchor?.id ?? null, true);
		if (this.phase === "ready") this.dividerBefore = divider;
	}

	close(): void {
		this.#begin();
		this.conversationId = null;
		this.wholePerson = false;
		this.phase = "idle";
		this.#piece = { entries: [], hasOlder: false, hasNewer: false };
	}

	/** The first page once more: after it failed. `quietly`: around an entry that was not looked for. */
	async reload(around: EntryId | null = null, quietly = false): Promise<void> {
		const id = this.conversationId;
		if (id === null) return;
		const load = this.#begin();
		this.phase = "loading";
		this.#members = this.#membersKey();
		const result = await this.#bridge.invoke("conversations.open", {
			conversationId: id,
			around,
			...this.#extent,
		});
		if (load !== this.#load) return;
		if (!result.ok) {
			this.phase = "failed";
			this.problem = result.error;
			return;
		}
		const { conversation, ...piece } = result.value;
		this.dividerBefore = conversation.firstUnread;
		// Of a page further back the newest place is not known; what is later than the last activity is new.
		this.#newest = piece.hasNewer
			? arrivalOrder(conversation.lastActivity, 999_999_999_999, null)
			: orderStart;
		this.#take(piece);
		this.newBelow = 0;
		this.phase = "ready";
		const there = around !== null && piece.entries.some((entry) => entry.id === around);
		if (there && !quietly) this.#show(around);
		else if (!there) {
			this.atEnd = this.dividerBefore === null && !piece.hasNewer;
			this.destination = { to: this.dividerBefore === null ? "end" : "unread" };
		}
		this.#applyHeld();
	}

	/** Fetches the next page in one direction; one at a time. */
	async page(direction: Direction): Promise<void> {
		const id = this.conversationId;
		const older = direction === "older";
		const from = (older ? this.entries[0] : this.entries.at(-1))?.order;
		const more = older ? this.hasOlder : this.hasNewer;
		if (id === null || from === undefined || !more || this.paging[direction] || this.phase !== "ready")
			return;
		const load = this.#load;
		this.paging = { ...this.paging, [direction]: true };
		this.pageProblem = { ...this.pageProblem, [direction]: null };
		const result = await this.#bridge.invoke("conversations.page", {
			conversationId: id,
			direction,
			from,
			limit: pageSize,
			...this.#extent,
		});
		if (load !== this.#load) return;
		const problem = result.ok ? result.value.problem : result.error;
		this.pageProblem = { ...this.pageProblem, [direction]: problem };
		const piece = result.ok ? joined(this.#piece, result.value, direction, from) : null;
		if (piece !== null) this.#take(piece);
		this.paging = { ...this.paging, [direction]: false };
		this.#applyHeld();
		if (this.mayTrim()) this.#piece = trimmed(this.#piece, this.sight);
	}

	/** Goes to the newest messages, wherever the window is. */
	async toNewest(): Promise<void> {
		const id = this.conversationId;
		if (!this.hasNewer || id === null || this.phase !== "ready") {
			this.destination = { to: "end" };
			return;
		}
		const load = this.#begin();
		this.paging = { ...idle, newest: true };
		const result = await this.#bridge.invoke("conversations.page", {
			conversationId: id,
			direction: "newest",
			from: "",
			limit: pageSize,
			...this.#extent,
		});
		if (load !== this.#load) return;
		this.paging = idle;
		if (result.ok) {
			this.#take(result.value);
			this.atEnd = !result.value.hasNewer;
			this.newBelow = 0;
			this.destination = { to: "end" };
		} else this.pageProblem = { ...this.pageProblem, newer: result.error };
		this.#applyHeld();
	}

	apply(changes: readonly Change[]): void {
		if (this.wholePerson) this.#followPerson(changes);
		const shown = new Set(this.#shown());
		const own = changes.filter(
			(change): change is OwnChange =>
				(change.type === "entries" || change.type === "entryRemoved") &&
				shown.has(change.conversationId),
		);
		if (own.length === 0) return;
		const { older, newer, newest } = this.paging;
		if (this.phase === "loading" || older || newer || newest) this.#held.push(...own);
		if (this.phase === "ready") this.#apply(own);
	}

	/** Whether a message of the peer in a change has just arrived; else it is history, or known already. */
	isNews(entry: Entry): boolean {
		return isFromPeer(entry) && compareOrder(entry.order, this.#newest) > 0;
	}

	/** Goes to the end and stays there: after the person sent something. */
	follow(): void {
		this.keptUnread = false;
		this.dividerBefore = null;
		void this.toNewest();
	}

	/** Unread from this message on; null: from the newest one of the peer. */
	async markUnread(conversationId: ConversationId, from: EntryId | null): Promise<AppError | null> {
		const result = await this.#bridge.invoke("conversations.markUnread", { conversationId, from });
		if (!result.ok) return result.error;
		if (conversationId === this.conversationId) {
			this.keptUnread = true;
			this.dividerBefore = from ?? this.entries.findLast(isFromPeer)?.id ?? null;
		}
		return null;
	}

	/** The view says whether the end is on screen. */
	setAtEnd(atEnd: boolean): void {
		this.atEnd = atEnd && !this.hasNewer;
		if (this.atEnd) this.newBelow = 0;
	}

	/** What pages and openings are asked for with. */
	get #extent(): { readonly wholePerson?: true } {
		return this.wholePerson ? { wholePerson: true } : {};
	}

	/** The conversations whose entries are shown. */
	#shown(): readonly ConversationId[] {
		const id = this.conversationId;
		if (id === null) return [];
		return this.wholePerson ? [id, ...this.#samePerson(id)] : [id];
	}

	#membersKey(): string {
		return this.wholePerson ? this.#shown().toSorted().join(" ") : "";
	}

	/** Conversations that were linked or unlinked meanwhile come into the timeline, or go. */
	#followPerson(changes: readonly Change[]): void {
		const id = this.conversationId;
		if (
			id === null ||
			!changes.some(({ type }) => type === "conversation" || type === "conversationRemoved")
		)
			return;
		if (this.#samePerson(id).length < 2) void this.showWholePerson(false);
		else if (this.#membersKey() !== this.#members) void this.#reloadAround();
	}

	#begin(): number {
		this.#held = [];
		this.paging = idle;
		this.pageProblem = fine;
		this.problem = null;
		this.found = null;
		this.place = null;
		this.sight = null;
		return ++this.#load;
	}

	#show(id: EntryId | null): void {
		if (id === null) return;
		this.found = id;
		this.atEnd = false;
		// Where one was before one looked for it is not where one goes on reading.
		this.place = null;
		this.destination = { to: "entry", id };
	}

	#take({ entries, hasOlder, hasNewer }: Piece): void {
		this.#piece = { entries, hasOlder, hasNewer };
		this.#remember(entries);
	}

	#remember(entries: Iterable<Entry>): void {
		let newest = this.#newest;
		for (const entry of entries)
			if (isFromPeer(entry) && compareOrder(entry.order, newest) > 0) newest = entry.order;
		this.#newest = newest;
	}

	#applyHeld(): void {
		const held = this.#held;
		this.#held = [];
		if (held.length > 0) this.#apply(held);
	}

	#apply(own: readonly OwnChange[]): void {
		const latest = new Map<EntryId, Entry>();
		const removed = new Set<EntryId>();
		for (const change of own) {
			if (change.type === "entryRemoved") {
				latest.delete(change.entryId);
				removed.add(change.entryId);
			} else
				for (const entry of change.entries) {
					latest.set(entry.id, entry);
					removed.delete(entry.id);
				}
		}
		const news = [...latest.values()].filter((entry) => this.isNews(entry));
		// Came while nobody looked: the divider shows where one goes on reading.
		if (!this.#attentive()) this.dividerBefore ??= news[0]?.id ?? null;
		this.#remember(latest.values());
		const piece = changed(this.#piece, [...latest.values()], removed);
		this.#piece = this.mayTrim() ? trimmed(piece, this.atEnd ? null : this.sight) : piece;
		if (!this.atEnd) this.newBelow += news.length;
	}
}

function isFromPeer(entry: Entry): entry is MessageEntry {
	return entry.kind === "message" && entry.direction === "in";
}

const idle = { older: false, newer: false, newest: false } as const;
const fine = { older: null, newer: null } as const;
