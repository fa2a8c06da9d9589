import type { Conversation, Peer } from "../../shared/model.ts";

/** What a peer is called: the name when one is known, else the number or address as people write it. */
export function peerName(peer: Peer): string {
	return peer.name ?? peer.formatted;
}

/** What a conversation is called: the title of a group, else who is in it. */
export function conversationName({ peer, thread }: Pick<Conversation, "peer" | "thread">): string {
	const { group } = thread;
	if (group === null) return peerName(peer);
	if (group.title !== null && group.title.trim() !== "") return group.title;
	if (peer.name !== null) return peer.name;
	return group.members.some((member) => member.name !== null)
		? group.members.map((member) => member.name ?? member.address).join(", ")
		: peer.formatted;
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
