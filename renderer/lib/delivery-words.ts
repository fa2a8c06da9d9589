import type { Delivery, EpochMs, MessageDetails } from "../../shared/model.ts";
import type { I18n } from "../state/i18n.svelte.ts";

/** What is said about one of our own messages. */
export interface DeliveryWords {
	/** The state word of the accessible name, with its reason: "failed: …", "queued: calling Ana". */
	readonly spoken: string;
	/** The same for the caption under the bubble; here seconds may be counted. */
	readonly shown: string;
}

/** What the words may need to know beyond the delivery; asked for only then. */
export interface DeliverySurroundings {
	/** Who it is for. */
	readonly peer: () => string;
	/** Who holds the only conversation this agent may have; null: nobody known. */
	readonly other: () => string | null;
	/** The present moment, second by second. */
	readonly now: () => EpochMs;
	/** The same by the minute. */
	readonly minute: () => EpochMs;
	/** What the system says of the message beside where it is. */
	readonly details: MessageDetails | null;
	/** The server is being asked what became of it; or when it was last asked, without a result. */
	readonly check: () => "asking" | EpochMs | null;
}

/** A text that is on its way for longer than this is said not to be sent yet. */
const patienceMs = 30_000;

/** How long a text may still be taken back, in ms; null when it may not. */
export function undoLeft({ state, undoUntil }: Delivery, now: () => EpochMs): number | null {
	if (state !== "queued" || undoUntil === null) return null;
	const left = undoUntil - now();
	return left > 0 ? left : null;
}

export function deliveryWords(i18n: I18n, delivery: Delivery, around: DeliverySurroundings): DeliveryWords {
	const { t } = i18n;
	const { state } = delivery;
	const reason = reasonWords(i18n, delivery, around);
	const theirs = ownWords(delivery, reason, around.details, [
		t(`delivery.${state}`),
		t(`caption.${state}`),
	]);
	const join = (word: string, why: string): string => {
		const told = why === "" ? word : t("delivery.withReason", { word, reason: why });
		return theirs === null ? told : t("delivery.theirWords", { told, words: theirs });
	};
	const at = laterWords(i18n, delivery, around);
	// The system has it and keeps it until then: that is where it is.
	if (at !== null && state === "sent")
		return {
			spoken: t("delivery.scheduled", { at }),
			shown: t("caption.scheduled", { at }),
		};
	const later = at === null ? "" : ` · ${t("caption.scheduled", { at })}`;
	const spoken = join(t(`delivery.${state}`), reason) + later;
	if (delivery.queueReason === "undo" && state === "queued") {
		const left = undoLeft(delivery, around.now);
		const shown =
			left === null ? t("caption.leaving") : t("caption.undo", { seconds: Math.ceil(left / 1000) });
		return { spoken, shown: shown + later };
	}
	if (state === "sending" && around.now() - delivery.since >= patienceMs)
		return { spoken, shown: join(t("caption.waiting"), t("queue.noAnswerYet")) + later };
	return { spoken, shown: join(t(`caption.${state}`), reason) + later };
}

/** When the system is to send it, while that is still to come. */
function laterWords(
	i18n: I18n,
	{ state }: Delivery,
	{ details, minute }: DeliverySurroundings,
): string | null {
	const at = details?.scheduledAt ?? null;
	if (at === null || state === "failed" || state === "unknown" || state === "delivered") return null;
	return at <= minute() ? null : i18n.formats.future(at, minute());
}

/** The system's own words, unless ours say the same already. */
function ownWords(
	{ state }: Delivery,
	reason: string,
	details: MessageDetails | null,
	ours: readonly string[],
): string | null {
	const words = details?.deliveryWords?.trim() ?? "";
	if (words === "" || state === "queued" || state === "waiting") return null;
	const said = words.toLocaleLowerCase();
	const same = (one: string): boolean => one.toLocaleLowerCase() === said;
	return ours.some(same) || reason.toLocaleLowerCase().includes(said) ? null : words;
}

function reasonWords(i18n: I18n, delivery: Delivery, around: DeliverySurroundings): string {
	const { state, problem, queueReason } = delivery;
	if (state === "failed") return problem === null ? "" : i18n.problem(problem);
	if (state === "unknown") {
		const check = around.check();
		if (check === "asking") return i18n.t("message.asking");
		const why = problem === null ? "" : i18n.problem(problem);
		if (check === null) return why;
		return `${why} ${i18n.t("message.askedInVain", { time: i18n.formats.time(check) })}`.trim();
	}
	if (queueReason === null || (state !== "queued" && state !== "waiting")) return "";
	return i18n.t(`queue.${queueReason}`, {
		peer: around.peer(),
		other: around.other() ?? i18n.t("queue.somebody"),
	});
}
