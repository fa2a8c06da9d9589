/** An account as a test or practice mode describes it. */
export interface AccountSetup {
	readonly slug: string;
	readonly name: string;
	/** E.164, the account's own numbers. */
	readonly phoneNumbers: readonly string[];
	/** Slug of the account above it, which was set up before. */
	readonly parent?: string;
	readonly type?: string;
	/** 10DLC registration blocks sending (sheet, 3). */
	readonly messagingRestricted?: boolean;
	readonly customFields?: readonly CustomField[];
}

/** A custom field of an account (sheet, 10.3). */
export interface CustomField {
	readonly slug: string;
	readonly title: string;
	/** Whether its values belong to users or to contacts. */
	readonly of: "user" | "contact";
}

export interface Account {
	readonly slug: string;
	name: string;
	phoneNumbers: string[];
	readonly parent: Account | null;
	readonly type: string;
	messagingRestricted: boolean;
	readonly customFields: CustomField[];
}

/** The accounts, which form a tree (sheet, 3). */
export class AccountRegistry {
	readonly #accounts = new Map<string, Account>();

	get all(): readonly Account[] {
		return [...this.#accounts.values()];
	}

	add(setup: AccountSetup): Account {
		const account: Account = {
			slug: setup.slug,
			name: setup.name,
			phoneNumbers: [...setup.phoneNumbers],
			parent: setup.parent === undefined ? null : this.get(setup.parent),
			type: setup.type ?? "standard",
			messagingRestricted: setup.messagingRestricted ?? false,
			customFields: [...(setup.customFields ?? [])],
		};
		this.#accounts.set(account.slug, account);
		return account;
	}

	find(slug: string): Account | null {
		return this.#accounts.get(slug) ?? null;
	}

	/** Throws for a slug that was never set up. */
	get(slug: string): Account {
		const account = this.find(slug);
		if (account === null) throw new RangeError(`no account ${slug}`);
		return account;
	}

	/** Nearest first. */
	ancestorsOf(account: Account): Account[] {
		return account.parent === null ? [] : [account.parent, ...this.ancestorsOf(account.parent)];
	}

	childrenOf(account: Account): Account[] {
		return this.all.filter((candidate) => candidate.parent === account);
	}

	descendantsOf(account: Account): Account[] {
		return this.all.filter((candidate) => this.ancestorsOf(candidate).includes(account));
	}

	/** The account that an own number belongs to. */
	byNumber(number: string): Account | null {
		return this.all.find((account) => account.phoneNumbers.includes(number)) ?? null;
	}
}
