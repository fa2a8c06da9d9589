import type { EpochMs } from "../../shared/model.ts";

/** What is younger is said to be just now: seconds that are counted out loud only distract. */
export const justNowMs = 5000;

/** How moments are written in one language and time zone. */
export class Formats {
	readonly #time: Intl.DateTimeFormat;
	readonly #weekday: Intl.DateTimeFormat;
	readonly #longDay: Intl.DateTimeFormat;
	readonly #longDayYear: Intl.DateTimeFormat;
	readonly #shortDay: Intl.DateTimeFormat;
	readonly #shortDayYear: Intl.DateTimeFormat;
	readonly #dayKey: Intl.DateTimeFormat;
	readonly #relativeDay: Intl.RelativeTimeFormat;
	readonly #locale: string;
	readonly #numbers = new Map<string, Intl.NumberFormat>();
	readonly #duration: (unit: "second" | "minute" | "hour" | "day", value: number) => string;

	constructor(locale: string, timeZone: string | undefined) {
		this.#locale = locale;
		const zone = timeZone === undefined ? {} : { timeZone };
		const of = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
			new Intl.DateTimeFormat(locale, { ...options, ...zone });
		this.#time = of({ timeStyle: "short" });
		this.#weekday = of({ weekday: "short" });
		this.#longDay = of({ weekday: "long", day: "numeric", month: "long" });
		this.#longDayYear = of({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
		this.#shortDay = of({ day: "numeric", month: "short" });
		this.#shortDayYear = of({ day: "numeric", month: "numeric", year: "2-digit" });
		this.#dayKey = new Intl.DateTimeFormat("en-CA", {
			year: "numeric",
			month: "2-digit",
			day: "2-digit",
			...zone,
		});
		this.#relativeDay = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
		const units = new Map<string, Intl.NumberFormat>();
		this.#duration = (unit, value) => {
			let format = units.get(unit);
			if (format === undefined) {
				format = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" });
				units.set(unit, format);
			}
			return format.format(value);
		};
	}

	/** "10:42" */
	time(at: EpochMs): string {
		return this.#time.format(at);
	}

	/** The local day as "2026-03-21": equal for two moments of one day. */
	dayKey(at: EpochMs): string {
		return this.#dayKey.format(at);
	}

	/** Whole local days from `at` to `now`; negative when `at` lies in a later day. */
	daysBetween(at: EpochMs, now: EpochMs): number {
		return Math.round((Date.parse(this.dayKey(now)) - Date.parse(this.dayKey(at))) / 86_400_000);
	}

	/** A day separator: "Today", "Yesterday", "Friday, 20 March", with the year when it is another one. */
	day(at: EpochMs, now: EpochMs): string {
		const days = this.daysBetween(at, now);
		if (days === 0 || days === 1) {
			const word = this.#relativeDay.format(-days, "day");
			return word.charAt(0).toLocaleUpperCase() + word.slice(1);
		}
		return this.dayKey(at).slice(0, 4) === this.dayKey(now).slice(0, 4)
			? this.#longDay.format(at)
			: this.#longDayYear.format(at);
	}

	/** The short time of a list row: "10:42", "Fri", "3 Mar", "3/21/25". */
	listTime(at: EpochMs, now: EpochMs): string {
		const days = this.daysBetween(at, now);
		if (days <= 0) return this.time(at);
		if (days < 7) return this.#weekday.format(at);
		return this.dayKey(at).slice(0, 4) === this.dayKey(now).slice(0, 4)
			? this.#shortDay.format(at)
			: this.#shortDayYear.format(at);
	}

	/** Where rows of many days stand together: "10:42", "Fri 10:42", "3 Mar 10:42". */
	rowTime(at: EpochMs, now: EpochMs): string {
		const days = this.daysBetween(at, now);
		return days <= 0 ? this.time(at) : `${this.listTime(at, now)} ${this.time(at)}`;
	}

	/** A message's moment in full, for its accessible name: "10:42" today, else with the day. */
	moment(at: EpochMs, now: EpochMs): string {
		const days = this.daysBetween(at, now);
		return days === 0 ? this.time(at) : `${this.day(at, now)}, ${this.time(at)}`;
	}

	/** "1.4 MB": bytes in thousands, as shops and systems count them. */
	bytes(count: number): string {
		const [unit, size] =
			count < 1000 ? ["byte", 1] : count < 999_500 ? ["kilobyte", 1000] : ["megabyte", 1e6];
		const key = `bytes ${unit}`;
		let format = this.#numbers.get(key);
		if (format === undefined) {
			format = new Intl.NumberFormat(this.#locale, {
				style: "unit",
				unit,
				unitDisplay: "short",
				maximumFractionDigits: unit === "megabyte" ? 1 : 0,
			});
			this.#numbers.set(key, format);
		}
		return format.format(count / size);
	}

	/** "JPEG, PNG and PDF" */
	list(items: readonly string[]): string {
		return new Intl.ListFormat(this.#locale, { type: "conjunction" }).format(items);
	}

	/** "Mon 23 Mar, 09:00": a moment that is still to come. */
	future(at: EpochMs, now: EpochMs): string {
		return this.daysBetween(at, now) === 0
			? this.time(at)
			: `${this.#weekday.format(at)} ${this.#shortDay.format(at)}, ${this.time(at)}`;
	}

	/** A length of time in its largest unit: "2 sec", "6 min". Never negative. */
	duration(milliseconds: number): string {
		const seconds = Math.max(0, Math.round(milliseconds / 1000));
		if (seconds < 60) return this.#duration("second", seconds);
		if (seconds < 3600) return this.#duration("minute", Math.floor(seconds / 60));
		if (seconds < 86_400) return this.#duration("hour", Math.floor(seconds / 3600));
		return this.#duration("day", Math.floor(seconds / 86_400));
	}
}
