import { appError, AppFailure } from "../../../../../shared/errors.ts";
import type { EntryId } from "../../../../../shared/ids.ts";
import type { Delivery, Entry } from "../../../../../shared/model.ts";
import { arrivalOrder, serverOrder } from "../../../../../shared/order.ts";
import type { DeliveryChange, NewEntry } from "../../../../core/ports/stores.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import {
	type EntryRow,
	entryColumns,
	entryTables,
	entryValues,
	kinds,
	plainEntry,
	wholeTime,
} from "./rows.ts";
import type { PlainEntry } from "./rows.ts";
import { plainDetails } from "./details-json.ts";
import { follow, type Touched } from "./touched.ts";
import { followDetails } from "./write-media.ts";

/** Single entries: put in once, changed, taken out. Called inside a transaction. */

const unsettled: ReadonlySet<Delivery["state"]> = new Set(["queued", "waiting", "sending", "unknown"]);

export function isUnsettled(state: Delivery["state"]): boolean {
	return unsettled.has(state);
}

export function findEntry(database: SqlDatabase, id: EntryId): EntryRow | null {
	return (
		(database.get(`SELECT ${entryColumns} FROM ${entryTables} WHERE e.id = ?`, id) as
			EntryRow | undefined) ?? null
	);
}

/** Stores an entry at its place. If it is already known, answers the one there is, as a row. */
export function insertEntry(
	database: SqlDatabase,
	touched: Touched,
	given: NewEntry,
): { readonly added: Entry; readonly known: null } | { readonly added: null; readonly known: EntryRow } {
	const entry = plainEntry(given);
	const sequence = touched.nextSequence;
	const order = placeOf(entry, sequence, touched.newest);
	const unread = given.unread === true && entry.kind === "message" && entry.direction === "in";
	const row = database.insert(
		insert,
		entry.id,
		touched.account,
		touched.row,
		sequence,
		order,
		entry.at,
		unread ? 1 : 0,
		...entryValues(entry),
	);
	if (row === null) return { added: null, known: knownEntry(database, touched, entry) };
	touched.nextSequence += 1;
	const added: Entry = { ...entry, sequence, order };
	follow(touched, row, added, unread);
	if (entry.kind === "message" && entry.direction === "in") comeBack(touched, order, unread);
	if (entry.kind === "message" && entry.delivery !== null && isUnsettled(entry.delivery.state))
		keepJob(database, entry.id, entry.delivery);
	return { added, known: null };
}

/** What the agent put away comes back with a message of the peer; not when older ones are looked up on the server. */
function comeBack(touched: Touched, order: string, unread: boolean): void {
	if (touched.archived && (unread || touched.oldest === null || order > touched.oldest))
		touched.comesBack = true;
}

const insert = `
	INSERT INTO entries (id, account, conversation, sequence, place, at, unread,
		kind, direction, local_time, client_id, remote_id, author, text, delivery, detail)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT DO NOTHING`;

function placeOf(entry: PlainEntry, sequence: number, newest: string | null): string {
	const timed = entry.kind === "notice" || (entry.kind === "message" && !entry.localTime);
	return timed && entry.remoteId !== null
		? serverOrder(entry.at, entry.remoteId)
		: arrivalOrder(entry.at, sequence, newest);
}

function knownEntry(database: SqlDatabase, touched: Touched, entry: PlainEntry): EntryRow {
	const clientId = entry.kind === "message" ? entry.clientId : null;
	if (entry.kind === "message" || entry.kind === "notice") {
		const byClientId =
			clientId === null
				? undefined
				: database.get(`SELECT ${entryColumns} FROM ${entryTables} WHERE e.client_id = ?`, clientId);
		const found =
			byClientId ??
			(entry.remoteId === null
				? undefined
				: database.get(
						`SELECT ${entryColumns} FROM ${entryTables} WHERE e.account = ? AND e.remote_id = ?`,
						touched.account,
						entry.remoteId,
					));
		if (found !== undefined) return found as EntryRow;
	}
	// The same write again is no fault; another entry under the id of an old one is.
	const same = findEntry(database, entry.id);
	if (same?.conversation === touched.row && same.kind === kinds[entry.kind] && same.client_id === clientId)
		return same;
	throw new AppFailure(appError("internal"), { cause: "entry id used twice" });
}

