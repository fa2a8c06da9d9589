import type { AppError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { BackfillGap } from "./apply.ts";
import { AccountBackfill, type BackfillPorts } from "./backfill-account.ts";
import type { PlanAccount } from "./backfill-plan.ts";

export type { BackfillPorts, HistoryLink } from "./backfill-account.ts";

/** What accounts tell of their way to the server. */
export interface ReceptionListener {
	/** From now on something may have been missed; said before what follows is stored. */
	doubt(account: PlanAccount): void;
	/** Everything new comes in from now on: what was missed can be asked for. */
	online(account: PlanAccount): void;
}

/**
 * Catching up with the past, for accounts whose system has a history to ask for. One
 * `AccountBackfill` an account; the others have markers (`GapMarks`).
 */
export class Backfill implements ReceptionListener, BackfillGap {
	readonly #ports: BackfillPorts;
	readonly #accounts = new Map<AccountId, AccountBackfill>();

	constructor(ports: BackfillPorts) {
		this.#ports = ports;
	}

	doubt(account: PlanAccount): void {
		this.#of(account).doubt();
	}

	online(account: PlanAccount): void {
		this.#of(account).ask();
	}

	/** The system of this account has a history to ask for. */
	history(id: AccountId): boolean {
		return this.#ports.hasHistory(id);
	}

	/** A `gap` event of a system that has a history: what is missing is asked for. */
	gap(id: AccountId): void {
		// Heard of before: an account says "doubt" before its batch is stored.
		const own = this.#accounts.get(id);
		own?.doubt();
		own?.ask();
	}

	/** The account is gone. */
	removed(id: AccountId): void {
		this.#accounts.get(id)?.stop();
		this.#accounts.delete(id);
	}

	/** Conversations of it in which messages are missing and are being asked for. */
	gaps(id: AccountId): number {
		return this.#accounts.get(id)?.gaps ?? 0;
	}

	/** Push has told everything of this conversation: `syncedTo` may move on with what comes. */
	whole(accountId: AccountId, id: ConversationId): boolean {
		return this.#accounts.get(accountId)?.whole(id) ?? false;
	}

	/** Asks for everything that may have been missed; null when all of it is here, else why not. */
	async check(account: PlanAccount): Promise<AppError | null> {
		return await this.#of(account).check();
	}

	/**
	 * One more page above the oldest entry of a conversation, if the server has one. Resolves when it is
	 * stored; rejects with AppFailure when it could not be had.
	 */
	async older(id: ConversationId): Promise<void> {
		const record = this.#ports.book.get(id);
		if (record === null || record.olderCursor === null) return;
		await this.#of({ id: record.accountId, system: record.system }).older(id);
	}

	/**
	 * Asks for the newest messages of a conversation, back to its oldest text in doubt. Resolves when what
	 * the server told is stored; "cannot": there is nothing to ask. Rejects when it could not be asked now.
	 */
	async conversation(id: ConversationId): Promise<"asked" | "cannot"> {
		const { book } = this.#ports;
		const record = book.get(id);
		if (record === null || !this.#ports.hasHistory(record.accountId)) return "cannot";
		const unsettled = await book.store.unsettled(record.accountId);
		const texts = unsettled.filter((entry) => entry.conversationId === id);
		const since = Math.min(this.#ports.clock.now(), ...texts.map((entry) => entry.at));
		await this.#of({ id: record.accountId, system: record.system }).look(id, since);
		return "asked";
	}

	stop(): void {
		for (const id of [...this.#accounts.keys()]) this.removed(id);
	}

	#of(account: PlanAccount): AccountBackfill {
		const known = this.#accounts.get(account.id);
		if (known !== undefined) return known;
		const made = new AccountBackfill({ id: account.id, system: account.system }, this.#ports);
		this.#accounts.set(account.id, made);
		return made;
	}
}
