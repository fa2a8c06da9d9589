import * as v from "valibot";
import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type { LineId } from "../../../../shared/ids.ts";
import type { Contact, EpochMs, Line } from "../../../../shared/model.ts";
import type {
	Attention,
	FileSource,
	History,
	OutgoingMessage,
	ProviderContext,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../../../core/ports/provider.ts";
import { within } from "../../../core/ports/runtime.ts";
import { FeedOnly } from "../event-feed.ts";
import { type Poller, createPoller } from "../polling/poller.ts";
import { AgentStateReader } from "./agent-state.ts";
import { ChatDesk } from "./chat-desk.ts";
import { Contacts } from "./contacts.ts";
import { ConversationBook } from "./conversation-book.ts";
import { Conversations } from "./conversations.ts";
import type { EvoRest } from "./evo-rest.ts";
import { EvoFiles } from "./files.ts";
import { EvoHistory } from "./history.ts";
import { LineBook } from "./line-book.ts";
import { MessageLists } from "./message-lists.ts";
import { MessageReader } from "./message-reader.ts";
import { News } from "./news.ts";
import { Questions } from "./questions.ts";
import { selfOf } from "./self.ts";
import { Sender } from "./sender.ts";
import { SendsUnderWay } from "./sends-under-way.ts";
import { ServerOrder } from "./server-order.ts";
import type { SignIn } from "./sign-in.ts";
import type { UserInfo } from "./wire.ts";

export interface EvoSessionParts {
	readonly context: ProviderContext;
	readonly server: string;
	readonly rest: EvoRest;
	readonly signIn: SignIn;
	readonly user: UserInfo;
	/** As it was typed. */
	readonly userName: string;
	/** Endpoints that were entered at sign-in. */
	readonly endpointIds: readonly string[];
}

/** After so long without an answer, what came meanwhile does not ring any more, ms. */
const outageMs = 60_000;
/** So many requests left are enough. */
const ample = 60;

/**
 * One signed-in agent of EvoVoice. Nothing is pushed (sheet, 8): all news is asked for.
 *
 *   online --asked in vain--> reconnecting --answered--> online
 *      +---- 401, and no new session ----------+-------> signed out
 */
export class EvoSession implements ProviderSession {
	readonly userName: string | null;
	readonly history: History;
	readonly files: FileSource;
	readonly threads = null;
	readonly folders = null;
	readonly replies = null;
	readonly cards = null;
	readonly #parts: EvoSessionParts;
	readonly #feed = new FeedOnly();
	readonly #book: ConversationBook;
	readonly #lines: LineBook;
	readonly #contacts: Contacts;
	readonly #questions: Questions;
	readonly #sender: Sender;
	readonly #poller: Poller;
	/** Monotonic; null: online. */
	#lostAt: number | null = null;
	#over = false;

	constructor(parts: EvoSessionParts) {
		const { context, rest, user, userName, endpointIds, server, signIn } = parts;
		const { clock, random, numbers, media } = context;
		const { accountIds } = user;
		this.#parts = parts;
		this.userName = user.emailAddress ?? user.name;
		this.#lines = new LineBook(rest, accountIds, endpointIds);
		this.#contacts = new Contacts(rest, numbers);
		const book = new ConversationBook({
			numbers,
			lineNumber: (id) => this.#lines.number(id),
			textsOff: (id) => this.#lines.textsOff(id),
			nameOf: (address) => this.#contacts.nameOf(address),
		});
		const reader = new MessageReader(book, selfOf(user, userName));
		const lists = new MessageLists(rest, accountIds);
		const order = new ServerOrder(book, reader.times);
		const chats = new ChatDesk({ rest, clock, book, reader, lists });
		const conversations = new Conversations(clock, book, lists, reader);
		const sends = new SendsUnderWay();
		const news = new News({
			clock,
			book,
			lists,
			reader,
			order,
			chats,
			sends,
			feed: this.#feed,
			afterOutage: () => this.#lostAt !== null && clock.monotonic() - this.#lostAt > outageMs,
		});
		const history = new EvoHistory({ clock, book, conversations, lists, reader, order, chats });
		this.#book = book;
		this.history = history;
		this.#questions = new Questions({
			clock,
			feed: this.#feed,
			book,
			lines: this.#lines,
			contacts: this.#contacts,
			conversations,
			chats,
			news,
			state: new AgentStateReader(rest),
			soon: (name) => this.#poller.soon(name),
		});
		this.#poller = createPoller({
			clock,
			random,
			tasks: this.#questions.tasks,
			// While little is left of the budget it is for what people wait for.
			stretch: () => ((rest.client.remaining() ?? ample) < ample ? 2 : 1),
			answered: (name) => this.#answered(name),
			failed: (name, error, nextAttempt) => this.#failed(name, error, nextAttempt),
		});
		this.#sender = new Sender({
			clock,
			rest,
			book,
			reader,
			chats,
			history,
			news,
			sends,
			tell: (events) => this.#feed.push(events),
			doubtful: () => this.#poller.soon("messages"),
		});
		this.files = new EvoFiles({
			server,
			media,
			signIn,
			// Any call that wants a session will do: a 401 gets a new one.
			renewed: async (signal) => {
				await rest.read("/auth", {}, v.unknown(), signal);
			},
		});
	}

	/** The start-up sequence after the sign-in (sheet, 10). Rejects when the server is lost. */
	begin(signal: AbortSignal): Promise<void> {
		return this.#questions.begin(signal);
	}

	async *events(signal: AbortSignal): AsyncIterable<readonly ProviderEvent[]> {
		this.#feed.push([
			{ type: "connection", state: "online", nextAttempt: null, problem: null },
			...this.#questions.newLines(),
		]);
		this.#questions.tellStart();
		this.#poller.start(signal);
		yield* this.#feed.batches(signal);
	}

	lines(): Promise<readonly Line[]> {
		return Promise.resolve(this.#lines.lines(this.#book));
	}

	suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null {
		return this.#lines.suggest(lines, remembered, this.#book);
	}

	/** A line is chosen here and nowhere else: the server is told with each message. */
	useLine(line: LineId): Promise<{ readonly started: boolean; readonly warnings: readonly AppError[] }> {
		if (!this.#lines.lines(this.#book).some(({ id }) => id === line))
			return Promise.reject(new AppFailure(appError("line.unknown")));
		return Promise.resolve({ started: false, warnings: [] });
	}

	agentStates(): Promise<readonly []> {
		return Promise.resolve([]);
	}

	setAgentState(): Promise<void> {
		return Promise.reject(new AppFailure(appError("action.notOffered")));
	}

	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		const outcome = await this.#sender.send(message, signal);
		if ("error" in outcome && outcome.error.code === "auth.sessionExpired") this.#signedOut();
		return outcome;
	}

	act(): Promise<void> {
		return Promise.reject(new AppFailure(appError("action.notOffered")));
	}

	search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		return this.#contacts.search(query, signal);
	}

	attend({ focused }: Attention): void {
		this.#poller.attention(focused ? "focused" : "background");
	}

	watch(): void {
		// Nobody's presence can be asked for (sheet, 7.5).
	}

	async check(): Promise<void> {
		await this.#poller.now();
	}

	wake(): void {
		this.#poller.wake();
	}

	reconnect(): void {
		this.#poller.wake();
	}

	forgetSecret(): void {
		this.#parts.signIn.forgetSecret();
	}

	lastSign(): EpochMs | null {
		return this.#parts.rest.client.lastSign();
	}

	quietMs(): number {
		return this.#poller.quietMs();
	}

	/** No more questions, then sign-out (best effort), then the cookies go. */
	async close({ deadlineMs }: { readonly deadlineMs: number }): Promise<void> {
		const signedOut = this.#over;
		this.#over = true;
		this.#poller.stop();
		const { context, signIn } = this.#parts;
		const stop = new AbortController();
		try {
			if (!signedOut) await within(context.clock, deadlineMs, signIn.signOut(stop.signal));
			await context.http.clearCookies();
		} catch {
			// It is left all the same.
		} finally {
			stop.abort();
			this.#feed.end();
		}
	}

	// ------------------------------------------------------------ connection

	#answered(name: string): void {
		if (name !== "messages" || this.#lostAt === null || this.#over) return;
		this.#lostAt = null;
		this.#feed.push([
			{ type: "connection", state: "online", nextAttempt: null, problem: null },
			{ type: "sendable", peer: null },
		]);
	}

	#failed(name: string, error: AppError, nextAttempt: EpochMs | null): void {
		if (this.#over || error.code === "cancelled") return;
		if (error.code === "auth.sessionExpired") {
			this.#signedOut();
			return;
		}
		// A question of its own that is refused says nothing of the connection.
		const own = error.code === "http.malformed" || isRefusal(error);
		if (name !== "messages" && own) {
			this.#parts.context.logger.warn("evovoice.poll", { name, error });
			return;
		}
		this.#lostAt ??= this.#parts.context.clock.monotonic();
		this.#feed.push([{ type: "connection", state: "reconnecting", nextAttempt, problem: error }]);
	}

	#signedOut(): void {
		if (this.#over) return;
		this.#over = true;
		const error = this.#parts.signIn.refusal ?? appError("auth.sessionExpired");
		this.#feed.push([{ type: "signedOut", error }]);
		this.#poller.stop();
		this.#feed.end();
	}
}

function isRefusal({ code, params }: AppError): boolean {
	const status = params?.["status"];
	return code === "http.status" && typeof status === "number" && status < 500;
}
