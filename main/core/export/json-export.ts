import type { Conversation, Entry, EpochMs } from "../../../shared/model.ts";
import type { ExportWriter } from "./export-conversation.ts";

/** Of the form below. A reader refuses a higher one. */
const version = 1;

/** JSON for programs: one entry a line, moments in UTC, nothing of how Trunkline stores them. */
export function jsonWriter(conversation: Conversation, now: EpochMs): ExportWriter {
	const head = {
		format: "trunkline.conversation",
		version,
		exportedAt: moment(now),
		system: conversation.system,
		peer: { address: conversation.peer.address, name: conversation.peer.name },
	};
	return {
		begin: () => `${JSON.stringify(head).slice(0, -1)},"entries":[\n`,
		entry: (entry, first) => `${first ? "" : ",\n"}${JSON.stringify(plain(entry))}`,
		end: (entries) => `${entries === 0 ? "" : "\n"}],"entryCount":${String(entries)}}\n`,
	};
}

function plain(entry: Entry): Readonly<Record<string, unknown>> {
	const scheduled = entry.kind === "message" ? entry.details?.scheduledAt : null;
	const base = { kind: entry.kind, at: moment(entry.at) };
	switch (entry.kind) {
		case "message":
			return {
				...base,
				/** "receipt": the system gave no time. */
				timeOf: entry.localTime ? "receipt" : "server",
				direction: entry.direction,
				author: entry.direction === "out" ? null : entry.author,
				/** Somebody else on our side. */
				sender: entry.details?.sender ?? null,
				text: entry.text,
				remoteId: entry.remoteId,
				attachments: (entry.details?.attachments ?? []).map(({ type, name, bytes, state }) => ({
					type,
					name,
					bytes,
					state,
				})),
				scheduledAt: scheduled == null ? null : moment(scheduled),
				delivery:
					entry.delivery === null
						? null
						: {
								state: entry.delivery.state,
								since: moment(entry.delivery.since),
								problem: entry.delivery.problem?.code ?? null,
								words: entry.details?.deliveryWords ?? null,
							},
			};
		case "notice":
			return { ...base, text: entry.text, remoteId: entry.remoteId };
		case "stretch":
			return { ...base, what: entry.what };
		case "gap":
			return { ...base, from: moment(entry.from), to: moment(entry.to), filling: entry.filling };
		case "problem":
			return { ...base, problem: entry.problem.code };
	}
}

const moment = (at: EpochMs): string => new Date(at).toISOString();
