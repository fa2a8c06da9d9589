import type { Account, AccountRegistry } from "./accounts.ts";
import type { Ids } from "./identity.ts";

/** A user as a test or practice mode describes it. */
export interface UserSetup {
	readonly email: string;
	readonly firstName: string;
	readonly lastName: string;
	/** Slug and role of every account that the user is a direct member of. */
	readonly memberships: readonly { readonly account: string; readonly role: string }[];
	/** Such as `{"/textus/user_schema/calendar": "https://…"}` (sheet, 5). */
	readonly customSettings?: Readonly<Record<string, string>>;
}

export interface Membership {
	readonly id: string;
	readonly account: Account;
	readonly role: string;
}

export interface User {
	readonly id: string;
	readonly email: string;
	readonly firstName: string;
	readonly lastName: string;
	readonly memberships: Membership[];
	readonly customSettings: Record<string, string>;
}

export class UserRegistry {
	readonly #ids: Ids;
	readonly #accounts: AccountRegistry;
	readonly #users: User[] = [];

	constructor(ids: Ids, accounts: AccountRegistry) {
		this.#ids = ids;
		this.#accounts = accounts;
	}

	get all(): readonly User[] {
		return this.#users;
	}

	add(setup: UserSetup): User {
		const user: User = {
			id: this.#ids.next(7),
			email: setup.email,
			firstName: setup.firstName,
			lastName: setup.lastName,
			memberships: [],
			customSettings: { ...setup.customSettings },
		};
		this.#users.push(user);
		for (const { account, role } of setup.memberships) this.join(user, account, role);
		return user;
	}

	/** Makes the user a direct member of an account. */
	join(user: User, slug: string, role: string): void {
		user.memberships.push({ id: this.#ids.next(7), account: this.#accounts.get(slug), role });
	}

	/** Takes the user out of an account. */
	leave(user: User, slug: string): void {
		const index = user.memberships.findIndex(({ account }) => account.slug === slug);
		if (index >= 0) user.memberships.splice(index, 1);
	}

	find(id: string): User | null {
		return this.#users.find((user) => user.id === id) ?? null;
	}

	/** Throws for an address that was never set up. */
	get(email: string): User {
		const user = this.#users.find((candidate) => candidate.email === email);
		if (user === undefined) throw new RangeError(`no user ${email}`);
		return user;
	}

	/** The role in the account or in the nearest account above it; null: no access. */
	roleIn(user: User, account: Account): string | null {
		for (const candidate of [account, ...this.#accounts.ancestorsOf(account)]) {
			const membership = user.memberships.find((one) => one.account === candidate);
			if (membership !== undefined) return membership.role;
		}
		return null;
	}
}

/** API tokens: each belongs to a user and carries all of that user's access (sheet, 1.1). */
export class TokenRegistry {
	readonly #users = new Map<string, User>();

	/** Tokens that work. */
	get count(): number {
		return this.#users.size;
	}

	add(token: string, user: User): void {
		this.#users.set(token, user);
	}

	/** From now on the token is like one that never was. */
	revoke(token: string): void {
		this.#users.delete(token);
	}

	userOf(token: string): User | null {
		return this.#users.get(token) ?? null;
	}
}
