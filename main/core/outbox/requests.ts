import { appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type {
	AccountId,
	AttachmentId,
	ClientMessageId,
	ConversationId,
	EntryId,
} from "../../../shared/ids.ts";
import type { Entry, MessageEntry } from "../../../shared/model.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { Clock, Random } from "../ports/runtime.ts";
import type { ConversationRecord, StoredMedia } from "../ports/stores.ts";
import type { Remedies } from "./attempts.ts";
import { checking } from "./delivery.ts";
import type { DeliveryStates } from "./delivery-states.ts";
import type { Gate, Queues } from "./queues.ts";
import type { Reconciliation } from "./reconciliation.ts";
import type { Flight, Job, SendQueue } from "./send-queue.ts";
import { type Enclosed, type Part, takenFiles, textsOf } from "./texts.ts";

export interface RequestPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly book: ConversationBook;
	readonly queues: Queues;
	readonly states: DeliveryStates;
	readonly reconciliation: Reconciliation;
	readonly gate: (accountId: AccountId) => Gate;
	readonly remedies: (accountId: AccountId) => Remedies;
	readonly undoMs: () => number;
	readonly insert: (record: ConversationRecord, entry: MessageEntry, doubtful: boolean) => Job | null;
	readonly fly: (queue: SendQueue, flight: Flight, marked: boolean) => void;
	readonly changed: (queue: SendQueue) => void;
}

const rememberedTexts = 1000;

/** The place in flight that is kept for a text while it is being stored. */
interface Place {
	queue: SendQueue | null;
}

/** Texts as they are to be stored. */
interface Wanted {
	readonly parts: readonly Part[];
	/** Of their entries. */
	readonly ids: ReadonlyMap<ClientMessageId, EntryId>;
	readonly enclosed: Enclosed;
}

/** What the person asks of the outbox. All of it rejects when the store does, and has changed nothing then. */
export class Requests {
	readonly #ports: RequestPorts;
	/** The last text that is being stored, by conversation. */
	readonly #writing = new Map<ConversationId, Promise<void>>();
	/** Texts that were stored lately, oldest first: a repeated command finds them here also when they are gone by now. */
	readonly #stored = new Set<ClientMessageId>();

	constructor(ports: RequestPorts) {
		this.#ports = ports;
	}

