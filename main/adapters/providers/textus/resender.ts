import { appError } from "../../../../shared/errors.ts";
import type { SendOutcome } from "../../../core/ports/provider.ts";
import { type Clock, pause } from "../../../core/ports/runtime.ts";
import { failureOutcome, postOutcome } from "../rest/send-outcome.ts";
import type { Api } from "./api.ts";
import type { Book, Known } from "./book.ts";
import { progressOf } from "./delivery-state.ts";
import type { Follower } from "./follower.ts";
import { parseKey } from "./key.ts";
import type { News } from "./news.ts";
import { membersOf } from "./resource.ts";
import { refusedOutcome } from "./send-answer.ts";
import type { Users } from "./users.ts";
import { readItem, type WireMessage } from "./wire.ts";

/** A message to be tried again is looked for so far back. */
const mostPages = 20;
/** After a retry was taken the timeline is read after these pauses, ms, to see which message goes on. */
const looks = [300, 700, 1500, 3000, 5000];
/** So long the old report of a message says nothing, ms. */
const patienceMs = 120_000;

export interface ResenderParts {
	readonly api: Api;
	readonly book: Book;
	readonly news: News;
	readonly users: Users;
	readonly follower: Follower;
	readonly clock: Clock;
}

interface Place {
	readonly known: Known;
	readonly message: WireMessage;
}

/**
 * Has the server try a failed message again: only where its flag and its link say so (row 11). The server answers 202;
 * whether it goes on with the message or makes a new one shows in the timeline (row 12), and both are right.
 */
export class Resender {
	readonly #parts: ResenderParts;
	readonly #timers = new Set<() => void>();

	constructor(parts: ResenderParts) {
		this.#parts = parts;
	}

	async resend(peer: string, id: string, signal: AbortSignal): Promise<SendOutcome> {
		let place: Place | null;
		try {
			place = await this.#find(peer, id, signal);
		} catch (thrown) {
			const outcome = failureOutcome(thrown);
			// Nothing but reading was done.
			return outcome.kind === "unknown"
				? { kind: "rejected", error: outcome.error, retry: "automatic" }
				: outcome;
		}
		if (place === null) return { kind: "rejected", error: appError("message.notFound"), retry: "never" };
		const { message } = place;
		const { state, problem, retryAllowed } = progressOf(message);
		// Somebody had it tried again meanwhile.
		if (state !== "failed") return { kind: "accepted", remoteId: id, at: null };
		if (retryAllowed !== true || message.retry === null) {
			const error = problem ?? appError("message.deliveryFailed");
			return { kind: "rejected", error, retry: "never" };
		}
		return await this.#retry(place, message.retry, signal);
	}

	close(): void {
		for (const cancel of this.#timers) cancel();
		this.#timers.clear();
	}

	async #retry({ known, message }: Place, link: string, signal: AbortSignal): Promise<SendOutcome> {
		const { api, news, follower } = this.#parts;
		let request;
		try {
			request = api.writing("POST", link, undefined, signal);
		} catch (thrown) {
			return failureOutcome(thrown);
		}
		const before = new Set((await this.#page(known, signal)).map(({ id }) => id));
		news.retrying(known, message);
		const outcome = await postOutcome(api.rest, request, {
			accepted: () => ({ kind: "accepted", remoteId: message.id, at: null }),
			malformed: "accepted",
			refused: (response) => refusedOutcome(response, api.rest.words(response)),
		});
		if (outcome.kind !== "accepted") {
			// What the timeline says of it is the truth again.
			news.retried(message.id, null);
			follower.anew(known.key);
			return outcome;
		}
		const goesOn = await this.#watch(known, message, before, signal);
		follower.anew(known.key);
		if (goesOn === null) {
			this.#trustLater(message.id);
			return outcome;
		}
		news.retried(message.id, goesOn.id === message.id ? null : goesOn.id);
		if (goesOn.id === message.id) return outcome;
		return { kind: "accepted", remoteId: goesOn.id, at: goesOn.at, text: goesOn.text };
	}

	/** The message that goes on: the same one with another report, or a new one with its words; null: not seen yet. */
	async #watch(
		known: Known,
		message: WireMessage,
		before: ReadonlySet<string>,
		signal: AbortSignal,
	): Promise<WireMessage | null> {
		const { clock, news, users } = this.#parts;
		for (const wait of looks) {
			await pause(clock, wait, signal);
			if (signal.aborted) return null;
			const items = await this.#page(known, signal);
			const another = items.find(
				(one) =>
					!before.has(one.id) &&
					one.at > message.at &&
					one.text === message.text &&
					users.isMine(one),
			);
			if (another !== undefined) return another;
			const same = items.find(({ id }) => id === message.id);
			if (same !== undefined && !news.isAsBefore(same)) return same;
		}
		return null;
	}

	/** Own messages of the newest page; none when it cannot be read now. */
	async #page(known: Known, signal: AbortSignal): Promise<readonly WireMessage[]> {
		try {
			return ownOf(await this.#parts.api.list(known.wire.timeline, signal));
		} catch {
			return [];
		}
	}

	async #find(peer: string, id: string, signal: AbortSignal): Promise<Place | null> {
		const { api, book, news } = this.#parts;
		const key = parseKey(peer);
		if (key === null) return null;
		if (!book.knows(peer)) await news.find(key.slug, key.numbers[0] ?? "", signal);
		for (const known of book.ofKey(peer)) {
			let pages = 0;
			for await (const page of api.pages(known.wire.timeline, signal)) {
				const message = ownOf(page).find((one) => one.id === id);
				if (message !== undefined) return { known, message };
				pages += 1;
				if (pages >= mostPages) break;
			}
		}
		return null;
	}

	#trustLater(id: string): void {
		const cancel = this.#parts.clock.after(patienceMs, () => {
			this.#timers.delete(cancel);
			this.#parts.news.retried(id, null);
		});
		this.#timers.add(cancel);
	}
}

function ownOf(page: unknown): readonly WireMessage[] {
	return membersOf(page).flatMap((member) => {
		const item = readItem(member);
		return item?.kind === "message" && item.direction === "out" ? [item] : [];
	});
}
