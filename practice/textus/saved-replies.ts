import type { Ids } from "./identity.ts";
import type { StoredFile } from "./files.ts";
import type { User } from "./users.ts";

/** A file of a saved reply; one that came by `key` has no content here (sheet, 11). */
export interface SavedReplyFile {
	readonly id: string;
	readonly key: string;
	readonly contentType: string;
	readonly size: number;
	readonly width: number | null;
	readonly height: number | null;
	readonly originalFilename: string | null;
	readonly file: StoredFile | null;
}

export interface SavedReply {
	readonly id: string;
	readonly owner: User;
	title: string;
	content: string;
	/** Others see it too. */
	readonly shared: boolean;
	files: readonly SavedReplyFile[];
}

export class SavedReplies {
	readonly #ids: Ids;
	readonly #replies: SavedReply[] = [];

	constructor(ids: Ids) {
		this.#ids = ids;
	}

	get all(): readonly SavedReply[] {
		return this.#replies;
	}

	add(
		owner: User,
		fields: {
			readonly title: string;
			readonly content: string;
			readonly shared?: boolean;
			readonly files?: readonly SavedReplyFile[];
		},
	): SavedReply {
		const reply: SavedReply = {
			id: this.#ids.next(7),
			owner,
			title: fields.title,
			content: fields.content,
			shared: fields.shared ?? false,
			files: fields.files ?? [],
		};
		this.#replies.push(reply);
		return reply;
	}

	/** A file that the simulator serves, as one of a saved reply. */
	attachment(file: StoredFile): SavedReplyFile {
		return { id: this.#ids.next(), ...file, file };
	}

	find(id: string): SavedReply | null {
		return this.#replies.find((reply) => reply.id === id) ?? null;
	}

	/** By title; `mine`: without those that colleagues share. */
	visibleTo(user: User, filter: "all" | "mine", q: string): SavedReply[] {
		const wanted = q.toLowerCase();
		return this.#replies
			.filter(({ owner, shared }) => owner === user || (shared && filter === "all"))
			.filter(({ title, content }) => `${title}\n${content}`.toLowerCase().includes(wanted))
			.sort((left, right) => (savedReplyKey(left) < savedReplyKey(right) ? -1 : 1));
	}
}

/** Where the saved reply stands in its list. */
export function savedReplyKey(reply: SavedReply): string {
	return `${reply.title.toLowerCase()}|${reply.id}`;
}
