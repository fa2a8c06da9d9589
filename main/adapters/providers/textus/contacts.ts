import type { Contact, ContactCard } from "../../../../shared/model.ts";
import type { CardBook, ProviderEvent } from "../../../core/ports/provider.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import { actionNotOffered, type Api, isMissingAction, jsonOf, segment, statusOf } from "./api.ts";
import type { Book, Known } from "./book.ts";
import { parseKey } from "./key.ts";
import type { News } from "./news.ts";
import { asResource, membersOf, nextOf, type Related, relatedIn, type Resource, textIn } from "./resource.ts";
import { readConversation } from "./wire.ts";

/** So many people are shown for a search. */
const mostFound = 50;
const mostPages = 3;
/** Other cards that fit a conversation. */
const mostOthers = 20;
const mostFacts = 40;

export interface ContactsParts {
	readonly api: Api;
	readonly book: Book;
	readonly news: News;
	readonly numbers: Numbers;
	readonly slugs: () => readonly string[];
	readonly tell: (events: readonly ProviderEvent[]) => void;
}

/** Contacts of the accounts, and the card of a conversation (sheet, 7.2, 8 and 12.1). */
export class Contacts implements CardBook {
	readonly #parts: ContactsParts;

	constructor(parts: ContactsParts) {
		this.#parts = parts;
	}

	/** By name or number, in all accounts. */
	async search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		const words = query.trim();
		if (words === "") return { contacts: [], more: false };
		const contacts = new Map<string, Contact>();
		let more = false;
		for (const slug of this.#parts.slugs())
			more = (await this.#searchIn(slug, words, contacts, signal)) || more;
		return {
			contacts: [...contacts.values()].slice(0, mostFound),
			more: more || contacts.size > mostFound,
		};
	}

	async card(peer: string, signal: AbortSignal): Promise<ContactCard | null> {
		const known = await this.#whole(peer, signal);
		if (known === null) return null;
		const { api } = this.#parts;
		const { assignedContact, associatedContacts } = known.wire;
		const assigned = await this.#resource(assignedContact, signal);
		const fitting = await this.#collection(associatedContacts, signal);
		const [first] = fitting;
		const main = assigned ?? first ?? null;
		if (main === null) return null;
		const facts = await factsOf(api, main, signal);
		const others = fitting.filter((one) => textIn(one, "id") !== textIn(main, "id"));
		return {
			contact: contactOf(main, known.wire.number),
			facts: facts.slice(0, mostFacts),
			others: others.slice(0, mostOthers).map((one) => contactOf(one, known.wire.number)),
		};
	}

	/** Assigns a card to the conversation (sheet, 8: the documented meaning of "assign"). */
	async assign(peer: string, contactId: string, signal: AbortSignal): Promise<void> {
		const { api, book, news, tell } = this.#parts;
		const known = await this.#whole(peer, signal);
		const link = known?.wire.assignContact ?? null;
		if (known === null || link === null) throw actionNotOffered();
		book.touch(known);
		const response = await api.write("PUT", link, { assigned_contact: contactId }, signal);
		if (isMissingAction(response.status)) throw actionNotOffered();
		if (response.status < 200 || response.status > 299) throw api.rest.refusal(response);
		const wire = readConversation(jsonOf(response), known.wire.slug);
		if (wire !== null) tell(book.changed(wire));
		else await news.reread(known, signal);
	}

	/** The name of a number that no card is assigned to; null: nobody's. */
	async nameOf(peer: string, signal: AbortSignal): Promise<string | null> {
		const known = this.#parts.book.current(peer);
		if (known === null) return null;
		const [only, second] = await this.#collection(known.wire.associatedContacts, signal);
		// Two people with one number: nobody says which of them writes.
		return only === undefined || second !== undefined ? null : textIn(only, "name");
	}

	// ------------------------------------------------------------ inside

	/** False: that was all. */
	async #searchIn(
		slug: string,
		words: string,
		found: Map<string, Contact>,
		signal: AbortSignal,
	): Promise<boolean> {
		const { api } = this.#parts;
		const q = encodeURIComponent(words);
		let pages = 0;
		try {
			for await (const page of api.pages(`/${segment(slug)}/contact_phones?q=${q}`, signal)) {
				for (const row of membersOf(page)) await this.#addPhone(row, found, signal);
				pages += 1;
				if (pages >= mostPages || found.size >= mostFound) return nextOf(page) !== null;
			}
			return false;
		} catch (thrown) {
			const status = statusOf(thrown);
			if (status === null || status >= 500 || status === 403) throw thrown;
		}
		return await this.#searchCards(slug, q, found, signal);
	}

