import type { PracticeClock } from "../clock.ts";
import type { Account } from "./accounts.ts";
import type { Ids } from "./identity.ts";
import { parsedNumber } from "./numbers.ts";
import type { User } from "./users.ts";

export interface ContactPhone {
	readonly id: string;
	readonly number: string;
	readonly extension: string | null;
	readonly type: string;
}

export interface ContactNote {
	readonly id: string;
	readonly content: string;
	readonly at: number;
	readonly user: User;
}

export interface Contact {
	readonly id: string;
	readonly account: Account;
	name: string;
	phones: ContactPhone[];
	/** Values of custom fields by slug. */
	data: Record<string, string>;
	readonly notes: ContactNote[];
	readonly createdAt: number;
}

/** What a request or a test says about a contact. */
export interface ContactFields {
	readonly name?: string;
	readonly phones?: readonly { readonly number: string; readonly type?: string }[];
	readonly data?: Readonly<Record<string, string>>;
}

/** A list of contacts under a name (sheet, 12.1). */
export interface ContactGroup {
	readonly id: string;
	readonly account: Account;
	readonly title: string;
	readonly contacts: Contact[];
}

export class Contacts {
	readonly #ids: Ids;
	readonly #clock: PracticeClock;
	readonly #contacts: Contact[] = [];
	readonly groups: ContactGroup[] = [];

	constructor(ids: Ids, clock: PracticeClock) {
		this.#ids = ids;
		this.#clock = clock;
	}

	get all(): readonly Contact[] {
		return this.#contacts;
	}

	/** A number that cannot be parsed throws; requests check theirs before. */
	add(account: Account, fields: ContactFields): Contact {
		const contact: Contact = {
			id: this.#ids.next(),
			account,
			name: fields.name ?? "",
			phones: this.phones(fields.phones ?? []),
			data: { ...fields.data },
			notes: [],
			createdAt: this.#clock.now(),
		};
		this.#contacts.push(contact);
		return contact;
	}

	/** Gives the contact these fields, in place of or on top of the ones it has (Q25). */
	change(contact: Contact, fields: ContactFields, how: "replaces" | "merges"): void {
		const phones = this.phones(fields.phones ?? []);
		contact.name = fields.name ?? (how === "replaces" ? "" : contact.name);
		if (how === "replaces") {
			contact.phones = phones;
			contact.data = { ...fields.data };
			return;
		}
		const known = new Set(contact.phones.map(({ number }) => number));
		contact.phones = [...contact.phones, ...phones.filter(({ number }) => !known.has(number))];
		contact.data = { ...contact.data, ...fields.data };
	}

	addNote(contact: Contact, user: User, content: string): void {
		contact.notes.push({ id: this.#ids.next(), content, at: this.#clock.now(), user });
	}

	addGroup(account: Account, title: string, contacts: readonly Contact[]): ContactGroup {
		const group: ContactGroup = { id: this.#ids.next(), account, title, contacts: [...contacts] };
		this.groups.push(group);
		return group;
	}

	find(id: string): Contact | null {
		return this.#contacts.find((contact) => contact.id === id) ?? null;
	}

	/** Alphabetical; `q` is part of a name or of a number (sheet, 12.1). */
	of(account: Account, q = ""): Contact[] {
		return this.#contacts
			.filter((contact) => contact.account === account && matches(contact, q))
			.sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
	}

	/** The contacts of the account that have the number. */
	withNumber(account: Account, number: string): Contact[] {
		return this.of(account).filter(({ phones }) => phones.some((phone) => phone.number === number));
	}

	phones(phones: NonNullable<ContactFields["phones"]>): ContactPhone[] {
		return phones.map(({ number, type }) => {
			const parsed = parsedNumber(number);
			if (parsed === null) throw new RangeError(`no telephone number: ${number}`);
			return { id: this.#ids.next(), ...parsed, type: type ?? "Mobile" };
		});
	}
}

/** Where the contact stands in the alphabet. */
export function sortKey(contact: Contact): string {
	return `${contact.name.toLowerCase()}|${contact.id}`;
}

function matches(contact: Contact, q: string): boolean {
	if (q === "") return true;
	const digits = q.replaceAll(/\D/g, "");
	return (
		contact.name.toLowerCase().includes(q.toLowerCase()) ||
		(digits !== "" && contact.phones.some(({ number }) => number.includes(digits)))
	);
}
