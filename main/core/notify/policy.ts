import type { WithheldReason } from "../../../shared/model.ts";
import type { Settings } from "../../../shared/settings.ts";
import type { NotificationContent } from "../ports/system.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";

/** What there is to tell. Text is used for showing only and never kept. */
export type Occasion =
	| {
			readonly kind: "message";
			readonly name: string;
			readonly text: string;
			/** Who wrote it, in a group; null: the other side. */
			readonly author: string | null;
			/** How many came with it. */
			readonly files: number;
			readonly own: boolean;
	  }
	/** Messages that were made up for after an outage. */
	| { readonly kind: "missed"; readonly name: string; readonly count: number }
	| { readonly kind: "begun"; readonly name: string }
	| { readonly kind: "sendProblem"; readonly name: string; readonly outcome: "failed" | "unknown" };

export interface Situation {
	/** The window is in front and shows this conversation. */
	readonly looking: boolean;
	readonly muted: boolean;
	/** More was shown a moment ago than a person can take in. */
	readonly storm: boolean;
	/** This conversation made a sound less than 10 s ago. */
	readonly soundedLately: boolean;
	readonly practice: boolean;
	readonly settings: Pick<Settings, "notificationContent" | "notificationSound">;
}

export type Decision =
	| { readonly show: true; readonly content: NotificationContent }
	| { readonly show: false; readonly reason: WithheldReason };

/** Whether and how to tell the person. Pure: the same question has the same answer. */
export function decide(occasion: Occasion, situation: Situation, translate: Translate): Decision {
	const reason = withheld(occasion, situation);
	if (reason !== null) return { show: false, reason };
	const { title, body } = words(occasion, situation.settings.notificationContent, translate);
	return {
		show: true,
		content: {
			title: situation.practice ? translate("notify.practiceTitle", { title }) : title,
			body,
			silent:
				occasion.kind === "missed" ||
				!situation.settings.notificationSound ||
				situation.soundedLately,
			urgent: occasion.kind === "begun" || occasion.kind === "sendProblem",
		},
	};
}

function withheld(occasion: Occasion, situation: Situation): WithheldReason | null {
	if (occasion.kind === "message" && occasion.own) return "own";
	if (situation.looking) return "focused";
	// Muting is about what others send; that a text of one's own did not arrive is told anyway.
	if (situation.muted && occasion.kind !== "sendProblem") return "muted";
	const stormy = occasion.kind === "message" || occasion.kind === "missed";
	return situation.storm && stormy ? "storm" : null;
}

const longestBody = 300;

/** The first characters of a text, none of them cut in half. */
function beginning(text: string): string {
	return [...text.slice(0, 2 * longestBody)].slice(0, longestBody).join("");
}

/** What was written, or that it is a file; in a group, by whom. */
function said(
	{ text, author, files }: Extract<Occasion, { readonly kind: "message" }>,
	translate: Translate,
): string {
	const words =
		text.trim() === "" && files > 0 ? translate("notify.file", { count: files }) : beginning(text);
	return author === null ? words : translate("notify.from", { author: beginning(author), text: words });
}

function words(
	occasion: Occasion,
	content: Settings["notificationContent"],
	translate: Translate,
): { readonly title: string; readonly body: string } {
	const hidden = content === "hidden";
	const title = hidden ? translate("app.name") : occasion.name;
	switch (occasion.kind) {
		case "message":
			return {
				title,
				body: content === "full" ? said(occasion, translate) : translate("notify.newMessage"),
			};
		case "missed":
			return { title, body: translate("notify.missed", { count: occasion.count }) };
		case "begun":
			return { title, body: translate(hidden ? "notify.begunHidden" : "notify.begun") };
		case "sendProblem": {
			if (occasion.outcome === "failed") {
				const body = hidden
					? translate("notify.sendFailed")
					: translate("notify.sendFailedTo", { name: occasion.name });
				return { title, body };
			}
			const body = hidden
				? translate("notify.sendUnknown")
				: translate("notify.sendUnknownTo", { name: occasion.name });
			return { title, body };
		}
	}
}
