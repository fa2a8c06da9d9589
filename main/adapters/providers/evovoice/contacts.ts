import type { Contact } from "../../../../shared/model.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import { canonicalAddress } from "./conversation-key.ts";
import { type EvoRest, statusOf } from "./evo-rest.ts";
import { type ContactInfo, contactList } from "./wire.ts";

const knownTypes: ReadonlySet<string> = new Set(["user", "team", "contact"]);
const mostFound = 50;

/** `/app/contacts` (sheet, 7.3): not paged and not searchable, so it is kept here and looked through here. */
export class Contacts {
	readonly #rest: EvoRest;
	readonly #numbers: Numbers;
	#contacts: readonly ContactInfo[] = [];
	#names: ReadonlyMap<string, string> = new Map();
	#loaded = false;
	/** This user has none to ask for (row 7). */
	#off = false;

	constructor(rest: EvoRest, numbers: Numbers) {
		this.#rest = rest;
		this.#numbers = numbers;
	}

	/** Rejects when it cannot be asked. True: there is something different. */
	async refresh(signal: AbortSignal): Promise<boolean> {
		if (this.#off) return false;
		try {
			const { contacts } = await this.#rest.read("/app/contacts", {}, contactList, signal);
			// Row 23: what a newer kind of contact is good for, nobody knows.
			const known = contacts.filter(({ type }) => type === null || knownTypes.has(type.toLowerCase()));
			const before = JSON.stringify(this.#contacts);
			this.#contacts = known;
			this.#names = new Map(
				known.flatMap(({ address, displayName }): [string, string][] =>
					displayName === null ? [] : [[canonicalAddress(address, this.#numbers), displayName]],
				),
			);
			this.#loaded = true;
			return JSON.stringify(known) !== before;
		} catch (thrown) {
			const status = statusOf(thrown);
			if (status === null || status >= 500) throw thrown;
			this.#off = true;
			return false;
		}
	}

	/** By canonical address; null: nobody is known. */
	nameOf(address: string): string | null {
		return this.#names.get(address) ?? null;
	}

	/** Those who can be written to and in whom all words are found. */
	async search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		if (!this.#loaded) await this.refresh(signal);
		const words = query.toLowerCase().split(/\s+/).filter(Boolean);
		const found = this.#contacts.filter((contact) => contact.canChat === true && fits(contact, words));
		return { contacts: found.slice(0, mostFound).map(contactOf), more: found.length > mostFound };
	}
}

function fits({ displayName, address, customerName }: ContactInfo, words: readonly string[]): boolean {
	const text = `${displayName ?? ""} ${customerName ?? ""} ${address}`.toLowerCase();
	const digits = address.replace(/\D/g, "");
	return words.every((word) => {
		const number = word.replace(/\D/g, "");
		return (
			text.includes(word) ||
			(number.length >= 3 && /^[+\d().-]+$/.test(word) && digits.includes(number))
		);
	});
}

function contactOf({ displayName, address, customerName, type }: ContactInfo): Contact {
	return {
		name: displayName ?? address,
		address,
		detail: customerName ?? type ?? "",
		presence: "unknown",
		presenceLabel: null,
		id: null,
	};
}
