import type { EpochMs } from "./model.ts";

/**
 * The place of an entry in its timeline, as a text that sorts: `<milliseconds, 13 digits><kind><tie>`.
 * ASCII only, so that SQLite (bytes) and JavaScript (UTF-16 units) sort it alike.
 *
 * - What a system gives a time and an id stands at (server time, id), whenever it arrived.
 * - Everything else (Genesys IM, texts that have not left, lines of our own) stands where it
 *   arrived: not before the newest entry there was, then by the number it got on receipt.
 */
export type Order = string;

/** Before every entry. */
export const orderStart: Order = "";

const latest = 9_999_999_999_999;

/** Place of an entry that its system gave a time and an id. */
export function serverOrder(at: EpochMs, remoteId: string): Order {
	return `${digits(at)}s${ascii(remoteId)}`;
}

/** Place of an entry by arrival; `newest` is the order of the newest entry of the timeline at that moment. */
export function arrivalOrder(at: EpochMs, sequence: number, newest: Order | null): Order {
	const floor = newest === null ? 0 : orderTime(newest);
	return `${digits(Math.max(at, floor))}t${String(sequence).padStart(12, "0")}`;
}

/** The time in an order, in milliseconds; 0 for `orderStart`. */
export function orderTime(order: Order): EpochMs {
	return order === orderStart ? 0 : Number(order.slice(0, 13));
}

export function compareOrder(one: Order, other: Order): number {
	return one < other ? -1 : one > other ? 1 : 0;
}

function digits(at: EpochMs): string {
	// What a server says is input: no time before 1970, none after 2286, no fraction, no NaN.
	const whole = Number.isFinite(at) ? Math.trunc(Math.min(Math.max(at, 0), latest)) : 0;
	return String(whole).padStart(13, "0");
}

/** Printable ASCII stays, `%` and the rest become `%<hex>;`: two ids never become one. */
function ascii(text: string): string {
	return text.replace(/[^!-$&-~]/gu, (one) => `%${(one.codePointAt(0) ?? 0).toString(16)};`);
}