	/**
	 * Stores texts as written, with their jobs, in one transaction, and lets them go. A text that
	 * nothing holds up is stored as leaving: its mark needs no second transaction. Texts whose client
	 * ids are known are the ones there already. Rejects when the store does: nothing is sent then.
	 */
	async write(
		record: ConversationRecord,
		parts: readonly Part[],
		enclosed: Enclosed,
	): Promise<readonly Entry[]> {
		// One after the other also when one is tried twice: the order written is the order stored.
		const before = this.#writing.get(record.id) ?? Promise.resolve();
		const result = before.then(() => this.#write(record, parts, enclosed));
		const done = result.then(
			() => undefined,
			() => undefined,
		);
		this.#writing.set(record.id, done);
		try {
			return await result;
		} finally {
			if (this.#writing.get(record.id) === done) this.#writing.delete(record.id);
		}
	}

	async #write(
		record: ConversationRecord,
		parts: readonly Part[],
		enclosed: Enclosed,
	): Promise<readonly Entry[]> {
		const { random, queues, changed } = this.#ports;
		const ids = new Map(parts.map(({ clientId }) => [clientId, random.uuid() as EntryId]));
		const kept: Place = { queue: null };
		const store = (): Promise<readonly Entry[]> => this.#store(record, { parts, ids, enclosed }, kept);
		try {
			const entries = await store().catch(async (thrown: unknown) => {
				// The disk's thread may have died after it had written: the same ids again show it, and write nothing twice.
				if (toAppError(thrown).code !== "storage.failing") throw thrown;
				return await store();
			});
			this.remember(parts.map(({ clientId }) => clientId));
			return entries;
		} finally {
			if (kept.queue !== null) queues.release(kept.queue);
			const queue = queues.get(record.id);
			if (queue !== null) changed(queue);
		}
	}

	/** These are stored, or were: a command that repeats them writes them not once more, whatever becomes of them. */
	remember(clientIds: Iterable<ClientMessageId>): void {
		for (const clientId of clientIds) this.#stored.add(clientId);
		for (const oldest of this.#stored) {
			if (this.#stored.size <= rememberedTexts) break;
			this.#stored.delete(oldest);
		}
	}

	async #store(
		record: ConversationRecord,
		{ parts: wanted, ids, enclosed }: Wanted,
		kept: Place,
	): Promise<readonly Entry[]> {
		const { book, clock, queues, undoMs, insert, fly } = this.#ports;
		const ours = new Set(ids.values());
		const repeated: { entries: readonly Entry[] } = { entries: [] };
		const written = await book.change(async () => {
			const there = await book.store.byClientIds([...ids.keys()]);
			const known = new Map(
				there.flatMap((entry) =>
					entry.clientId === null || ours.has(entry.id) ? [] : [[entry.clientId, entry]],
				),
			);
			this.remember(known.keys());
			// Discarded or taken back before its repetition had its turn: it does not come again.
			const parts = wanted.filter(
				({ clientId }) =>
					!this.#stored.has(clientId) || there.some((entry) => entry.clientId === clientId),
			);
			// A repeated command changes nothing, also not what is being written by now.
			repeated.entries = parts.flatMap(({ clientId }) => known.get(clientId) ?? []);
			if (repeated.entries.length === parts.length) return null;
			const at = clock.now();
			const undo = undoMs();
			const [first] = parts;
			if (undo === 0 && first !== undefined && !known.has(first.clientId))
				kept.queue ??= queues.reserve(record);
			const leaving = kept.queue !== null;
			const entries = textsOf(parts, {
				conversationId: record.id,
				at,
				ids,
				leaving,
				reason: leaving ? null : queues.reasonFor(record.accountId, record.id),
				undoUntil: undo === 0 ? null : at + undo,
				enclosed,
			});
			const isNew = first !== undefined && !known.has(first.clientId);
			const media = takenFiles(isNew ? ids.get(first.clientId) : undefined, enclosed);
			const patches = [{ id: record.id, patch: { draft: "", archived: false } }];
			return { entries, patches, ...(media === null ? {} : { media }) };
		});
		if (written === null) return repeated.entries;
		for (const entry of written.entries) {
			if (entry.kind !== "message" || !ours.has(entry.id)) continue;
			const job = insert(record, entry, false);
			const { queue } = kept;
			if (queue === null || job === null || entry.delivery?.state !== "sending") continue;
			kept.queue = null;
			fly(queue, queues.board(queue, job), true);
		}
		return written.entries;
	}

	/** Takes back a text that has not left; gives it to the composer, and to the draft in case the window does not come to it. */
	async undo(entryId: EntryId): Promise<Result<{ readonly text: string }>> {
		const { book, queues, random, changed } = this.#ports;
		const found: { entry: Entry | null; taken: MessageEntry | null } = { entry: null, taken: null };
		await book.change(async () => {
			const entry = await book.store.entry(entryId);
			[found.entry, found.taken] = [entry, null];
			if (entry?.kind !== "message") return null;
			const state = entry.delivery?.state;
			if (state !== "queued" && state !== "waiting") return null;
			found.taken = entry;
			const id = entry.conversationId;
			const written = book.get(id)?.draft ?? "";
			const draft = written === "" ? entry.text : `${entry.text}\n${written}`;
			const files =
				(entry.details?.attachments ?? []).length === 0 ? [] : await book.store.mediaOf(entryId);
			const added = files.map((file) => backInDraft(file, random));
			const media = added.length === 0 ? {} : { media: { added } };
			return { removed: [entryId], patches: [{ id, patch: { draft } }], ...media };
		});
		const { entry, taken } = found;
		if (taken === null) {
			const gone = entry?.kind !== "message";
			return failed(appError(gone ? "message.notFound" : "message.tooLateToUndo"));
		}
		const queue = queues.get(taken.conversationId);
		const job = queue?.resting().find((other) => other.entryId === entryId);
		if (queue !== null && job !== undefined) {
			queue.drop(job);
			changed(queue);
		}
		return ok({ text: taken.text });
	}

	/** Retry (failed) or Send again (unknown). False: it is in neither state any more. */
	async requeue(entryId: EntryId, kind: "retry" | "sendAgain"): Promise<boolean> {
		const { book, queues, states, remedies, insert, changed } = this.#ports;
		const entry = await book.store.entry(entryId);
		const record = entry === null ? null : book.get(entry.conversationId);
		if (record === null || entry?.kind !== "message") return false;
		// Written elsewhere: it can only be tried again as the message that it is.
		const { retries = false } = remedies(record.accountId);
		if (entry.clientId === null && (entry.remoteId === null || !retries)) return false;
		const reason = queues.reasonFor(record.accountId, record.id);
		const queued = await states.happen(entryId, { kind, reason }).catch(async (thrown: unknown) => {
			// It may have been written all the same.
			const now = await book.store.entry(entryId);
			if (now?.kind !== "message" || now.delivery?.state !== "queued") throw thrown;
			return now;
		});
		if (queued === null) return false;
		const queue = queues.of(record);
		const waiting = queue.find(entryId);
		// On its way at this moment, under the client id that makes repeating harmless: it stays until it is there.
		const flying = waiting !== null && queue.flight?.job === waiting;
		const underWay = flying && waiting.doubtful && kind === "sendAgain";
		if (!underWay) {
			// It was waiting to be repeated by the program: now the person wants it, and at once.
			if (waiting !== null) queue.drop(waiting);
			insert(record, queued, false);
		}
		changed(queue);
		return true;
	}

	/**
	 * Check again: finds out what became of a doubtful text. Null: the program cannot; whoever asked
	 * may have the session look (`ProviderSession.check`).
	 */
	async checkAgain(entryId: EntryId): Promise<Result<null> | null> {
		const { book, queues, reconciliation, gate, remedies, insert, changed } = this.#ports;
		const entry = await book.store.entry(entryId);
		const record = entry === null ? null : book.get(entry.conversationId);
		if (entry?.kind !== "message" || record === null) return failed(appError("message.notFound"));
		if (entry.delivery?.state !== "unknown") return failed(appError("message.alreadySettled"));
		const { accountId, id: conversationId } = record;
		const { history, idempotentSend } = remedies(accountId);
		if (!history && !idempotentSend) return null;
		if (!gate(accountId).open) return failed(appError("account.offline"));
		if (idempotentSend) {
			const queue = queues.of(record);
			if (queue.find(entryId) === null) insert(record, entry, true);
			if (queue.hold?.kind === "backoff") queue.release();
			changed(queue);
			return ok(null);
		}
		const { problem } = entry.delivery;
		const known = problem === null || problem.code === checking.code;
		const error = known ? appError("message.outcomeUnknown") : problem;
		reconciliation.note([{ accountId, conversationId, entryId, error }]);
		return ok(null);
	}
}

/** A file of a text that was taken back; its old row goes with the message. */
function backInDraft(file: StoredMedia, random: Random): StoredMedia {
	const id = random.uuid() as AttachmentId;
	return { ...file, attachment: { ...file.attachment, id }, entryId: null };
}
