import { type AppError, appError, toAppError } from "../../../shared/errors.ts";
import type { ConversationId } from "../../../shared/ids.ts";
import { threadOf } from "../conversations/conversation-view.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { OutgoingFile, OutgoingMessage, SendOutcome } from "../ports/provider.ts";
import type { Clock } from "../ports/runtime.ts";
import type { StoredMedia } from "../ports/stores.ts";
import type { Job, SendQueue } from "./send-queue.ts";

export interface OutgoingPorts {
	readonly clock: Clock;
	readonly book: ConversationBook;
	/** Why nothing can be sent in this conversation now; null: it can. */
	readonly refusal: (id: ConversationId) => AppError | null;
}

type Outgoing =
	| { readonly kind: "message"; readonly message: OutgoingMessage }
	/** It is not handed over, and this is why. */
	| { readonly kind: "outcome"; readonly outcome: SendOutcome };

/**
 * A text as it is handed to its system, or why it is not. What is doubtful is never refused here: it may be there
 * already. Never rejects; only a text with files waits for the disk.
 */
export function outgoingOf(
	ports: OutgoingPorts,
	queue: SendQueue,
	job: Job,
	retries: boolean,
): Outgoing | Promise<Outgoing> {
	const refusal = job.doubtful ? null : refusalOf(ports, queue, job);
	if (refusal !== null) return refused(refusal, "byPerson");
	const record = ports.book.get(queue.conversationId);
	const message = {
		clientId: job.clientId,
		peer: queue.peer,
		text: job.text,
		thread: record === null ? null : threadOf(record),
		savedReply: job.savedReply,
		at: job.at,
		retryOf: retries ? job.remoteId : null,
	};
	if (!job.hasFiles) return { kind: "message", message: { ...message, files: [] } };
	return withFiles(ports, job, message);
}

async function withFiles(
	{ book }: OutgoingPorts,
	{ entryId }: Job,
	message: Omit<OutgoingMessage, "files">,
): Promise<Outgoing> {
	let stored: readonly StoredMedia[];
	try {
		stored = await book.store.mediaOf(entryId);
	} catch (thrown) {
		// The disk may answer again; nothing has left.
		return refused(toAppError(thrown), "automatic");
	}
	const files = stored.map(fileOf).filter((file) => file !== null);
	if (files.length === 0 || files.length < stored.length)
		return refused(appError("attachment.gone"), "byPerson");
	return { kind: "message", message: { ...message, files } };
}

function refusalOf({ refusal, clock }: OutgoingPorts, queue: SendQueue, { at }: Job): AppError | null {
	const said = refusal(queue.conversationId);
	if (said !== null) return said;
	return at !== null && at <= clock.now() ? appError("schedule.past") : null;
}

function fileOf({ attachment: { name, type }, bytes, ref }: StoredMedia): OutgoingFile | null {
	if (bytes !== null) return { kind: "bytes", name: name ?? "", type, bytes };
	return ref === null ? null : { kind: "address", address: ref, type };
}

function refused(error: AppError, retry: "byPerson" | "automatic"): Outgoing {
	return { kind: "outcome", outcome: { kind: "rejected", error, retry } };
}
