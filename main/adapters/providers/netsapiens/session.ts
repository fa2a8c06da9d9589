import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type { LineId } from "../../../../shared/ids.ts";
import type { AgentState, Contact, DeviceFact, EpochMs, Line } from "../../../../shared/model.ts";
import type {
	Attention,
	OutgoingMessage,
	ProviderContext,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../../../core/ports/provider.ts";
import { FeedOnly } from "../event-feed.ts";
import { AddressBook } from "./address-book.ts";
import type { Api } from "./api.ts";
import { hoursOff } from "./clock-check.ts";
import { Deeds } from "./deeds.ts";
import { Directory } from "./directory.ts";
import { Files } from "./files.ts";
import { GroupIds } from "./group-ids.ts";
import { GroupTitles } from "./group-titles.ts";
import { linesOf, suggestLine } from "./lines.ts";
import type { Reading } from "./message-events.ts";
import { MessageReader } from "./message-window.ts";
import { NewsReader } from "./news-reader.ts";
import { OwnTexts } from "./own-texts.ts";
import { Past } from "./past.ts";
import { Polls } from "./polls.ts";
import { Sender } from "./sender.ts";
import { SessionBook } from "./session-book.ts";
import { SessionList } from "./session-list.ts";
import type { SignedIn } from "./sign-in.ts";
import { attachmentsOf } from "./thread-facts.ts";
import type { DeviceRow, SmsNumberRow } from "./wire.ts";
import { isRefused } from "./answers.ts";

export interface NetsapiensSessionParts {
	readonly context: ProviderContext;
	readonly server: string;
	readonly signedIn: SignedIn;
	readonly api: Api;
	/** As read at the sign-in. */
	readonly numbers: readonly SmsNumberRow[];
	readonly devices: readonly DeviceRow[];
	/** What a refused token means: a key or a pasted JWT is replaced, not renewed. */
	readonly expired: AppError;
}

/**
 * One signed-in agent of ns-api v2. News comes by polling (sheet, 5.3); the portal's socket is not used (rows 1 and 2).
 *
 *   connecting --first list--> online --lost--> reconnecting --list--> online (what it brings is no live news)
 *        +---- token refused and not to be renewed ----+--> signed out
 */
export class NetsapiensSession implements ProviderSession {
	readonly userName: string | null;
	readonly history: Past;
	readonly threads: Deeds;
	readonly files: Files;
	readonly folders = null;
	readonly replies = null;
	readonly cards = null;
	readonly #parts: NetsapiensSessionParts;
	readonly #feed = new FeedOnly();
	readonly #directory: Directory;
	readonly #book: SessionBook;
	readonly #polls: Polls;
	readonly #sender: Sender;
	#lines: readonly Line[];
	#devices: readonly DeviceRow[];
	#firstLines = true;
	#state: "connecting" | "online" | "reconnecting" | "closing" | "over" = "connecting";
	#hoursOff: number | null = null;

	constructor(parts: NetsapiensSessionParts) {
		this.#parts = parts;
		const { context, signedIn, api, server } = parts;
		const { clock, random, logger, media, numbers } = context;
		const { me, readOnly, kept } = signedIn;
		this.userName = me.uid;
		this.#lines = linesOf(parts.numbers, me, numbers);
		this.#devices = parts.devices;
		const tell = (events: readonly ProviderEvent[]): void => this.#tell(events);
		const people = new AddressBook(me, numbers);
		const uidFor = (extension: string): string => people.uidFor(extension);
		const groups = new GroupIds(kept);
		const own = new OwnTexts();
		const list = new SessionList(api, clock);
		const messages = new MessageReader(api);
		const reading = (): Reading => ({
			me,
			describing: {
				numbers,
				lines: this.#lines,
				nameOf: (address) => people.nameOf(address),
				readOnly,
				domain: me.domain,
			},
		});
		const book = new SessionBook({
			me,
			describing: () => reading().describing,
			uidFor,
			groups,
			monotonic: () => clock.monotonic(),
		});
		const news = new NewsReader({
			messages,
			book,
			own,
			groups,
			clock,
			reading,
			tell,
			timed: (leftAt, saysAt) => this.#timed(leftAt, saysAt),
		});
		this.#book = book;
		const titles = new GroupTitles(api, book, logger);
		this.#directory = new Directory({ api, book: people, logger, tell });
		this.#polls = new Polls({
			clock,
			random,
			feed: this.#feed,
			list,
			book,
			news,
			own,
			directory: this.#directory,
			titles,
			tell,
			online: () => this.#cameOnline(),
			lost: (error, nextAttempt) => this.#lost(error, nextAttempt),
		});
		this.#sender = new Sender({
			api,
			book,
			own,
			groups,
			clock,
			random,
			readOnly,
			online: () => this.#state === "online",
			attachments: (place) => attachmentsOf(place, this.#lines),
			sent: (message, place) => {
				const title = message.thread?.facts.group?.title ?? null;
				if (place.kind === "group" && title !== null && book.of(place.key).length === 0)
					titles.want(place.key, title);
				this.#polls.seek(message.clientId, place);
			},
			refused: (place) => {
				for (const { row } of book.of(place.key)) book.touch(row.id);
				this.#polls.soon();
			},
		});
		this.history = new Past({
			list,
			book,
			messages,
			news,
			reading,
			take: (whole) => this.#polls.take(whole),
			soon: () => this.#polls.soon(),
		});
		this.threads = new Deeds({
			api,
			book,
			logger,
			readOnly,
			uidFor,
			titles,
			look: async (signal) => {
				this.#polls.take(await list.whole(signal));
			},
			changed: () => this.#polls.soonAgain(),
		});
		const authorization = (): Readonly<Record<string, string>> => signedIn.bearer.headers();
		this.files = new Files({ media, server, authorization, messages, book });
	}

	/** Telephones of the agent, to look at: without their passwords, and no part of any message (sheet, 6.2). */
	devices(): readonly DeviceFact[] {
		return this.#devices.map(({ device, model, agent, registered }) => ({
			name: device,
			detail: model ?? agent,
			registered,
		}));
	}

	async *events(signal: AbortSignal): AsyncGenerator<readonly ProviderEvent[], void, undefined> {
		this.#polls.start(signal);
		yield* this.#feed.batches(signal);
	}

	async lines(signal: AbortSignal): Promise<readonly Line[]> {
		if (!this.#firstLines) await this.#readLines(signal);
		this.#firstLines = false;
		return this.#lines;
	}

	suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null {
		return suggestLine(lines, remembered);
	}

	/** Nothing is logged in: messages belong to the user, whatever the device (6.2). */
	useLine(id: LineId): Promise<{ readonly started: boolean; readonly warnings: readonly AppError[] }> {
		return this.#lines.some((line) => line.id === id)
			? Promise.resolve({ started: false, warnings: [] })
			: Promise.reject(new AppFailure(appError("line.unknown")));
	}

	agentStates(): Promise<readonly AgentState[]> {
		return Promise.resolve([]);
	}

	setAgentState(): Promise<void> {
		return Promise.reject(new AppFailure(appError("action.notOffered")));
	}

	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		const outcome = await this.#sender.send(message, signal);
		const refused = outcome.kind === "rejected" && outcome.error.code === "auth.sessionExpired";
		if (refused) this.#signedOut();
		return outcome;
	}

	act(): Promise<void> {
		return Promise.reject(new AppFailure(appError("action.notOffered")));
	}

	search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		return this.#directory.search(query, signal);
	}

	attend(attention: Attention): void {
		this.#polls.attend(attention);
	}

	watch(addresses: readonly string[]): void {
		this.#directory.watch(addresses);
		if (this.#directory.watching) this.#polls.watching();
	}

	async check(signal: AbortSignal): Promise<void> {
		await this.#polls.check();
		await this.#readLines(signal);
		await this.#readDevices(signal);
	}

	wake(): void {
		this.#polls.wake();
	}

	/** Every question is a connection of its own: one look, and no waiting. */
	reconnect(): void {
		this.#polls.wake();
		this.#polls.soon();
	}

	/** The password was forgotten when the session was opened: tokens are renewed without it. */
	forgetSecret(): void {
		// Nothing is held.
	}

	lastSign(): EpochMs | null {
		return this.#parts.api.rest.lastSign();
	}

	quietMs(): number {
		return this.#polls.quietMs();
	}

	/**
	 * What was sent just now is looked for once more. Nothing is told the server: there is no sign-out, and a revoked JWT
	 * could not open the next run (4.3).
	 */
	async close({ deadlineMs }: { readonly deadlineMs: number }): Promise<void> {
		if (this.#state === "online") {
			// No text leaves from now on.
			this.#state = "closing";
			await this.#polls.finish(deadlineMs);
		}
		this.#stop();
	}

	// ------------------------------------------------------------ inside

	async #readLines(signal: AbortSignal): Promise<void> {
		const { api, context, signedIn } = this.#parts;
		const rows = await smsNumbers(api, signal);
		const lines = linesOf(rows, signedIn.me, context.numbers);
		if (JSON.stringify(lines) === JSON.stringify(this.#lines)) return;
		this.#lines = lines;
		this.#tell([{ type: "lines", lines }, ...this.#book.retell()]);
	}

	async #readDevices(signal: AbortSignal): Promise<void> {
		this.#devices = await devicesOf(this.#parts.api, signal);
	}

	/** Row 16: said, and nothing is shifted. */
	#timed(leftAt: EpochMs, saysAt: EpochMs): void {
		const hours = hoursOff(leftAt, saysAt);
		if (hours === this.#hoursOff) return;
		this.#hoursOff = hours;
		this.#tell([{ type: "warnings", warnings: this.#warnings() }]);
	}

	#warnings(): readonly AppError[] {
		const { readOnly, wide } = this.#parts.signedIn;
		const hours = this.#hoursOff;
		return [
			...(readOnly ? [appError("account.readOnly")] : []),
			...(wide ? [appError("account.keyTooWide")] : []),
			...(hours === null ? [] : [appError("account.timesShifted", { params: { hours } })]),
		];
	}

	#cameOnline(): void {
		if (this.#state !== "connecting" && this.#state !== "reconnecting") return;
		const first = this.#state === "connecting";
		this.#state = "online";
		this.#tell([{ type: "connection", state: "online", nextAttempt: null, problem: null }]);
		if (first) this.#tell([{ type: "warnings", warnings: this.#warnings() }]);
		this.#tell([{ type: "sendable", peer: null }]);
	}

	#lost(problem: AppError, nextAttempt: EpochMs | null): void {
		if (problem.code === "auth.sessionExpired") {
			this.#signedOut();
			return;
		}
		if (this.#state === "over" || this.#state === "closing") return;
		if (this.#state === "online") this.#state = "reconnecting";
		this.#polls.disconnected();
		this.#tell([{ type: "connection", state: this.#state, nextAttempt, problem }]);
	}

	#signedOut(): void {
		if (this.#state === "over") return;
		this.#tell([{ type: "signedOut", error: this.#parts.expired }]);
		this.#stop();
	}

	#stop(): void {
		this.#state = "over";
		this.#polls.stop();
		this.#parts.signedIn.bearer.stop();
		this.#feed.end();
	}

	#tell(events: readonly ProviderEvent[]): void {
		this.#feed.push(events);
	}
}

/** None where the scope does not reach: chat is left then (6.1). */
export async function smsNumbers(api: Api, signal: AbortSignal): Promise<readonly SmsNumberRow[]> {
	try {
		return await api.smsNumbers(signal);
	} catch (thrown) {
		if (!isRefused(thrown)) throw thrown;
		return [];
	}
}

/** Read at the sign-in and on demand only: a firewall counts (1.1). What fails there is no reason to stop. */
export async function devicesOf(api: Api, signal: AbortSignal): Promise<readonly DeviceRow[]> {
	try {
		return await api.devices(signal);
	} catch {
		return [];
	}
}
