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
	{ translate, systemName }: { readonly translate: Translate; readonly systemName: string },
): ExportWriter {
	const { address } = conversation.peer;
	const name = conversation.peer.name ?? conversation.thread.group?.title ?? null;
	const peer = name ?? address;
	const indented = (words: string): string =>
		words.replaceAll(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu, "\n\t");

	function message(entry: MessageEntry): string {
		const { attachments = [], sender = null, scheduledAt = null } = entry.details ?? {};
		const ours = sender ?? translate("message.you");
		const author = entry.direction === "out" ? ours : entry.author;
		const notes = [
			...(entry.delivery === null ? [] : [deliveryWords(entry.delivery)]),
			...(scheduledAt === null
				? []
				: [translate("export.scheduled", { time: times.moment(scheduledAt) })]),
			...(entry.localTime && entry.direction === "in" ? [translate("export.receipt")] : []),
		];
		const files = attachments.map(({ name, type }) =>
			translate("export.file", { name: name === null ? type : `${name} (${type})` }),
		);
		const said = [...(entry.text === "" ? [] : [entry.text]), ...files].join("\n");
		return `${author}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}: ${said}`;
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
			case "notice":
				return `* ${entry.text}`;
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
				systemName,
				translate("export.when", { time: times.moment(now) }),
				"",
				"",
			].join("\n"),
		entry: (entry) => `[${times.moment(entry.at)}] ${indented(words(entry))}\n`,
		end: (entries) => `\n${translate("export.end", { count: entries })}\n`,
	};
}
