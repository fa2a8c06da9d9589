import type { JsonObject, JsonValue } from "../../server/json.ts";
import type { Contact, ContactPhone } from "../contacts.ts";
import { iso } from "../identity.ts";
import { formatted } from "../numbers.ts";
import { related, resource, type Viewer, wholeCollection } from "./basics.ts";

/** `Contact` (sheet, 12.1). */
export function contactResource(viewer: Viewer, contact: Contact): JsonObject {
	return resource(viewer, "Contact", `/contacts/${contact.id}`, members(viewer, contact, "embedded"));
}

/** `ContactItem`: as `Contact`, with links for phones and notes (sheet, 12.1). */
export function contactItem(viewer: Viewer, contact: Contact): JsonObject {
	return resource(viewer, "ContactItem", `/contacts/${contact.id}`, members(viewer, contact, "link"));
}

/** A telephone of a contact that one may write to. */
export function recipientPhone(viewer: Viewer, contact: Contact, phone: ContactPhone): JsonObject {
	return resource(viewer, "RecipientContactPhone", `/contact_phones/${phone.id}`, {
		...phoneMembers(phone),
		contact: related(viewer, "embedded", `/contacts/${contact.id}`, () => contactItem(viewer, contact)),
	});
}

export function phoneCollection(viewer: Viewer, contact: Contact): JsonObject {
	return wholeCollection(
		viewer,
		`/contacts/${contact.id}/phones`,
		contact.phones.map((phone) =>
			resource(viewer, "ContactPhone", `/contact_phones/${phone.id}`, {
				...phoneMembers(phone),
				contact: `/contacts/${contact.id}`,
			}),
		),
	);
}

export function noteCollection(viewer: Viewer, contact: Contact): JsonObject {
	return wholeCollection(
		viewer,
		`/contacts/${contact.id}/notes`,
		contact.notes.map((note) =>
			resource(viewer, "ContactNote", `/contact_notes/${note.id}`, {
				content: note.content,
				createdAt: iso(note.at),
				updatedAt: iso(note.at),
				user: `/users/${note.user.id}`,
				contact: `/contacts/${contact.id}`,
			}),
		),
	);
}

function members(
	viewer: Viewer,
	contact: Contact,
	form: "link" | "embedded",
): Readonly<Record<string, JsonValue>> {
	const id = `/contacts/${contact.id}`;
	const [firstName = "", ...rest] = contact.name.split(" ");
	return {
		name: contact.name,
		firstName,
		lastName: rest.join(" "),
		phones: related(viewer, form, `${id}/phones`, () => phoneCollection(viewer, contact)),
		notes: related(viewer, form, `${id}/notes`, () => noteCollection(viewer, contact)),
		data: contact.data,
		formattedData: contact.data,
		conversations: `${id}/conversations`,
		createdAt: iso(contact.createdAt),
	};
}

function phoneMembers({ number, extension, type }: ContactPhone): Readonly<Record<string, JsonValue>> {
	return {
		phoneNumber: number,
		formattedPhoneNumber: formatted(number),
		extension,
		type,
		deliverabilityStatus: "unknown",
	};
}
