import type { AppError } from "../../shared/errors.ts";
import type { Change } from "../../shared/ipc/contract.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { ConversationId, EntryId } from "../../shared/ids.ts";
import type { Entry } from "../../shared/model.ts";
import { firstUnreadEntry } from "../lib/timeline.ts";

const pageSize = 60;
/** Entries kept in the page; older reading lets go of the newest ones, and the other way round. */
const windowSize = 600;

/**
 * The open conversation: a sliding window over its timeline.
 *
 *   idle -> loading -> ready <-> loading older
 *              \-> failed -> loading
 *
 * `detached`: the newest entries were let go while reading far back; `toNewest` brings them again.
 */
export class Thread {
	conversationId: ConversationId | null = $state(null);
	phase: "idle" | "loading" | "ready" | "failed" = $state("idle");
	entries: readonly Entry[] = $state.raw([]);
	hasOlder = $state(false);
	loadingOlder = $state(false);
	detached = $state(false);
	problem: AppError | null = $state.raw(null);
	olderProblem: AppError | null = $state.raw(null);
	/** The unread divider stands before this entry; fixed when the conversation is opened. */
	dividerBefore: EntryId | null = $state(null);
	/** The divider was brought into view, which is done once: who comes back from another page stays at the end. */
	dividerSeen = false;
	/** The newest entry is on screen. Set by the view; decides whether new entries are read and followed. */
	atEnd = $state(true);
	/** Incoming messages below what is on screen. */
	newBelow = $state(0);

	readonly #bridge: Bridge;
	/** Counts openings: a late answer to an earlier one is dropped. */
	#opening = 0;
	/** Changes that came while the newest page was on its way. */
	#held: Change[] = [];

	constructor(bridge: Bridge) {
		this.#bridge = bridge;
	}

	/** Opening the conversation that is open already changes nothing. */
	async open(id: ConversationId, unread: number): Promise<void> {
		if (id === this.conversationId && this.phase !== "failed") return;
		this.conversationId = id;
		this.entries = [];
		this.dividerBefore = null;
		await this.#load(unread);
	}

	close(): void {
		this.#opening += 1;
		this.conversationId = null;
		this.phase = "idle";
		this.entries = [];
	}

	/** Loads the newest page again and goes to the end. */
	async toNewest(): Promise<void> {
		await this.#load(0);
	}

	async #load(unread: number): Promise<void> {
		const id = this.conversationId;
		if (id === null) return;
		const opening = ++this.#opening;
		this.#held = [];
		this.phase = "loading";
		this.problem = null;
		this.olderProblem = null;
		this.loadingOlder = false;
		const result = await this.#bridge.invoke("conversations.open", { conversationId: id });
		if (opening !== this.#opening) return;
		if (!result.ok) {
			this.phase = "failed";
			this.problem = result.error;
			return;
		}
		this.entries = result.value.entries;
		this.hasOlder = result.value.hasOlder;
		if (unread > 0) this.dividerBefore = firstUnreadEntry(this.entries, unread);
		this.dividerSeen = false;
		this.detached = false;
		this.atEnd = true;
		this.newBelow = 0;
		this.phase = "ready";
		const held = this.#held;
		this.#held = [];
		this.apply(held);
	}

	/** Fetches the page before the oldest entry; one at a time. */
	async older(): Promise<void> {
		const id = this.conversationId;
		const oldest = this.entries[0];
		if (
			id === null ||
			oldest === undefined ||
			!this.hasOlder ||
			this.loadingOlder ||
			this.phase !== "ready"
		)
			return;
		const opening = this.#opening;
		this.loadingOlder = true;
		this.olderProblem = null;
		const result = await this.#bridge.invoke("conversations.older", {
			conversationId: id,
			before: oldest.sequence,
			limit: pageSize,
		});
		if (opening !== this.#opening) return;
		this.loadingOlder = false;
		if (!result.ok) {
			this.olderProblem = result.error;
			return;
		}
		const first = this.entries[0]?.sequence ?? Infinity;
		const entries = [...result.value.entries.filter((entry) => entry.sequence < first), ...this.entries];
		this.hasOlder = result.value.hasOlder;
		this.detached ||= entries.length > windowSize;
		this.entries = entries.slice(0, windowSize);
	}

	apply(changes: readonly Change[]): void {
		if (this.phase === "loading") {
			this.#held.push(...changes);
			return;
		}
		if (this.phase !== "ready") return;
		let entries: Map<EntryId, Entry> | null = null;
		let added = 0;
		const newest = this.entries.at(-1)?.sequence ?? -1;
		const oldest = this.entries[0]?.sequence ?? -1;
		for (const change of changes) {
			if (change.type === "entryRemoved" && change.conversationId === this.conversationId) {
				entries ??= byId(this.entries);
				entries.delete(change.entryId);
			}
			if (change.type !== "entries" || change.conversationId !== this.conversationId) continue;
			entries ??= byId(this.entries);
			for (const entry of change.entries) {
				const known = entries.has(entry.id);
				const isNew = !known && entry.sequence > newest;
				if (isNew && entry.kind === "message" && entry.direction === "in") added += 1;
				// Older than the window, or newer than a window that let go of its end: not on this page.
				if (!known && (isNew ? this.detached : this.hasOlder && entry.sequence < oldest)) continue;
				entries.set(entry.id, entry);
			}
		}
		if (entries === null) return;
		const sorted = [...entries.values()].sort((left, right) => left.sequence - right.sequence);
		if (sorted.length > windowSize && this.atEnd) {
			this.entries = sorted.slice(-windowSize);
			this.hasOlder = true;
		} else this.entries = sorted;
		if (!this.atEnd) this.newBelow += added;
	}

	/** Goes to the end and stays there: after the person sent something. */
	follow(): void {
		if (this.detached) void this.toNewest();
		else this.setAtEnd(true);
	}

	/** The view says whether the newest entry is on screen. */
	setAtEnd(atEnd: boolean): void {
		this.atEnd = atEnd && !this.detached;
		if (this.atEnd) this.newBelow = 0;
	}
}

function byId(entries: readonly Entry[]): Map<EntryId, Entry> {
	return new Map(entries.map((entry) => [entry.id, entry]));
}
