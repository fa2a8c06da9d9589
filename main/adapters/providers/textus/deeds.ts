import { appError, AppFailure } from "../../../../shared/errors.ts";
import type { ThreadAction } from "../../../../shared/model.ts";
import type { ProviderEvent, ThreadDeeds } from "../../../core/ports/provider.ts";
import type { HttpResponse } from "../../../core/ports/runtime.ts";
import { actionNotOffered, type Api, isMissingAction, jsonOf } from "./api.ts";
import type { Book, Known } from "./book.ts";
import type { News } from "./news.ts";
import { deeds } from "./thread.ts";
import { readConversation } from "./wire.ts";

export interface DeedsParts {
	readonly api: Api;
	readonly book: Book;
	readonly news: News;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** The list of this account has news. */
	readonly soon: (slug: string) => void;
}

/**
 * What can be done with a conversation: verbs on the links that it has (sheet, 8). Most of the verbs are inferred: one
 * that the server does not know is not offered any more in this session, and the conversation is read again (row 4).
 */
export class TextusDeeds implements ThreadDeeds {
	readonly #parts: DeedsParts;
	/** The server takes nothing back that was read (row 4): the mark stays on this computer. */
	#noUnread = false;

	constructor(parts: DeedsParts) {
		this.#parts = parts;
	}

	async act(peer: string, action: ThreadAction, signal: AbortSignal): Promise<void> {
		const { book, soon } = this.#parts;
		const known = book.current(peer);
		const deed = deeds[action];
		const link = known === null || deed === undefined ? null : known.wire.links[deed.link];
		if (known === null || deed === undefined || link === null || book.missing.has(action))
			throw actionNotOffered();
		const response = await this.#change(known, deed.method, link, signal);
		if (isMissingAction(response.status)) {
			await this.#hide(known, action, signal);
			throw actionNotOffered();
		}
		await this.#changed(known, response, signal);
		soon(known.wire.slug);
	}

	rename(): Promise<void> {
		return Promise.reject(new AppFailure(appError("group.notChangeable")));
	}

	setMembers(): Promise<void> {
		return Promise.reject(new AppFailure(appError("group.notChangeable")));
	}

	/** Of this agent alone (sheet, 7.1): all conversations of the thread, or the one that is written in. */
	async markRead(peer: string, read: boolean, signal: AbortSignal): Promise<void> {
		const { book } = this.#parts;
		const [current] = book.ofKey(peer);
		if (current === undefined) return;
		if (!read) {
			await this.#markUnread(current, signal);
			return;
		}
		for (const known of book.ofKey(peer)) {
			const { links, info } = known.wire;
			if (links.readConversation === null || (info?.read === true && known !== current)) continue;
			await this.#changed(
				known,
				await this.#change(known, "PUT", links.readConversation, signal),
				signal,
			);
		}
	}

	async #markUnread(known: Known, signal: AbortSignal): Promise<void> {
		const link = known.wire.links.unreadConversation;
		if (this.#noUnread || link === null) return;
		const response = await this.#change(known, "DELETE", link, signal);
		if (isMissingAction(response.status)) {
			this.#noUnread = true;
			await this.#parts.news.reread(known, signal);
			return;
		}
		await this.#changed(known, response, signal);
	}

	/** Answers to what was asked before or during the change say nothing of it. */
	async #change(
		known: Known,
		method: "PUT" | "DELETE",
		link: string,
		signal: AbortSignal,
	): Promise<HttpResponse> {
		const { api, book } = this.#parts;
		book.touch(known);
		try {
			return await api.write(method, link, undefined, signal);
		} finally {
			book.touch(known);
		}
	}

	async #changed(known: Known, response: HttpResponse, signal: AbortSignal): Promise<void> {
		const { api, book, news, tell } = this.#parts;
		const { status } = response;
		// 409: somebody else was there first, and the server knows better (sheet, 13).
		if (status === 409) await news.reread(known, signal);
		if (status < 200 || status > 299) throw api.rest.refusal(response);
		const wire = readConversation(jsonOf(response), known.wire.slug);
		if (wire?.id === known.wire.id) tell(book.changed(wire));
		else await news.reread(known, signal);
	}

	async #hide(known: Known, action: ThreadAction, signal: AbortSignal): Promise<void> {
		const { book, news, tell } = this.#parts;
		// Gone altogether, the conversation says nothing of what the server knows.
		if (!(await news.reread(known, signal))) return;
		for (const one of pairs[action] ?? [action]) book.missing.add(one);
		tell(book.retell());
	}
}

/** Two actions on one link: a server that does not know the one does not know the other. */
const pairs: Partial<Record<ThreadAction, readonly ThreadAction[]>> = {
	star: ["star", "unstar"],
	unstar: ["star", "unstar"],
};
