import { toAppError } from "../../../../shared/errors.ts";
import type { Logger } from "../../../core/ports/runtime.ts";
import type { Api } from "./api.ts";
import type { SessionBook } from "./session-book.ts";

/** Names of groups that were begun here: a name can only be given to a session that is there (sheet, 3.5). */
export class GroupTitles {
	readonly #api: Api;
	readonly #book: SessionBook;
	readonly #logger: Logger;
	readonly #wanted = new Map<string, string>();

	constructor(api: Api, book: SessionBook, logger: Logger) {
		this.#api = api;
		this.#book = book;
		this.#logger = logger;
	}

	want(key: string, title: string): void {
		this.#wanted.set(key, title);
	}

	/** It has another name by now. */
	forget(key: string): void {
		this.#wanted.delete(key);
	}

	/** Gives those names whose groups are there now; tried once, and the agent can rename it. True: some were given. */
	async give(signal: AbortSignal): Promise<boolean> {
		let given = false;
		for (const [key, title] of [...this.#wanted]) {
			const [session] = this.#book.of(key);
			if (session === undefined) continue;
			this.#wanted.delete(key);
			if (session.row.name !== null) continue;
			try {
				await this.#api.change(session.row.id, { "session-name": title }, signal);
				given = true;
			} catch (thrown) {
				this.#logger.info("netsapiens.notNamed", { error: toAppError(thrown) });
			}
		}
		return given;
	}
}
