import type { PracticeClock } from "../clock.ts";
import type { PracticeRandom } from "../random.ts";
import { objectId } from "./ids.ts";

/** Roles of the sheet, 2.5. */
export type Role = "User" | "Manager" | "Customer" | "SystemAdministrator";

/** States of the sheet, 7.5; a newer server may know more. */
export type AgentState = "Unknown" | "Ready" | "NotReady" | "LoggedOut" | "WrapUp" | "Outgoing" | "Other";

/** A tenant. */
export interface Account {
	readonly id: string;
	readonly name: string;
}

/** A customer of an account. */
export interface Customer {
	readonly id: string;
	readonly accountId: string;
	readonly name: string;
	readonly parentCustomerId: string | null;
}

/** Somebody who can sign in. `password`, `roles`, `locked` and the rest may be changed at any time. */
export interface User {
	readonly id: string;
	/** The user name, an e-mail address. */
	readonly emailAddress: string;
	password: string;
	firstName: string;
	lastName: string;
	roles: Role[];
	accountIds: string[];
	locked: boolean;
	managerAccess: "ReadOnly" | "ReadWrite" | "ReadWriteDelete" | null;
	dashboardPermissions: string[];
	/** Endpoints that are the user's own, for the switch `userSees`. */
	ownEndpointIds: string[];
}

/** A telephone number, a person's telephone, a mailbox (sheet, 7.2). */
export interface Endpoint {
	readonly id: string;
	readonly accountId: string;
	readonly customerId: string | null;
	readonly type: string;
	displayName: string;
	/** E.164 number of a PhoneNumber, e-mail address of a User or Email. */
	readonly address: string;
	disableSms: boolean;
	agentState: AgentState;
	agentStateReason: string;
	readonly createdAt: number;
}

/** Somebody in `/app/contacts`; it has no id there. */
export interface Contact {
	readonly accountId: string;
	readonly displayName: string;
	readonly address: string;
	readonly type: string;
	readonly customerName: string | null;
	readonly canCall: boolean;
	readonly canChat: boolean;
}

export interface UserSetup {
	readonly emailAddress: string;
	readonly password: string;
	readonly firstName?: string;
	readonly lastName?: string;
	/** Default `["User"]`. */
	readonly roles?: readonly Role[];
	/** Names of accounts, created where missing; default the first account. */
	readonly accounts?: readonly string[];
	/** Default true: a User endpoint with the user's name. */
	readonly endpoint?: boolean;
	/** Display names or addresses of further own endpoints. */
	readonly ownEndpoints?: readonly string[];
}

export interface EndpointSetup {
	readonly displayName: string;
	/** Default `PhoneNumber`. */
	readonly type?: string;
	readonly address: string;
	/** Name of the account, created where missing; default the first. */
	readonly account?: string;
	/** Name of the customer, created where missing; default none. */
	readonly customer?: string;
	readonly disableSms?: boolean;
}

/** Everything the portal manages: accounts, users, endpoints, customers, contacts. */
export class Company {
	readonly #random: PracticeRandom;
	readonly #clock: PracticeClock;
	readonly accounts: Account[] = [];
	readonly users: User[] = [];
	readonly endpoints: Endpoint[] = [];
	readonly customers: Customer[] = [];
	readonly contacts: Contact[] = [];

	constructor(random: PracticeRandom, clock: PracticeClock) {
		this.#random = random;
		this.#clock = clock;
	}

