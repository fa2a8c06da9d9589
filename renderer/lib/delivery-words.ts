import type { Conversation, MessageEntry } from "../../shared/model.ts";
import type { I18n } from "../state/i18n.svelte.ts";
import { peerName } from "./person.ts";

/** What is said about one of our own messages. */
export interface DeliveryWords {
	/** The state word of the accessible name, with its reason: "failed: …", "queued: calling Ana". */
	readonly spoken: string;
	/** The same for the caption under the bubble. */
	readonly shown: string;
}

/** Null for a message from the peer. */
export function deliveryWords(
	i18n: I18n,
	entry: MessageEntry,
	conversation: Conversation,
): DeliveryWords | null {
	const { delivery } = entry;
	if (delivery === null) return null;
	const { t } = i18n;
	const reason = reasonWords(i18n, entry, conversation);
	const join = (word: string): string =>
		reason === "" ? word : t("delivery.withReason", { word, reason });
	return { spoken: join(t(`delivery.${delivery.state}`)), shown: join(t(`caption.${delivery.state}`)) };
}

function reasonWords(i18n: I18n, { delivery }: MessageEntry, conversation: Conversation): string {
	if (delivery === null) return "";
	if (delivery.problem !== null && (delivery.state === "failed" || delivery.state === "unknown")) {
		return i18n.problem(delivery.problem);
	}
	if (delivery.queueReason === null || (delivery.state !== "queued" && delivery.state !== "waiting"))
		return "";
	return i18n.t(`queue.${delivery.queueReason}`, {
		peer: peerName(conversation.peer),
		other: conversation.busyWith?.peerName ?? i18n.t("queue.somebody"),
	});
}
