import { createHash } from "node:crypto";
import type { User } from "./company.ts";
import { uidOf } from "./company.ts";

/** A picture, film or file of a message. */
export interface Media {
	readonly mimeType: string;
	readonly bytes: Buffer;
}

/** One line of a conversation (sheet, 2.2). */
export interface Message {
	readonly id: string;
	/** Milliseconds since the epoch; the wire has seconds. */
	readonly at: number;
	readonly type: string;
	/** `orig` came from outside, `term` went outside, nothing within the domain. */
	readonly direction: "" | "orig" | "term";
	readonly fromNumber: string;
	/** uid; empty for people outside. */
	readonly fromUid: string;
	readonly fromAgent: string;
	readonly attendee: string | null;
	readonly dialed: string;
	text: string;
	readonly recipients: readonly string[];
	readonly recipientNumber: string;
	status: string;
	readonly media: Media | null;
	readonly videoInstance: string | null;
	deletedAt: number | null;
	/** Listed from this moment on. */
	readonly visibleFrom: number;
	/** Rows in a list. */
	readonly copies: number;
}

/** Fields of a session that waits in, or came out of, an SMS queue. */
export interface QueueState {
	readonly termination: string;
	readonly status: string;
	readonly sessionId: string;
	readonly agentStartAt: number | null;
}

/** A conversation as one user has it (sheet, 2.1). */
export interface Row {
	readonly owner: User;
	status: "read" | "unread";
	muted: boolean;
	queue: QueueState | null;
	reminderAt: number | null;
	/** Messages before this index are not shown to the owner. */
	since: number;
}

/** A conversation, whoever has a row of it. */
export interface Conversation {
	readonly domain: string;
	readonly id: string;
	kind: "chat" | "group-chat" | "sms";
	/** Our own number; empty within the domain. */
	readonly smsNumber: string;
	/** Numbers of the people outside. */
	readonly remotes: readonly string[];
	/** uids of everybody within the domain who takes part. */
	members: string[];
	name: string;
	readonly messages: Message[];
	readonly rows: Map<string, Row>;
	/** Where the history of somebody begins who once deleted the row, by uid. */
	readonly removedAt: Map<string, number>;
}

/** What tells one conversation from another. */
export type Parties = Pick<Conversation, "domain" | "kind" | "smsNumber" | "remotes" | "members">;

/** All conversations of all domains. */
export class Conversations {
	readonly #byKey = new Map<string, Conversation>();

	get all(): readonly Conversation[] {
		return [...this.#byKey.values()];
	}

	find(domain: string, id: string): Conversation | undefined {
		return this.#byKey.get(`${domain}/${id}`);
	}

	/** The conversation that was used last between exactly these parties. */
	between(parties: Parties): Conversation | undefined {
		// The chat of a meeting is over with the meeting.
		const fits = this.all.filter(
			(candidate) => !candidate.id.includes("meeting") && sameParties(candidate, parties),
		);
		return fits.sort((left, right) => lastAt(left) - lastAt(right)).at(-1);
	}

	create(id: string, parties: Parties): Conversation {
		const created: Conversation = {
			...parties,
			id,
			members: [...parties.members],
			name: "",
			messages: [],
			rows: new Map(),
			removedAt: new Map(),
		};
		this.#byKey.set(`${parties.domain}/${id}`, created);
		return created;
	}

	/** A message of a domain by its id. */
	message(domain: string, id: string): Message | null {
		for (const conversation of this.all) {
			if (conversation.domain !== domain) continue;
			const found = conversation.messages.find((message) => message.id === id);
			if (found !== undefined) return found;
		}
		return null;
	}

	/** One user's row of a session: to mute it, or to give it queue fields. */
	row(uid: string, id: string): Row | undefined {
		return this.all
			.find((conversation) => conversation.id === id && conversation.rows.has(uid))
			?.rows.get(uid);
	}

	/** The rows of one user, in no order. */
	rowsOf(user: User): { conversation: Conversation; row: Row }[] {
		return this.all.flatMap((conversation) => {
			const row = conversation.rows.get(uidOf(user));
			return row === undefined ? [] : [{ conversation, row }];
		});
	}

	/** The rows of a whole domain: a conversation comes once for each user who has it. */
	rowsOfDomain(domain: string): { conversation: Conversation; row: Row }[] {
		return this.all
			.filter((conversation) => conversation.domain === domain)
			.flatMap((conversation) => [...conversation.rows.values()].map((row) => ({ conversation, row })));
	}
}

/** The user's row, made when it is not there (yet, or any more). */
export function rowFor(conversation: Conversation, owner: User): Row {
	const known = conversation.rows.get(uidOf(owner));
	if (known !== undefined) return known;
	const row: Row = {
		owner,
		status: "read",
		muted: false,
		queue: null,
		reminderAt: null,
		since: conversation.removedAt.get(uidOf(owner)) ?? 0,
	};
	conversation.rows.set(uidOf(owner), row);
	return row;
}

/** Takes the row away; a later message brings it back without what was before. */
export function removeRow(conversation: Conversation, uid: string): void {
	conversation.rows.delete(uid);
	conversation.removedAt.set(uid, conversation.messages.length);
}

/** Milliseconds of the newest message, 0 without one. */
export function lastAt(conversation: Conversation): number {
	return conversation.messages.at(-1)?.at ?? 0;
}

/** The other side as the row's owner sees it: a uid, a number, or a list with commas. */
export function remoteOf(conversation: Conversation, owner: User): string {
	if (conversation.kind === "sms") return conversation.remotes.join(",");
	return conversation.members.filter((member) => member !== uidOf(owner)).join(",");
}

/** The id that the portal computes for two people: always the same 32 digits (sheet, 3.4). */
export function portalSessionId(domain: string, members: readonly string[]): string {
	return createHash("md5")
		.update([domain, ...[...members].sort()].join("|"))
		.digest("hex");
}

function sameParties(left: Parties, right: Parties): boolean {
	return (
		left.domain === right.domain &&
		left.kind === right.kind &&
		left.smsNumber === right.smsNumber &&
		sameSet(left.remotes, right.remotes) &&
		// Who has an SMS conversation follows from its number.
		(left.kind === "sms" || sameSet(left.members, right.members))
	);
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
	return [...new Set(left)].sort().join() === [...new Set(right)].sort().join();
}
