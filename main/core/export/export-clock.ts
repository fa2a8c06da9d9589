import type { EpochMs } from "../../../shared/model.ts";

/** Local moments with their distance from UTC: the same in every language, and clear in any other place. */
export class ExportClock {
	readonly #parts: Intl.DateTimeFormat;

	/** IANA name; undefined: the system's zone. */
	constructor(timeZone: string | undefined) {
		this.#parts = new Intl.DateTimeFormat("en-CA", {
			year: "numeric",
			month: "2-digit",
			day: "2-digit",
			hour: "2-digit",
			minute: "2-digit",
			second: "2-digit",
			hourCycle: "h23",
			timeZoneName: "longOffset",
			...(timeZone === undefined ? {} : { timeZone }),
		});
	}

	/** "2026-03-22" */
	day(at: EpochMs): string {
		const { year, month, day } = this.#of(at);
		return `${year}-${month}-${day}`;
	}

	/** "2026-03-22 10:45:03 +01:00" */
	moment(at: EpochMs): string {
		const { hour, minute, second, timeZoneName } = this.#of(at);
		// "GMT" alone is UTC.
		const offset = timeZoneName.replace("GMT", "");
		return `${this.day(at)} ${hour}:${minute}:${second} ${offset === "" ? "+00:00" : offset}`;
	}

	#of(at: EpochMs): Record<(typeof wanted)[number], string> {
		const found = new Map(this.#parts.formatToParts(at).map(({ type, value }) => [type, value]));
		return Object.fromEntries(wanted.map((name) => [name, found.get(name) ?? ""])) as Record<
			(typeof wanted)[number],
			string
		>;
	}
}

const wanted = ["year", "month", "day", "hour", "minute", "second", "timeZoneName"] as const;
