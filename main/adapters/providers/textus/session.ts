import { type AppError, appError, AppFailure } from "../../../../shared/errors.ts";
import type { LineId } from "../../../../shared/ids.ts";
import type { AgentState, Contact, EpochMs, Line } from "../../../../shared/model.ts";
import type {
	Attention,
	OutgoingMessage,
	ProviderContext,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../../../core/ports/provider.ts";
import { FeedOnly } from "../event-feed.ts";
import { DeskAttention } from "../polling/desk-attention.ts";
import { createPoller, type Poller, type PollResult } from "../polling/poller.ts";
import { type Api, type ApiToken, statusOf } from "./api.ts";
import { AccountWatch } from "./account-watch.ts";
import type { Known } from "./book.ts";
import { Desk } from "./desk.ts";
import { parseKey } from "./key.ts";
import { LinkState } from "./link-state.ts";
import { accountTask, openRhythm } from "./rhythm.ts";
import { tokenRefused } from "./sign-in.ts";
import type { Uploads } from "./upload.ts";
import type { WireAccount, WireUser } from "./wire.ts";

export interface TextusSessionParts {
	readonly server: string;
	readonly context: ProviderContext;
	readonly api: Api;
	readonly token: ApiToken;
	readonly me: WireUser;
	readonly accounts: readonly WireAccount[];
	readonly uploads: Uploads | null;
}

/** One token of TextUs: all accounts that it sees. Nothing is pushed (row 21): everything is asked for. */
export class TextusSession implements ProviderSession {
	readonly userName: string | null;
	readonly history: Desk["history"];
	readonly threads: Desk["deeds"];
	readonly folders: Desk["folders"];
	readonly replies: Desk["replies"];
	readonly cards: Desk["contacts"];
	readonly files: Desk["files"];
	readonly #parts: TextusSessionParts;
	readonly #feed = new FeedOnly();
	readonly #desk: Desk;
	readonly #poller: Poller;
	readonly #link: LinkState;
	readonly #accounts: AccountWatch;
	#closed = false;
	#checking = 0;
	/** The key on screen. */
	readonly #attention: DeskAttention;
	#open: string | null = null;
	/** It was looked for, if it was not known. */
	#openSought = false;

	constructor(parts: TextusSessionParts) {
		this.#parts = parts;
		const { context, api, token, me, server } = parts;
		const { clock, random, logger } = context;
		const tell = (events: readonly ProviderEvent[]): void => this.#feed.push(events);
		this.userName = me.email ?? me.name;
		this.#link = new LinkState({
			tell,
			accounts: () => this.#desk.inboxes.size,
			online: () => this.#desk.follower.resume(),
		});
		this.#poller = createPoller({
			clock,
			random,
			tasks: [],
			quick: 0.8,
			stretch: () => api.stretch(),
			answered: (name) => {
				const slug = slugOf(name);
				if (slug !== null) this.#link.answered(slug);
			},
			failed: (name, error, nextAttempt) => {
				this.#link.failed(slugOf(name), error, nextAttempt);
				logger.info("question failed", { error });
			},
		});
		this.#attention = new DeskAttention(clock, this.#poller);
		this.#desk = new Desk({
			...parts,
			tell,
			foldersChanged: () => this.#accounts.tellFolders(),
			soon: (slug) => this.#soon(slug),
			follow: () => this.#poller.now("follow"),
			online: () => this.#link.isOnline,
			gap: () => this.#gap(),
		});
		const { history, deeds, folders, replies, contacts, files } = this.#desk;
		this.history = history;
		this.threads = deeds;
		this.folders = folders;
		this.replies = replies;
		this.cards = contacts;
		this.files = files;
		token.onRefused = () => this.#signedOut(tokenRefused());
		this.#accounts = new AccountWatch({
			api,
			host: URL.parse(server)?.host ?? server,
			desk: this.#desk,
			poller: this.#poller,
			link: this.#link,
			tell,
			stored: () => this.#feed.stored(),
			checking: () => this.#checking > 0,
			signedOut: (error) => this.#signedOut(error),
		});
		this.#poller.add({
			name: "follow",
			everyMs: { focused: null, background: null, idle: null },
			run: async (signal) => result(await this.#desk.lookAtFollowed(signal)),
		});
	}

	async *events(signal: AbortSignal): AsyncIterable<readonly ProviderEvent[]> {
		// The sign-in has just been answered.
		this.#link.cameOnline();
		this.#poller.start(signal);
		yield* this.#feed.batches(signal);
	}

	lines(): Promise<readonly Line[]> {
		return Promise.resolve(this.#desk.accounts.lines());
	}

	suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null {
		const able = lines.filter(({ canMessage }) => canMessage !== false);
		return able.find(({ id }) => id === remembered)?.id ?? able[0]?.id ?? null;
	}

	/** An account is written from by naming it: there is nothing to log in. */
	useLine(line: LineId): Promise<{ readonly started: boolean; readonly warnings: readonly AppError[] }> {
		const account = this.#desk.accounts.get(line);
		if (account === null) return Promise.reject(new AppFailure(appError("line.unknown")));
		const warnings = account.restricted ? [appError("account.restricted")] : [];
		return Promise.resolve({ started: false, warnings });
	}

	/** Nothing of the kind is documented (sheet, 5). */
	agentStates(): Promise<readonly AgentState[]> {
		return Promise.resolve([]);
	}

	setAgentState(): Promise<void> {
		return Promise.reject(new AppFailure(appError("action.notOffered")));
	}

	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		if (this.#closed) return { kind: "notYet", reason: "offline" };
		return await this.#desk.sender.send(message, signal);
	}

	act(): Promise<void> {
		return Promise.reject(new AppFailure(appError("action.notOffered")));
	}

	search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		return this.#desk.contacts.search(query, signal);
	}

	attend({ focused, peer }: Attention): void {
		this.#attention.focused(focused);
		if (peer === this.#open) return;
		this.#open = peer;
		this.#openSought = false;
		this.#poller.remove("open");
		const [, second] = peer === null ? [] : (parseKey(peer)?.numbers ?? []);
		// A message to several people has no timeline of its own.
		if (peer === null || parseKey(peer) === null || second !== undefined) return;
		this.#poller.add({
			name: "open",
			everyMs: openRhythm,
			run: (signal) => this.#lookAtOpen(peer, signal),
		});
	}

	watch(): void {
		// Nobody's presence is known (sheet, 5).
	}

	async check(): Promise<void> {
		this.#checking += 1;
		try {
			await this.#poller.now();
		} finally {
			this.#checking -= 1;
		}
	}

	wake(): void {
		this.#poller.wake();
	}

	/** There is no connection that lasts: the next question is a new one. */
	reconnect(): void {
		this.#poller.wake();
		for (const slug of this.#desk.accounts.slugs) this.#soon(slug);
	}

	lastSign(): EpochMs | null {
		return this.#parts.api.rest.lastSign();
	}

	quietMs(): number {
		return this.#poller.quietMs();
	}

	/** A token is not signed out with (sheet, 1.1): it is put aside. */
	async close(): Promise<void> {
		this.#stop();
		this.#feed.end();
		const { context, uploads } = this.#parts;
		await context.http.clearCookies().catch(() => undefined);
		await uploads?.close().catch(() => undefined);
	}

	// ------------------------------------------------------------ beyond the port

	/** Requests and bytes of this session, for measuring what it costs. */
	cost(): { readonly requests: number; readonly bytes: number } {
		const { requests, bytes } = this.#parts.api.rest;
		return { requests, bytes };
	}

	// ------------------------------------------------------------ inside

	async #lookAtOpen(peer: string, signal: AbortSignal): Promise<PollResult> {
		await this.#feed.stored();
		const { book, news } = this.#desk;
		const known = book.current(peer) ?? (await this.#findOpen(peer, signal));
		// Nobody has written to this number yet: it is in the list when somebody has.
		if (known === null) return "same";
		try {
			const changed = await news.look(known, { catchUp: false, signal });
			await this.#nameOf(peer, signal);
			return result(changed);
		} catch (thrown) {
			if (statusOf(thrown) === 404) return result(!(await news.reread(known, signal)));
			throw thrown;
		}
	}

	/** The conversation on screen, where no list had it: looked for once. */
	async #findOpen(peer: string, signal: AbortSignal): Promise<Known | null> {
		const key = parseKey(peer);
		if (this.#openSought || key === null) return null;
		const found = await this.#desk.news.find(key.slug, key.numbers[0] ?? "", signal);
		this.#openSought = true;
		return found;
	}

	/** Who it is, where no card is assigned: looked for once. */
	async #nameOf(peer: string, signal: AbortSignal): Promise<void> {
		const { book, contacts } = this.#desk;
		if (book.name(peer) !== undefined || book.thread(peer)?.name != null) return;
		const name = await contacts.nameOf(peer, signal).catch(() => undefined);
		if (name !== undefined) this.#feed.push(book.setName(peer, name));
	}

	#soon(slug: string): void {
		this.#desk.inboxes.get(slug)?.hurry();
		this.#poller.soon(accountTask(slug));
	}

	/** Core asks for what was not told: which conversations it is about, history says. */
	#gap(): void {
		const now = this.#parts.context.clock.now();
		this.#feed.push([{ type: "gap", peer: null, from: now, to: now }]);
	}

	/** The token is of no use any more: nothing is asked again, the person is (row 2). */
	#signedOut(error: AppError): void {
		if (this.#closed) return;
		this.#feed.push([{ type: "signedOut", error }]);
		this.#stop();
		this.#feed.end();
	}

	#stop(): void {
		this.#closed = true;
		this.#link.end();
		this.#attention.stop();
		this.#poller.stop();
		this.#desk.stop();
	}
}

function slugOf(task: string): string | null {
	const prefix = accountTask("");
	return task.startsWith(prefix) ? task.slice(prefix.length) : null;
}

function result(changed: boolean): PollResult {
	return changed ? "changed" : "same";
}
