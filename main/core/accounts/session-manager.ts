import { appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { AccountId } from "../../../shared/ids.ts";
import type { Account, KeychainQuestion, SecretKeeping, SystemId } from "../../../shared/model.ts";
import { parseServerAddress } from "../../../shared/server-address.ts";
import type { Provider, ProviderEvent } from "../ports/provider.ts";
import type { Clock, HttpClient, Logger, Random } from "../ports/runtime.ts";
import type { AccountRecord, AccountStore, WorkstationStore } from "../ports/stores.ts";
import { checkNewAccount, identity, type Keeping, type NewAccount } from "./new-account.ts";
import { AccountSession } from "./account-session.ts";
import { accountLabel, accountView } from "./account-view.ts";
import type { SecretKeeper, WithoutKeychain } from "./secret-keeper.ts";

/** How long leaving one account may take. */
export const leaveMs = 2000;

export interface SessionManagerPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly accounts: AccountStore;
	readonly workstation: WorkstationStore;
	readonly keeper: SecretKeeper;
	readonly providers: Readonly<Record<SystemId, Provider | null>>;
	readonly http: (server: string, accountId: AccountId) => HttpClient;
	readonly hasNetwork: () => boolean;
	readonly softLimit: () => number;
	readonly queued: (id: AccountId) => number;
	readonly apply: (record: AccountRecord, batch: readonly ProviderEvent[]) => Promise<void>;
	/** An account is different now, or new. */
	readonly changed: (id: AccountId) => void;
	/** Its session is gone; what was live is not known to be. */
	readonly parted: (id: AccountId) => void;
	/** Takes everything of the account out of the inbox. */
	readonly removed: (id: AccountId) => Promise<void>;
	/** Something the person has to be told once. */
	readonly notice: (error: ReturnType<typeof appError>) => void;
}

interface Managed {
	record: AccountRecord;
	readonly provider: Provider;
	readonly http: HttpClient;
	readonly session: AccountSession;
	keeping: SecretKeeping;
	/** Whether the account is in the account store: not in practice, nor provisioned without a keychain. */
	stored: boolean;
}

/** All accounts of one workspace: signing in and out, and where their secrets are. */
export class SessionManager {
	readonly #ports: SessionManagerPorts;
	readonly #accounts = new Map<AccountId, Managed>();
	/** Sign-ins under way, so that two of the same account do not both succeed. */
	readonly #signingIn = new Set<string>();

	constructor(ports: SessionManagerPorts) {
		this.#ports = ports;
	}

