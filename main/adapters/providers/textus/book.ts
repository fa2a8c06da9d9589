import type { EpochMs, ThreadAction } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import { fingerprintOf } from "./delivery-state.ts";
import { keyOf } from "./key.ts";
import { threadOf, type ThreadView } from "./thread.ts";
import type { TimelineItem, WireConversation } from "./wire.ts";

/** So many messages of a conversation are remembered: more than a few pages are never looked at again. */
const mostSeen = 2000;

/** One conversation of the server, as it is known in this run. */
export interface Known {
	readonly key: string;
	wire: WireConversation;
	/** What was told of the items of its timeline, by their ids. */
	readonly seen: Map<string, string>;
	/** Everything up to here was there before this session: it is the business of history. */
	readonly base: EpochMs;
	/** The newest that was told, or is known to have been there before. */
	newest: EpochMs;
	/** Its timeline was read in this run. */
	looked: boolean;
	/** A change of ours is newer than answers to questions that were asked before this. */
	touched: number;
}

/** The conversations of one token and what was told of them. Pure state: nobody is asked here. */
export class Book {
	readonly #view: (slug: string) => Omit<ThreadView, "missing" | "name">;
	readonly #conversations = new Map<string, Known>();
	readonly #byKey = new Map<string, Set<string>>();
	/** Names from contacts by key; null: looked for, and nobody. */
	readonly #names = new Map<string, string | null>();
	readonly #told = new Map<string, string>();
	/** Actions that the server does not know (row 4), for this session. */
	readonly missing = new Set<ThreadAction>();
	#questions = 0;

	constructor(view: (slug: string) => Omit<ThreadView, "missing" | "name">) {
		this.#view = view;
	}

	/** A question leaves now: its answer says nothing of what we change after this moment. */
	ask(): number {
		this.#questions += 1;
		return this.#questions;
	}

	get(id: string): Known | null {
		return this.#conversations.get(id) ?? null;
	}

	/** All conversations of a thread, the one that is written in first (row 23). */
	ofKey(key: string): readonly Known[] {
		const ids = this.#byKey.get(key) ?? [];
		return [...ids]
			.flatMap((id) => this.#conversations.get(id) ?? [])
			.sort((one, other) => activity(other) - activity(one));
	}

	current(key: string): Known | null {
		return this.ofKey(key)[0] ?? null;
	}

	knows(key: string): boolean {
		return this.#byKey.has(key);
	}

	/**
	 * Takes in what an answer says of a conversation, and returns the events that follow. `asked`: see `ask`.
	 * `base`: of one that is new here, see `Known`.
	 */
	take(wire: WireConversation, asked: number, base: EpochMs): readonly ProviderEvent[] {
		const key = keyOf(wire.slug, wire.number);
		const known = this.#conversations.get(wire.id);
		if (known === undefined) {
			this.#conversations.set(wire.id, {
				key,
				wire,
				seen: new Map(),
				base,
				newest: base,
				looked: false,
				touched: 0,
			});
			this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(wire.id));
			return [...this.#thread(key), ...firstMark(key, wire)];
		}
		// An answer from before a change of ours knows nothing of it; what is newest in it is looked at all the same.
		if (known.touched > asked) return [];
		const before = known.wire;
		known.wire = merged(before, wire);
		return [...this.#thread(key), ...laterMark(key, before, known.wire)];
	}

	/** As `take`, for the answer to a change of ours: nothing that was asked before counts any more. */
	changed(wire: WireConversation): readonly ProviderEvent[] {
		const known = this.#conversations.get(wire.id);
		if (known === undefined) return [];
		known.wire = merged(known.wire, wire);
		known.touched = this.ask();
		return this.#thread(known.key);
	}

	/** What was asked before counts no more. */
	touch(known: Known): void {
		known.touched = this.ask();
	}

	/** It is gone on the server. */
	forget(id: string): readonly ProviderEvent[] {
		const known = this.#conversations.get(id);
		if (known === undefined) return [];
		this.#conversations.delete(id);
		const rest = this.#byKey.get(known.key);
		rest?.delete(id);
		if (rest !== undefined && rest.size > 0) return this.#thread(known.key);
		this.#byKey.delete(known.key);
		this.#told.delete(known.key);
		return [{ type: "threadGone", peer: known.key }];
	}

