import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseHost } from "../../../main/adapters/storage/database/database-host.ts";
import { migrations } from "../../../main/adapters/storage/database/schema/migrations.ts";
import type {
	ConversationRecord,
	NewEntry,
	StoredPage,
	StoreWrite,
} from "../../../main/core/ports/stores.ts";
import { asAccountId, asClientMessageId, asConversationId, asEntryId } from "../../../shared/ids.ts";
import type { Entry, MessageEntry } from "../../../shared/model.ts";

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
		unread: true,
	};
}

/** Found again in the bytes of the file. */
export const unsentMark = "NOT-SENT-YET";

export function unsent(id: string, at: number): NewEntry {
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
		unread: false,
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
			address: `500${String(index)}`,
			name: `Person ${String(index)}`,
			createdAt: 1,
		})),
		patches: conversations.map((id) => ({ id, patch: { draft: `draft of ${id}` } })),
		cursors: [{ accountId: account, scope: "s", value: "v" }],
	});
	const each = Math.floor(messages / unsentCount);
	for (let part = 0; part < unsentCount; part++)
		write({
			entries: [
				...Array.from({ length: each }, (_, index) =>
					incoming(`e${String(part)}-${String(index)}`, 1000 + part * each + index),
				),
				unsent(`u${String(part)}`, 1000 + part * each),
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
} {
	const records = host.call("conversations", []) as readonly ConversationRecord[];
	const entries = records.flatMap(
		({ id }) => (host.call("page", [id, { kind: "newest" }, 100_000]) as StoredPage).entries,
	);
	host.call("search", [{ query: "words", conversationId: null, before: null, limit: 20 }]);
	host.call("notifications", [null, null, 50]);
	return { records, entries, unsettled: host.call("unsettled", []) as readonly MessageEntry[] };
}
