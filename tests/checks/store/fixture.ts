import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseHost } from "../../../main/adapters/storage/database/database-host.ts";
import { migrations } from "../../../main/adapters/storage/database/schema/migrations.ts";
import type {
	ConversationRecord,
	NewEntry,
	StoredMedia,
	StoredPage,
	StoreWrite,
} from "../../../main/core/ports/stores.ts";
import {
	asAccountId,
	asAttachmentId,
	asClientMessageId,
	asConversationId,
	asEntryId,
} from "../../../shared/ids.ts";
import type { Attachment, Entry, MessageEntry } from "../../../shared/model.ts";

/** Stores that the checks of this folder damage: small, but with everything in them. */

const account = asAccountId("account");
export const conversations = Array.from({ length: 4 }, (_, index) => asConversationId(`c${String(index)}`));

/** The real engine on a real file, in this thread; `events` is what it logged. */
export function hostAt(
	path: string,
	temporaryFolder = join(dirname(path), "temporary"),
): { readonly host: DatabaseHost; readonly events: string[] } {
	const events: string[] = [];
	const host = new DatabaseHost({
		path,
		temporaryFolder,
		steps: migrations,
		now: () => Date.UTC(2026, 0, 1),
		patienceMs: 0,
		log: (event, fields) => void events.push(`${event} ${JSON.stringify(fields)}`),
	});
	return { host, events };
}

export function incoming(id: string, at: number, words = "words"): NewEntry {
	return {
		id: asEntryId(id),
		conversationId: conversations[at % conversations.length] ?? asConversationId("none"),
		kind: "message",
		direction: "in",
		clientId: null,
		remoteId: `remote-${id}`,
		at,
		text: `incoming ${id}: ${`${words} `.repeat(12)}`,
		author: "Peer",
		delivery: null,
		localTime: false,
		details: null,
		unread: true,
	};
}

/** Found again in the bytes of the database. */
export const unsentMark = "NOT-SENT-YET";
/** The same for the file that goes out with such a text. */
export const fileMark = "OWN-FILE-OF";

/** `file`: it goes out with `fileOf` of the same id. */
export function unsent(id: string, at: number, file = false): NewEntry {
	return {
		...incoming(id, at),
		kind: "message",
		direction: "out",
		clientId: asClientMessageId(`client-${id}`),
		remoteId: null,
		localTime: true,
		text: `${unsentMark} ${id} ${"own words ".repeat(20)}`,
		author: "agent",
		delivery: {
			state: "queued",
			since: at,
			queueReason: "offline",
			problem: null,
			retryAllowed: false,
			undoUntil: null,
		},
		details: file
			? {
					attachments: [attachmentOf(id)],
					sender: null,
					deliveryWords: null,
					scheduledAt: null,
					savedReply: null,
				}
			: null,
		unread: false,
	};
}

function attachmentOf(id: string): Attachment {
	return {
		id: asAttachmentId(`file-${id}`),
		type: "image/png",
		name: `${id}.png`,
		bytes: null,
		width: null,
		height: null,
		state: "here",
		problem: null,
	};
}

/** The file that goes out with an unsent text: small enough to lie on one page with its row. */
export function fileOf(id: string, at: number): StoredMedia {
	return {
		attachment: attachmentOf(id),
		conversationId: unsent(id, at).conversationId,
		entryId: asEntryId(id),
		ref: null,
		bytes: Buffer.from(`${fileMark} ${id} ${"bytes ".repeat(40)}`),
	};
}

export const unsentCount = 20;

/**
 * Two copies of one store: in `folder/clean` it was closed, in `folder/killed` it was not, and its last writes are
 * in the journal only.
 */
export function makeStores(
	folder: string,
	messages: number,
): { readonly clean: string; readonly killed: string } {
	const path = join(folder, "clean", "messages.db");
	const { host } = hostAt(path);
	host.open();
	const write = (change: StoreWrite): unknown => host.call("write", [change]);
	write({
		conversations: conversations.map((id, index) => ({
			id,
			accountId: account,
			system: "genesys",
			peer: `key-${String(index)}`,
			address: `500${String(index)}`,
			formatted: `(500) ${String(index)}`,
			name: `Person ${String(index)}`,
			thread: {
				medium: "sms",
				line: null,
				group: null,
				closed: false,
				starred: null,
				mutedThere: false,
				refusal: null,
				actions: [],
				attachments: null,
				notes: [{ label: "Queue", text: "Sales" }],
			},
			createdAt: 1,
		})),
		patches: conversations.map((id) => ({ id, patch: { draft: `draft of ${id}` } })),
		cursors: [{ accountId: account, scope: "s", value: "v" }],
	});
	const each = Math.floor(messages / unsentCount);
	for (let part = 0; part < unsentCount; part++)
		write({
			media: { added: [fileOf(`u${String(part)}`, 1000 + part * each)] },
			entries: [
				...Array.from({ length: each }, (_, index) =>
					incoming(`e${String(part)}-${String(index)}`, 1000 + part * each + index),
				),
				unsent(`u${String(part)}`, 1000 + part * each, true),
			],
		});
	while (host.indexStep(50)) continue;
	host.checkpoint();
	write({ entries: [incoming("last", 900_000)] });
	const killed = join(folder, "killed", "messages.db");
	cpSync(dirname(path), dirname(killed), { recursive: true });
	host.call("close", []);
	return { clean: path, killed };
}

/** A fresh copy of the folder of `path` as `folder`; answers the path in it. */
export function freshCopy(path: string, folder: string): string {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(dirname(folder), { recursive: true });
	cpSync(dirname(path), folder, { recursive: true });
	return join(folder, "messages.db");
}

/** Asks for everything there is; throws what a call throws. */
export function readAll(host: DatabaseHost): {
	readonly records: readonly ConversationRecord[];
	readonly entries: readonly Entry[];
	readonly unsettled: readonly MessageEntry[];
	/** Of the unsettled ones. */
	readonly files: readonly StoredMedia[];
} {
	const records = host.call("conversations", []) as readonly ConversationRecord[];
	const entries = records.flatMap(
		({ id }) => (host.call("page", [id, { kind: "newest" }, 100_000]) as StoredPage).entries,
	);
	host.call("search", [{ query: "words", conversationId: null, before: null, limit: 20 }]);
	host.call("notifications", [null, null, 50]);
	host.call("page", [records.map(({ id }) => id), { kind: "newest" }, 50]);
	host.call("staged", []);
	const unsettled = host.call("unsettled", []) as readonly MessageEntry[];
	const files = unsettled.flatMap(({ id }) => host.call("mediaOf", [id]) as readonly StoredMedia[]);
	return { records, entries, unsettled, files };
}
