import type { PracticeClock } from "../clock.ts";
import type { Account } from "./accounts.ts";
import type { User } from "./users.ts";

export interface OptOut {
	readonly account: Account;
	readonly number: string;
	readonly at: number;
	/** Null: the customer asked for it. */
	readonly user: User | null;
}

/** Who must not be written to, by account (sheet, 12.2). */
export class OptOuts {
	readonly #clock: PracticeClock;
	#optOuts: OptOut[] = [];

	constructor(clock: PracticeClock) {
		this.#clock = clock;
	}

	get all(): readonly OptOut[] {
		return this.#optOuts;
	}

	find(account: Account, number: string): OptOut | null {
		return this.#optOuts.find((one) => one.account === account && one.number === number) ?? null;
	}

	/** Twice is the same as once. */
	add(account: Account, number: string, user: User | null): OptOut {
		const known = this.find(account, number);
		if (known !== null) return known;
		const optOut: OptOut = { account, number, at: this.#clock.now(), user };
		this.#optOuts.push(optOut);
		return optOut;
	}

	remove(account: Account, number: string): void {
		this.#optOuts = this.#optOuts.filter((one) => !(one.account === account && one.number === number));
	}

	of(account: Account): OptOut[] {
		return this.#optOuts.filter((one) => one.account === account);
	}
}
