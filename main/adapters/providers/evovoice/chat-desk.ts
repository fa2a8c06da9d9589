import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import type { HistoryMessage, RemoteFile } from "../../../core/ports/provider.ts";
import { asTime } from "../rest/times.ts";
import type { ConversationBook, Known } from "./conversation-book.ts";
import { type EvoRest, statusOf } from "./evo-rest.ts";
import type { MessageLists } from "./message-lists.ts";
import type { MessageReader, PlacedMessage } from "./message-reader.ts";
import { type Line, Transcripts, lineId, matched, sameMs } from "./transcripts.ts";
import { type MessageInfo, type SessionInfo, oneSession, sessionList } from "./wire.ts";

/** A line that no list has after so long is in none: the server keeps chats apart (5.4, 6). */
const listedAfterMs = 15_000;
const mySessionsForMs = 300_000;

export interface ChatParts {
	readonly rest: EvoRest;
	readonly clock: Clock;
	readonly book: ConversationBook;
	readonly reader: MessageReader;
	readonly lists: MessageLists;
}

/** A session that can be written into. */
interface LiveChat {
	readonly sessionId: string;
	readonly known: Known;
	/** It was there when this session began. */
	readonly old: boolean;
	/** When a line was first seen that no list had; monotonic. */
	unlistedSince: number | null;
	/** Ids of lines that were told. */
	readonly told: Set<string>;
}

/**
 * Chat sessions (sheet, 7.1): the only conversations with media, and the only ones that are written into by session. A
 * transcript has no ids and no directions. Where `/messages` lists what is said in chats, the transcript adds the files
 * and no more; where it does not (5.3 leaves it open), the transcript is the conversation. Which it is, is learnt once.
 */
export class ChatDesk {
	readonly #parts: ChatParts;
	readonly #transcripts: Transcripts;
	readonly #live = new Map<string, LiveChat>();
	/** Sessions of this agent, ended ones too, by conversation. */
	#mine: { readonly at: number; readonly byKey: ReadonlyMap<string, SessionInfo> } | null = null;
	/** Which call knows the sessions; null: this agent has none (row 7). */
	#source: "/sessions/active" | "/sessions/my" | null = "/sessions/active";
	#begun = false;
	/** What is said in chats is in `/messages`; null: not known yet. */
	#listed: boolean | null = null;

	constructor(parts: ChatParts) {
		this.#parts = parts;
		this.#transcripts = new Transcripts(parts.rest, parts.clock, parts.reader);
	}

	/** Nothing more to ask for: the agent has no chats. */
	get off(): boolean {
		return this.#source === null;
	}

	/** Transcripts have to be asked for news. */
	get transcriptsNeeded(): boolean {
		return this.#live.size > 0 && this.#listed !== true;
	}

