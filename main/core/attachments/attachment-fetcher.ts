import { type AppError, appError, AppFailure, failed, ok, type Result } from "../../../shared/errors.ts";
import type { AttachmentId, EntryId } from "../../../shared/ids.ts";
import type { Attachment, MessageEntry } from "../../../shared/model.ts";
import type { AccountSession } from "../accounts/account-session.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import { sameJson } from "../conversations/looks-different.ts";
import type { MediaInspector } from "../ports/media.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import { Turns } from "./turns.ts";

/** No file of a message is larger than this, in bytes. */
export const mostFetchedBytes = 16 * 1024 * 1024;
/** Files under way at a time: a thread full of pictures does not hold up its account. */
const mostAtOnce = 4;

export interface FetcherPorts {
	readonly book: ConversationBook;
	readonly inspector: MediaInspector;
	readonly session: (record: ConversationRecord) => Pick<AccountSession, "ask"> | null;
}

/**
 * Fetches files of messages from their servers, each once at a time, and keeps them.
 *
 *   there --bytes, a picture that was checked--> here
 *     |---bytes of anything else---------------> file
 *     |---the server has it no more------------> gone
 *     +---not now--> there (with the reason, to be tried again)
 */
export class AttachmentFetcher {
	readonly #ports: FetcherPorts;
	readonly #turns = new Turns(mostAtOnce);
	readonly #underWay = new Map<AttachmentId, Promise<Result<null>>>();

	constructor(ports: FetcherPorts) {
		this.#ports = ports;
	}

	/** Resolves when it is here, or why it is not. */
	fetch(entryId: EntryId, id: AttachmentId): Promise<Result<null>> {
		const known = this.#underWay.get(id);
		if (known !== undefined) return known;
		const fetching = this.#turns
			.take(() => this.#fetch(entryId, id))
			.finally(() => this.#underWay.delete(id));
		this.#underWay.set(id, fetching);
		return fetching;
	}

	async #fetch(entryId: EntryId, id: AttachmentId): Promise<Result<null>> {
		const { book, session } = this.#ports;
		const entry = await book.store.entry(entryId);
		const attachment = entry?.kind === "message" ? attachmentOf(entry, id) : null;
		const record = entry === null ? null : book.get(entry.conversationId);
		if (entry?.kind !== "message" || attachment === null || record === null)
			return failed(appError("message.notFound"));
		if (attachment.state === "gone") return failed(attachment.problem ?? appError("attachment.gone"));
		if (attachment.state !== "there") return ok(null);
		const account = session(record);
		if (account === null) return failed(appError("account.notFound"));
		const ref = (await book.store.media(id))?.ref ?? null;
		if (ref === null) return await this.#fail(entryId, attachment, appError("attachment.gone"));
		const file = { ref, peer: record.peer, messageId: entry.remoteId };
		const fetched = await account.ask(async ({ files }, signal) => {
			if (files === null) throw new AppFailure(appError("action.notOffered"));
			return await files.fetch(file, mostFetchedBytes, signal);
		});
		if (!fetched.ok) return await this.#fail(entryId, attachment, fetched.error);
		return await this.#keep(entryId, attachment, fetched.value);
	}

	async #keep(
		entryId: EntryId,
		attachment: Attachment,
		{ bytes, type }: { readonly bytes: Uint8Array; readonly type: string | null },
	): Promise<Result<null>> {
		if (bytes.length === 0) return await this.#fail(entryId, attachment, appError("attachment.empty"));
		if (bytes.length > mostFetchedBytes)
			return await this.#fail(entryId, attachment, appError("attachment.tooLarge"));
		const seen = this.#ports.inspector.inspect(bytes, type ?? attachment.type);
		await this.#change(
			entryId,
			{
				...attachment,
				type: seen.type,
				bytes: bytes.length,
				width: seen.picture?.width ?? attachment.width,
				height: seen.picture?.height ?? attachment.height,
				state: seen.picture === null ? "file" : "here",
				problem: seen.problem,
			},
			bytes,
		);
		return ok(null);
	}

	async #fail(entryId: EntryId, attachment: Attachment, problem: AppError): Promise<Result<null>> {
		// That nobody was asked says nothing of the file.
		if (problem.code === "account.offline" || problem.code === "cancelled") return failed(problem);
		const state = problem.code === "attachment.gone" ? "gone" : "there";
		await this.#change(entryId, { ...attachment, state, problem });
		return failed(problem);
	}

	/** Of a file that is still waited for: its message may be gone by now. */
	async #change(entryId: EntryId, attachment: Attachment, bytes?: Uint8Array): Promise<void> {
		const { book } = this.#ports;
		await book.change(async () => {
			const entry = await book.store.entry(entryId);
			const now = entry?.kind === "message" ? attachmentOf(entry, attachment.id) : null;
			if (now?.state !== "there" || sameJson(now, attachment)) return null;
			return { media: { changed: [{ attachment, ...(bytes === undefined ? {} : { bytes }) }] } };
		});
	}
}

/** A file of a message; null: it has none with this id. */
export function attachmentOf({ details }: MessageEntry, id: AttachmentId): Attachment | null {
	return details?.attachments.find((attachment) => attachment.id === id) ?? null;
}
