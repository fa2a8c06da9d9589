import { arrivalOrder } from "../../../../../shared/order.ts";
import { attachmentOfRow, detailsOf } from "../engine/details-json.ts";
import { deliveryOf, kinds } from "../engine/rows.ts";
import { threadJson, threadOf } from "../engine/thread-json.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";

/** Rows of a damaged database as the new one takes them. */

export type Row = Readonly<Record<string, unknown>>;

/** Null: it is nothing that can be kept. */
export function mended(target: SqlDatabase, table: string, row: Row): Row | null {
	switch (table) {
		case "conversations":
			return mendedConversation(target, row);
		case "entries":
			return mendedEntry(row);
		case "media":
			return mendedMedia(row);
		default:
			return row;
	}
}

/** Nothing counts as whole; what an older version did not have yet, or is damaged, follows from the address. */
function mendedConversation(target: SqlDatabase, row: Row): Row {
	const { account, participant, thread } = row;
	let { peer, name } = row;
	const wellKeyed = typeof peer === "string" && peer !== "";
	// A lost address: what the provider calls the conversation says the most about it.
	if (wellKeyed && typeof account === "number" && typeof participant === "number")
		target.run(
			`INSERT OR IGNORE INTO participants (row, account, address)
			SELECT ?, row, ? FROM accounts WHERE row = ?`,
			participant,
			peer as string,
			account,
		);
	if (!wellKeyed && typeof participant === "number") {
		const known = target.get("SELECT address, name FROM participants WHERE row = ?", participant) as
			{ readonly address: string; readonly name: string | null } | undefined;
		peer = known?.address;
		name = known?.name ?? null;
	}
	return {
		...row,
		peer: peer ?? "",
		name: typeof name === "string" ? name : null,
		formatted: typeof row["formatted"] === "string" ? row["formatted"] : null,
		thread: typeof thread === "string" ? threadJson(threadOf(thread)) : null,
		archived: row["archived"] === 1 ? 1 : 0,
		person: typeof row["person"] === "string" ? row["person"] : null,
		synced_to: "",
		preview: null,
	};
}

/** With a place, a state and details that can be read; null: it is none of the kinds there are. */
function mendedEntry(row: Row): Row | null {
	const { kind, at, sequence, place, delivery, detail, local_time: localTime } = row;
	if (typeof at !== "number" || typeof sequence !== "number") return null;
	if (kind !== kinds.message && !isJson(detail)) return null;
	const goodPlace = typeof place === "string" && /^\d{13}[st][!-~]*$/.test(place);
	return {
		...row,
		place: goodPlace ? place : arrivalOrder(at, sequence, null),
		local_time: goodPlace ? localTime : 1,
		delivery:
			typeof delivery === "string"
				? JSON.stringify(deliveryOf(delivery, at, typeof detail === "string" ? detail : null))
				: delivery,
		detail: kind === kinds.message ? mendedDetail(detail) : detail,
	};
}

function mendedDetail(detail: unknown): string | null {
	const details = typeof detail === "string" ? detailsOf(detail) : null;
	return details === null ? null : JSON.stringify(details);
}

function mendedMedia(row: Row): Row | null {
	const { id, ref, attachment, bytes } = row;
	if (typeof id !== "string" || (bytes !== null && !(bytes instanceof Uint8Array))) return null;
	const plainRef = typeof ref === "string" ? ref : null;
	const known = attachmentOfRow({
		id,
		attachment: typeof attachment === "string" ? attachment : "",
		ref: plainRef,
		here: bytes !== null,
	});
	return { ...row, ref: plainRef, attachment: JSON.stringify(known) };
}

function isJson(value: unknown): boolean {
	try {
		return typeof value === "string" && typeof JSON.parse(value) === "object";
	} catch {
		return false;
	}
}
