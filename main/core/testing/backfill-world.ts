import { appError, AppFailure } from "../../../shared/errors.ts";
import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { Entry, MessageEntry } from "../../../shared/model.ts";
import { ConversationBook } from "../conversations/conversation-book.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { History, HistoryMessage, ProviderEvent } from "../ports/provider.ts";
import type { MessageStore } from "../ports/stores.ts";
import { ChangeFeed } from "../publish/change-feed.ts";
import { applyBatch, type ApplyPorts, type Incoming } from "../sync/apply.ts";
import { Backfill, type HistoryLink } from "../sync/backfill.ts";
import { RecordingLogger, SeededRandom, VirtualClock } from "./virtual-clock.ts";

export const historyAccount = { id: "account" as AccountId, system: "netsapiens" } as const;

interface Said {
	readonly id: string;
	readonly at: number;
	readonly peer: string;
	readonly own: boolean;
}

/** A server that forgets nothing, to be asked and to fail as the test says. */
export class HistoryServer {
	readonly said: Said[] = [];
	/** Requests so far, by what was asked for. */
	readonly asked: string[] = [];
	underWay = 0;
	mostAtOnce = 0;
	/** Decides about the next request; what it returns is thrown. */
	fails: (what: string) => unknown = () => null;
	headsPage = 1000;
	/** What is older than this is not given out any more. */
	keptFrom = 0;
	readonly #clock: VirtualClock;

	constructor(clock: VirtualClock) {
		this.#clock = clock;
	}

	say(peer: string, own = false, at = this.#clock.now()): Said {
		const said = { id: `m${String(this.said.length + 1).padStart(6, "0")}`, at, peer, own };
		this.said.push(said);
		return said;
	}

	history(signal: AbortSignal): History {
		return {
			heads: (since, page) =>
				this.#answer(`heads ${since ?? ""}`, signal, () => this.#heads(since, page)),
			page: (peer, from, limit) =>
				this.#answer(`page ${peer}`, signal, () => this.#page(peer, from, limit)),
		};
	}

	#heads(since: string | null, page: string | null): Awaited<ReturnType<History["heads"]>> {
		const [cursor = 0, start = 0] =
			page === null ? [this.said.length, 0] : page.split("/").map((part) => Number(part));
		const newest = new Map<string, number>();
		const news = new Set<string>();
		this.said.slice(0, cursor).forEach(({ peer, at }, index) => {
			newest.set(peer, Math.max(newest.get(peer) ?? 0, at));
			if (index >= Number(since ?? 0)) news.add(peer);
		});
		const all = [...news]
			.map((peer) => ({ peer, name: null, at: newest.get(peer) ?? 0 }))
			.sort((one, other) => other.at - one.at);
		const heads = all.slice(start, start + this.headsPage);
		const end = start + heads.length;
		const next = end < all.length ? `${String(cursor)}/${String(end)}` : null;
		return { heads, cursor: String(cursor), next };
	}

	#page(peer: string, from: string | null, limit: number): Awaited<ReturnType<History["page"]>> {
		const all = this.said
			.filter((said) => said.peer === peer && said.at >= this.keptFrom)
			.sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
		const start = from === null ? 0 : all.findIndex(({ id }) => id === from) + 1;
		const messages = all.slice(start, start + limit);
		const last = messages.at(-1);
		const more = last !== undefined && start + messages.length < all.length;
		return { messages: messages.map((said) => eventOf(said)), next: more ? last.id : null };
	}

	async #answer<T>(what: string, signal: AbortSignal, give: () => T): Promise<T> {
		if (signal.aborted) throw new AppFailure(appError("cancelled"));
		this.asked.push(what);
		this.underWay += 1;
		this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
		try {
			await new Promise<void>((resolve, reject) => {
				this.#clock.after(5, resolve);
				signal.addEventListener("abort", () => reject(new AppFailure(appError("cancelled"))));
			});
			const failure = this.fails(what);
			if (failure !== null && failure !== undefined) throw failure as Error;
			return give();
		} finally {
			this.underWay -= 1;
		}
	}
}

