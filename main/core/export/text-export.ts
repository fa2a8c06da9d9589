import { describeError, type Translate } from "../../../shared/i18n/translate.ts";
import type { Conversation, Entry, EpochMs, MessageEntry } from "../../../shared/model.ts";
import type { ExportClock } from "./export-clock.ts";
import type { ExportWriter } from "./export-conversation.ts";

/**
 * Text for people: one entry a line, further lines of a message indented by a tab, so that nothing a person writes
 * can look like an entry.
 */
export function textWriter(
	conversation: Conversation,
	now: EpochMs,
	times: ExportClock,
	translate: Translate,
): ExportWriter {
	const { name, address } = conversation.peer;
	const peer = name ?? address;
	const indented = (words: string): string =>
		words.replaceAll(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu, "\n\t");

	function message(entry: MessageEntry): string {
		const author = entry.direction === "out" ? translate("message.you") : entry.author;
		const notes = [
			...(entry.delivery === null ? [] : [deliveryWords(entry.delivery)]),
			...(entry.localTime && entry.direction === "in" ? [translate("export.receipt")] : []),
		];
		return `${author}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}: ${entry.text}`;
	}

	function deliveryWords({ state, problem }: NonNullable<MessageEntry["delivery"]>): string {
		const word = translate(`delivery.${state}`);
		return problem === null || (state !== "failed" && state !== "unknown")
			? word
			: translate("delivery.withReason", { word, reason: describeError(translate, problem) });
	}

	function words(entry: Entry): string {
		switch (entry.kind) {
			case "message":
				return message(entry);
			case "stretch":
				return `* ${translate(`timeline.${entry.what}`, { peer })}`;
			case "gap":
				return `* ${translate("export.gap", { from: times.moment(entry.from), to: times.moment(entry.to) })}`;
			case "problem":
				return `* ${describeError(translate, entry.problem)}`;
		}
	}

	return {
		begin: () =>
			[
				indented(
					translate("export.head", { peer: name === null ? address : `${name} (${address})` }),
				),
				translate(`system.${conversation.system}`),
				translate("export.when", { time: times.moment(now) }),
				"",
				"",
			].join("\n"),
		entry: (entry) => `[${times.moment(entry.at)}] ${indented(words(entry))}\n`,
		end: (entries) => `\n${translate("export.end", { count: entries })}\n`,
	};
}
