import { type AppError, toAppError } from "../../../../shared/errors.ts";
import type { Attention, ProviderEvent } from "../../../core/ports/provider.ts";
import { type Clock, type EpochMs, type Random, pause, within } from "../../../core/ports/runtime.ts";
import type { FeedOnly } from "../event-feed.ts";
import { DeskAttention } from "../polling/desk-attention.ts";
import { type PollResult, type PollTask, type Poller, createPoller } from "../polling/poller.ts";
import type { Directory } from "./directory.ts";
import type { GroupTitles } from "./group-titles.ts";
import type { NewsReader } from "./news-reader.ts";
import type { OwnTexts } from "./own-texts.ts";
import type { Place } from "./places.ts";
import { Rereads } from "./rereads.ts";
import type { Session, SessionBook, SessionReading } from "./session-book.ts";
import type { SessionList } from "./session-list.ts";

export interface PollsPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly feed: FeedOnly;
	readonly list: SessionList;
	readonly book: SessionBook;
	readonly news: NewsReader;
	readonly own: OwnTexts;
	readonly directory: Directory;
	readonly titles: GroupTitles;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** The first answer of a run, and the first after an outage. */
	readonly online: () => void;
	readonly lost: (error: AppError, nextAttempt: EpochMs | null) => void;
}

/** The sheet's rhythms (5.3); nothing is asked faster (row 15). */
const sessionsEvery = { focused: 8000, background: 20_000, idle: 60_000 };
const openEvery = { focused: 4000, background: null, idle: null };
const peopleEvery = { focused: 15 * 60_000, background: 60 * 60_000, idle: null };
const presenceEvery = { focused: 30_000, background: 120_000, idle: null };
const never = { focused: null, background: null, idle: null };
/** Before the end texts are looked for so often. */
const finishPauseMs = 400;
/** Unread conversations whose newest message is read at the first look. */
const mostUnread = 20;

/** What is asked for again and again, one question at a time. */
export class Polls {
	readonly #ports: PollsPorts;
	readonly #poller: Poller;
	readonly #rereads: Rereads;
	/** Unread conversations of the first look whose newest message is still to be read. */
	#unread: readonly Session[] | null = null;
	/** What is found is no live news: the account was not connected meanwhile. */
	#catchUp = true;
	#openPeer: string | null = null;
	readonly #attention: DeskAttention;
	#stopped = false;

