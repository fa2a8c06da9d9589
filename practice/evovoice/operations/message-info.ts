import type { Message } from "../messages.ts";
import type { Site } from "../site.ts";
import { type Dto, plainContract } from "../wire/contract.ts";
import { writeDate } from "../wire/dates.ts";

/** `MessageInfo` (sheet, 5.1). */
export const messageInfoContract = plainContract("MessageInfo", "Voice.Api.Messaging", {
	id: "value",
	accountId: "value",
	customerId: "value",
	endpointId: "value",
	endpointDisplayName: "value",
	date: "value",
	direction: "value",
	otherAddress: "value",
	sender: "value",
	text: "value",
	isUnread: "value",
});

/** What the wire shows of a message. */
export function messageInfo(site: Site, message: Message): Dto {
	const { switches } = site;
	const unknown =
		switches.unknownEnums &&
		message === site.messages.all.find(({ direction }) => direction === "Incoming");
	return {
		id: message.id,
		accountId: message.endpoint.accountId,
		customerId: message.endpoint.customerId,
		endpointId: message.endpoint.id,
		endpointDisplayName: message.endpoint.displayName,
		date: writeDate(message.at, switches.dateFormat),
		direction: unknown ? "Forwarded" : message.direction,
		otherAddress: message.otherAddress,
		sender: switches.senderForm === "name" ? message.senderName : message.senderAddress,
		text: message.text,
		isUnread:
			switches.unread === "never"
				? false
				: switches.unread === "always"
					? message.direction === "Incoming"
					: message.isUnread,
	};
}
