import { type PracticeRandom, userId } from "../random.ts";
import { userState } from "./agent-states.ts";
import type { AgentRegistry } from "./agents.ts";
import { isLoggedIn } from "./devices.ts";
import type { JsonObject, JsonValue } from "../server/json.ts";
import { type DirectoryEntry, practiceDirectory } from "./people.ts";
import { missingParameter, notFound, Refusal, statusCodes } from "./refusal.ts";
import type { GenesysSwitches } from "./switches.ts";

interface Contact extends DirectoryEntry {
	readonly id: string;
	readonly businessUnits: readonly string[];
}

const defaultLimit = 100;

/** `/contacts`: the company's people, with the accounts of the simulator among them. */
export class Directory {
	readonly #agents: AgentRegistry;
	readonly #switches: GenesysSwitches;
	readonly #apiUrl: () => string;
	readonly #entries: (DirectoryEntry & { readonly id: string })[];

	constructor(parts: {
		agents: AgentRegistry;
		switches: GenesysSwitches;
		random: PracticeRandom;
		apiUrl: () => string;
		entries?: readonly DirectoryEntry[];
	}) {
		this.#agents = parts.agents;
		this.#switches = parts.switches;
		this.#apiUrl = parts.apiUrl;
		this.#entries = (parts.entries ?? practiceDirectory()).map((entry) => ({
			...entry,
			id: userId(parts.random),
		}));
	}

	/** Everybody but the accounts; `presence` may be changed. */
	get colleagues(): readonly DirectoryEntry[] {
		return this.#entries.filter((entry) => entry.type === "User");
	}

	/** The entry with this number, accounts excluded. */
	byNumber(phoneNumber: string): DirectoryEntry | undefined {
		return this.#entries.find((entry) => entry.phoneNumber === phoneNumber);
	}

	/** `GET /contacts`. */
	search(query: URLSearchParams): JsonObject {
		const limit = wholeNumber(query, "limit", defaultLimit);
		const offset = wholeNumber(query, "offset", 0);
		const found = this.#contacts().filter((contact) => matches(contact, query));
		sort(found, query);
		const withAvailability = this.#asksForAvailability(query);
		return {
			statusCode: 0,
			totalCount: found.length,
			contacts: found
				.slice(offset, offset + limit)
				.map((contact) => ({ ...this.#resource(contact, withAvailability), ...roles(contact) })),
		};
	}

	/** `GET /contacts/{id}?type=User`: neither availability nor roles. */
	contact(id: string, type: string | null): JsonObject {
		if (type === null) throw missingParameter("type");
		const contact = this.#contacts().find((candidate) => candidate.id === id && candidate.type === type);
		if (contact === undefined) throw notFound(`Contact '${id}'`);
		return { statusCode: 0, contact: this.#resource(contact, false) };
	}

	#contacts(): Contact[] {
		const accounts = this.#agents.all.map((agent): Contact => {
			const devices = this.#agents.devicesOf(agent);
			const device = devices.find(isLoggedIn) ?? devices[0];
			return {
				id: agent.id,
				type: "User",
				userName: agent.userName,
				firstName: agent.firstName,
				lastName: agent.lastName,
				phoneNumber: device?.phoneNumber ?? null,
				presence: device?.state ?? "Offline",
				businessUnits: agent.businessUnits,
			};
		});
		return [...accounts, ...this.#entries.map((entry) => ({ ...entry, businessUnits: [] }))];
	}

	#asksForAvailability(query: URLSearchParams): boolean {
		const subresources = query.get("subresources")?.split(",") ?? [];
		switch (this.#switches.availability) {
			case "fields":
				return query.get("fields") === "*";
			case "subresources":
				return subresources.includes("availability") || subresources.includes("*");
			case "always":
				return true;
			case "never":
				return false;
		}
	}

	#resource(contact: Contact, withAvailability: boolean): JsonObject {
		const number = contact.phoneNumber;
		const phoneNumbers =
			number === null
				? {}
				: { phoneNumbers: [{ phoneNumber: number, description: "", switchName: "SIP_Switch" }] };
		const place = { uri: `${this.#apiUrl()}/contacts/${contact.id}`, path: `/contacts/${contact.id}` };
		if (contact.type !== "User") {
			return { id: contact.id, name: contact.userName, type: contact.type, ...phoneNumbers, ...place };
		}
		return {
			id: contact.id,
			name: contact.userName,
			type: "User",
			...phoneNumbers,
			userName: contact.userName,
			firstName: contact.firstName,
			lastName: contact.lastName,
			employeeId: `E-${contact.userName}`,
			emailAddress: "",
			...(withAvailability && number !== null ? { availability: availability(contact, number) } : {}),
			businessUnits: contact.businessUnits,
			...place,
		};
	}
}

