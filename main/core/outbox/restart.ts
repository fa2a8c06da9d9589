import { appError } from "../../../shared/errors.ts";
import type { MessageEntry } from "../../../shared/model.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { Remedies } from "./attempts.ts";
import { checking } from "./delivery.ts";
import type { Occurrence } from "./delivery-states.ts";
import type { Doubt } from "./reconciliation.ts";

/** The program ended while it was under way: on a system without ids nothing settles it but the person. */
const interrupted = appError("message.interrupted");

export interface Leftovers {
	/** To be sent, in this order. `doubtful`: under the client id that the server may know already. */
	readonly queue: readonly {
		readonly entry: MessageEntry;
		readonly record: ConversationRecord;
		readonly doubtful: boolean;
	}[];
	/** Texts whose outcome nobody will tell this run. */
	readonly interrupted: readonly Occurrence[];
	/** Texts to ask the server about. */
	readonly doubts: readonly Doubt[];
}

/** What an earlier run left, by what is to be done about it. */
export function leftovers(
	unsettled: readonly MessageEntry[],
	about: (
		entry: MessageEntry,
	) => { readonly record: ConversationRecord; readonly remedies: Remedies } | null,
): Leftovers {
	const queue: Leftovers["queue"][number][] = [];
	const marks: Occurrence[] = [];
	const doubts: Doubt[] = [];
	for (const entry of unsettled) {
		const facts = about(entry);
		const { delivery } = entry;
		if (facts === null || delivery === null) continue;
		const { record, remedies } = facts;
		if (delivery.state === "queued" || delivery.state === "waiting") {
			queue.push({ entry, record, doubtful: false });
			continue;
		}
		const findsOut = remedies.idempotentSend || remedies.history;
		if (delivery.state === "sending") {
			const happening = { kind: "doubtful", error: interrupted } as const;
			marks.push({ entryId: entry.id, happening, quiet: findsOut });
		} else if (!findsOut) {
			// In doubt since before the last end: from now on only the person settles it.
			marks.push({
				entryId: entry.id,
				happening: { kind: "abandoned", error: interrupted },
				quiet: true,
			});
		}
		if (remedies.idempotentSend) queue.push({ entry, record, doubtful: true });
		else if (remedies.history) {
			const { problem } = delivery;
			const error = problem === null || problem.code === checking.code ? interrupted : problem;
			const { accountId, id: conversationId } = record;
			doubts.push({ accountId, conversationId, entryId: entry.id, error });
		}
	}
	return { queue, interrupted: marks, doubts };
}
