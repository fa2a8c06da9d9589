import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageSearch } from "../../../main/adapters/storage/database/search/message-search.ts";
import { openDatabase, SqliteFailure } from "../../../main/adapters/storage/database/sqlite-driver.ts";
import type { Delivery, DeliveryState } from "../../../shared/model.ts";
import { databaseFile } from "../../reference/headless-protocol.ts";

/** A message as it stands in the file. */
export interface StoredMessage {
	readonly conversation: string;
	readonly clientId: string | null;
	readonly remoteId: string | null;
	readonly direction: "in" | "out";
	readonly text: string;
	/** Null for "in". */
	readonly state: DeliveryState | null;
	readonly problem: string | null;
}

export interface StoredGap {
	readonly conversation: string;
	readonly from: number;
	readonly to: number;
	readonly filling: boolean;
}

/** What the database of a profile says, and whether it is whole. */
export interface FileInspection {
	/** `PRAGMA quick_check`. */
	readonly sound: boolean;
	/** The search index is whole and belongs to the messages. */
	readonly searchSound: boolean;
	readonly messages: readonly StoredMessage[];
	readonly gaps: readonly StoredGap[];
}

/**
 * Looks into a copy of the files as a kill left them: the original is not touched, so that the app itself finds them
 * as they are. A file that is not there yet, or has no tables yet, is empty and sound.
 */
export function inspectProfile(folder: string): FileInspection {
	const copy = mkdtempSync(join(tmpdir(), "trunkline-check-"));
	try {
		for (const name of [databaseFile, `${databaseFile}-wal`])
			if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
		return inspect(join(copy, databaseFile));
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
}

function inspect(path: string): FileInspection {
	const database = openDatabase({ path, access: "write" });
	try {
		const [row] = database.all("PRAGMA quick_check") as { readonly quick_check: string }[];
		const sound = row?.quick_check === "ok";
		const tables = database.get("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'search_text'");
		if ((tables as { readonly n: number }).n === 0)
			return { sound, searchSound: true, messages: [], gaps: [] };
		const messages = (
			database.all(`
				SELECT a.address AS conversation, e.client_id, e.remote_id, e.direction, e.text, e.delivery
				FROM entries AS e JOIN conversations AS c ON c.row = e.conversation
					JOIN participants AS a ON a.row = c.participant
				WHERE e.kind = 0 ORDER BY e.conversation, e.place`) as MessageRow[]
		).map(messageOf);
		const gaps = (
			database.all(`
				SELECT a.address AS conversation, e.detail
				FROM entries AS e JOIN conversations AS c ON c.row = e.conversation
					JOIN participants AS a ON a.row = c.participant
				WHERE e.kind = 2`) as { readonly conversation: string; readonly detail: string }[]
		).map(({ conversation, detail }) => ({
			conversation,
			...(JSON.parse(detail) as Omit<StoredGap, "conversation">),
		}));
		const searchSound = new MessageSearch(database, () => performance.now()).check();
		return { sound, searchSound, messages, gaps };
	} catch (thrown) {
		if (thrown instanceof SqliteFailure)
			return { sound: false, searchSound: false, messages: [], gaps: [] };
		throw thrown;
	} finally {
		database.close();
	}
}

interface MessageRow {
	readonly conversation: string;
	readonly client_id: string | null;
	readonly remote_id: string | null;
	readonly direction: number;
	readonly text: string;
	readonly delivery: string | null;
}

function messageOf(row: MessageRow): StoredMessage {
	const delivery = row.delivery === null ? null : (JSON.parse(row.delivery) as Delivery);
	return {
		conversation: row.conversation,
		clientId: row.client_id,
		remoteId: row.remote_id,
		direction: row.direction === 0 ? "in" : "out",
		text: row.text,
		state: delivery?.state ?? null,
		problem: delivery?.problem?.code ?? null,
	};
}