	/** The other documented way, where the first is not there. */
	async #searchCards(
		slug: string,
		q: string,
		found: Map<string, Contact>,
		signal: AbortSignal,
	): Promise<boolean> {
		const { api } = this.#parts;
		let pages = 0;
		for await (const page of api.pages(`/${segment(slug)}/contact_filters/all/contacts?q=${q}`, signal)) {
			for (const card of membersOf(page)) {
				const phones = await this.#collection(relatedIn(card, "phones"), signal);
				for (const phone of phones) this.#add(phone, card, found);
			}
			pages += 1;
			if (pages >= mostPages || found.size >= mostFound) return nextOf(page) !== null;
		}
		return false;
	}

	async #addPhone(row: Resource, found: Map<string, Contact>, signal: AbortSignal): Promise<void> {
		if (textIn(row, "phoneNumber") === null) return;
		const card = await this.#resource(relatedIn(row, "contact"), signal);
		this.#add(row, card, found);
	}

	#add(phone: Resource, card: Resource | null, found: Map<string, Contact>): void {
		const number = textIn(phone, "phoneNumber");
		if (number === null) return;
		const id = card === null ? null : textIn(card, "id");
		const shown = textIn(phone, "formattedPhoneNumber") ?? number;
		const name = (card === null ? null : textIn(card, "name")) ?? shown;
		const detail = [textIn(phone, "type"), shown].filter((part) => part !== null).join(" · ");
		found.set(`${id ?? ""} ${number}`, { ...plainContact, name, address: number, detail, id });
	}

	/** The conversation as the server has it now, with the cards that fit it. */
	async #whole(peer: string, signal: AbortSignal): Promise<Known | null> {
		const { book, news } = this.#parts;
		const key = parseKey(peer);
		const [number, second] = key?.numbers ?? [];
		if (key === null || number === undefined || second !== undefined) return null;
		const known = book.current(peer);
		if (known === null) return await news.find(key.slug, number, signal);
		return (await news.reread(known, signal)) ? book.get(known.wire.id) : null;
	}

	async #resource(related: Related | null, signal: AbortSignal): Promise<Resource | null> {
		if (related === null) return null;
		if (related.embedded !== null) return related.embedded;
		return related.link === null ? null : await this.#parts.api.find(related.link, signal);
	}

	async #collection(related: Related | null, signal: AbortSignal): Promise<readonly Resource[]> {
		const found = await this.#resource(related, signal);
		return membersOf(found).filter((member) => /^Contact/.test(textIn(member, "@type") ?? "Contact"));
	}
}

const plainContact = { presence: "unknown", presenceLabel: null } as const;

function contactOf(card: Resource, number: string): Contact {
	const id = textIn(card, "id");
	return { ...plainContact, name: textIn(card, "name") ?? number, address: number, detail: "", id };
}

/** Telephones, fields and notes as the system names and writes them. */
async function factsOf(api: Api, card: Resource, signal: AbortSignal): Promise<ContactCard["facts"]> {
	const parts = async (name: string): Promise<readonly Resource[]> => {
		const related = relatedIn(card, name);
		if (related === null) return [];
		if (related.embedded !== null) return membersOf(related.embedded);
		return related.link === null ? [] : membersOf(await api.find(related.link, signal));
	};
	const phones = (await parts("phones")).flatMap((phone) => {
		const number = textIn(phone, "formattedPhoneNumber") ?? textIn(phone, "phoneNumber");
		const extension = textIn(phone, "extension");
		if (number === null) return [];
		const text = extension === null ? number : `${number} x${extension}`;
		return [{ label: textIn(phone, "type") ?? "Phone", text }];
	});
	const data = asResource(card["data"]) ?? {};
	const shown = asResource(card["formattedData"]) ?? {};
	const fields = Object.keys({ ...data, ...shown }).flatMap((slug) => {
		const text = textIn(shown, slug) ?? textIn(data, slug);
		return text === null ? [] : [{ label: slug, text }];
	});
	const notes = (await parts("notes")).flatMap((note) => {
		const text = textIn(note, "content");
		return text === null ? [] : [{ label: "Note", text }];
	});
	return [...phones, ...fields, ...notes];
}
