import { type AppError, appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { AccountId } from "../../../shared/ids.ts";
import type { KeychainQuestion } from "../../../shared/model.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { Secrets } from "../ports/system.ts";

/** How long the keychain may be silent before the person is offered not to wait. */
export const silenceMs = 10_000;

export type WithoutKeychain = "thisRun" | "askEachTime";
type Reason = KeychainQuestion["reason"];

interface Question {
	readonly reason: Reason;
	readonly answer: (choice: WithoutKeychain) => void;
}

export interface SecretKeeperPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly secrets: Secrets;
	/** The open questions are different now. */
	readonly changed: () => void;
}

/**
 * Where secrets are: in the keychain, or, with the person's consent, in this run's memory or
 * nowhere. A secret waits in memory only while the keychain or the person has not answered.
 *
 *   saving --keychain said yes--> keychain
 *      |---no, or silent 10 s--> asking --chosen--> thisRun | askEachTime
 *      +<-----------said yes after all-----+
 */
export class SecretKeeper {
	readonly #ports: SecretKeeperPorts;
	/** "Keep for this run only", and those that nobody has decided about yet. */
	readonly #memory = new Map<AccountId, string>();
	readonly #questions = new Map<AccountId, Question>();
	/** Writes to the keychain that are under way. */
	readonly #saving = new Map<AccountId, Promise<unknown>>();

	constructor(ports: SecretKeeperPorts) {
		this.#ports = ports;
	}

