import type { Account } from "../accounts.ts";
import type { Contact } from "../contacts.ts";
import type { Conversation } from "../conversations.ts";
import type { Message } from "../messages.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Call } from "../site.ts";

/** The account of a slug, if the user may see it. */
export function accountOf(call: Call, slug = call.parameters[0] ?? ""): Account {
	const account = call.site.accounts.find(slug);
	if (account === null) throw notFound();
	return permitted(call, account);
}

export function conversationOf(call: Call, id = call.parameters[0] ?? ""): Conversation {
	const conversation = call.site.conversations.find(id);
	if (conversation === null) throw notFound();
	permitted(call, conversation.account);
	return conversation;
}

export function messageOf(call: Call): Message {
	const message = call.site.conversations.message(call.parameters[0] ?? "");
	if (message === null) throw notFound();
	permitted(call, message.conversation.account);
	return message;
}

export function contactOf(call: Call, id = call.parameters[0] ?? ""): Contact {
	const contact = call.site.contacts.find(id);
	if (contact === null) throw notFound();
	permitted(call, contact.account);
	return contact;
}

function permitted({ site, user }: Call, account: Account): Account {
	if (site.users.roleIn(user, account) === null)
		throw new Refusal(site.switches.foreignAccountStatus, "You have no access to this account");
	return account;
}