/** A message as the server tells it. */
export function eventOf({ id, at, peer, own }: Said): HistoryMessage {
	const common = { peer, text: `text ${id}`, remoteId: id, stretch: null, at };
	return own
		? { type: "ownMessage", ...common, clientId: null, state: "sent" }
		: { type: "message", ...common, catchUp: false };
}

/** One run of the app as far as catching up goes: the real book, fold and store. */
export class BackfillRun {
	readonly book: ConversationBook;
	readonly backfill: Backfill;
	readonly incoming: Incoming[] = [];
	viewed: ConversationId | null = null;
	#link: (HistoryLink & { readonly end: AbortController }) | null = null;
	readonly #applying: ApplyPorts;
	#dead = false;

	constructor(
		store: MessageStore,
		world: {
			readonly clock: VirtualClock;
			readonly random: SeededRandom;
			readonly server: HistoryServer;
		},
	) {
		const { clock, random, server } = world;
		const logger = new RecordingLogger();
		this.book = new ConversationBook(
			mortal(store, () => this.#dead),
			new ChangeFeed(clock),
			() => undefined,
		);
		this.backfill = new Backfill({
			clock,
			random,
			logger,
			book: this.book,
			apply: (account, events, extra) => applyBatch(this.#applying, account, events, extra),
			link: () => this.#link,
			hasHistory: () => true,
			viewing: () => this.viewed,
			changed: () => undefined,
		});
		this.#applying = {
			clock,
			random,
			logger,
			book: this.book,
			// Nothing of ours is under way in these runs.
			outbox: {
				withdraw: () => undefined,
				queued: () => 0,
				poke: () => undefined,
			} as unknown as Outbox,
			startedAt: () => 0,
			seen: () => false,
			listener: {
				incoming: (message) => void this.incoming.push(message),
				begun: () => undefined,
				sendProblem: () => undefined,
			},
			backfill: this.backfill,
		};
		this.#server = server;
	}

	readonly #server: HistoryServer;

	/** Push is there: from now on everything new comes in. */
	online(): void {
		const end = new AbortController();
		this.#link = { history: this.#server.history(end.signal), signal: end.signal, end };
		this.backfill.doubt(historyAccount);
		this.backfill.online(historyAccount);
	}

	offline(): void {
		this.#link?.end.abort();
		this.#link = null;
		this.backfill.doubt(historyAccount);
	}

	get isOnline(): boolean {
		return this.#link !== null;
	}

	/** What push told. */
	async tell(...events: readonly ProviderEvent[]): Promise<void> {
		await applyBatch(this.#applying, historyAccount, events);
	}

	/** Nothing of this run reaches the store any more. */
	kill(): void {
		this.#dead = true;
		this.#link?.end.abort();
		this.#link = null;
		this.backfill.stop();
	}

	id(peer: string): ConversationId {
		const record = this.book.byPeer(historyAccount.id, peer);
		if (record === null) throw new Error(`no conversation with ${peer}`);
		return record.id;
	}

	async entries(peer: string): Promise<readonly Entry[]> {
		if (this.book.byPeer(historyAccount.id, peer) === null) return [];
		return (await this.book.store.page(this.id(peer), { kind: "newest" }, 10_000)).entries;
	}

	async remoteIds(peer: string): Promise<readonly string[]> {
		return (await this.entries(peer))
			.filter((entry): entry is MessageEntry => entry.kind === "message")
			.map((entry) => entry.remoteId ?? "");
	}

	async markers(peer: string): Promise<readonly boolean[]> {
		return (await this.entries(peer)).flatMap((entry) => (entry.kind === "gap" ? [entry.filling] : []));
	}
}

/** A store that says nothing more once the run is over: what a killed process asks for is never answered. */
function mortal(store: MessageStore, dead: () => boolean): MessageStore {
	return new Proxy(store, {
		get(target, name) {
			const run = Reflect.get(target, name) as (...args: readonly unknown[]) => unknown;
			return (...args: readonly unknown[]) =>
				dead() ? new Promise(() => undefined) : Reflect.apply(run, target, args);
		},
	});
}
