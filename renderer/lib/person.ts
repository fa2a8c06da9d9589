import type { Peer } from "../../shared/model.ts";

/** What a peer is called: the name when one is known, else the number or address. */
export function peerName(peer: Peer): string {
	return peer.name ?? peer.address;
}

/** One or two characters for an avatar: initials of a name, the first two of a number. */
export function initials(name: string): string {
	const words = name.trim().split(/\s+/u);
	const first = [...(words[0] ?? "")];
	if (!/\p{L}/u.test(first[0] ?? "")) return first.slice(0, 2).join("");
	const last = words.length > 1 ? [...(words.at(-1) ?? "")] : [];
	return ((first[0] ?? "") + (/\p{L}/u.test(last[0] ?? "") ? (last[0] ?? "") : "")).toLocaleUpperCase();
}

/** A hue in degrees that stays the same for one address; null for a bare number, which stays grey. */
export function hueOf(name: string | null, address: string): number | null {
	if (name === null) return null;
	let hash = 7;
	for (const character of address) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3600;
	return (hash * 47) % 360;
}
