import type { LineId } from "../../shared/ids.ts";
import type { Account, Conversation, Line, Medium, SystemId } from "../../shared/model.ts";
import { conversationName } from "./person.ts";

/** By what a message leaves, and to whom: what the route line says, and nothing that is not so. */
export interface Route {
	readonly system: SystemId;
	readonly medium: Medium;
	readonly lineId: LineId | null;
	/** As people read it; null: none is chosen yet. */
	readonly line: string | null;
	/** Null: nobody is chosen yet. */
	readonly to: string | null;
	/** The lines to choose from, this one among them; empty: there is no choice. */
	readonly lines: readonly Pick<Line, "id" | "label">[];
	/** The other side wrote to this line: a message by another one is another conversation. */
	readonly fixed: boolean;
}

/** Counted and billed in parts of 160 or 70 characters. */
export function isSms(medium: Medium): boolean {
	return medium === "sms" || medium === "groupSms";
}

/** What a line carries can be answered from another line of the same kind only. */
function kindOf(medium: Medium): "sms" | "chat" | Medium {
	if (isSms(medium)) return "sms";
	return medium === "groupChat" ? "chat" : medium;
}

export function canMessage(line: Line): boolean {
	return line.canMessage !== false;
}

/** What a new message from a line to so many people is. */
export function mediumFor(line: Line | undefined, people: number): Medium {
	if (line === undefined) return "other";
	if (people < 2 || line.recipients !== "group") return line.medium;
	if (line.medium === "sms") return "groupSms";
	return line.medium === "chat" ? "groupChat" : line.medium;
}

/** The route of an answer: the line the other side wrote to, else the one chosen on this workstation. */
export function routeOf(conversation: Conversation, account: Account): Route {
	const { thread, peer } = conversation;
	const lineId = thread.line?.id ?? account.lineId;
	const line = account.lines.find(({ id }) => id === lineId);
	const others = account.lines.filter(
		(candidate) =>
			canMessage(candidate) &&
			(thread.line === null ||
				(kindOf(candidate.medium) === kindOf(thread.medium) &&
					(thread.group === null || candidate.recipients !== "one"))),
	);
	const here = thread.line === null ? line : { id: thread.line.id, label: thread.line.label };
	const lines = here === undefined || others.some(({ id }) => id === here.id) ? others : [here, ...others];
	return {
		system: conversation.system,
		medium: thread.medium,
		lineId,
		line: thread.line?.label ?? line?.label ?? null,
		// A name may have several numbers: where a number is written to, the number is said.
		to: thread.group === null && isSms(thread.medium) ? peer.formatted : conversationName(conversation),
		lines: lines.length > 1 && here !== undefined ? lines : [],
		fixed: thread.line !== null,
	};
}