	/** The account of this name, made where it is missing; without a name the first one. */
	account(name?: string): Account {
		const wanted = name ?? this.accounts[0]?.name ?? "Acme Corp";
		const known = this.accounts.find((account) => account.name === wanted);
		if (known !== undefined) return known;
		const account: Account = { id: objectId(this.#random), name: wanted };
		this.accounts.push(account);
		return account;
	}

	/** The customer of this name in an account, made where it is missing. */
	customer(account: Account, name: string): Customer {
		const known = this.customers.find(
			(candidate) => candidate.accountId === account.id && candidate.name === name,
		);
		if (known !== undefined) return known;
		const customer: Customer = {
			id: objectId(this.#random),
			accountId: account.id,
			name,
			parentCustomerId: null,
		};
		this.customers.push(customer);
		return customer;
	}

	/** Adds somebody who can sign in, with a User endpoint unless told otherwise. Throws when the name is taken. */
	addUser(setup: UserSetup): User {
		if (this.findUser(setup.emailAddress) !== undefined)
			throw new RangeError(`user '${setup.emailAddress}' exists`);
		const accounts =
			setup.accounts === undefined
				? [this.account()]
				: setup.accounts.map((name) => this.account(name));
		const user: User = {
			id: objectId(this.#random),
			emailAddress: setup.emailAddress,
			password: setup.password,
			firstName: setup.firstName ?? "",
			lastName: setup.lastName ?? "",
			roles: [...(setup.roles ?? ["User"])],
			accountIds: accounts.map((account) => account.id),
			locked: false,
			managerAccess: null,
			dashboardPermissions: [],
			ownEndpointIds: (setup.ownEndpoints ?? []).map((name) => this.endpoint(name).id),
		};
		this.users.push(user);
		if (setup.endpoint !== false) {
			const own = this.addEndpoint({
				displayName: displayName(user),
				type: "User",
				address: user.emailAddress,
				...(accounts[0] === undefined ? {} : { account: accounts[0].name }),
			});
			user.ownEndpointIds.push(own.id);
		}
		return user;
	}

	addEndpoint(setup: EndpointSetup): Endpoint {
		const account = this.account(setup.account);
		const endpoint: Endpoint = {
			id: objectId(this.#random),
			accountId: account.id,
			customerId: setup.customer === undefined ? null : this.customer(account, setup.customer).id,
			type: setup.type ?? "PhoneNumber",
			displayName: setup.displayName,
			address: setup.address,
			disableSms: setup.disableSms ?? false,
			agentState: "Ready",
			agentStateReason: "SetByUser",
			createdAt: this.#clock.now(),
		};
		this.endpoints.push(endpoint);
		return endpoint;
	}

	/** Adds somebody to `/app/contacts` of the first account, or of the one named. */
	addContact(
		setup: Partial<Contact> & { readonly displayName: string; readonly address: string },
		account?: string,
	): Contact {
		const contact: Contact = {
			accountId: this.account(account).id,
			type: "Contact",
			customerName: null,
			canCall: true,
			canChat: true,
			...setup,
		};
		this.contacts.push(contact);
		return contact;
	}

	/** User names are compared without regard to case. */
	findUser(emailAddress: string): User | undefined {
		const wanted = emailAddress.toLowerCase();
		return this.users.find((user) => user.emailAddress.toLowerCase() === wanted);
	}

	/** The user of this name; throws where there is none. */
	user(emailAddress: string): User {
		const user = this.findUser(emailAddress);
		if (user === undefined) throw new RangeError(`no user '${emailAddress}'`);
		return user;
	}

	/** The endpoint with this id, address or display name; throws where there is none. */
	endpoint(key: string): Endpoint {
		const found = this.endpoints.find(
			({ id, address, displayName: name }) => id === key || address === key || name === key,
		);
		if (found === undefined) throw new RangeError(`no endpoint '${key}'`);
		return found;
	}

	/** The User endpoint that carries the user's name (sheet, 2.5). */
	userEndpoint(user: User): Endpoint | undefined {
		return this.endpoints.find(
			({ type, address }) =>
				type === "User" && address.toLowerCase() === user.emailAddress.toLowerCase(),
		);
	}

	/** Accounts that the user may see: an administrator all of them (sheet, 2.4). */
	accountsOf(user: User): Account[] {
		if (user.roles.includes("SystemAdministrator")) return [...this.accounts];
		return this.accounts.filter(({ id }) => user.accountIds.includes(id));
	}
}

/** First and last name, or the address where there is neither. */
export function displayName(user: User): string {
	return `${user.firstName} ${user.lastName}`.trim() || user.emailAddress;
}

/** No role but User, and perhaps Customer's and Manager's are missing (sheet, 2.5). */
export function isPlainUser(user: User): boolean {
	return !user.roles.some((role) => role !== "User");
}
