import type { EpochMs } from "../../../core/ports/runtime.ts";

/** Messages of text services are younger than this; an older time is a server's "none" (0001-01-01, 1970-01-01). */
const earliest: EpochMs = Date.UTC(1990, 0, 1);
const latest: EpochMs = Date.UTC(2100, 0, 1);

const calendar =
	/^(\d{4})-(\d{2})-(\d{2})(?:(?:[Tt]|[ ]+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,30}))?)?[ ]*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/;
/** The .NET form; the offset says where the server stands, not another moment. */
const dotNet = /^(?:\\?\/)Date\((-?\d{1,17})(?:[+-]\d{4})?\)(?:\\?\/)$/;

/**
 * The moment that a server means, or null when it says none that can be. Understood: ISO 8601 with a fraction of any
 * length (cut to milliseconds), with `Z`, an offset or none (then UTC); `YYYY-MM-DD HH:MM:SS` (UTC); `YYYY-MM-DD`
 * (midnight UTC); `/Date(ms+hhmm)/`. A date that the calendar has not, and one outside 1990 to 2100, is null.
 */
export function asTime(value: unknown): EpochMs | null {
	if (typeof value !== "string" || value.length > 80) return null;
	const text = value.trim();
	const moment = dotNet.exec(text)?.[1];
	return plausible(moment === undefined ? calendarTime(text) : Number(moment));
}

function calendarTime(text: string): number {
	const found = calendar.exec(text);
	if (found === null) return NaN;
	const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = found;
	const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
	// 31 February would quietly become a day of March.
	const real = new Date(midnight);
	if (real.getUTCMonth() !== Number(month) - 1 || real.getUTCDate() !== Number(day)) return NaN;
	if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return NaN;
	const ofDay = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1000;
	return midnight + ofDay + Number(fraction.slice(0, 3).padEnd(3, "0")) - offsetMs(zone);
}

function offsetMs(zone: string): number {
	const found = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
	if (found === null) return 0;
	const [, sign, hours, minutes = "0"] = found;
	if (Number(hours) > 23 || Number(minutes) > 59) return NaN;
	return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function plausible(ms: number): EpochMs | null {
	return ms >= earliest && ms < latest ? ms : null;
}
