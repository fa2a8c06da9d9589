import { wireNumber } from "./digits.ts";
import { type Identity, identityOf, sameUid, splitUid } from "./identity.ts";
import { type SessionRow, listed } from "./wire.ts";

/**
 * Which conversation a session belongs to. Several sessions with the same people by the same number are one place (row
 * 5): their ids stay apart underneath.
 *
 * Keys, the same in every run: `sms:<own digits>:<digits>` and `groupsms:<own digits>:<digits>,<digits>` (sorted),
 * because a number has one conversation with a number; `chat:<uid>`, because a colleague has one; and
 * `group:<session id>`, because two groups may have the same members.
 */
export type Place =
	| {
			readonly kind: "sms";
			readonly key: string;
			readonly own: string;
			readonly remotes: readonly [string];
	  }
	| {
			readonly kind: "groupSms";
			readonly key: string;
			readonly own: string;
			readonly remotes: readonly string[];
	  }
	| { readonly kind: "chat"; readonly key: string; readonly own: null; readonly remotes: readonly [string] }
	/** `remotes`: uids of the members without the agent; empty where only the key is known. */
	| {
			readonly kind: "group";
			readonly key: string;
			readonly own: null;
			readonly remotes: readonly string[];
	  }
	/** A row that does not say who the other side is: it can be read. */
	| { readonly kind: "other"; readonly key: string; readonly own: null; readonly remotes: readonly [] };

export function smsPlace(own: string, remotes: readonly string[]): Place {
	const ownDigits = wireNumber(own);
	const numbers = [...new Set(remotes.map(wireNumber))].sort();
	const [only, ...more] = numbers;
	if (only === undefined) throw new RangeError("nobody is on the other side");
	if (more.length === 0)
		return { kind: "sms", key: `sms:${ownDigits}:${only}`, own: ownDigits, remotes: [only] };
	return {
		kind: "groupSms",
		key: `groupsms:${ownDigits}:${numbers.join(",")}`,
		own: ownDigits,
		remotes: numbers,
	};
}

export function chatPlace(uid: string): Place {
	return { kind: "chat", key: `chat:${uid.toLowerCase()}`, own: null, remotes: [uid] };
}

export function groupPlace(id: string, members: readonly string[]): Place {
	return { kind: "group", key: `group:${id}`, own: null, remotes: members };
}

/** The place that a key names; null: no key of ours. */
export function placeOfKey(key: string): Place | null {
	const [kind = "", first = "", second = ""] = splitKey(key);
	switch (kind) {
		case "sms":
		case "groupsms":
			return first === "" || second === "" ? null : { ...smsPlace(first, listed(second)), key };
		case "chat":
			return first === "" ? null : chatPlace(first);
		case "group":
			return first === "" ? null : groupPlace(first, []);
		case "other":
			return { kind: "other", key, own: null, remotes: [] };
		default:
			return null;
	}
}

/** The chat of a video meeting is not one of ours (2.1). */
export function isMeeting({ id }: SessionRow): boolean {
	return id.includes("meeting");
}

/**
 * The place of a session (2.1, "kind of conversation"). `uidFor` makes a uid of a bare extension; `groupId` is the id
 * that the key of a group has where the server gave it another one (row 5).
 */
export function placeOfRow(
	row: SessionRow,
	me: Identity,
	uidFor: (extension: string) => string,
	groupId: (id: string) => string = (id) => id,
): Place {
	const remotes = listed(row.remote);
	if (row.smsNumber !== null) {
		const own = wireNumber(row.smsNumber);
		const people = [...remotes, ...row.participants].map(wireNumber).filter((number) => number !== own);
		// A row for a text to oneself names nobody else.
		const others = people.length === 0 && remotes.length > 0 ? [own] : people;
		return others.length === 0 ? unknownPlace(row) : smsPlace(own, others);
	}
	const people = [...(remotes.length > 0 ? remotes : row.participants)].map(uidFor);
	const members = [...new Set([...people, ...row.participants.map(uidFor)])].filter(
		(uid) => !sameUid(uid, me.uid),
	);
	if (row.type === "group-chat" || remotes.length > 1) return groupPlace(groupId(row.id), members);
	const [only] = people;
	return only === undefined ? unknownPlace(row) : chatPlace(only);
}

/** A bare extension as a uid of the agent's domain. */
export function plainUid(written: string, me: Identity): string {
	return written.includes("@") ? written : identityOf(written, me.domain).uid;
}

/** The extension that a chat is sent to (rows 20, 21). */
export function extensionOf(uid: string): string {
	return splitUid(uid)?.user ?? uid;
}

function unknownPlace({ id }: SessionRow): Place {
	return { kind: "other", key: `other:${id}`, own: null, remotes: [] };
}

/** `kind:first:rest`; a uid or an id has no colon, and what comes after the second belongs to the rest. */
function splitKey(key: string): readonly string[] {
	const [kind = "", first = "", ...rest] = key.split(":");
	return [kind, first, rest.join(":")];
}
