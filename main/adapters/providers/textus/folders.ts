import { appError, AppFailure } from "../../../../shared/errors.ts";
import type { FolderReader, FolderThread, ProviderEvent } from "../../../core/ports/provider.ts";
import { type Api, isLostCursor } from "./api.ts";
import type { Book } from "./book.ts";
import { conversationsPath, type Inbox } from "./inbox.ts";
import { membersOf, nextOf, type Resource } from "./resource.ts";
import { readConversation } from "./wire.ts";

export interface FoldersParts {
	readonly api: Api;
	readonly book: Book;
	readonly inbox: (slug: string) => Inbox | null;
	readonly tell: (events: readonly ProviderEvent[]) => void;
}

/** The lists that the server keeps, by the slugs that it names (row 5). */
export class Folders implements FolderReader {
	readonly #parts: FoldersParts;

	constructor(parts: FoldersParts) {
		this.#parts = parts;
	}

	async page(folderId: string, next: string | null, signal: AbortSignal): ReturnType<FolderReader["page"]> {
		const { book, inbox, tell } = this.#parts;
		const [slug = "", folder = ""] = folderId.split("/");
		const own = inbox(slug);
		if (own === null || folder === "") throw new AppFailure(appError("input.invalid"));
		const first = conversationsPath(slug, folder);
		const asked = book.ask();
		const page = await this.#read(first, next ?? first, signal);
		const threads = new Map<string, FolderThread>();
		for (const member of membersOf(page)) {
			const wire = readConversation(member, slug);
			if (wire === null) continue;
			tell(book.take(wire, asked, own.baseOf(wire)));
			const key = book.get(wire.id)?.key;
			const thread = key === undefined ? null : book.thread(key);
			if (thread === null || threads.has(thread.peer)) continue;
			const { type: _, ...facts } = thread;
			threads.set(thread.peer, { ...facts, at: wire.latest?.at ?? null });
		}
		return { threads: [...threads.values()], next: nextOf(page) };
	}

	/** A cursor that the server does not know any more: from the first page again (row 6). */
	async #read(first: string, path: string, signal: AbortSignal): Promise<Resource> {
		try {
			return await this.#parts.api.list(path, signal);
		} catch (thrown) {
			if (path === first || !isLostCursor(path, thrown)) throw thrown;
			return await this.#parts.api.list(first, signal);
		}
	}
}
