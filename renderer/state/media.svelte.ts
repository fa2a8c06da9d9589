import { SvelteMap } from "svelte/reactivity";
import type { AttachmentId, EntryId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Attachment, MessageEntry } from "../../shared/model.ts";
import type { I18n } from "./i18n.svelte.ts";

interface Wanted {
	readonly entryId: EntryId;
	readonly attachmentId: AttachmentId;
}

/** What became of the last thing that was asked of a file. */
interface Told {
	readonly tone: "good" | "bad";
	readonly text: string;
}

/**
 * Files of messages: fetched when they come on screen, one at a time, in the order in which they did; shown larger;
 * saved.
 */
export class Media {
	/** The picture that is shown large; null: none. */
	open: { readonly entry: MessageEntry; readonly attachment: Attachment } | null = $state.raw(null);
	readonly #told = new SvelteMap<AttachmentId, Told>();
	readonly #saving = new Set<AttachmentId>();
	#queue: Wanted[] = [];
	#fetching = false;
	readonly #bridge: Bridge;
	readonly #i18n: I18n;

	constructor(bridge: Bridge, i18n: I18n) {
		this.#bridge = bridge;
		this.#i18n = i18n;
	}

	told(id: AttachmentId): Told | null {
		return this.#told.get(id) ?? null;
	}

	/** It is on screen and is to be had. The function that is returned says that it no longer is. */
	want(entryId: EntryId, attachmentId: AttachmentId): () => void {
		const wanted = { entryId, attachmentId };
		if (!this.#queue.some((one) => one.attachmentId === attachmentId)) this.#queue.push(wanted);
		void this.#fetch();
		return () => {
			this.#queue = this.#queue.filter((one) => one !== wanted);
		};
	}

	/** Once more, by the person: before what only came on screen. */
	again(entryId: EntryId, attachmentId: AttachmentId): void {
		this.#told.delete(attachmentId);
		this.#queue.unshift({ entryId, attachmentId });
		void this.#fetch();
	}

	/** Main asks where to. */
	async save(entryId: EntryId, attachmentId: AttachmentId): Promise<void> {
		if (this.#saving.has(attachmentId)) return;
		this.#saving.add(attachmentId);
		this.#told.delete(attachmentId);
		const result = await this.#bridge.invoke("attachments.save", { entryId, attachmentId });
		this.#saving.delete(attachmentId);
		if (!result.ok) this.#told.set(attachmentId, { tone: "bad", text: this.#i18n.problem(result.error) });
		else if (result.value.saved)
			this.#told.set(attachmentId, { tone: "good", text: this.#i18n.t("file.saved") });
	}

	async #fetch(): Promise<void> {
		if (this.#fetching) return;
		this.#fetching = true;
		for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
			const { attachmentId } = next;
			const result = await this.#bridge.invoke("attachments.fetch", next);
			if (!result.ok)
				this.#told.set(attachmentId, { tone: "bad", text: this.#i18n.problem(result.error) });
		}
		this.#fetching = false;
	}
}