	get questions(): readonly { readonly accountId: AccountId; readonly reason: Reason }[] {
		return [...this.#questions].map(([accountId, { reason }]) => ({ accountId, reason }));
	}

	/**
	 * The kept secret. Fails when the person has to be asked for it, also because they chose not
	 * to wait for a silent keychain (`chosen` is then called). `waiting` tells when it is silent.
	 */
	async read(
		accountId: AccountId,
		waiting: (silent: boolean) => void,
		chosen: (choice: WithoutKeychain) => void,
	): Promise<Result<string>> {
		const kept = this.#memory.get(accountId);
		if (kept !== undefined) return ok(kept);
		const decided = Promise.withResolvers<Result<string>>();
		const answer = (choice: WithoutKeychain): void => {
			if (choice === "askEachTime") this.#discard(accountId);
			chosen(choice);
			decided.resolve(failed(appError("auth.secretMissing")));
		};
		const stop = this.#ports.clock.after(silenceMs, () => {
			waiting(true);
			this.#ask(accountId, "silent", answer);
		});
		const answered = this.#ports.secrets.get(accountId).then((found): Result<string> => {
			if (!found.ok) return found;
			return found.value === null ? failed(appError("auth.secretMissing")) : ok(found.value);
		});
		const result = await Promise.race([answered, decided.promise]);
		stop();
		waiting(false);
		this.#withdraw(accountId, answer);
		return result;
	}

	/** Puts a proven secret away; resolves when it is decided where, which may take a person. */
	async save(accountId: AccountId, secret: string): Promise<"keychain" | WithoutKeychain> {
		this.#memory.set(accountId, secret);
		const decided = Promise.withResolvers<"keychain" | WithoutKeychain>();
		let choice: WithoutKeychain | null = null;
		const answer = (chosen: WithoutKeychain): void => {
			choice = chosen;
			decided.resolve(chosen);
		};
		const stop = this.#ports.clock.after(silenceMs, () => this.#ask(accountId, "silent", answer));
		const written = this.#ports.secrets.set(accountId, secret).then((result) => {
			stop();
			if (!result.ok) {
				this.#ports.logger.warn("keychain.refused", { error: result.error });
				if (choice === null) this.#ask(accountId, reasonOf(result.error), answer);
			} else if (choice === null) decided.resolve("keychain");
			// It was chosen that the secret is not kept there, and now it is: out again.
			else this.#discard(accountId);
		});
		written.catch(() => this.#ask(accountId, "unavailable", answer));
		this.#underWay(accountId, written);
		const where = await decided.promise;
		this.#withdraw(accountId, answer);
		if (where !== "thisRun") this.#memory.delete(accountId);
		return where;
	}

	/**
	 * Puts a secret away without asking anybody. `soon`: whether the keychain has taken it within
	 * 10 s; `late`: whether it has in the end. Until then the secret is in memory.
	 */
	saveQuietly(
		accountId: AccountId,
		secret: string,
	): { readonly soon: Promise<boolean>; readonly late: Promise<boolean> } {
		this.#memory.set(accountId, secret);
		const silence = Promise.withResolvers<boolean>();
		const stop = this.#ports.clock.after(silenceMs, () => silence.resolve(false));
		const late = this.#ports.secrets.set(accountId, secret).then((result) => {
			stop();
			if (result.ok) this.#memory.delete(accountId);
			return result.ok;
		});
		this.#underWay(accountId, late);
		return { soon: Promise.race([late, silence.promise]), late };
	}

	/** Keeps a secret for this run, as the person chose before. */
	remember(accountId: AccountId, secret: string): void {
		this.#memory.set(accountId, secret);
	}

	/** The person's answer. False: nothing was asked. */
	choose(accountId: AccountId, choice: WithoutKeychain): boolean {
		const question = this.#questions.get(accountId);
		if (question === undefined) return false;
		this.#withdraw(accountId, question.answer);
		question.answer(choice);
		return true;
	}

	/** Signed out: gone from memory, and from the keychain as far as that answers. */
	async forget(accountId: AccountId): Promise<Result<null>> {
		this.drop(accountId);
		return await this.#ports.secrets.delete(accountId);
	}

	/** Gone from memory; the keychain is not asked. */
	drop(accountId: AccountId): void {
		this.#memory.delete(accountId);
		const question = this.#questions.get(accountId);
		if (question !== undefined) this.#withdraw(accountId, question.answer);
	}

	#underWay(accountId: AccountId, write: Promise<unknown>): void {
		this.#saving.set(
			accountId,
			write.catch(() => null),
		);
	}

	/** What is kept now, in memory or in the keychain; null: nothing, or the keychain does not say. */
	async current(accountId: AccountId): Promise<string | null> {
		const kept = this.#memory.get(accountId);
		if (kept !== undefined) return kept;
		const found = await this.#ports.secrets.get(accountId);
		return found.ok ? found.value : null;
	}

	/** Another secret in place of the one that is kept; in memory until the keychain has it. Nobody is asked anything. */
	async replace(accountId: AccountId, secret: string): Promise<void> {
		this.#memory.set(accountId, secret);
		// A save that is under way must not end after this and bring the old one back.
		await this.#saving.get(accountId);
		const result = await this.#ports.secrets.set(accountId, secret);
		if (!result.ok) this.#ports.logger.warn("keychain.replace", { error: result.error });
		else if (this.#memory.get(accountId) === secret) this.#memory.delete(accountId);
	}

	/** Removes from the keychain what must not be there; nobody waits for it. */
	#discard(accountId: AccountId): void {
		this.#ports.secrets.delete(accountId).then(
			(result) => {
				if (!result.ok) this.#ports.logger.warn("keychain.delete", { error: result.error });
			},
			() => this.#ports.logger.warn("keychain.delete"),
		);
	}

	#ask(accountId: AccountId, reason: Reason, answer: (choice: WithoutKeychain) => void): void {
		this.#questions.set(accountId, { reason, answer });
		this.#ports.changed();
	}

	/** Only the question that this answer belongs to: another one may have taken its place. */
	#withdraw(accountId: AccountId, answer: Question["answer"]): void {
		if (this.#questions.get(accountId)?.answer !== answer) return;
		this.#questions.delete(accountId);
		this.#ports.changed();
	}
}

function reasonOf(error: AppError): Reason {
	if (error.code === "keychain.locked") return "locked";
	return error.code === "keychain.silent" ? "silent" : "unavailable";
}
