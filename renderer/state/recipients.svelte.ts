import type { AppError } from "../../shared/errors.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { AccountId, LineId } from "../../shared/ids.ts";

/** Somebody a new message goes to. */
export interface Recipient {
	/** As the system takes it. */
	readonly address: string;
	/** As people read it. */
	readonly formatted: string;
	readonly name: string | null;
}

/** Whom a new message goes to. What was typed is checked by main before it counts. */
export class Recipients {
	list: readonly Recipient[] = $state.raw([]);
	/** What is being checked. */
	checking: string | null = $state(null);
	problem: AppError | null = $state.raw(null);
	readonly #bridge: Bridge;
	/** Counts checks: a late answer to an earlier one is dropped. */
	#check = 0;

	constructor(bridge: Bridge) {
		this.#bridge = bridge;
	}

	clear(): void {
		this.#check += 1;
		this.list = [];
		this.checking = null;
		this.problem = null;
	}

	add(recipient: Recipient): void {
		if (!this.list.some(({ address }) => address === recipient.address))
			this.list = [...this.list, recipient];
	}

	remove(address: string): void {
		this.list = this.list.filter((recipient) => recipient.address !== address);
	}

	/** How a number would be understood; null: it would not, and `problem` says why. */
	async check(accountId: AccountId, lineId: LineId | null, text: string): Promise<Recipient | null> {
		const check = ++this.#check;
		this.checking = text;
		this.problem = null;
		const result = await this.#bridge.invoke("numbers.check", { accountId, lineId, text });
		if (check !== this.#check) return null;
		this.checking = null;
		if (!result.ok) {
			this.problem = result.error;
			return null;
		}
		return { ...result.value, name: null };
	}
}
