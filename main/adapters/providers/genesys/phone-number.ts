import type { Participant } from "./wire.ts";

/** Numbers are compared by what a telephone system sees of them: digits, and letters of a SIP name. */

/** `+1 (555) 01-00` and `15550100` are the same; empty when nothing is left to dial. */
export function plainNumber(number: string): string {
	const compact = number.toLowerCase().replace(/[\s().\-/]/g, "");
	return /^\+\d+$/.test(compact) ? compact.slice(1) : compact;
}

export function sameNumber(one: string, other: string): boolean {
	const plain = plainNumber(one);
	return plain !== "" && plain === plainNumber(other);
}

/** What a party is called and dialled by: `phoneNumber`, else `digits` (row 7); null when it has neither. */
export function numberOf(participant: Participant): string | null {
	return (
		firstFilled(participant.phoneNumber) ??
		firstFilled(participant.digits) ??
		firstFilled(participant.e164Number)
	);
}

/** Whether any of a party's spellings is this number. */
export function hasNumber(participant: Participant, number: string): boolean {
	return [
		participant.phoneNumber,
		participant.digits,
		participant.e164Number,
		participant.formattedPhoneNumber,
	].some((spelling) => spelling !== null && sameNumber(spelling, number));
}

function firstFilled(value: string | null): string | null {
	return value === null || value === "" ? null : value;
}
