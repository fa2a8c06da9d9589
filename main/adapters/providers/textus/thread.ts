import { appError, type AppError } from "../../../../shared/errors.ts";
import { asLineId } from "../../../../shared/ids.ts";
import type { AttachmentLimits, ThreadAction, ThreadFacts } from "../../../../shared/model.ts";
import { plainThread } from "../../../../shared/threads.ts";
import type { Thread } from "../../../core/ports/provider.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import type { OwnAccount } from "./accounts.ts";
import { keyOf } from "./key.ts";
import { textIn } from "./resource.ts";
import type { ConversationLink, WireConversation } from "./wire.ts";

/** What else decides what there is to say of a conversation. */
export interface ThreadView {
	readonly account: OwnAccount | null;
	readonly limits: AttachmentLimits;
	readonly numbers: Numbers;
	/** The server does not know these (row 4). */
	readonly missing: ReadonlySet<ThreadAction>;
	/** From the contacts, where no card is assigned. */
	readonly name: string | null;
}

/** How an action is done: a verb on a link of the conversation (sheet, 8). */
export interface Deed {
	readonly method: "PUT" | "DELETE";
	readonly link: ConversationLink;
}

export const deeds: Partial<Record<ThreadAction, Deed>> = {
	close: { method: "PUT", link: "closeConversation" },
	reopen: { method: "PUT", link: "reopenConversation" },
	star: { method: "PUT", link: "starConversation" },
	unstar: { method: "DELETE", link: "unstarConversation" },
	block: { method: "PUT", link: "blockConversation" },
	unblock: { method: "DELETE", link: "unblockConversation" },
};

export function threadOf(
	conversation: WireConversation,
	view: ThreadView,
): Thread & { readonly name: string | null } {
	const { slug, number, ownNumber } = conversation;
	const { numbers, account } = view;
	return {
		peer: keyOf(slug, number),
		address: number,
		formatted: numbers.format(number, ownNumber ?? account?.numbers[0] ?? null),
		name: assignedName(conversation) ?? view.name,
		facts: factsOf(conversation, view),
	};
}

function factsOf(conversation: WireConversation, view: ThreadView): ThreadFacts {
	const { slug, ownNumber, ownFormatted, state } = conversation;
	const { account, limits } = view;
	const own = ownFormatted ?? ownNumber ?? account?.shown[0] ?? account?.name ?? slug;
	return {
		...plainThread(isForeignMedium(conversation) ? "other" : "sms"),
		line: { id: asLineId(slug), label: own },
		// A state that no documentation names is open.
		closed: state === "closed",
		starred: conversation.info?.starred ?? null,
		refusal: refusalOf(conversation, account),
		actions: actionsOf(conversation, view.missing),
		attachments: limits,
	};
}

/** Why nothing can be sent (sheet, 10.5; rows 18 and 24); null: it can. */
export function refusalOf(conversation: WireConversation, account: OwnAccount | null): AppError | null {
	if (account?.restricted === true) return appError("account.restricted");
	if (conversation.blocked) return appError("peer.blocked");
	if (conversation.unsubscribed) return appError("peer.optedOut");
	return isForeignMedium(conversation) ? appError("peer.readOnlyMedium") : null;
}

/** The newest message came another way than by SMS (row 24). */
function isForeignMedium({ latest }: WireConversation): boolean {
	const channel = latest?.channel ?? "sms";
	return channel !== "sms";
}

function actionsOf(
	{ links, info }: WireConversation,
	missing: ReadonlySet<ThreadAction>,
): readonly ThreadAction[] {
	const starred = info?.starred ?? null;
	return (Object.keys(deeds) as ThreadAction[]).filter((action) => {
		const deed = deeds[action];
		if (deed === undefined || links[deed.link] === null || missing.has(action)) return false;
		// Both are offered at all times: they are one link.
		if (action === "star") return starred !== true;
		if (action === "unstar") return starred !== false;
		return true;
	});
}

function assignedName({ assignedContact }: WireConversation): string | null {
	const contact = assignedContact?.embedded ?? null;
	return contact === null ? null : textIn(contact, "name");
}
