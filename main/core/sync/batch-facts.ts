import type { AccountId, AttachmentId, ClientMessageId, ConversationId } from "../../../shared/ids.ts";
import type { EpochMs, MessageEntry } from "../../../shared/model.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import type { MessageStore } from "../ports/stores.ts";
import type { OwnFacts } from "./own-texts.ts";
import { clockSlackMs, earliest, inDoubt, type OwnMessage } from "./settle.ts";

/** Reads what is stored of the messages that a batch speaks of; most batches say nothing, and then nothing is read. */
export async function batchFacts(
	store: MessageStore,
	account: {
		readonly id: AccountId;
		readonly conversation: (peer: string) => ConversationId | null;
		/** What was sent before is of an earlier run: its session can tell nothing of it any more. */
		readonly startedAt: EpochMs;
	},
	batch: readonly ProviderEvent[],
): Promise<Omit<OwnFacts, "now" | "newId">> {
	const { clientIds, remoteIds } = knownIds(batch);
	const [mine, theirs] = await Promise.all([
		clientIds.length === 0 ? [] : store.byClientIds(clientIds),
		remoteIds.length === 0 ? [] : store.byRemoteIds(account.id, remoteIds),
	]);
	const own = new Map(mine.flatMap((entry) => (entry.clientId === null ? [] : [[entry.clientId, entry]])));
	const byRemote = new Map(
		theirs.flatMap((entry) => (entry.remoteId === null ? [] : [[entry.remoteId, entry]])),
	);
	const doubtful = new Map<ConversationId, readonly MessageEntry[]>();
	const unclaimed = new Map<ConversationId, readonly MessageEntry[]>();
	const nameless = batch.filter(
		(event): event is OwnMessage =>
			event.type === "ownMessage" &&
			!(event.clientId != null && own.has(event.clientId)) &&
			!(event.remoteId !== null && byRemote.has(event.remoteId)),
	);
	if (nameless.length > 0) await readDoubtful(store, account.id, doubtful, unclaimed);
	const landed = await landedBefore(store, account, nameless);
	const refs = await refsOf(store, batch, byRemote);
	return { own, byRemote, inDoubt: doubtful, unclaimed, landed, refs };
}

/** Client ids and remote ids of known messages that a batch may speak of. */
function knownIds(batch: readonly ProviderEvent[]): {
	readonly clientIds: readonly ClientMessageId[];
	readonly remoteIds: readonly string[];
} {
	const clientIds = new Set<ClientMessageId>();
	const remoteIds = new Set<string>();
	for (const event of batch) {
		// The store knows by itself what came twice; only the files of such a message may be found another way now.
		if (event.type === "message" && (event.files ?? []).length > 0 && event.remoteId !== null)
			remoteIds.add(event.remoteId);
		if (event.type !== "delivery" && event.type !== "deliveryFailed" && event.type !== "ownMessage")
			continue;
		if (event.clientId != null) clientIds.add(event.clientId);
		if (event.type !== "deliveryFailed" && event.remoteId != null) remoteIds.add(event.remoteId);
	}
	return { clientIds: [...clientIds], remoteIds: [...remoteIds] };
}

async function readDoubtful(
	store: MessageStore,
	accountId: AccountId,
	doubtful: Map<ConversationId, readonly MessageEntry[]>,
	unclaimed: Map<ConversationId, readonly MessageEntry[]>,
): Promise<void> {
	const texts = (await store.unsettled(accountId)).filter(inDoubt);
	for (const [id, own] of Map.groupBy(texts, (entry) => entry.conversationId)) {
		doubtful.set(id, own);
		unclaimed.set(id, await store.unclaimed(id, earliest(own)));
	}
}

/** Of the conversations that unknown messages of ours come from: texts that an earlier run saw taken, and no more. */
async function landedBefore(
	store: MessageStore,
	{ conversation, startedAt }: Parameters<typeof batchFacts>[1],
	nameless: readonly OwnMessage[],
): Promise<ReadonlyMap<ConversationId, readonly MessageEntry[]>> {
	const landed = new Map<ConversationId, readonly MessageEntry[]>();
	for (const [peer, events] of Map.groupBy(nameless, (event) => event.peer)) {
		const id = conversation(peer);
		const times = events.flatMap(({ at, remoteId }) => (at === null || remoteId === null ? [] : [at]));
		if (id === null || times.length === 0) continue;
		const texts = await store.unnamed(id, Math.min(...times) - clockSlackMs);
		landed.set(
			id,
			texts.filter(({ delivery }) => delivery !== null && delivery.since < startedAt),
		);
	}
	return landed;
}

/** Only of files that are still on the server: reading those reads no bytes. */
async function refsOf(
	store: MessageStore,
	batch: readonly ProviderEvent[],
	byRemote: ReadonlyMap<string, MessageEntry>,
): Promise<ReadonlyMap<AttachmentId, string | null>> {
	const refs = new Map<AttachmentId, string | null>();
	for (const event of batch) {
		if ((event.type !== "message" && event.type !== "ownMessage") || (event.files ?? []).length === 0)
			continue;
		const entry = event.remoteId === null ? undefined : byRemote.get(event.remoteId);
		for (const { id, state } of entry?.details?.attachments ?? [])
			if (state === "there" && !refs.has(id)) refs.set(id, (await store.media(id))?.ref ?? null);
	}
	return refs;
}
