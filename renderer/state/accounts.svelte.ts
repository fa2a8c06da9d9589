import type { Change } from "../../shared/ipc/contract.ts";
import type { AccountId } from "../../shared/ids.ts";
import type { Account } from "../../shared/model.ts";

/** The signed-in accounts, in the order main gave them. */
export class Accounts {
	list: readonly Account[] = $state.raw([]);

	get(id: AccountId): Account | undefined {
		return this.list.find((account) => account.id === id);
	}

	apply(changes: readonly Change[]): void {
		let list = this.list;
		for (const change of changes) {
			if (change.type === "account") {
				const { account } = change;
				list = list.some((known) => known.id === account.id)
					? list.map((known) => (known.id === account.id ? account : known))
					: [...list, account];
			} else if (change.type === "accountRemoved") {
				list = list.filter((known) => known.id !== change.accountId);
			}
		}
		this.list = list;
	}
}
