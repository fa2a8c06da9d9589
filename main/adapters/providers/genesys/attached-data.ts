import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { BookSession } from "./book-session.ts";
import type { ImOperations } from "./im-operations.ts";
import type { SessionBook } from "./session-book.ts";

/**
 * Attached data of the live sessions (row 26). What a change has led to is what the server tells next, never what
 * was asked for: whether an update merges or replaces is not known. Methods reject with AppFailure.
 */
export class AttachedData {
	readonly #book: SessionBook;
	readonly #im: ImOperations;

	constructor(book: SessionBook, im: ImOperations) {
		this.#book = book;
		this.#im = im;
	}

	/** As the server last told it; null without a session with this peer. */
	of(peer: string): Readonly<Record<string, unknown>> | null {
		return this.#book.withPeer(peer)?.userData ?? null;
	}

	/** Attaches a new key, updates one that is there; one key a call. */
	async set(peer: string, name: string, value: unknown, signal: AbortSignal): Promise<void> {
		const session = this.#session(peer);
		if (name in session.userData) await this.#im.updateUserData(session.key, name, value, signal);
		else await this.#im.attachUserData(session.key, name, value, signal);
	}

	async delete(peer: string, name: string, signal: AbortSignal): Promise<void> {
		await this.#im.deleteUserData(this.#session(peer).key, name, signal);
	}

	#session(peer: string): BookSession {
		const session = this.#book.withPeer(peer);
		if (session === null) throw new AppFailure(appError("genesys.notFound"));
		return session;
	}
}