	get ids(): readonly AccountId[] {
		return [...this.#accounts.keys()];
	}

	/** An account is set up, or is about to be. */
	get inUse(): boolean {
		return this.#accounts.size + this.#signingIn.size > 0;
	}

	get(id: AccountId): AccountSession | null {
		return this.#accounts.get(id)?.session ?? null;
	}

	provider(id: AccountId): Provider | null {
		return this.#accounts.get(id)?.provider ?? null;
	}

	view(id: AccountId): Account | null {
		const managed = this.#accounts.get(id);
		if (managed === undefined) return null;
		return accountView(managed.record, managed.session, {
			practice: managed.keeping === "practice",
			keeping: managed.keeping,
			queued: this.#ports.queued(id),
			softLimit: managed.provider.capabilities.softLimit ?? this.#ports.softLimit(),
		});
	}

	views(): readonly Account[] {
		return this.ids.map((id) => this.view(id)).filter((view) => view !== null);
	}

	get questions(): readonly KeychainQuestion[] {
		return this.#ports.keeper.questions.flatMap(({ accountId, reason }) => {
			const managed = this.#accounts.get(accountId);
			return managed === undefined
				? []
				: [{ accountId, accountLabel: accountLabel(managed.record), reason }];
		});
	}

	/** The account that signs in like this, if there is one. */
	find(system: SystemId, server: string, userName: string): AccountId | null {
		const address = parseServerAddress(server);
		if (!address.ok) return null;
		const wanted = identity(system, `${address.value.origin}${address.value.basePath}`, userName.trim());
		for (const [id, { record }] of this.#accounts) {
			if (identity(record.system, record.server, record.userName) === wanted) return id;
		}
		return null;
	}

	/** Brings back the accounts of earlier runs; those with a kept secret sign in by themselves. */
	async load(): Promise<void> {
		for (const record of await this.#ports.accounts.list()) {
			const provider = this.#ports.providers[record.system];
			if (provider === null) continue;
			const managed = this.#manage(record, provider, record.secretKeeping, true);
			managed.session.start();
		}
	}

	/** Proves the credentials, then sets the account up. What is refused leaves no trace. */
	async signIn(wanted: NewAccount, keeping: Keeping): Promise<Result<{ readonly accountId: AccountId }>> {
		const checked = checkNewAccount(wanted);
		if (!checked.ok) return checked;
		const { server, userName, encrypted } = checked.value;
		const provider = this.#ports.providers[wanted.system];
		if (provider === null) return failed(appError("system.notYet"));
		const key = identity(wanted.system, server, userName);
		if (this.#signingIn.has(key) || this.find(wanted.system, server, userName) !== null) {
			return failed(appError("account.exists"));
		}
		this.#signingIn.add(key);
		try {
			const record: AccountRecord = {
				id: this.#ports.random.uuid() as AccountId,
				system: wanted.system,
				server,
				userName,
				encrypted,
				options: wanted.options,
				secretKeeping: keeping.kind === "practice" ? "practice" : "keychain",
			};
			return await this.#setUp(record, provider, wanted.secret, keeping);
		} finally {
			this.#signingIn.delete(key);
		}
	}

	/** The secret that the person was asked for. */
	async enterSecret(id: AccountId, secret: string): Promise<Result<null>> {
		const managed = this.#accounts.get(id);
		if (managed === undefined) return failed(appError("account.notFound"));
		if (secret === "") return failed(appError("auth.secretMissing"));
		const { state } = managed.session.connection;
		if (state === "online" || state === "reconnecting") return ok(null);
		const proven = await managed.session.prove(secret);
		if (!proven.ok) return proven;
		managed.session.adopt(proven.value);
		if (managed.keeping === "thisRun") this.#ports.keeper.remember(id, secret);
		else if (managed.keeping === "keychain") this.#background(this.#save(managed, secret));
		return ok(null);
	}

	choose(id: AccountId, choice: WithoutKeychain): Result<null> {
		if (!this.#accounts.has(id)) return failed(appError("account.notFound"));
		this.#ports.keeper.choose(id, choice);
		return ok(null);
	}

	/** Leaves, then removes the account, its secret and its messages. */
	async signOut(id: AccountId): Promise<Result<null>> {
		const managed = this.#accounts.get(id);
		if (managed === undefined) return failed(appError("account.notFound"));
		await managed.session.leave(leaveMs);
		this.#accounts.delete(id);
		if (managed.stored) await this.#ports.accounts.remove(id);
		await this.#ports.workstation.setLine(id, null);
		await this.#ports.workstation.setStartedHere(id, false);
		if (managed.keeping === "practice") this.#ports.keeper.drop(id);
		else this.#background(this.#forget(id));
		await managed.http.clearCookies();
		await managed.http.close();
		await this.#ports.removed(id);
		return ok(null);
	}

	sleep(): void {
		for (const { session } of this.#accounts.values()) session.sleep();
	}

	wake(): void {
		for (const { session } of this.#accounts.values()) session.wake();
	}

	/** Leaves all accounts, at the same time; they are there again at the next start. */
	async leaveAll(deadlineMs: number): Promise<void> {
		await Promise.all([...this.#accounts.values()].map(({ session }) => session.leave(deadlineMs)));
		await Promise.all([...this.#accounts.values()].map(({ http }) => http.close()));
	}

	async #setUp(
		record: AccountRecord,
		provider: Provider,
		secret: string,
		keeping: Keeping,
	): Promise<Result<{ readonly accountId: AccountId }>> {
		const managed = this.#build(record, provider, record.secretKeeping, false);
		const proven = await managed.session.prove(secret);
		if (!proven.ok) {
			await managed.http.close();
			return proven;
		}
		try {
			if (keeping.kind === "ask") await this.#store(managed);
		} catch (thrown) {
			await proven.value.close({ endLine: false, deadlineMs: leaveMs });
			await managed.http.close();
			return failed(toAppError(thrown));
		}
		this.#accounts.set(record.id, managed);
		if (keeping.kind === "practice") this.#ports.keeper.remember(record.id, secret);
		if (keeping.kind === "provisioned") managed.session.desk.preferred = keeping.line;
		managed.session.adopt(proven.value);
		if (keeping.kind === "ask") this.#background(this.#save(managed, secret));
		return ok({ accountId: record.id });
	}

	/**
	 * Keeps the secret of a provisioned account. True: it is safe in the keychain, and so is the
	 * account. False: no keychain within 10 s, the account lasts for this run; should the
	 * keychain take it later after all, `late` is called.
	 */
	async keepProvisioned(id: AccountId, secret: string, late: () => Promise<void>): Promise<boolean> {
		const managed = this.#accounts.get(id);
		if (managed === undefined) return false;
		const saving = this.#ports.keeper.saveQuietly(id, secret);
		if (await saving.soon) {
			await this.#store(managed);
			return true;
		}
		managed.keeping = "thisRun";
		this.#ports.changed(id);
		const afterAll = async (): Promise<void> => {
			if (!(await saving.late) || !this.#accounts.has(id)) return;
			managed.keeping = "keychain";
			await this.#store(managed);
			this.#ports.changed(id);
			await late();
		};
		this.#background(afterAll());
		return false;
	}

	async #store(managed: Managed): Promise<void> {
		await this.#ports.accounts.save(managed.record);
		managed.stored = true;
	}

	#manage(record: AccountRecord, provider: Provider, keeping: SecretKeeping, stored: boolean): Managed {
		const managed = this.#build(record, provider, keeping, stored);
		this.#accounts.set(record.id, managed);
		return managed;
	}

	#build(record: AccountRecord, provider: Provider, keeping: SecretKeeping, stored: boolean): Managed {
		const { clock, random, workstation, hasNetwork } = this.#ports;
		const http = this.#ports.http(record.server, record.id);
		const changed = (): void => {
			if (this.#accounts.has(record.id)) this.#ports.changed(record.id);
		};
		const session: AccountSession = new AccountSession(record, {
			clock,
			random,
			logger: this.#ports.logger.child({ account: record.id, system: record.system }),
			provider,
			http,
			workstation,
			hasNetwork,
			secret: () => this.#secret(managed),
			holdsNothing: () => managed.keeping === "askEachTime",
			apply: (batch) => this.#ports.apply(record, batch),
			changed,
			parted: () => this.#ports.parted(record.id),
		});
		const managed: Managed = { record, provider, http, session, keeping, stored };
		return managed;
	}

	async #secret(managed: Managed): Promise<Result<string>> {
		if (managed.keeping === "askEachTime") return failed(appError("auth.secretMissing"));
		const silent = (waiting: boolean): void => {
			managed.session.waitingForKeychain = waiting;
			this.#ports.changed(managed.record.id);
		};
		return await this.#ports.keeper.read(managed.record.id, silent, (choice) => {
			this.#background(this.#decided(managed, choice));
		});
	}

	async #save(managed: Managed, secret: string): Promise<void> {
		await this.#decided(managed, await this.#ports.keeper.save(managed.record.id, secret));
	}

	/**
	 * "This run" is not written down: the next run tries the keychain again. "Ask each time" is.
	 */
	async #decided(managed: Managed, keeping: "keychain" | WithoutKeychain): Promise<void> {
		if (!this.#accounts.has(managed.record.id)) return;
		managed.keeping = keeping;
		if (keeping === "askEachTime") {
			managed.session.forgetSecret();
			managed.record = { ...managed.record, secretKeeping: keeping };
			await this.#ports.accounts.save(managed.record);
		}
		this.#ports.changed(managed.record.id);
	}

	async #forget(id: AccountId): Promise<void> {
		const forgotten = await this.#ports.keeper.forget(id);
		if (!forgotten.ok && forgotten.error.code !== "keychain.unavailable")
			this.#ports.notice(forgotten.error);
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#ports.logger.error("account.failed", { error: toAppError(thrown) }),
		);
	}
}
