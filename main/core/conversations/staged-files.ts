import type { AttachmentId, ConversationId } from "../../../shared/ids.ts";
import type { Attachment } from "../../../shared/model.ts";
import type { MediaWrite, MessageStore } from "../ports/stores.ts";

/** Files of drafts, without their bytes: in memory as on disk, so that showing a conversation reads nothing. */
export class StagedFiles {
	readonly #store: Pick<MessageStore, "staged">;
	#files = new Map<ConversationId, readonly Attachment[]>();

	constructor(store: Pick<MessageStore, "staged">) {
		this.#store = store;
	}

	/** As the disk has it; conversations with other files than before are returned. */
	async load(): Promise<readonly ConversationId[]> {
		const before = this.#files;
		const stored = Map.groupBy(await this.#store.staged(), ({ conversationId }) => conversationId);
		this.#files = new Map(
			[...stored].map(([id, files]) => [id, files.map(({ attachment }) => attachment)]),
		);
		const ids = new Set([...before.keys(), ...this.#files.keys()]);
		return [...ids].filter((id) => !sameIds(before.get(id) ?? [], this.of(id)));
	}

	/** In the order in which they go out. */
	of(id: ConversationId): readonly Attachment[] {
		return this.#files.get(id) ?? none;
	}

	/** What a write that the store took means to drafts; conversations with other files than before are returned. */
	follow({ added = [], taken = [], changed = [], removed = [] }: MediaWrite): readonly ConversationId[] {
		const touched = new Set<ConversationId>();
		const gone = new Set<AttachmentId>([...removed, ...taken.flatMap(({ ids }) => ids)]);
		const now = new Map(changed.map(({ attachment }) => [attachment.id, attachment]));
		if (gone.size > 0 || now.size > 0) {
			for (const [id, files] of this.#files) {
				const left = files.flatMap((file) => (gone.has(file.id) ? [] : [now.get(file.id) ?? file]));
				if (left.length === files.length && left.every((file, index) => file === files[index]))
					continue;
				this.#set(id, left);
				touched.add(id);
			}
		}
		for (const { attachment, conversationId, entryId } of added) {
			if (entryId !== null || this.of(conversationId).some(({ id }) => id === attachment.id)) continue;
			this.#set(conversationId, [...this.of(conversationId), attachment]);
			touched.add(conversationId);
		}
		return [...touched];
	}

	forget(id: ConversationId): void {
		this.#files.delete(id);
	}

	#set(id: ConversationId, files: readonly Attachment[]): void {
		if (files.length === 0) this.#files.delete(id);
		else this.#files.set(id, files);
	}
}

const none: readonly Attachment[] = [];

function sameIds(one: readonly Attachment[], other: readonly Attachment[]): boolean {
	return one.length === other.length && one.every(({ id }, index) => id === other[index]?.id);
}
