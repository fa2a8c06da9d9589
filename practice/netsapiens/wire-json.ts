/** A number that is written digit by digit, however long it is. */
export class WireNumber {
	readonly digits: string;

	constructor(digits: string) {
		this.digits = digits;
	}
}

export type WireValue = string | number | boolean | null | WireNumber | readonly WireValue[] | WireObject;
export interface WireObject {
	readonly [key: string]: WireValue;
}

/** JSON whose numbers may be longer than a double can carry. */
export function writeJson(value: WireValue): string {
	if (value instanceof WireNumber) return value.digits;
	if (Array.isArray(value)) return `[${(value as readonly WireValue[]).map(writeJson).join(",")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const members = Object.entries(value as WireObject).map(
		([key, inner]) => `${JSON.stringify(key)}:${writeJson(inner)}`,
	);
	return `{${members.join(",")}}`;
}

/** A whole number as the vendor's examples have it: nothing is lost. Up to 18 digits, a 64-bit integer. */
export function losslessNumber(text: string): WireNumber | null {
	return /^(0|[1-9]\d{0,17})$/.test(text) ? new WireNumber(text) : null;
}

/** Anything that a loose server takes for a number: zeros, signs and forms are lost. */
export function lossyNumber(text: string): WireNumber | null {
	if (!/^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) return null;
	if (/^\s*[+-]?\d{1,18}$/.test(text))
		return new WireNumber(BigInt(text.trim().replace(/^\+/, "")).toString());
	const value = Number(text);
	return Number.isFinite(value) ? new WireNumber(String(value)) : null;
}