	/** Reads which chats are live; returns the conversations of which something is different. */
	async refresh(signal: AbortSignal): Promise<readonly Known[]> {
		const sessions = await this.#sessions(signal);
		if (sessions === null) return [];
		const changed: Known[] = [];
		const now = new Set<string>();
		for (const session of sessions) {
			const known = this.#conversation(session);
			// Row 23: other channels, also ones that nobody knows yet, are no conversations.
			if (known === null || session.ended !== false) continue;
			now.add(session.id);
			if (this.#live.has(session.id)) continue;
			const { id: sessionId, fromName: name } = session;
			known.chat = { sessionId, live: true, name };
			this.#live.set(sessionId, {
				sessionId,
				known,
				old: !this.#begun,
				unlistedSince: null,
				told: new Set(),
			});
			changed.push(known);
		}
		this.#begun = true;
		for (const { sessionId, known } of [...this.#live.values()])
			if (!now.has(sessionId)) changed.push(this.#over(sessionId, known));
		return changed;
	}

	/** Whether the session is over by now, after it would not take a text. Never rejects. */
	async ended(sessionId: string, signal: AbortSignal): Promise<boolean> {
		const { rest } = this.#parts;
		try {
			const path = `/sessions/${encodeURIComponent(sessionId)}`;
			const { ended } = await rest.read(path, {}, oneSession, signal);
			if (ended !== true) return false;
		} catch (thrown) {
			if (statusOf(thrown) !== 404) return false;
		}
		const chat = this.#live.get(sessionId);
		if (chat !== undefined) this.#over(sessionId, chat.known);
		return true;
	}

	/**
	 * Files of messages of a list, by id: from the transcripts of the chats that they were said in; `historical`: of
	 * earlier sessions too.
	 */
	async files(
		messages: readonly PlacedMessage[],
		historical: boolean,
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, readonly RemoteFile[]>> {
		const found = new Map<string, readonly RemoteFile[]>();
		for (const [known, own] of Map.groupBy(messages, ({ known: one }) => one)) {
			const chat = await this.#chatOf(known, own, signal);
			if (chat === null) continue;
			const lines = await this.#transcripts.read(known, chat, historical, signal);
			const pairs = matched(lines, own);
			if (pairs.size > 0) this.#listed = true;
			for (const [line, { info }] of pairs) if (line.file !== null) found.set(info.id, [line.file]);
		}
		return found;
	}

	/** What transcripts of live chats say that no list does; [] where lists say all. */
	async news(signal: AbortSignal): Promise<readonly HistoryMessage[]> {
		const events: HistoryMessage[] = [];
		for (const chat of this.#live.values()) {
			const lines = await this.#transcripts.read(chat.known, chat.sessionId, false, signal);
			if (this.#listed === null) await this.#learn(chat, lines, signal);
			if (this.#listed !== false) continue;
			const first = chat.told.size === 0 && chat.old;
			for (const line of lines) {
				if (chat.told.has(line.id)) continue;
				chat.told.add(line.id);
				events.push(this.#event(chat.known, line, first));
			}
		}
		return events;
	}

	/**
	 * What this server keeps of a conversation in transcripts alone, oldest first. `listed`: all that the list of messages
	 * has of it.
	 */
	async history(
		known: Known,
		listed: readonly PlacedMessage[],
		signal: AbortSignal,
	): Promise<readonly HistoryMessage[]> {
		if (this.#listed === true) return [];
		const sessionId = known.chat?.sessionId ?? (await this.#mySession(known, signal));
		if (sessionId === null) return [];
		const lines = await this.#transcripts.read(known, sessionId, true, signal);
		if (matched(lines, listed).size > 0) this.#listed = true;
		const now = this.#parts.clock.now();
		// What was said just now may not be listed yet.
		if (this.#listed === null && lines.some(({ at }) => now - at > 20 * listedAfterMs))
			this.#listed = false;
		return this.#listed === false ? lines.map((line) => this.#event(known, line, true)) : [];
	}

	/** Conversations that only transcripts have, with the time of their last change. */
	async heads(signal: AbortSignal): Promise<readonly { readonly known: Known; readonly at: EpochMs }[]> {
		if (this.#listed === true) return [];
		await this.#mySessions(signal);
		return [...(this.#mine?.byKey.values() ?? [])].flatMap((session) => {
			const known = this.#conversation(session);
			const at = asTime(session.dateLastModified) ?? asTime(session.dateCreated);
			return known === null || at === null ? [] : [{ known, at }];
		});
	}

	/** The id by which a text that was posted into a chat is known from now on. */
	ownId(known: Known, info: MessageInfo): string {
		const at = asTime(info.date);
		if (this.#listed !== false || at === null) return info.id;
		const chat = [...this.#live.values()].find((one) => one.known === known);
		const id = lineId(known.key, at, info.text ?? "", 0);
		chat?.told.add(id);
		return id;
	}

	/** Whether lists have the chats, before a text goes into one: which id it will have depends on it. */
	async settleListed(known: Known, signal: AbortSignal): Promise<void> {
		const chat = [...this.#live.values()].find((one) => one.known === known);
		if (this.#listed !== null || chat === undefined) return;
		await this.#learn(chat, await this.#transcripts.read(known, chat.sessionId, false, signal), signal);
	}

	// ------------------------------------------------------------ inside

	#over(sessionId: string, known: Known): Known {
		this.#live.delete(sessionId);
		if (known.chat?.sessionId === sessionId) known.chat = { ...known.chat, live: false };
		return known;
	}

	async #sessions(signal: AbortSignal): Promise<readonly SessionInfo[] | null> {
		while (this.#source !== null) {
			try {
				return await this.#parts.rest.read(this.#source, {}, sessionList, signal);
			} catch (thrown) {
				// Without a User endpoint or the role there is nothing to ask for (2.5).
				const status = statusOf(thrown);
				if (status === null || status >= 500) throw thrown;
				this.#source = this.#source === "/sessions/active" ? "/sessions/my" : null;
			}
		}
		return null;
	}

	/** Null: no chat, or it says not with whom. */
	#conversation(session: SessionInfo): Known | null {
		const { channel, endpointId, endpointName, direction, fromAddress, toAddress } = session;
		const other = direction?.toLowerCase() === "outgoing" ? toAddress : fromAddress;
		if (channel?.toLowerCase() !== "chat" || endpointId === null || other === null) return null;
		return this.#parts.book.meet({ endpointId, rawAddress: other, endpointName });
	}

	/** The session whose transcript may have files of these messages; null: none, or none of them can have one. */
	async #chatOf(
		known: Known,
		messages: readonly PlacedMessage[],
		signal: AbortSignal,
	): Promise<string | null> {
		const { reader } = this.#parts;
		const incoming = messages.filter(({ info }) => !reader.isOutgoing(info));
		if (incoming.length === 0) return null;
		if (known.chat !== null) return known.chat.sessionId;
		// A text without words may be a picture in a chat that is not known here.
		if (!incoming.some(({ info }) => info.text === null)) return null;
		return this.#mySession(known, signal);
	}

	async #mySession(known: Known, signal: AbortSignal): Promise<string | null> {
		await this.#mySessions(signal);
		const session = this.#mine?.byKey.get(known.key);
		if (session === undefined) return null;
		known.chat ??= { sessionId: session.id, live: false, name: session.fromName };
		return session.id;
	}

	async #mySessions(signal: AbortSignal): Promise<void> {
		const { rest, clock } = this.#parts;
		if (this.#mine !== null && clock.monotonic() - this.#mine.at < mySessionsForMs) return;
		const byKey = new Map<string, SessionInfo>();
		try {
			for (const session of await rest.read("/sessions/my", {}, sessionList, signal)) {
				const key = this.#conversation(session)?.key;
				// Newest first; the newest of a conversation knows the earlier ones.
				if (key !== undefined && !byKey.has(key)) byKey.set(key, session);
			}
		} catch (thrown) {
			const status = statusOf(thrown);
			if (status === null || status >= 500) throw thrown;
		}
		this.#mine = { at: clock.monotonic(), byKey };
	}

	/** Looks for the lines of a transcript in the list of messages. */
	async #learn(chat: LiveChat, lines: readonly Line[], signal: AbortSignal): Promise<void> {
		const { lists, reader, clock } = this.#parts;
		const [first] = lines;
		const last = lines.at(-1);
		if (first === undefined || last === undefined) return;
		const scope = { endpointIds: chat.known.endpointId };
		const { items } = await lists.since(first.at - sameMs, signal, scope);
		const placed = reader
			.place(items, "ascending", clock.now())
			.filter(({ known }) => known === chat.known);
		if (matched(lines, placed).size > 0) {
			this.#listed = true;
			return;
		}
		chat.unlistedSince ??= clock.monotonic();
		const old = clock.now() - first.at > 20 * listedAfterMs;
		if (old || clock.monotonic() - chat.unlistedSince >= listedAfterMs) this.#listed = false;
	}

	#event(known: Known, { id, at, from, text, file }: Line, catchUp: boolean): HistoryMessage {
		const { reader } = this.#parts;
		const common = { peer: known.key, text, remoteId: id, stretch: null, at };
		const files = file === null ? {} : { files: [file] };
		const visitor = [known.rawAddress, known.address, known.chat?.name].some(
			(name) => name?.toLowerCase() === from?.toLowerCase(),
		);
		if (!visitor && from !== null && reader.isOwn(from))
			return { type: "ownMessage", ...common, clientId: null, state: "sent", ...files };
		// A colleague or a bot cannot be told from the visitor by another name: told as incoming, nothing is missed.
		const author = visitor || from === null ? {} : { author: from };
		return { type: "message", ...common, catchUp, ...author, ...files };
	}
}
