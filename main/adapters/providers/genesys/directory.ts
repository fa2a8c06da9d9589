import * as v from "valibot";
import type { Contact, PresenceState } from "../../../../shared/model.ts";
import type { Clock } from "../../../core/ports/runtime.ts";
import { GenesysRefusal } from "./envelope.ts";
import { plainNumber, sameNumber } from "./phone-number.ts";
import type { Rest } from "./rest.ts";
import { contactsSchema, type ChannelAvailability, type WireContact } from "./wire.ts";

const searchLimit = 25;
/** A look-up that failed is tried again after this; one that found nobody later. */
const failedForMs = 60_000;
const nobodyForMs = 600_000;

/** Which query makes contacts carry `availability`: not documented, so it is tried and remembered (row 14). */
const candidates: readonly Readonly<Record<string, string>>[] = [
	{ fields: "*" },
	{ subresources: "availability" },
];

/** Contacts of the server: search, names of peers, presence (sheet, section 8). */
export class Directory {
	readonly #rest: Rest;
	readonly #clock: Clock;
	readonly #self: string | null;
	readonly #names = new Map<string, { readonly name: Promise<string | null>; until: number }>();
	#known: Readonly<Record<string, string>> | null = null;
	#refused = new Set<Readonly<Record<string, string>>>();
	#turn = 0;

	/** `self`: the agent's own user id, left out of what a search finds. */
	constructor(rest: Rest, clock: Clock, self: string | null) {
		this.#rest = rest;
		this.#clock = clock;
		this.#self = self;
	}

