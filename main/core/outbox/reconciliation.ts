import { type AppError, toAppError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId, EntryId } from "../../../shared/ids.ts";
import { backoffDelay } from "../accounts/backoff.ts";
import type { Clock, Logger, Random } from "../ports/runtime.ts";
import type { DeliveryStates } from "./delivery-states.ts";

/**
 * How often a server is asked for a text before the person decides: a request that was cut off may
 * still be at work there when it is asked for the first time.
 */
const looksBeforeAsking = 2;
const secondLookMs = 5000;

export interface ReconciliationPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly states: DeliveryStates;
	/** The account can be asked now. */
	readonly reachable: (accountId: AccountId) => boolean;
	/**
	 * Asks the server for the newest messages of this conversation. Resolves when what it told is
	 * stored, which settles a text that is among them; "cannot": there is nothing to ask; rejects
	 * when it could not be asked now.
	 */
	readonly reconcile: (accountId: AccountId, id: ConversationId) => Promise<"asked" | "cannot">;
}

export interface Doubt {
	readonly accountId: AccountId;
	readonly conversationId: ConversationId;
	readonly entryId: EntryId;
	/** Why it is in doubt: what the person reads when the server cannot tell either. */
	readonly error: AppError;
}

interface Case {
	readonly doubt: Doubt;
	looks: number;
}

/** Doubtful texts of one conversation. */
interface File {
	readonly accountId: AccountId;
	readonly cases: Map<EntryId, Case>;
	asking: boolean;
	failures: number;
	cancel: (() => void) | null;
}

/**
 * Finds out what became of texts in doubt, where the server has a history to ask for. Nothing is
 * sent here and nothing is settled here: what the server tells goes the way of everything it tells.
 *
 *   noted --reachable--> asked --nothing of it--> asked again after 5 s --nothing--> the person decides
 *            ^              +--could not be asked--> later (full jitter)
 */
export class Reconciliation {
	readonly #ports: ReconciliationPorts;
	readonly #files = new Map<ConversationId, File>();
	#stopped = false;

	constructor(ports: ReconciliationPorts) {
		this.#ports = ports;
	}

	note(doubts: readonly Doubt[]): void {
		for (const doubt of doubts) {
			const { accountId, conversationId, entryId } = doubt;
			const file = this.#files.get(conversationId) ?? {
				accountId,
				cases: new Map<EntryId, Case>(),
				asking: false,
				failures: 0,
				cancel: null,
			};
			this.#files.set(conversationId, file);
			file.cases.set(entryId, { doubt, looks: 0 });
			this.#go(conversationId, file);
		}
	}

	/** The account can be asked now. */
	reachable(accountId: AccountId): void {
		for (const [id, file] of this.#files) if (file.accountId === accountId) this.#go(id, file);
	}

	removeAccount(accountId: AccountId): void {
		for (const [id, file] of this.#files) {
			if (file.accountId !== accountId) continue;
			file.cancel?.();
			this.#files.delete(id);
		}
	}

	stop(): void {
		this.#stopped = true;
		for (const file of this.#files.values()) file.cancel?.();
	}

	#go(id: ConversationId, file: File): void {
		if (file.asking || this.#stopped || !this.#ports.reachable(file.accountId)) return;
		file.cancel?.();
		file.cancel = null;
		file.asking = true;
		this.#ask(id, file)
			.catch((thrown: unknown) =>
				this.#ports.logger.error("outbox.reconcile", { error: toAppError(thrown) }),
			)
			.finally(() => {
				file.asking = false;
				this.#plan(id, file);
			});
	}

	async #ask(id: ConversationId, file: File): Promise<void> {
		const cases = [...file.cases.values()];
		await this.#ports.states.keepAll(
			cases.map(({ doubt }) => ({ entryId: doubt.entryId, happening: { kind: "checking" } })),
		);
		let answer: "asked" | "cannot";
		try {
			answer = await this.#ports.reconcile(file.accountId, id);
			file.failures = 0;
		} catch (thrown) {
			this.#ports.logger.info("outbox.notAsked", { error: toAppError(thrown) });
			file.failures += 1;
			return;
		}
		const over = cases.filter((one) => {
			one.looks += 1;
			// Sent again and in doubt again meanwhile: that is another case.
			if (file.cases.get(one.doubt.entryId) !== one) return false;
			return answer === "cannot" || one.looks >= looksBeforeAsking;
		});
		for (const { doubt } of over) file.cases.delete(doubt.entryId);
		await this.#ports.states.keepAll(
			over.map(({ doubt: { entryId, error } }) => ({
				entryId,
				happening: { kind: "unresolved", error },
			})),
		);
	}

	#plan(id: ConversationId, file: File): void {
		if (this.#files.get(id) !== file || this.#stopped) return;
		if (file.cases.size === 0) {
			this.#files.delete(id);
			return;
		}
		const delay = this.#delay(file);
		file.cancel?.();
		file.cancel = this.#ports.clock.after(delay, () => this.#go(id, file));
	}

	#delay(file: File): number {
		if (file.failures > 0) return backoffDelay(file.failures, this.#ports.random);
		const fresh = [...file.cases.values()].some(({ looks }) => looks === 0);
		return fresh ? 0 : secondLookMs;
	}
}
