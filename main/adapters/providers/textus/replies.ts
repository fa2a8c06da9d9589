import type { Reply } from "../../../../shared/model.ts";
import type { ReplyFinder } from "../../../core/ports/provider.ts";
import type { Api } from "./api.ts";
import { isPublicAddress, sizeRefusal, typeRefusal } from "./attachment-rules.ts";
import { membersOf, nextOf, type Resource, textIn } from "./resource.ts";
import type { SentFile } from "./send-body.ts";
import { readFile, type WireFile, type WireUser } from "./wire.ts";

/** So many replies are shown; with more words there are fewer. */
const mostReplies = 50;
const mostPages = 8;
/** Files of replies that were found last. */
const mostRemembered = 500;

/**
 * Replies that TextUs keeps, the agent's own and those that colleagues share (sheet, 11). The documentation names the
 * search `q` in one place and `query` in another: `q` is asked for, and what comes is looked through here as well.
 */
export class ReplyShelf implements ReplyFinder {
	readonly #api: Api;
	readonly #user: WireUser;
	readonly #files = new Map<string, readonly WireFile[]>();

	constructor(api: Api, user: WireUser) {
		this.#api = api;
		this.#user = user;
	}

	async find(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly replies: readonly Reply[]; readonly more: boolean }> {
		const words = query.trim();
		const search = words === "" ? "" : `&q=${encodeURIComponent(words)}`;
		const path = `${this.#user.savedReplies}?filter=all${search}`;
		const replies: Reply[] = [];
		let pages = 0;
		for await (const page of this.#api.pages(path, signal)) {
			const found = membersOf(page).flatMap((member) => this.#reply(member) ?? []);
			replies.push(...found.filter((reply) => mentions(reply, words)));
			pages += 1;
			const goesOn = nextOf(page) !== null;
			if (replies.length >= mostReplies || pages >= mostPages)
				return {
					replies: replies.slice(0, mostReplies),
					more: goesOn || replies.length > mostReplies,
				};
		}
		return { replies, more: false };
	}

	/**
	 * The file to send along with a reply: where it has exactly one, and TextUs can fetch it (row 17). The agent saw how
	 * many files the reply has.
	 */
	fileOf(id: string, server: string): SentFile | null {
		const [file, second] = this.#files.get(id) ?? [];
		if (file === undefined || second !== undefined) return null;
		const { url, type, bytes } = file;
		if (url === null || type === null || !isPublicAddress(url, server)) return null;
		if (typeRefusal(type) !== null || (bytes !== null && sizeRefusal(bytes) !== null)) return null;
		return { media_url: url, content_type: type };
	}

	#reply(resource: Resource): Reply | null {
		const id = textIn(resource, "id");
		const text = textIn(resource, "content");
		if (id === null || !id.startsWith("/saved_replies/")) return null;
		const files = membersOf(resource["attachments"])
			.filter((member) => textIn(member, "contentType") !== null)
			.map(readFile);
		this.#remember(id, files);
		if (text === null && files.length === 0) return null;
		const title = textIn(resource, "title") ?? text ?? "";
		return { id, source: "system", title, text: text ?? "", files: files.length };
	}

	#remember(id: string, files: readonly WireFile[]): void {
		this.#files.delete(id);
		this.#files.set(id, files);
		const [oldest] = this.#files.keys();
		if (this.#files.size > mostRemembered && oldest !== undefined) this.#files.delete(oldest);
	}
}

function mentions({ title, text }: Reply, words: string): boolean {
	return `${title}\n${text}`.toLowerCase().includes(words.toLowerCase());
}