	constructor(ports: PollsPorts) {
		this.#ports = ports;
		const { clock, random } = ports;
		this.#rereads = new Rereads(clock, () => this.#ask("sent"));
		this.#poller = createPoller({
			clock,
			random,
			// Steady: not faster after a change, not slower than the sheet says.
			quick: 1,
			slowest: 1,
			tasks: [
				{ name: "sessions", everyMs: sessionsEvery, run: (signal) => this.#sessions(signal) },
				{ name: "sent", everyMs: never, run: (signal) => this.#sent(signal) },
				{ name: "people", everyMs: peopleEvery, run: (signal) => this.#people(signal) },
				this.#presenceTask(),
			],
			answered: (name) => this.#answered(name),
			failed: (name, error, nextAttempt) => this.#failed(name, error, nextAttempt),
		});
		this.#attention = new DeskAttention(clock, this.#poller);
	}

	start(signal: AbortSignal): void {
		this.#poller.start(signal);
	}

	stop(): void {
		this.#stopped = true;
		this.#attention.stop();
		this.#rereads.stop();
		this.#poller.stop();
	}

	/**
	 * Before the end: what was sent just now gets its id, so that the next run does not take it for somebody else's. At
	 * most `deadlineMs`; what is told in it is stored.
	 */
	async finish(deadlineMs: number): Promise<void> {
		const { clock, own, feed } = this.#ports;
		const until = clock.monotonic() + deadlineMs;
		const left = (): number => Math.max(0, until - clock.monotonic());
		const look = async (): Promise<void> => {
			for (;;) {
				const sought = own.unfound(clock.now()).map((text) => ({ ...text, last: false }));
				if (sought.length === 0 || this.#stopped) break;
				this.#rereads.giveBack(sought);
				await this.#poller.now("sent");
				if (left() <= finishPauseMs) break;
				if (own.unfound(clock.now()).length > 0) await pause(clock, finishPauseMs);
			}
			await feed.stored();
		};
		await within(clock, deadlineMs, look()).catch(() => undefined);
	}

	attend({ focused, peer }: Attention): void {
		if (this.#stopped) return;
		this.#attention.focused(focused);
		if (peer === this.#openPeer) return;
		this.#openPeer = peer;
		if (peer === null) this.#poller.remove("open");
		else
			this.#poller.add({ name: "open", everyMs: openEvery, run: (signal) => this.#open(peer, signal) });
	}

	/** Somebody's presence is on screen now, or nobody's. */
	watching(): void {
		this.#poller.soon("presence");
	}

	/** A whole look, now; rejects with what went wrong. */
	async check(): Promise<void> {
		this.#ports.list.wantWhole();
		await this.#poller.now("sessions");
		await this.#poller.now("people");
	}

	/** There is news: as soon as may be. */
	soon(): void {
		this.#poller.soon("sessions");
	}

	/** A write takes effect in a moment (1.3). */
	soonAgain(): void {
		this.#ports.list.wantWhole();
		for (const ms of [1000, 3000]) this.#later(ms);
	}

	/** The text of this id is to be found. */
	seek(clientId: Parameters<Rereads["plan"]>[0], place: Place): void {
		this.#rereads.plan(clientId, place);
	}

	/** Takes in a list that was read for another reason. */
	take(reading: SessionReading): void {
		this.#ports.tell(this.#ports.book.take(reading));
		if (this.#ports.book.dirty.length > 0) this.soon();
	}

	wake(): void {
		this.#poller.wake();
	}

	quietMs(): number {
		return this.#poller.quietMs();
	}

	/** The connection is no longer: until an answer comes, and what it brings is no live news. */
	disconnected(): void {
		this.#catchUp = true;
	}

	// ------------------------------------------------------------ the questions

	async #sessions(signal: AbortSignal): Promise<PollResult> {
		const { book, feed, list, news, online, tell } = this.#ports;
		const first = book.empty;
		this.#lookAlong();
		const reading = await list.read(signal);
		const events = book.take(reading);
		online();
		tell(events);
		if (first) this.#unread = book.unread.slice(0, mostUnread);
		let changed = events.length > 0;
		while (this.#unread?.[0] !== undefined) {
			await news.readUnread(this.#unread[0], signal);
			this.#unread = this.#unread.slice(1);
		}
		for (const session of book.dirty) if (await news.read(session, this.#catchUp, signal)) changed = true;
		this.#catchUp = false;
		await this.#name(signal);
		await feed.stored();
		return changed ? "changed" : "same";
	}

	/** What is due to be looked for is read with what has changed: its own question may not have come to its turn. */
	#lookAlong(): void {
		const { book, own } = this.#ports;
		for (const { clientId, place, last } of this.#rereads.take()) {
			if (last) own.settled(clientId);
			for (const { row } of book.of(place.key)) book.touch(row.id);
		}
	}

	async #name(signal: AbortSignal): Promise<void> {
		if (await this.#ports.titles.give(signal)) this.soonAgain();
	}

	/** The conversation on screen (5.3): the session of it that was used last. */
	async #open(peer: string, signal: AbortSignal): Promise<PollResult> {
		const { book, news, feed } = this.#ports;
		const [newest] = book.of(peer);
		if (newest === undefined) return "same";
		const changed = await news.read(newest, this.#catchUp, signal);
		await feed.stored();
		return changed ? "changed" : "same";
	}

	/** Looks for what was sent (3.9); the list is read where the session is not known, and at the end. */
	async #sent(signal: AbortSignal): Promise<PollResult> {
		const { book, news, own, list, tell, feed } = this.#ports;
		const sought = this.#rereads.take();
		for (const { clientId, last } of sought) if (last) own.settled(clientId);
		try {
			const read = new Set<string>();
			for (const { place } of sought) {
				const [newest] = book.of(place.key);
				if (newest === undefined || read.has(newest.row.id)) continue;
				read.add(newest.row.id);
				await news.read(newest, false, signal);
			}
			if (
				sought.some(({ clientId, place }) => own.waiting(clientId) || book.of(place.key).length === 0)
			) {
				tell(book.take(await list.read(signal)));
				for (const session of book.dirty) await news.read(session, false, signal);
			}
		} catch (thrown) {
			this.#rereads.giveBack(sought);
			throw thrown;
		}
		await this.#name(signal);
		await feed.stored();
		return "changed";
	}

	async #people(signal: AbortSignal): Promise<PollResult> {
		const { book, directory, tell } = this.#ports;
		await directory.load(signal);
		tell(book.retell());
		return "same";
	}

	#presenceTask(): PollTask {
		return {
			name: "presence",
			everyMs: presenceEvery,
			run: async (signal) => ((await this.#ports.directory.readPresence(signal)) ? "changed" : "same"),
		};
	}

	// ------------------------------------------------------------ what becomes of them

	#answered(name: string): void {
		// Something answers again: whether all is well is for the list to say.
		if (name !== "sessions" && this.#catchUp) this.#poller.soon("sessions");
	}

	#failed(name: string, error: AppError, nextAttempt: EpochMs | null): void {
		if (error.code === "cancelled" || (name !== "sessions" && ofOneQuestion(error))) return;
		this.#ports.lost(error, nextAttempt);
	}

	#ask(name: string): void {
		// What cannot be asked now is found by the next list.
		this.#poller.now(name).catch((thrown: unknown) => toAppError(thrown));
	}

	#later(ms: number): void {
		this.#ports.clock.after(ms, () => {
			if (!this.#stopped) this.#poller.soon("sessions");
		});
	}
}

/** The server's word on one list says nothing of the others. */
function ofOneQuestion({ code, params }: AppError): boolean {
	if (code !== "http.status") return code === "http.malformed" || code === "internal";
	return Number(params?.["status"]) < 500;
}
