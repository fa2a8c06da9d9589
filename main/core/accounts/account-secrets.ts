import { type AppError, appError, failed, type Result, toAppError } from "../../../shared/errors.ts";
import type { AccountId } from "../../../shared/ids.ts";
import type { SystemOptions } from "../ports/provider.ts";
import { type Clock, type Logger, within } from "../ports/runtime.ts";
import type { AccountStore } from "../ports/stores.ts";
import type { Managed } from "./managed-account.ts";
import { packSecrets, type SecretBundle, unpackSecrets } from "./secret-bundle.ts";
import type { SecretKeeper, WithoutKeychain } from "./secret-keeper.ts";

/** How long a keychain may take to give what was typed once already. */
const patienceMs = 2000;

export interface AccountSecretsPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly accounts: AccountStore;
	readonly keeper: SecretKeeper;
	/** The account is set up, and this one is it. */
	readonly known: (managed: Managed) => boolean;
	readonly changed: (id: AccountId) => void;
	/** Something the person has to be told once. */
	readonly notice: (error: AppError) => void;
}

/** Where the secrets of accounts are, and what was decided about it. */
export class AccountSecrets {
	readonly #ports: AccountSecretsPorts;
	#renewing: Promise<void> = Promise.resolve();

	constructor(ports: AccountSecretsPorts) {
		this.#ports = ports;
	}

	/** For a sign-in by itself; fails when the person has to be asked. */
	async read(managed: Managed): Promise<Result<string>> {
		if (managed.keeping === "askEachTime") return failed(appError("auth.secretMissing"));
		const silent = (waiting: boolean): void => {
			managed.session.waitingForKeychain = waiting;
			this.#ports.changed(managed.record.id);
		};
		return await this.#ports.keeper.read(managed.record.id, silent, (choice) => {
			this.#background(this.#decided(managed, choice));
		});
	}

	/** Puts proven secrets away, in the background. */
	keep(managed: Managed, bundle: SecretBundle): void {
		const secret = packSecrets({ ...bundle, kept: managed.kept ?? bundle.kept });
		const save = async (): Promise<void> => {
			await this.#decided(managed, await this.#ports.keeper.save(managed.record.id, secret));
		};
		if (managed.keeping === "thisRun") this.#ports.keeper.remember(managed.record.id, secret);
		else if (managed.keeping === "keychain") this.#background(save());
	}

	/**
	 * Keeps the secret of a provisioned account. True: it is safe in the keychain, and so is the
	 * account. False: no keychain within 10 s, the account lasts for this run; should the
	 * keychain take it later after all, `late` is called.
	 */
	async keepProvisioned(
		managed: Managed,
		bundle: SecretBundle,
		late: () => Promise<void>,
	): Promise<boolean> {
		const { keeper, changed, known } = this.#ports;
		const { id } = managed.record;
		const secret = packSecrets({ ...bundle, kept: managed.kept ?? bundle.kept });
		const saving = keeper.saveQuietly(id, secret);
		if (await saving.soon) {
			await this.#store(managed);
			return true;
		}
		managed.keeping = "thisRun";
		changed(id);
		const afterAll = async (): Promise<void> => {
			if (!(await saving.late) || !known(managed)) return;
			managed.keeping = "keychain";
			await this.#store(managed);
			changed(id);
			await late();
		};
		this.#background(afterAll());
		return false;
	}

	/**
	 * A session wants something kept beside the secret (a token that is good for one renewal): it goes where the secret
	 * is, one after the other. Before the secret itself was put away it waits for that.
	 */
	renew(managed: Managed, kept: Readonly<Record<string, string>>): void {
		managed.kept = kept;
		if (!this.#ports.known(managed) || managed.keeping === "askEachTime") return;
		const { keeper } = this.#ports;
		const { id } = managed.record;
		const write = async (): Promise<void> => {
			const found = await keeper.current(id);
			// Signed out meanwhile, or nothing is kept: the session has it for itself.
			if (found === null || managed.kept !== kept) return;
			const text = packSecrets({ ...unpackSecrets(found), kept });
			if (managed.keeping === "keychain") await keeper.replace(id, text);
			else keeper.remember(id, text);
		};
		this.#renewing = this.#renewing.then(write, write);
		this.#background(this.#renewing);
	}

	/**
	 * The secret fields of the sign-in form as they were, for a person who types the secret anew. A keychain that says
	 * nothing is not waited for: the field can be filled in again.
	 */
	async beside(managed: Managed): Promise<SystemOptions> {
		const { advanced } = managed.provider.description.signIn;
		if (!advanced.some(({ secret }) => secret)) return {};
		const found: { text: string | null } = { text: null };
		const reading = this.#ports.keeper.current(managed.record.id).then((text) => {
			found.text = text;
		});
		await within(this.#ports.clock, patienceMs, reading);
		return unpackSecrets(found.text ?? "").options;
	}

	/** The account is signed out: its secret goes, as far as the keychain answers. Nobody waits for it. */
	forget(managed: Managed): void {
		const { keeper, notice } = this.#ports;
		const { id } = managed.record;
		if (managed.keeping === "practice") {
			keeper.drop(id);
			return;
		}
		const forget = async (): Promise<void> => {
			const forgotten = await keeper.forget(id);
			if (!forgotten.ok && forgotten.error.code !== "keychain.unavailable") notice(forgotten.error);
		};
		this.#background(forget());
	}

	async #store(managed: Managed): Promise<void> {
		await this.#ports.accounts.save(managed.record);
		managed.stored = true;
	}

	/** "This run" is not written down: the next run tries the keychain again. "Ask each time" is. */
	async #decided(managed: Managed, keeping: "keychain" | WithoutKeychain): Promise<void> {
		if (!this.#ports.known(managed)) return;
		managed.keeping = keeping;
		if (keeping === "askEachTime") {
			managed.session.forgetSecret();
			managed.record = { ...managed.record, secretKeeping: keeping };
			await this.#ports.accounts.save(managed.record);
		}
		this.#ports.changed(managed.record.id);
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#ports.logger.error("account.failed", { error: toAppError(thrown) }),
		);
	}
}
