import { appError, type AppError } from "../../../../shared/errors.ts";
import type { ClientMessageId, LineId } from "../../../../shared/ids.ts";
import type { OutgoingMessage, ProviderEvent, SendOutcome } from "../../../core/ports/provider.ts";
import type { Logger } from "../../../core/ports/runtime.ts";
import { canSend, type BookSession } from "./book-session.ts";
import type { ConnectedTime } from "./connected-time.ts";
import type { ImOperations } from "./im-operations.ts";
import { calling, judge, type OverloadCount, rejected } from "./send-outcomes.ts";
import type { SessionBook } from "./session-book.ts";

export interface TextDeskParts {
	readonly book: SessionBook;
	readonly im: ImOperations;
	readonly logger: Logger;
	readonly connected: ConnectedTime;
	readonly overloads: OverloadCount;
	/** The back-off's pause, in milliseconds. */
	readonly holdBackMs: () => number;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** Reads the session list and reconciles the book with it. */
	readonly readSessions: (signal?: AbortSignal) => Promise<void>;
}

/** Texts within a session that stands: one SendMessage at a time for each session (row 25). */
export class TextDesk {
	readonly #parts: TextDeskParts;
	/** Tail of the sends of each session. */
	readonly #tails = new Map<string, Promise<unknown>>();
	/** What an asynchronous error said about a text whose reply was still out. */
	readonly #lateErrors = new Map<ClientMessageId, AppError>();

	constructor(parts: TextDeskParts) {
		this.#parts = parts;
	}

	/** Sends it after the texts to the same session that are still out. See ProviderSession.send. */
	post(
		session: BookSession,
		message: OutgoingMessage,
		line: LineId,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const before = this.#tails.get(session.key) ?? Promise.resolve();
		const work = before.then(
			() => this.#postNow(session.key, message, line, signal),
			() => this.#postNow(session.key, message, line, signal),
		);
		this.#tails.set(session.key, work);
		void work.finally(() => {
			if (this.#tails.get(session.key) === work) this.#tails.delete(session.key);
		});
		return work;
	}

	async #postNow(
		key: string,
		message: OutgoingMessage,
		line: LineId,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { book, im, connected, overloads } = this.#parts;
		const { clientId, text } = message;
		const session = book.get(key);
		if (session === null) return sessionEnded();
		if (!canSend(session)) return calling;
		const ticket = session.ledger.posted(clientId, text);
		this.#lateErrors.delete(clientId);
		try {
			await im.sendMessage(key, text, session.number, line, signal);
		} catch (thrown) {
			return this.#sendFailed(thrown, session, ticket, message, signal);
		}
		overloads.forget(clientId);
		const { failedLater } = session.ledger.settled(ticket, connected.now());
		const late = failedLater ? this.#takeLateError(clientId) : null;
		return late === null ? { kind: "accepted", remoteId: null, at: null } : rejected(late, "byPerson");
	}

	async #sendFailed(
		thrown: unknown,
		session: BookSession,
		ticket: number,
		message: OutgoingMessage,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { book, connected, tell, holdBackMs, logger, overloads, readSessions } = this.#parts;
		const { clientId, text } = message;
		const verdict = judge(thrown, {
			attempts: overloads.count(clientId, thrown),
			holdBackMs: holdBackMs(),
			length: text.length,
		});
		if (verdict.kind === "unknown") {
			logger.warn("a send has no known outcome", { session: session.key });
			// An echo proves that it went, before or after this.
			const { echoed } = session.ledger.settled(ticket, connected.now());
			return echoed
				? { kind: "accepted", remoteId: null, at: null }
				: { kind: "unknown", error: appError("message.outcomeUnknown") };
		}
		const { peerText } = session.ledger.refused(ticket);
		if (peerText !== null) tell(book.peerText(session.peer, session.key, peerText.text, peerText.at));
		if (verdict.kind === "notDone") return verdict.outcome;
		try {
			await readSessions(signal);
		} catch {
			if (verdict.refusal.statusCode === 6) tell(book.gone(session));
		}
		// Still there: the server's words stand. Gone: calling again somebody who has just left is the person's choice.
		return book.get(session.key) === null ? sessionEnded() : rejected(verdict.refusal.error, "byPerson");
	}

	/** An asynchronous error is about the oldest text that waits in this session (row 20). */
	fail(session: BookSession, error: AppError): void {
		const failed = session.ledger.failOldest(this.#parts.connected.now());
		if (failed === null) this.#parts.tell([{ type: "problem", peer: session.peer, error }]);
		else if (failed.replyOut) this.#lateErrors.set(failed.clientId, error);
		else this.#parts.tell([{ type: "deliveryFailed", clientId: failed.clientId, error }]);
	}

	#takeLateError(clientId: ClientMessageId): AppError | null {
		const error = this.#lateErrors.get(clientId) ?? null;
		this.#lateErrors.delete(clientId);
		return error;
	}
}

/** The text stays, and "Retry" begins a new session: nobody who has just left is called back unasked. */
function sessionEnded(): SendOutcome {
	return rejected(appError("message.sessionEnded"), "byPerson");
}
