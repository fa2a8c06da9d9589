import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import type { GroupSend } from "./group-send.ts";
import type { WireMessage } from "./wire.ts";

/** A text on its way to one number whose id is not known yet. */
export interface Pending {
	readonly clientId: ClientMessageId;
	/** Of the conversation with that number. */
	readonly key: string;
	readonly text: string;
	/** The server's message is newer than this, */
	readonly newerThan: EpochMs;
	/** and not newer than this: an equal text of hours later is another one. */
	readonly until: EpochMs;
	/** A message to several people: this is the one to this number. */
	readonly group: GroupSend | null;
	/** "inFlight": the reply may still tell its id. "waiting": the server has it, or may have it, and told no id. */
	state: "inFlight" | "waiting";
}

/** Whose an own message of the server is; null: nobody's here. "hold": to be looked at again when a reply has come. */
export type Match = { readonly kind: "ours"; readonly pending: Pending } | "hold" | null;

/** So many ids are remembered of texts that were sent from here. */
const mostOwn = 1000;

/**
 * Which messages of the server are texts that were sent from here, where no reply told (sheet, 10.1: an empty 201, a
 * 202, no answer). Texts are compared exactly first. The server may have put values in place of fields or changed the
 * text otherwise (row 16): one that is only alike counts if nothing else is on its way to this number. Of equal texts
 * the oldest is meant: which is which makes no difference, how many there are does.
 */
export class Claims {
	#pending: Pending[] = [];
	readonly #own = new Map<string, ClientMessageId>();

	begin(pending: Omit<Pending, "state">): Pending {
		// Sent once more by the person: what was known of the time before is over.
		const { clientId, key } = pending;
		this.#pending = this.#pending.filter((one) => one.clientId !== clientId || one.key !== key);
		const begun: Pending = { ...pending, state: "inFlight" };
		this.#pending.push(begun);
		return begun;
	}

	/** The reply told the id, or that nothing was sent. */
	end(pending: Pending, remoteId: string | null): void {
		this.#pending = this.#pending.filter((one) => one !== pending);
		if (remoteId !== null) this.#remember(remoteId, pending.clientId);
	}

	/** Nothing told its id. */
	wait(pending: Pending): void {
		pending.state = "waiting";
	}

	isWaiting(pending: Pending): boolean {
		return this.#pending.includes(pending);
	}

	/** Something may still turn up in the conversation with this number. */
	expects(key: string): boolean {
		return this.#pending.some((one) => one.key === key);
	}

	/** Our client id of a message that was sent from here. */
	clientId(remoteId: string): ClientMessageId | null {
		return this.#own.get(remoteId) ?? null;
	}

	/** Whose this own message is that was never told before; what is found is claimed. */
	match(key: string, message: WireMessage): Match {
		// A reply told that this is another text of ours: however alike, it is not this one.
		if (this.#own.has(message.id)) return null;
		const there = this.#pending.filter(
			(one) => one.key === key && message.at > one.newerThan && message.at <= one.until,
		);
		const equal = there.filter(({ text }) => plain(text) === plain(message.text));
		const candidates =
			equal.length > 0
				? equal
				: there.length === 1
					? there.filter((one) => alike(one.text, message.text))
					: [];
		const waiting = candidates.find(({ state }) => state === "waiting");
		if (waiting === undefined) return candidates.length > 0 ? "hold" : null;
		this.end(waiting, waiting.group === null ? message.id : null);
		return { kind: "ours", pending: waiting };
	}

	#remember(remoteId: string, clientId: ClientMessageId): void {
		this.#own.set(remoteId, clientId);
		const [oldest] = this.#own.keys();
		if (this.#own.size > mostOwn && oldest !== undefined) this.#own.delete(oldest);
	}
}

function plain(text: string): string {
	return text.trim();
}

/** What may stand for a value that the server puts in its place: how such a field is written is not documented. */
const field = /\{\{.+?\}\}|\{.+?\}|\[\[.+?\]\]|\[.+?\]|<.+?>|%.+?%|\$\w+/u;

/** The same but for fields, signs and links. Two texts that differ in a word are two texts, however alike. */
function alike(typed: string, sent: string): boolean {
	if (letters(typed) === letters(sent)) return true;
	const [one, other] = [plain(typed), plain(sent)];
	const [before = "", ...parts] = one.split(field);
	return parts.length > 0 && inOrder([before, ...parts], other);
}

/** What stands around the fields is there, the first at the beginning and the last at the end. */
function inOrder(parts: readonly string[], text: string): boolean {
	let from = 0;
	for (const [index, part] of parts.entries()) {
		const at = index === parts.length - 1 ? text.length - part.length : text.indexOf(part, from);
		if (at < from || (index === 0 && at !== 0) || !text.startsWith(part, at)) return false;
		from = at + part.length;
	}
	return true;
}

function letters(text: string): string {
	return text.replaceAll(/https?:\/\/\S+/giu, "").replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