	/** Undefined: nobody was looked for. */
	name(key: string): string | null | undefined {
		return this.#names.get(key);
	}

	setName(key: string, name: string | null): readonly ProviderEvent[] {
		this.#names.set(key, name);
		return this.#thread(key);
	}

	/** What there is to say of a thread, if it differs from what was said last. */
	#thread(key: string): readonly ProviderEvent[] {
		const event = this.thread(key);
		if (event === null) return [];
		const said = JSON.stringify(event);
		if (this.#told.get(key) === said) return [];
		this.#told.set(key, said);
		return [event];
	}

	thread(key: string): Extract<ProviderEvent, { type: "thread" }> | null {
		const current = this.current(key);
		if (current === null) return null;
		const name = this.#names.get(key) ?? null;
		const view = { ...this.#view(current.wire.slug), missing: this.missing, name };
		return { type: "thread", ...threadOf(current.wire, view) };
	}

	/** All threads whose facts are different now: an account was restricted, an action is not known. */
	retell(): readonly ProviderEvent[] {
		return [...this.#byKey.keys()].flatMap((key) => this.#thread(key));
	}
}

/** Remembers what is told of an item now. */
export function remember(known: Known, item: TimelineItem): void {
	known.seen.delete(item.id);
	known.seen.set(item.id, item.kind === "message" ? fingerprintOf(item) : "");
	known.newest = Math.max(known.newest, item.at);
	const [oldest] = known.seen.keys();
	if (known.seen.size > mostSeen && oldest !== undefined) known.seen.delete(oldest);
}

/** Whether it was told as it is now. */
export function isTold(known: Known, item: TimelineItem): boolean {
	return known.seen.get(item.id) === (item.kind === "message" ? fingerprintOf(item) : "");
}

/** What is said only in some places keeps what was said there. */
function merged(before: WireConversation, now: WireConversation): WireConversation {
	return {
		...now,
		ownNumber: now.ownNumber ?? before.ownNumber,
		ownFormatted: now.ownFormatted ?? before.ownFormatted,
		info: now.info ?? before.info,
		latest: now.latest ?? before.latest,
		associatedContacts: now.associatedContacts ?? before.associatedContacts,
		assignedContact:
			now.assignedContact !== null &&
			now.assignedContact.embedded === null &&
			now.assignedContact.link === before.assignedContact?.link
				? before.assignedContact
				: now.assignedContact,
	};
}

function activity({ wire, newest }: Known): number {
	return Math.max(wire.latest?.at ?? 0, Number.isFinite(newest) ? newest : 0);
}

/** Read up to there on any device, also between two runs. */
function firstMark(peer: string, { info, latest }: WireConversation): readonly ProviderEvent[] {
	if (info === null || isUnreadOnPurpose(info, latest)) return [];
	const upTo = info.readTo ?? (info.read === true ? (latest?.at ?? null) : null);
	return upTo === null ? [] : [{ type: "read", peer, upTo }];
}

function laterMark(peer: string, before: WireConversation, now: WireConversation): readonly ProviderEvent[] {
	const [was, is] = [before.info?.read ?? null, now.info?.read ?? null];
	if (was === is || is === null || now.info === null) return [];
	if (is) return [{ type: "read", peer, upTo: now.info.readTo ?? now.latest?.at ?? null }];
	// A message that came makes it unread by itself.
	return was === true && now.latest?.id === before.latest?.id ? [{ type: "unread", peer }] : [];
}

/** The agent has read it on any device. `known.wire` is one snapshot: what is newer than it is not known to be read. */
export function isRead({ wire }: Known, at: EpochMs): boolean {
	const { info, latest } = wire;
	if (info === null) return false;
	if (isUnreadOnPurpose(info, latest)) return latest !== null && at < latest.at;
	if (info.readTo !== null && at <= info.readTo) return true;
	return info.read === true && latest !== null && at <= latest.at;
}

/** It was read to its end and then set to unread: its newest message is. */
function isUnreadOnPurpose(
	info: NonNullable<WireConversation["info"]>,
	latest: WireConversation["latest"],
): boolean {
	return info.read === false && info.readTo !== null && latest !== null && info.readTo >= latest.at;
}