	async search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		const terms = query
			.split(/[\s,]+/)
			.map((term) => term.replace(/\*/g, ""))
			.filter((term) => term !== "");
		const found = await this.#contacts(
			{
				type: "User",
				filterName: "NamesOrPhoneNumberMatches",
				filterParameters: terms.length === 0 ? "*" : terms.map((term) => `*${term}*`).join(","),
				limit: String(searchLimit),
				sortBy: "name",
				order: "Ascending",
			},
			signal,
			true,
		);
		const contacts = found.contacts.filter((contact) => contact.id === null || contact.id !== this.#self);
		return {
			contacts: contacts.map((contact) => {
				const { state, label } = presenceOf(contact);
				const address = addressOf(contact);
				return {
					name: nameOf(contact) ?? address ?? "",
					address,
					detail: contact.userName ?? "",
					presence: state,
					presenceLabel: label,
					id: null,
				};
			}),
			more: found.total > found.contacts.length,
		};
	}

	/** The name behind a number: one request, kept; a failure is kept for a minute only. */
	name(number: string): Promise<string | null> {
		const key = plainNumber(number);
		const kept = this.#names.get(key);
		if (kept !== undefined && this.#clock.monotonic() < kept.until) return kept.name;
		const entry = { name: Promise.resolve<string | null>(null), until: Number.POSITIVE_INFINITY };
		entry.name = this.#lookUp(number).then(
			(name) => {
				if (name === null) entry.until = this.#clock.monotonic() + nobodyForMs;
				return name;
			},
			() => {
				entry.until = this.#clock.monotonic() + failedForMs;
				return null;
			},
		);
		this.#names.set(key, entry);
		return entry.name;
	}

	/** Presence of these numbers; those nobody knows are missing from the map. */
	async presence(
		numbers: readonly string[],
		signal: AbortSignal,
	): Promise<
		ReadonlyMap<
			string,
			{ readonly state: PresenceState; readonly label: string | null; readonly name: string | null }
		>
	> {
		const found = await this.#contacts(
			{
				phoneNumber: numbers.map(digitsOf).join(","),
				limit: String(Math.max(100, numbers.length * 2)),
			},
			signal,
			false,
		);
		const result = new Map<string, { state: PresenceState; label: string | null; name: string | null }>();
		for (const number of numbers) {
			const contact = found.contacts.find((candidate) => hasPhone(candidate, number));
			if (contact !== undefined) result.set(number, { ...presenceOf(contact), name: nameOf(contact) });
		}
		return result;
	}

	async #lookUp(number: string): Promise<string | null> {
		const answer = await this.#rest.request({
			method: "GET",
			path: "/contacts",
			query: { phoneNumber: digitsOf(number) },
		});
		const parsed = v.safeParse(contactsSchema, answer.body);
		const contacts = (parsed.success ? parsed.output.contacts : null) ?? [];
		const contact = whoseNumber(contacts, number);
		return contact === null ? null : nameOf(contact);
	}

	/** Contacts with availability, where the server can be made to give it. */
	async #contacts(
		query: Readonly<Record<string, string>>,
		signal: AbortSignal,
		urgent: boolean,
	): Promise<{ readonly contacts: readonly WireContact[]; readonly total: number }> {
		for (let attempt = 0; ; attempt += 1) {
			const extra = this.#extra();
			try {
				const answer = await this.#rest.request({
					method: "GET",
					path: "/contacts",
					query: { ...query, ...extra },
					signal,
					urgent,
				});
				const parsed = v.safeParse(contactsSchema, answer.body);
				const contacts = (parsed.success ? parsed.output.contacts : null) ?? [];
				const total = (parsed.success ? parsed.output.totalCount : null) ?? contacts.length;
				if (contacts.some((contact) => contact.availability !== null)) this.#known = extra;
				else if (
					this.#known === null &&
					contacts.length > 0 &&
					attempt === 0 &&
					this.#refused.size === 0
				) {
					// Both ways once, then in turn until one of them tells something.
					this.#turn += 1;
					if (this.#turn === 1) continue;
				}
				return { contacts, total };
			} catch (thrown) {
				// A server that does not know the parameter: never with it again.
				if (signal.aborted || extra === noExtra || attempt > candidates.length || !isRefusal(thrown))
					throw thrown;
				this.#refused = new Set([...this.#refused, extra]);
			}
		}
	}

	#extra(): Readonly<Record<string, string>> {
		if (this.#known !== null) return this.#known;
		const left = candidates.filter((candidate) => !this.#refused.has(candidate));
		return left[this.#turn % Math.max(1, left.length)] ?? noExtra;
	}
}

const noExtra: Readonly<Record<string, string>> = {};

/** The server turned the query away; a spoilt answer says nothing about the query. */
function isRefusal(thrown: unknown): boolean {
	if (!(thrown instanceof GenesysRefusal)) return false;
	return (
		thrown.kind === "refused" ||
		(thrown.kind === "notAnswer" && thrown.httpStatus >= 400 && thrown.httpStatus < 500)
	);
}

/** The filter takes digits only. */
function digitsOf(number: string): string {
	const digits = plainNumber(number).replace(/\D/g, "");
	return digits === "" ? number : digits;
}

/**
 * Whose number it is. An entry without any number counts only if it is the whole answer: a number is better than the
 * name of somebody else, should a server not heed the filter.
 */
export function whoseNumber(contacts: readonly WireContact[], number: string): WireContact | null {
	const owner = contacts.find((contact) => hasPhone(contact, number));
	if (owner !== undefined) return owner;
	const [only, ...others] = contacts;
	return only !== undefined && others.length === 0 && addressOf(only) === null ? only : null;
}

export function nameOf(contact: WireContact): string | null {
	const full = [contact.firstName, contact.lastName].filter((part) => part !== null).join(" ");
	return full !== "" ? full : (contact.name ?? contact.userName);
}

/** Section 8.1: the DN that is logged in now, else the first number, else nobody can be reached. */
export function addressOf(contact: WireContact): string | null {
	return (
		voiceOf(contact)?.phoneNumber ??
		contact.phoneNumbers?.find((entry) => entry.phoneNumber !== null)?.phoneNumber ??
		null
	);
}

/** Without data it is "unknown", and sending is still allowed (row 14). */
export function presenceOf(contact: WireContact): {
	readonly state: PresenceState;
	readonly label: string | null;
} {
	const voice = voiceOf(contact);
	if (voice === null) return { state: "unknown", label: null };
	const label = voice.userState?.displayName ?? voice.userState?.state ?? voice.userActivity;
	switch (voice.userState?.state) {
		case "LoggedOut":
		case "Logout":
			return { state: "offline", label };
		case "NotReady":
			return { state: "away", label };
		default:
			if (voice.userActivity !== null && voice.userActivity !== "Idle") return { state: "busy", label };
			if (voice.available === null) return { state: "unknown", label };
			return { state: voice.available ? "available" : "busy", label };
	}
}

function voiceOf(contact: WireContact): ChannelAvailability | null {
	return contact.availability?.channels?.find((channel) => channel.channel === "voice") ?? null;
}

function hasPhone(contact: WireContact, number: string): boolean {
	return (
		(contact.phoneNumbers ?? []).some(
			(entry) => entry.phoneNumber !== null && sameNumber(entry.phoneNumber, number),
		) || sameNumber(voiceOf(contact)?.phoneNumber ?? "", number)
	);
}
