import type { Clock } from "../../../core/ports/runtime.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { FeedOnly } from "../event-feed.ts";
import type { PollResult, PollTask } from "../polling/poller.ts";
import type { AgentStateReader } from "./agent-state.ts";
import type { ChatDesk } from "./chat-desk.ts";
import type { Contacts } from "./contacts.ts";
import type { ConversationBook } from "./conversation-book.ts";
import type { Conversations } from "./conversations.ts";
import { unlessRefused } from "./evo-rest.ts";
import type { LineBook } from "./line-book.ts";
import type { News } from "./news.ts";
import { rhythms } from "./rhythms.ts";
import type { ConversationInfo } from "./wire.ts";

export interface QuestionParts {
	readonly clock: Clock;
	readonly feed: FeedOnly;
	readonly book: ConversationBook;
	readonly lines: LineBook;
	readonly contacts: Contacts;
	readonly conversations: Conversations;
	readonly chats: ChatDesk;
	readonly news: News;
	readonly state: AgentStateReader;
	/** Makes a question due. */
	readonly soon: (name: string) => void;
}

/** What was read at the start will do for the first round of questions, ms. */
const startMs = 10_000;

/** What the server is asked again and again, and what is told of the answers. */
export class Questions {
	readonly #parts: QuestionParts;
	#first: readonly ConversationInfo[] = [];
	#begun = false;
	/** When lines and contacts were read at the start; monotonic. */
	#deskReadAt = -startMs;

	constructor(parts: QuestionParts) {
		this.#parts = parts;
	}

	/** In the order of the first round. */
	get tasks(): readonly PollTask[] {
		return [
			{ name: "messages", everyMs: rhythms.messages, run: (signal) => this.#askMessages(signal) },
			{ name: "conversations", everyMs: rhythms.conversations, run: (signal) => this.#askList(signal) },
			{ name: "chats", everyMs: rhythms.chats, run: (signal) => this.#askChats(signal) },
			{ name: "state", everyMs: rhythms.state, run: (signal) => this.#askState(signal) },
			{ name: "desk", everyMs: rhythms.desk, run: (signal) => this.#askDesk(signal) },
		];
	}

	/** Once, before the first round: what the start has read. */
	tellStart(): void {
		this.#parts.news.begin(this.#first);
		this.#first = [];
	}

	/** The start-up sequence after the sign-in (sheet, 10): lines, conversations, contacts. Rejects when the server is lost. */
	async begin(signal: AbortSignal): Promise<void> {
		const [first] = await Promise.all([
			// Without the list of conversations the messages themselves still come in.
			unlessRefused(this.#parts.conversations.list(signal), []),
			unlessRefused(this.#parts.lines.refresh(signal), undefined),
			unlessRefused(this.#parts.contacts.refresh(signal), false),
		]);
		this.#first = first;
		if (this.#parts.lines.asked) this.#deskReadAt = this.#parts.clock.monotonic();
	}

	async #askMessages(signal: AbortSignal): Promise<PollResult> {
		const result = await this.#parts.news.poll(signal);
		this.#tellLines();
		if (!this.#parts.chats.transcriptsNeeded) return result;
		const lines = await unlessRefused(this.#parts.chats.news(signal), []);
		this.#parts.feed.push(lines);
		return lines.length > 0 ? "changed" : result;
	}

	async #askList(signal: AbortSignal): Promise<PollResult> {
		// The first round finds what the start has just read.
		const list = await this.#parts.conversations.list(signal, this.#begun ? 0 : startMs);
		this.#begun = true;
		const result = await this.#parts.news.compare(list, signal);
		this.#parts.feed.push(this.#parts.book.threads());
		this.#tellLines();
		return result;
	}

	async #askChats(signal: AbortSignal): Promise<PollResult> {
		const changed = await this.#parts.chats.refresh(signal);
		this.#parts.feed.push(this.#parts.book.threads(changed));
		// A chat that has begun has words already.
		if (changed.length > 0) this.#parts.soon("messages");
		return changed.length > 0 ? "changed" : "same";
	}

	async #askState(signal: AbortSignal): Promise<PollResult> {
		const state = await this.#parts.state.read(signal);
		if (state === undefined) return "same";
		this.#parts.feed.push([{ type: "agentState", state }]);
		return "changed";
	}

	/** What changes seldom: lines and contacts. */
	async #askDesk(signal: AbortSignal): Promise<PollResult> {
		const fresh = this.#parts.clock.monotonic() - this.#deskReadAt < startMs;
		if (fresh) return "same";
		await this.#parts.lines.refresh(signal);
		await this.#parts.contacts.refresh(signal);
		this.#tellLines();
		this.#parts.feed.push(this.#parts.book.threads());
		return "same";
	}

	#tellLines(): void {
		this.#parts.feed.push(this.newLines());
	}

	/** The lines, if there is something new to say of them. */
	newLines(): readonly ProviderEvent[] {
		const lines = this.#parts.lines.news(this.#parts.book);
		return lines === null ? [] : [{ type: "lines", lines }];
	}
}
