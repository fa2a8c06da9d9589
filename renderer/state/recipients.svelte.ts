import type { AppError } from "../../shared/errors.ts";
import type { Input } from "../../shared/ipc/contract.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { AccountId, LineId } from "../../shared/ids.ts";
import type { Account, Contact } from "../../shared/model.ts";

/** Somebody a new message goes to. */
export interface Recipient {
	/** As the system takes it. */
	readonly address: string;
	/** As people read it. */
	readonly formatted: string;
	readonly name: string | null;
}

/** What begins the conversation; a title is a group's. */
export function beginningWith(
	accountId: AccountId,
	to: readonly Recipient[],
	lineId: LineId | null,
	title: string,
): Input<"conversations.start"> {
	return {
		accountId,
		addresses: to.map(({ address }) => address),
		name: to.length === 1 ? (to[0]?.name ?? null) : null,
		lineId,
		...(title.trim() !== "" && to.length > 1 ? { title: title.trim() } : {}),
	};
}

/** Whom a new message goes to. What was typed is checked by main before it counts. */
export class Recipients {
	list: readonly Recipient[] = $state.raw([]);
	/** What is being checked. */
	checking: string | null = $state(null);
	problem: AppError | null = $state.raw(null);
	readonly #bridge: Bridge;
	/** Counts checks: a late answer to an earlier one is dropped. */
	#checks = 0;

	constructor(bridge: Bridge) {
		this.#bridge = bridge;
	}

	clear(): void {
		this.#checks += 1;
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

	/** The one a text names: a contact by name or number, else a number as the system takes it. Null: nobody. */
	async behind(
		text: string,
		contacts: readonly Contact[],
		account: Account,
		lineId: LineId | null,
	): Promise<Recipient | null> {
		const known = contacts.find(
			({ address, name }) => address !== null && (address === text || name === text),
		);
		if (known !== undefined && known.address !== null)
			return { address: known.address, formatted: known.address, name: known.name };
		if (!account.can.typedNumbers || !/\d/u.test(text)) return null;
		return this.check(account.id, lineId, text);
	}

	/** How a number would be understood; null: it would not, and `problem` says why. */
	async check(accountId: AccountId, lineId: LineId | null, text: string): Promise<Recipient | null> {
		const check = ++this.#checks;
		this.checking = text;
		this.problem = null;
		const result = await this.#bridge.invoke("numbers.check", { accountId, lineId, text });
		if (check !== this.#checks) return null;
		this.checking = null;
		if (!result.ok) {
			this.problem = result.error;
			return null;
		}
		return { ...result.value, name: null };
	}
}
