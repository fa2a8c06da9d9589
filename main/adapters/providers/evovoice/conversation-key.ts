import type { Numbers } from "../../../core/ports/numbers.ts";

/** What a conversation is between (sheet, 6): an own endpoint and another address. */
export interface KeyParts {
	readonly endpointId: string;
	/** In its one spelling (`canonicalAddress`). */
	readonly address: string;
}

/**
 * The key of a conversation: endpoint and other address, the only two things of it that stay (row 4: the server's id of a
 * conversation may be another in every answer). Endpoint ids are opaque, so they are encoded; an address may hold anything.
 */
export function keyOf({ endpointId, address }: KeyParts): string {
	return `${encodeURIComponent(endpointId)} ${address}`;
}

/** Null: no key of ours. */
export function partsOf(key: string): KeyParts | null {
	const space = key.indexOf(" ");
	if (space <= 0 || space === key.length - 1) return null;
	try {
		return { endpointId: decodeURIComponent(key.slice(0, space)), address: key.slice(space + 1) };
	} catch {
		return null;
	}
}

/**
 * One spelling for an address: E.164 where it can only be that, e-mail addresses in small letters, all else as it is. It
 * must not depend on what is known of the line, or the key would change when lines are known.
 */
export function canonicalAddress(raw: string, numbers: Numbers): string {
	const text = raw.trim();
	if (isMail(text)) return text.toLowerCase();
	if (!/^\+?[\d\s().-]{7,30}$/.test(text)) return text;
	const parsed = numbers.parse(text, { ownNumber: null, country: null });
	if (parsed !== null && !parsed.shortCode) return parsed.e164;
	const digits = text.replace(/\D/g, "");
	return text.startsWith("+") ? `+${digits}` : text;
}

/** A number that a text message can go to, or a short code. */
export function isNumber(address: string): boolean {
	return /^\+?\d{3,15}$/.test(address);
}

export function isMail(address: string): boolean {
	return /^[^\s@]+@[^\s@]+$/.test(address);
}