function availability(contact: Contact, phoneNumber: string): JsonObject {
	const loggedIn = contact.presence !== "Offline";
	return {
		channels: [
			{
				channel: "voice",
				available: contact.presence === "Ready",
				// The number logged in now, so there is none for somebody who is logged out.
				...(loggedIn ? { phoneNumber, userActivity: "Idle" } : {}),
				userState: userState(contact.presence),
			},
		],
	};
}

function roles(contact: Contact): Record<string, JsonValue> {
	return contact.type === "User" ? { roles: ["ROLE_AGENT"] } : {};
}

function matches(contact: Contact, query: URLSearchParams): boolean {
	const among = (name: string, value: string | null): boolean => {
		const wanted = query.get(name);
		return wanted === null || (value !== null && wanted.split(",").includes(value));
	};
	if (!among("type", contact.type) || !among("name", contact.userName)) return false;
	const number = query.get("phoneNumber");
	if (number === "*" ? contact.phoneNumber === null : !among("phoneNumber", contact.phoneNumber))
		return false;
	if (!among("channel", contact.type === "User" ? "voice" : null)) return false;
	if (!among("roles", contact.type === "User" ? "ROLE_AGENT" : null)) return false;
	const units = query.get("includeUsersInBusinessUnits")?.split(",") ?? [];
	// Directory entries are in no unit and stand for every one, so that a filtered list is not empty.
	if (units.length > 0 && contact.businessUnits.length > 0) {
		if (!contact.businessUnits.some((unit) => units.includes(unit))) return false;
	}
	return matchesFilter(contact, query);
}

function matchesFilter(contact: Contact, query: URLSearchParams): boolean {
	const name = query.get("filterName");
	if (name === null) return true;
	if (name !== "NamesOrPhoneNumberMatches") {
		throw new Refusal(statusCodes.outOfRange, `Unknown filter '${name}'`);
	}
	const parameters = query.get("filterParameters");
	if (parameters === null) throw missingParameter("filterParameters");
	const fields = [contact.firstName, contact.lastName, contact.userName, contact.phoneNumber ?? ""];
	return parameters
		.split(",")
		.map((term) => wildcard(term.trim()))
		.every((term) => fields.some((field) => term.test(field)));
}

/** `*` stands for any text; everything else for itself, in any case. */
function wildcard(term: string): RegExp {
	const escaped = term.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*");
	return new RegExp(`^${escaped}$`, "isu");
}

function sort(contacts: Contact[], query: URLSearchParams): void {
	const field = query.get("sortBy");
	if (field === null) return;
	const key = (contact: Contact): string => {
		switch (field) {
			case "firstName":
				return contact.firstName;
			case "lastName":
				return contact.lastName;
			case "name":
			case "userName":
				return contact.userName;
			default:
				throw new Refusal(statusCodes.outOfRange, `Cannot sort by '${field}'`);
		}
	};
	const direction = query.get("order") === "Descending" ? -1 : 1;
	contacts.sort((left, right) => direction * key(left).localeCompare(key(right), "en"));
}

function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
	const text = query.get(name);
	if (text === null) return fallback;
	if (!/^\d{1,6}$/.test(text))
		throw new Refusal(statusCodes.outOfRange, `Parameter '${name}' is out of range`);
	return Number(text);
}
