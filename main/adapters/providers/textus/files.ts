import { appError, AppFailure, toAppError } from "../../../../shared/errors.ts";
import type { FileSource } from "../../../core/ports/provider.ts";
import type { MediaClient, MediaResponse } from "../../../core/ports/media.ts";
import type { Api } from "./api.ts";
import type { Book } from "./book.ts";
import { refOf } from "./events.ts";
import { parseKey } from "./key.ts";
import type { News } from "./news.ts";
import { membersOf } from "./resource.ts";
import { readItem, type TimelineItem } from "./wire.ts";

/** So many addresses are remembered. */
const mostAddresses = 2000;
/** A message is looked for so far back in its timeline. */
const mostPages = 40;

type Wanted = Parameters<FileSource["fetch"]>[0];

/** Where the files of messages lie, in memory only: the addresses are signed and grow old (row 15). */
export class Addresses {
	readonly #urls = new Map<string, string>();

	note(item: TimelineItem): void {
		if (item.kind === "event") return;
		item.files.forEach((file, index) => {
			if (file.url === null) return;
			const name = nameOf(item.id, refOf(file, index));
			this.#urls.delete(name);
			this.#urls.set(name, file.url);
		});
		while (this.#urls.size > mostAddresses) {
			const [oldest] = this.#urls.keys();
			if (oldest === undefined) return;
			this.#urls.delete(oldest);
		}
	}

	of(messageId: string | null, ref: string): string | null {
		return this.#urls.get(nameOf(messageId, ref)) ?? null;
	}

	forget(messageId: string | null, ref: string): void {
		this.#urls.delete(nameOf(messageId, ref));
	}
}

export interface FilesParts {
	readonly api: Api;
	readonly book: Book;
	readonly news: News;
	readonly media: MediaClient;
	readonly addresses: Addresses;
}

/**
 * Files of messages, fetched when they are wanted, without the token: they lie on another host. An address that is
 * refused has grown old: the timeline is read again, once, for a new one.
 */
export class Files implements FileSource {
	readonly #parts: FilesParts;

	constructor(parts: FilesParts) {
		this.#parts = parts;
	}

	async fetch(
		file: Wanted,
		maxBytes: number,
		signal: AbortSignal,
	): Promise<{ readonly bytes: Uint8Array; readonly type: string | null }> {
		const { addresses } = this.#parts;
		const known = addresses.of(file.messageId, file.ref);
		let answer = known === null ? null : await this.#get(known, maxBytes, signal);
		if (answer === null || isOld(answer)) {
			addresses.forget(file.messageId, file.ref);
			const fresh = await this.#find(file, signal);
			if (fresh === null) throw gone();
			answer = await this.#get(fresh, maxBytes, signal);
		}
		if (isOld(answer)) throw gone();
		const { status, bytes, contentType } = answer;
		if (status < 200 || status > 299)
			throw new AppFailure(appError("http.status", { params: { status } }));
		return { bytes, type: contentType };
	}

	async #get(url: string, maxBytes: number, signal: AbortSignal): Promise<MediaResponse> {
		try {
			return await this.#parts.media.fetch(url, { maxBytes, signal });
		} catch (thrown) {
			if (toAppError(thrown).code === "network.tooLarge")
				throw new AppFailure(appError("attachment.tooLarge"));
			throw thrown;
		}
	}

	/** The address of a file as the server gives it now. */
	async #find({ peer, messageId, ref }: Wanted, signal: AbortSignal): Promise<string | null> {
		const { api, book, news, addresses } = this.#parts;
		const key = parseKey(peer);
		const [number] = key?.numbers ?? [];
		if (key === null || number === undefined || messageId === null) return null;
		if (!book.knows(peer)) await news.find(key.slug, number, signal);
		for (const known of book.ofKey(peer)) {
			let pages = 0;
			for await (const page of api.pages(known.wire.timeline, signal)) {
				for (const member of membersOf(page)) {
					const item = readItem(member);
					if (item !== null) addresses.note(item);
				}
				const found = addresses.of(messageId, ref);
				if (found !== null) return found;
				pages += 1;
				if (pages >= mostPages) break;
			}
		}
		return null;
	}
}

/** What storage answers for an address whose time is over, or for a file that is gone. */
function isOld({ status }: MediaResponse): boolean {
	return status === 401 || status === 403 || status === 404 || status === 410;
}

function gone(): AppFailure {
	return new AppFailure(appError("attachment.gone"));
}

function nameOf(messageId: string | null, ref: string): string {
	return `${messageId ?? ""} ${ref}`;
}
