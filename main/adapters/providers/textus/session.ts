import { type AppError, appError, AppFailure, toAppError } from "../../../../shared/errors.ts";
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
import { createPoller, type Poller, type PollResult } from "../polling/poller.ts";
import { type Api, type ApiToken, statusOf } from "./api.ts";
import { readAccounts, readWholeAccount } from "./account-list.ts";
import { Desk } from "./desk.ts";
import { parseKey } from "./key.ts";
import { accountsEveryMs, accountTask, inboxRhythm, openRhythm } from "./rhythm.ts";
import { readProfile, tokenRefused } from "./sign-in.ts";
import type { Uploads } from "./upload.ts";
import { AccountWarnings } from "./warnings.ts";
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
	readonly #warnings = new AccountWarnings();
	/** Accounts whose lists cannot be read. */
	readonly #failing = new Set<string>();
	#online = false;
	#closed = false;
	#checking = 0;
	#accountsRead = false;
	#folders = "";
	#lines = "";
	/** The key on screen. */
	#open: string | null = null;

	constructor(parts: TextusSessionParts) {
		this.#parts = parts;
		const { context, api, token, me } = parts;
		const { clock, random } = context;
		this.userName = me.email ?? me.name;
		this.#poller = createPoller({
			clock,
			random,
			tasks: [],
			quick: 0.8,
			stretch: () => api.stretch(),
			answered: (name) => this.#answered(name),
			failed: (name, error, nextAttempt) => this.#failed(name, error, nextAttempt),
		});
		const desk = new Desk({
			...parts,
			tell: (events) => this.#feed.push(events),
			foldersChanged: () => this.#tellFolders(),
			soon: (slug) => this.#soon(slug),
			follow: () => this.#poller.now("follow"),
			online: () => this.#online,
			gap: () => this.#gap(),
		});
		this.#desk = desk;
		this.history = desk.history;
		this.threads = desk.deeds;
		this.folders = desk.folders;
		this.replies = desk.replies;
		this.cards = desk.contacts;
		this.files = desk.files;
		token.onRefused = () => this.#signedOut(tokenRefused());
		this.#lines = JSON.stringify(desk.accounts.lines());
		this.#addTasks();
	}

	async *events(signal: AbortSignal): AsyncIterable<readonly ProviderEvent[]> {
		// The sign-in has just been answered.
		this.#cameOnline();
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
		this.#poller.attention(focused ? "focused" : "background");
		if (peer === this.#open) return;
		this.#open = peer;
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

	// ------------------------------------------------------------ questions

	#addTasks(): void {
		for (const slug of this.#desk.accounts.slugs) this.#addInbox(slug);
		const never = { focused: null, background: null, idle: null };
		this.#poller.add({
			name: "accounts",
			everyMs: { focused: accountsEveryMs, background: accountsEveryMs, idle: accountsEveryMs },
			run: (signal) => this.#lookAtAccounts(signal),
		});
		this.#poller.add({
			name: "follow",
			everyMs: never,
			run: async (signal) => result(await this.#desk.lookAtFollowed(signal)),
		});
	}

	#addInbox(slug: string): void {
		if (!this.#desk.inboxes.has(slug)) this.#desk.addInbox(slug);
		this.#poller.add({
			name: accountTask(slug),
			everyMs: inboxRhythm(this.#desk.accounts.slugs.length),
			run: (signal) => this.#lookAtInbox(slug, signal),
		});
	}

	async #lookAtInbox(slug: string, signal: AbortSignal): Promise<PollResult> {
		// What was told is stored before more is asked for.
		await this.#feed.stored();
		const inbox = this.#desk.inboxes.get(slug);
		if (inbox === undefined) return "same";
		try {
			return await inbox.look(signal, this.#checking > 0);
		} catch (thrown) {
			const status = statusOf(thrown);
			const { code } = toAppError(thrown);
			if (status !== 403 && status !== 404 && code !== "http.malformed") throw thrown;
			// Is it this account, or the token? (Row 2: 403 for the profile is the token.)
			if (!(await this.#tokenHolds(signal)) || code === "http.malformed") throw thrown;
			this.#drop(slug);
			return "changed";
		}
	}

	async #tokenHolds(signal: AbortSignal): Promise<boolean> {
		try {
			await readProfile(this.#parts.api, hostOf(this.#parts.server), signal);
			return true;
		} catch (thrown) {
			const error = toAppError(thrown);
			if (error.code === "auth.tokenRefused") this.#signedOut(error);
			return false;
		}
	}

	/** Which accounts there are, and which may send. */
	async #lookAtAccounts(signal: AbortSignal): Promise<PollResult> {
		const { api } = this.#parts;
		const { accounts, book } = this.#desk;
		// At the sign-in the list has just been read.
		if (this.#accountsRead || this.#checking > 0) {
			const found = await readAccounts(api, signal);
			const before = new Set(accounts.slugs);
			accounts.replace(found);
			for (const slug of accounts.slugs) if (!before.has(slug)) this.#addInbox(slug);
			for (const slug of before) if (accounts.get(slug) === null) this.#remove(slug);
		}
		this.#accountsRead = true;
		for (const slug of accounts.slugs) {
			const whole = await readWholeAccount(api, slug, signal);
			if (whole !== null) accounts.merge(whole);
		}
		this.#feed.push(book.retell());
		return result(this.#tellLines());
	}

	async #lookAtOpen(peer: string, signal: AbortSignal): Promise<PollResult> {
		await this.#feed.stored();
		const { book, news } = this.#desk;
		const key = parseKey(peer);
		const known = book.current(peer) ?? (await news.find(key?.slug ?? "", key?.numbers[0] ?? "", signal));
		if (known === null) {
			// Nobody has written to this number yet: there is nothing to look at until it is in the list.
			this.#poller.remove("open");
			this.#open = null;
			return "same";
		}
		try {
			const changed = await news.look(known, { catchUp: false, signal });
			await this.#nameOf(peer, signal);
			return result(changed);
		} catch (thrown) {
			if (statusOf(thrown) === 404) return result(!(await news.reread(known, signal)));
			throw thrown;
		}
	}

	/** Who it is, where no card is assigned: looked for once. */
	async #nameOf(peer: string, signal: AbortSignal): Promise<void> {
		const { book, contacts } = this.#desk;
		if (book.name(peer) !== undefined || book.thread(peer)?.name != null) return;
		const name = await contacts.nameOf(peer, signal).catch(() => undefined);
		if (name !== undefined) this.#feed.push(book.setName(peer, name));
	}

	// ------------------------------------------------------------ what follows

	#soon(slug: string): void {
		this.#desk.inboxes.get(slug)?.hurry();
		this.#poller.soon(accountTask(slug));
	}

	#gap(): void {
		const now = this.#parts.context.clock.now();
		this.#feed.push([{ type: "gap", peer: null, from: now, to: now }]);
	}

	#tellFolders(): void {
		const several = this.#desk.inboxes.size > 1;
		const folders = [...this.#desk.inboxes.values()].flatMap((inbox) => {
			const name = this.#desk.accounts.get(inbox.slug)?.name ?? inbox.slug;
			return inbox.folders(several ? name : null);
		});
		const said = JSON.stringify(folders);
		if (said === this.#folders) return;
		this.#folders = said;
		this.#feed.push([{ type: "folders", folders }]);
	}

	#tellLines(): boolean {
		const lines = this.#desk.accounts.lines();
		const said = JSON.stringify(lines);
		if (said === this.#lines) return false;
		this.#lines = said;
		this.#feed.push([{ type: "lines", lines }]);
		return true;
	}

	/** This token has no access to the account (any more): the others go on (sheet, 13: 403). */
	#drop(slug: string): void {
		const name = this.#desk.accounts.get(slug)?.name ?? slug;
		this.#warn(slug, appError("auth.accessDenied", { detail: name }));
		this.#desk.accounts.drop(slug);
		this.#remove(slug);
		this.#tellLines();
	}

	#remove(slug: string): void {
		this.#poller.remove(accountTask(slug));
		this.#desk.inboxes.delete(slug);
		this.#failing.delete(slug);
		this.#tellFolders();
	}

	#warn(slug: string, error: AppError | null): void {
		if (!this.#warnings.set(slug, error)) return;
		this.#feed.push([{ type: "warnings", warnings: this.#warnings.list() }]);
	}

	// ------------------------------------------------------------ the way to the server

	#answered(name: string): void {
		const slug = slugOf(name);
		if (slug === null) return;
		if (this.#failing.delete(slug)) this.#warn(slug, null);
		this.#cameOnline();
	}

	#failed(name: string, error: AppError, nextAttempt: EpochMs | null): void {
		if (this.#closed || error.code === "cancelled") return;
		const slug = slugOf(name);
		if (slug !== null) this.#failing.add(slug);
		const ofAll = isOfAll(error);
		const none = slug !== null && this.#failing.size >= this.#desk.inboxes.size;
		if (!ofAll && !none) {
			if (slug !== null) this.#warn(slug, error);
			this.#parts.context.logger.info("question failed", { error });
			return;
		}
		this.#online = false;
		this.#feed.push([{ type: "connection", state: "reconnecting", nextAttempt, problem: error }]);
	}

	#cameOnline(): void {
		if (this.#online || this.#closed) return;
		this.#online = true;
		this.#feed.push([
			{ type: "connection", state: "online", nextAttempt: null, problem: null },
			{ type: "sendable", peer: null },
		]);
		this.#desk.follower.resume();
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
		this.#online = false;
		this.#poller.stop();
		this.#desk.stop();
	}
}

/** What is wrong with every question alike. */
function isOfAll({ code, params }: AppError): boolean {
	const status = params?.["status"];
	if (code === "http.status") return typeof status === "number" && status >= 500;
	return code.startsWith("network.") ? code !== "network.foreignRedirect" : code === "http.overloaded";
}

function slugOf(task: string): string | null {
	const prefix = accountTask("");
	return task.startsWith(prefix) ? task.slice(prefix.length) : null;
}

function result(changed: boolean): PollResult {
	return changed ? "changed" : "same";
}

function hostOf(server: string): string {
	return URL.parse(server)?.host ?? server;
}
