import { isJsonObject, type JsonObject, textField } from "../../server/json.ts";
import {
	type Contact,
	type ContactFields,
	type ContactGroup,
	type ContactPhone,
	sortKey,
} from "../contacts.ts";
import { parsedNumber } from "../numbers.ts";
import { invalid, notFound } from "../refusal.ts";
import { resource, wholeCollection } from "../resources/basics.ts";
import { contactResource, noteCollection, phoneCollection, recipientPhone } from "../resources/contact.ts";
import type { Call, Handler } from "../site.ts";
import { accountOf, contactOf } from "./access.ts";
import { answerPage, withQuery } from "./pages.ts";

/** `GET /:account/contacts` (sheet, 12.1). */
export const listContacts: Handler = (call) => {
	const { slug } = accountOf(call);
	return contactPage(call, withQuery(`/${slug}/contacts`, searchOf(call)));
};

/** `GET /:account/contact_filters/:filter/contacts{?q}`: only the filter `all` is documented. */
export const filterContacts: Handler = (call) => {
	const { slug } = accountOf(call);
	const filter = call.parameters[1] ?? "";
	if (filter !== "all") throw notFound();
	return contactPage(call, withQuery(`/${slug}/contact_filters/${filter}/contacts`, searchOf(call)));
};

/** `GET /contacts/:id`, the id of a contact being its address. */
export const showContact: Handler = (call) => ({
	status: 200,
	value: contactResource(call, contactOf(call)),
});

/** `POST /:account/contacts`. */
export const createContact: Handler = (call) => {
	const account = accountOf(call);
	const contact = call.site.contacts.add(account, fieldsOf(call.body));
	return { status: call.site.switches.contactCreated, value: contactResource(call, contact) };
};

/** `PUT /contacts/:id` (Q25). */
export const changeContact: Handler = (call) => {
	const contact = contactOf(call);
	call.site.contacts.change(contact, fieldsOf(call.body), call.site.switches.contactPut);
	return { status: 200, value: contactResource(call, contact) };
};

/** `GET /contacts/:id/phones` and `/notes`, where a `ContactItem` links to. */
export const showContactPart: Handler = (call) => {
	const contact = contactOf(call);
	if (call.parameters[1] === "phones") return { status: 200, value: phoneCollection(call, contact) };
	if (call.parameters[1] === "notes") return { status: 200, value: noteCollection(call, contact) };
	throw notFound();
};

/** `GET /:account/contact_phones{?q}`. */
export const listContactPhones: Handler = (call) => {
	const account = accountOf(call);
	const q = call.query.get("q") ?? "";
	const rows = call.site.contacts
		.of(account, q)
		.flatMap((contact) => contact.phones.map((phone) => ({ contact, phone })));
	return answerPage<{ contact: Contact; phone: ContactPhone }>(
		call,
		"ContactPhoneCollection",
		{
			address: withQuery(`/${account.slug}/contact_phones`, { q }),
			items: rows,
			keyOf: ({ contact, phone }) =>
				`${sortKey(contact)}|${String(contact.phones.indexOf(phone)).padStart(3, "0")}`,
			descending: false,
		},
		({ contact, phone }) => recipientPhone(call, contact, phone),
	);
};

/** `GET /:account/group_filters/:filter/groups`. */
export const listGroups: Handler = (call) => {
	const account = accountOf(call);
	const filter = call.parameters[1] ?? "";
	if (filter !== "all") throw notFound();
	const groups = call.site.contacts.groups.filter((group) => group.account === account);
	return {
		status: 200,
		value: wholeCollection(
			call,
			`/${account.slug}/group_filters/${filter}/groups`,
			groups.map((group) => groupResource(call, group)),
		),
	};
};

/** `GET /groups/:group/contacts`. */
export const contactsOfGroup: Handler = (call) => {
	const group = call.site.contacts.groups.find(({ id }) => id === call.parameters[0]);
	if (group === undefined) throw notFound();
	accountOf(call, group.account.slug);
	return {
		status: 200,
		value: wholeCollection(
			call,
			`/groups/${group.id}/contacts`,
			group.contacts.map((contact) => contactResource(call, contact)),
		),
	};
};

function contactPage(call: Call, address: string): ReturnType<Handler> {
	return answerPage(
		call,
		"ContactCollection",
		{
			address,
			items: call.site.contacts.of(accountOf(call), call.query.get("q") ?? ""),
			keyOf: sortKey,
			descending: false,
		},
		(contact) => contactResource(call, contact),
	);
}

function searchOf({ query }: Call): { q: string } {
	return { q: query.get("q") ?? "" };
}

function groupResource(call: Call, { id, title, contacts }: ContactGroup): JsonObject {
	return resource(call, "Group", `/groups/${id}`, {
		title,
		contactsCount: contacts.length,
		contacts: `/groups/${id}/contacts`,
	});
}

function fieldsOf(body: JsonObject): ContactFields {
	const name = textField(body, "name");
	if (name === undefined) throw invalid("Name can't be blank");
	const phones = body["phones"] ?? [];
	if (!Array.isArray(phones)) throw invalid("Phones is invalid");
	const data = body["data"] ?? {};
	if (!isJsonObject(data)) throw invalid("Data is invalid");
	return {
		name,
		phones: (phones as readonly unknown[]).map(phoneOf),
		data: Object.fromEntries(
			Object.entries(data).map(([slug, value]) => [
				slug,
				typeof value === "string" ? value : JSON.stringify(value),
			]),
		),
	};
}

function phoneOf(phone: unknown): { number: string; type?: string } {
	const number = isJsonObject(phone) ? textField(phone, "number") : undefined;
	if (number === undefined || parsedNumber(number) === null) throw invalid("Phones number is invalid");
	const type = isJsonObject(phone) ? textField(phone, "type") : undefined;
	return type === undefined ? { number } : { number, type };
}