/**
 * Writes what became of a text of ours, and its place once its time and id at the system are known. Answers the
 * entry that it made superfluous: our own message as the system told of it before we knew its id.
 */
export function changeDelivery(
	database: SqlDatabase,
	touched: Touched,
	row: EntryRow,
	change: DeliveryChange,
): EntryRow | null {
	let superfluous: EntryRow | null = null;
	let remoteId = row.remote_id;
	if (change.remoteId !== undefined && change.remoteId !== row.remote_id) {
		const holder = database.get(
			`SELECT ${entryColumns} FROM ${entryTables} WHERE e.account = ? AND e.remote_id = ?`,
			touched.account,
			change.remoteId,
		) as EntryRow | undefined;
		if (holder === undefined) remoteId = change.remoteId;
		else if (holder.client_id === null && holder.direction === 1 && holder.conversation === touched.row) {
			superfluous = holder;
			remoteId = change.remoteId;
			// Before it goes, and its files with it.
			if (change.details !== undefined) followDetails(database, row.row, change.details, holder.row);
			removeEntry(database, touched, holder);
		}
		// Otherwise it is another message's: two texts cannot be one, so this one goes without.
	}
	const at = change.at === undefined ? row.at : wholeTime(change.at);
	const localTime = change.at === undefined ? row.local_time === 1 : false;
	const timed = change.at !== undefined || change.remoteId !== undefined;
	const place = timed && remoteId !== null && !localTime ? serverOrder(at, remoteId) : row.place;
	database.run(
		"UPDATE entries SET delivery = ?, remote_id = ?, at = ?, local_time = ?, place = ? WHERE row = ?",
		JSON.stringify(change.delivery),
		remoteId,
		at,
		localTime ? 1 : 0,
		place,
		row.row,
	);
	// By itself, so that nothing that follows texts (the search index) is disturbed when it stays.
	const text = change.text?.toWellFormed();
	if (text !== undefined && text !== row.text)
		database.run("UPDATE entries SET text = ? WHERE row = ?", text, row.row);
	if (change.details !== undefined) {
		const details = change.details === null ? null : plainDetails(change.details);
		const json = details === null ? null : JSON.stringify(details);
		database.run("UPDATE entries SET detail = ? WHERE row = ?", json, row.row);
		followDetails(database, row.row, details, null);
	}
	touched.followed = null;
	if (touched.newest === row.place) touched.newest = newestPlace(database, touched.row);
	else if (touched.newest === null || place > touched.newest) touched.newest = place;
	if (isUnsettled(change.delivery.state)) keepJob(database, row.id, change.delivery);
	else database.run("DELETE FROM outbox_jobs WHERE entry = ?", row.row);
	return superfluous;
}

export function removeEntry(database: SqlDatabase, touched: Touched, row: EntryRow): void {
	database.run("DELETE FROM entries WHERE row = ?", row.row);
	touched.followed = null;
	if (row.unread === 1) touched.unread -= 1;
	if (touched.newest === row.place) touched.newest = newestPlace(database, touched.row);
}

function newestPlace(database: SqlDatabase, conversation: number): string | null {
	const row = database.get("SELECT max(place) AS place FROM entries WHERE conversation = ?", conversation);
	return (row as { place: string | null }).place;
}

/** `attempts` counts how often it began to be sent; `queued_since` stays until it is settled. */
function keepJob(database: SqlDatabase, id: EntryId, delivery: Delivery): void {
	database.run(
		`INSERT INTO outbox_jobs (entry, client_id, conversation, state, attempts, queued_since)
		SELECT row, client_id, conversation, ?1, ?2, ?3 FROM entries WHERE id = ?4
		ON CONFLICT (entry) DO UPDATE SET state = excluded.state,
			attempts = attempts + iif(outbox_jobs.state <> 'sending', excluded.attempts, 0)`,
		delivery.state,
		delivery.state === "sending" ? 1 : 0,
		wholeTime(delivery.since),
		id,
	);
}
