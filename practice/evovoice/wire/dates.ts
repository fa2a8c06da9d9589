/** The forms in which a date may be written (sheet, section 12, row 1). */
export type DateFormat =
	/** `2026-05-01T12:00:00.123Z` */
	| "isoMilliseconds"
	/** `2026-05-01T12:00:00Z`, as in the sheet's sample: moments within a second look the same. */
	| "isoSeconds"
	/** `2026-05-01T14:00:00.123+02:00` */
	| "isoOffset"
	/** `2026-05-01T12:00:00.123`, which means UTC */
	| "isoLocal"
	/** `2026-05-01T12:00:00.1230000Z`, .NET's own */
	| "isoSevenDigits"
	/** `/Date(1700000000000)/` */
	| "milliseconds"
	/** `/Date(1700000000000+0200)/` */
	| "millisecondsOffset"
	/** Nothing that anybody can read. */
	| "garbage";

const twoHoursMs = 7_200_000;

/** Writes a moment (milliseconds since 1970) in one of the forms. */
export function writeDate(at: number, format: DateFormat): string {
	const iso = new Date(at).toISOString();
	switch (format) {
		case "isoMilliseconds":
			return iso;
		case "isoSeconds":
			return iso.replace(/\.\d+Z$/, "Z");
		case "isoOffset":
			return new Date(at + twoHoursMs).toISOString().replace("Z", "+02:00");
		case "isoLocal":
			return iso.slice(0, -1);
		case "isoSevenDigits":
			return iso.replace("Z", "0000Z");
		case "milliseconds":
			return `/Date(${String(at)})/`;
		case "millisecondsOffset":
			return `/Date(${String(at)}+0200)/`;
		case "garbage":
			return `il y a ${String(Math.floor(at / 1_000) % 60)} s`;
	}
}

const isoForm = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** Reads a date of a request: ISO 8601, without a zone UTC, or a day alone. Null: not readable. */
export function readDate(text: string): number | null {
	const match = isoForm.exec(text);
	if (match === null) return null;
	const [, day = "", time = "00:00:00", zone = "Z"] = match;
	const at = Date.parse(`${day}T${time.replace(/(\.\d{3})\d+/, "$1")}${zone}`);
	return Number.isNaN(at) ? null : at;
}

/** Whether the text is `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
	return /^\d{4}-\d{2}-\d{2}$/.test(text) && readDate(text) !== null;
}
