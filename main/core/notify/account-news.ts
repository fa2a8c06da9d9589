import type { AccountId } from "../../../shared/ids.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import { toAppError } from "../../../shared/errors.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { NotificationCenter } from "./center.ts";
import type { OutageReason } from "./outage.ts";
import { type Untold, untoldLines } from "./untold.ts";

export interface AccountNewsPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly center: NotificationCenter;
	readonly translate: () => Translate;
	/** What to call the account. */
	readonly label: (id: AccountId) => string;
}

/** What is told about a whole account: that it receives nothing, receives again, or left something untold. */
export class AccountNews {
	readonly #ports: AccountNewsPorts;

	constructor(ports: AccountNewsPorts) {
		this.#ports = ports;
	}

	outage(id: AccountId, reason: OutageReason): void {
		const translate = this.#ports.translate();
		const title = translate("notify.outageTitle", { account: this.#ports.label(id) });
		const body = translate(reason === "signIn" ? "notify.outageSignIn" : "notify.outageSilent");
		this.#announce(outageKey(id), { title, body, silent: false, urgent: true });
	}

	back(id: AccountId): void {
		const translate = this.#ports.translate();
		const title = translate("notify.backTitle", { account: this.#ports.label(id) });
		this.#announce(outageKey(id), { title, body: translate("notify.back"), silent: true, urgent: false });
	}

	/** What the last run had no time to tell of: one line an account, and one in the ledger for each message. */
	async untold(left: readonly Untold[]): Promise<void> {
		const { center, translate, clock, label } = this.#ports;
		for (const one of left) {
			const body = translate()("notify.untold", { count: one.messages.length });
			const content = { title: label(one.accountId), body, silent: true, urgent: false };
			const withheld = await center.announce(`untold:${one.accountId}`, content);
			for (const line of untoldLines(one, clock.now(), withheld)) center.ledger.note(line);
		}
	}

	/** The account is gone. */
	withdraw(id: AccountId): void {
		this.#ports.center.withdraw(outageKey(id));
		this.#ports.center.withdraw(`untold:${id}`);
	}

	#announce(key: string, content: Parameters<NotificationCenter["announce"]>[1]): void {
		const { center, logger } = this.#ports;
		center.announce(key, content).catch((thrown: unknown) => {
			logger.error("notify.failed", { error: toAppError(thrown) });
		});
	}
}

function outageKey(id: AccountId): string {
	return `outage:${id}`;
}
