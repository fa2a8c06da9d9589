import type { EpochMs } from "../../shared/model.ts";

/** A moment as `<input type="datetime-local">` takes it: this computer's own time, to the minute. */
export function localMinute(at: EpochMs): string {
	const date = new Date(at);
	const two = (value: number): string => String(value).padStart(2, "0");
	const day = [String(date.getFullYear()), two(date.getMonth() + 1), two(date.getDate())].join("-");
	return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
