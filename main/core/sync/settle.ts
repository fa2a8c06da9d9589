import type { EpochMs, MessageEntry } from "../../../shared/model.ts";
import type { ProviderEvent } from "../ports/provider.ts";

export type OwnMessage = Extract<ProviderEvent, { readonly type: "ownMessage" }>;

/** What the clocks of this computer and of the server may differ by, and a message be under way, in ms. */
export const clockSlackMs = 120_000;

/**
 * A text of ours of which it is not known whether the server has it: an own message on the server
 * can be this one.
 */
export function inDoubt(entry: MessageEntry): boolean {
	const state = entry.delivery?.state;
	return entry.direction === "out" && (state === "unknown" || state === "sending");
}

/**
 * Which text of ours an own message without a known id is; null: none, or more than one can be
 * meant, and then nothing is guessed.
 *
 * `texts`: all texts in doubt of its conversation. `others`: further own messages of that
 * conversation that nothing claims, stored or in the same batch.
 */
export function textMeant(
	event: OwnMessage,
	texts: readonly MessageEntry[],
	others: readonly {
		readonly text: string;
		readonly at: EpochMs | null;
		readonly sequence: number | null;
	}[],
	now: EpochMs,
): MessageEntry | null {
	const same = texts.filter((entry) => entry.text === event.text);
	const [only] = same;
	if (only === undefined || same.length > 1) return null;
	// Without ids nothing tells our text from an equal one of yesterday's: found in doubt at start, the person decides.
	if (event.remoteId === null && only.delivery?.problem?.code === "message.interrupted") return null;
	if (!canBe(only, event.at ?? now)) return null;
	const another = others.some(
		({ text, at, sequence }) =>
			text === event.text &&
			// What was here before the text was written is something else.
			(sequence === null || sequence > only.sequence) &&
			canBe(only, at ?? now),
	);
	return another ? null : only;
}

/** From when to when the server can have got a text, as its clock may show it. */
function canBe(entry: MessageEntry, at: EpochMs): boolean {
	const until = entry.delivery?.state === "unknown" ? entry.delivery.since + clockSlackMs : Infinity;
	return at >= entry.at - clockSlackMs && at <= until;
}

/** A text that the server took can be the message that it shows at this time. */
export function couldBe(entry: MessageEntry, at: EpochMs): boolean {
	const since = entry.delivery?.since ?? entry.at;
	return at >= entry.at - clockSlackMs && at <= since + clockSlackMs;
}

/** From when on an own message on the server can be one of these texts. */
export function earliest(texts: readonly MessageEntry[]): EpochMs {
	return Math.min(...texts.map((entry) => entry.at)) - clockSlackMs;
}
