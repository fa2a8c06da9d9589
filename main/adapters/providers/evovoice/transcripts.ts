import { createHash } from "node:crypto";
import type { RemoteFile } from "../../../core/ports/provider.ts";
import type { Clock, EpochMs } from "../../../core/ports/runtime.ts";
import { toSeconds } from "./after-date.ts";
import type { Known } from "./conversation-book.ts";
import { type EvoRest, unlessRefused } from "./evo-rest.ts";
import type { MessageReader, PlacedMessage } from "./message-reader.ts";
import { type TranscriptLine, transcript } from "./wire.ts";

/** A line of a transcript and a message of a list are the same when their texts are and their times are so near. */
export const sameMs = 2000;
/** `historicalCutOffDate`: at most 6 months back; a little less, for clocks that differ. */
const historyMs = 180 * 86_400_000;

/** What somebody said in a chat. */
export interface Line {
	/** Made here: a transcript has none. */
	readonly id: string;
	readonly at: EpochMs;
	readonly from: string | null;
	readonly text: string;
	readonly file: RemoteFile | null;
}

/** `GET /sessions/{id}/transcript` (sheet, 5.4). */
export class Transcripts {
	readonly #rest: EvoRest;
	readonly #clock: Clock;
	readonly #reader: MessageReader;

	constructor(rest: EvoRest, clock: Clock, reader: MessageReader) {
		this.#rest = rest;
		this.#clock = clock;
		this.#reader = reader;
	}

	/** In the server's order; `historical`: of earlier sessions too. One that may not be read is empty. */
	async read(
		known: Known,
		sessionId: string,
		historical: boolean,
		signal: AbortSignal,
	): Promise<readonly Line[]> {
		const path = `/sessions/${encodeURIComponent(sessionId)}/transcript`;
		const now = this.#clock.now();
		const cutOff = { includeHistorical: true, historicalCutOffDate: toSeconds(now - historyMs) };
		const query = historical ? cutOff : {};
		const answer = this.#rest.read(path, query, transcript, signal);
		const { messages } = await unlessRefused(answer, { messages: [] });
		const dated = messages.map((line, index) => ({
			// For a date that cannot be read: its place in the transcript, which only grows at the end.
			id: `${known.key} ${sessionId} ${String(index)}`,
			date: line.date,
			line,
		}));
		const counted = new Map<string, number>();
		return this.#reader.times.place(dated, now).map(({ line, at }) => {
			const text = line.body ?? "";
			const same = `${String(at)} ${text}`;
			const nth = counted.get(same) ?? 0;
			counted.set(same, nth + 1);
			return { id: lineId(known.key, at, text, nth), at, from: line.from, text, file: fileOf(line) };
		});
	}
}

/** Stable over runs and over the sessions of a conversation: a transcript has no ids of its own. */
export function lineId(key: string, at: EpochMs, text: string, nth: number): string {
	const hash = createHash("sha256").update(`${key}\n${text}`).digest("base64url").slice(0, 22);
	return `chat:${String(at)}:${hash}:${String(nth)}`;
}

/** Which line is which message: equal text, times as near as can be; each once. */
export function matched(
	lines: readonly Line[],
	messages: readonly PlacedMessage[],
): ReadonlyMap<Line, PlacedMessage> {
	const left = new Set(messages);
	const pairs = new Map<Line, PlacedMessage>();
	for (const line of lines) {
		const fitting = [...left].filter(
			({ info, at }) => (info.text ?? "") === line.text && Math.abs(at - line.at) <= sameMs,
		);
		const best = fitting.sort(
			(one, other) => Math.abs(one.at - line.at) - Math.abs(other.at - line.at),
		)[0];
		if (best === undefined) continue;
		left.delete(best);
		pairs.set(line, best);
	}
	return pairs;
}

function fileOf({ mediaUri, mediaContentType }: TranscriptLine): RemoteFile | null {
	if (mediaUri === null) return null;
	return { ref: mediaUri, type: mediaContentType, name: null, bytes: null, width: null, height: null };
}
