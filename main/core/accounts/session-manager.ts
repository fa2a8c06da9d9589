import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { AccountId } from "../../../shared/ids.ts";
import type { Account, KeychainQuestion, SystemId } from "../../../shared/model.ts";
import { parseServerAddress } from "../../../shared/server-address.ts";
import type { Capabilities, Provider, ProviderSession, SystemOptions } from "../ports/provider.ts";
import type { AccountRecord, AccountStore } from "../ports/stores.ts";
import type { Backfill } from "../sync/backfill.ts";
import { AccountSecrets } from "./account-secrets.ts";
import type { AccountSession } from "./account-session.ts";
import { accountLabel, accountView } from "./account-view.ts";
import { buildAccount, type BuildPorts, closeAccount, type Managed } from "./managed-account.ts";
import { checkNewAccount, identity, type Keeping, type NewAccount, splitOptions } from "./new-account.ts";
import { packSecrets, type SecretBundle } from "./secret-bundle.ts";
import type { SecretKeeper, WithoutKeychain } from "./secret-keeper.ts";

/** How long leaving one account may take. */
export const leaveMs = 2000;

export interface SessionManagerPorts extends Omit<BuildPorts, "secret" | "keep" | "known" | "catchUp"> {
	readonly accounts: AccountStore;
	readonly keeper: SecretKeeper;
	readonly providers: ReadonlyMap<SystemId, Provider>;
	readonly softLimit: () => number;
	readonly queued: (id: AccountId) => number;
	readonly catchUp: Pick<Backfill, "doubt" | "online" | "gaps" | "check">;
	/** Takes everything of the account out of the inbox, for good; rejects when the store refuses. */
	readonly removed: (id: AccountId) => Promise<void>;
	/** Something the person has to be told once. */
	readonly notice: (error: AppError) => void;
}

/** All accounts of one workspace: signing in and out. */
export class SessionManager {
	readonly #ports: SessionManagerPorts;
	readonly #accounts = new Map<AccountId, Managed>();
	readonly #secrets: AccountSecrets;
	/** Sign-ins under way, so that two of the same account do not both succeed. */
	readonly #signingIn = new Set<string>();

	constructor(ports: SessionManagerPorts) {
		this.#ports = ports;
		this.#secrets = new AccountSecrets({ ...ports, known: (managed) => this.#known(managed) });
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
			gaps: this.#ports.catchUp.gaps(id),
			softLimit: this.#softLimit(managed.provider.capabilities),
			can: managed.provider.capabilities.abilities,
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

	/** Brings back the accounts of earlier runs; none of them signs in before `begin`. */
	async load(): Promise<void> {
		for (const record of await this.#ports.accounts.list()) {
			const provider = this.#ports.providers.get(record.system);
			if (provider === undefined) continue;
			const managed = this.#build(record, provider, record.secretKeeping);
			managed.stored = true;
			this.#accounts.set(record.id, managed);
		}
	}

	/** Those with a kept secret sign in by themselves, in the background, unless they were signed out. */
	begin(): void {
		for (const { record, session } of this.#accounts.values())
			if (record.signedOut !== true) session.start();
	}

	/**
	 * Proves the credentials, then sets the account up. What is refused leaves no trace. An account that
	 * was signed out and kept its history gets it back.
	 */
	async signIn(wanted: NewAccount, keeping: Keeping): Promise<Result<{ readonly accountId: AccountId }>> {
		const provider = this.#ports.providers.get(wanted.system);
		if (provider === undefined) return failed(appError("system.notYet"));
		const checked = checkNewAccount(wanted, provider.description);
		if (!checked.ok) return checked;
		const { server, userName, encrypted, options, secrets } = checked.value;
		const key = identity(wanted.system, server, userName);
		// Without a name it is known only after the sign-in whether the account is there already.
		const there = userName === "" ? null : this.find(wanted.system, server, userName);
		const kept = there === null ? undefined : this.#accounts.get(there);
		if (this.#signingIn.has(key) || (kept !== undefined && kept.record.signedOut !== true)) {
			return failed(appError("account.exists"));
		}
		this.#signingIn.add(key);
		try {
			const record: AccountRecord = {
				id: kept?.record.id ?? (this.#ports.random.uuid() as AccountId),
				system: wanted.system,
				server,
				userName,
				encrypted,
				options,
				method: wanted.method,
				secretKeeping: keeping.kind === "practice" ? "practice" : "keychain",
			};
			return await this.#setUp(record, provider, { secrets, code: wanted.code, keeping });
		} finally {
			this.#signingIn.delete(key);
		}
	}

	/** The secret that the person was asked for. */
	async enterSecret(
		id: AccountId,
		typed: {
			readonly secret: string;
			readonly code: string | null;
			/** Secret fields of the sign-in form; those left out are as they were. */
			readonly options: SystemOptions;
		},
	): Promise<Result<null>> {
		const managed = this.#accounts.get(id);
		if (managed === undefined) return failed(appError("account.notFound"));
		if (typed.secret === "") return failed(appError("auth.secretMissing"));
		const split = splitOptions(typed.options, managed.provider.description, managed.record.method);
		if (split === null) return failed(appError("input.invalid"));
		const { state } = managed.session.connection;
		if (state === "online" || state === "reconnecting") return ok(null);
		const beside = await this.#secrets.beside(managed);
		const secrets: SecretBundle = {
			secret: typed.secret,
			options: { ...beside, ...split.secret },
			kept: {},
		};
		const proven = await managed.session.prove(packSecrets(secrets), typed.code);
		if (!proven.ok) return proven;
		// Signed out, or another one signed in, while this was under way.
		if (!this.#known(managed)) {
			await proven.value.close({ endLine: false, deadlineMs: leaveMs });
			return failed(appError("account.notFound"));
		}
		await this.#signedIn(managed);
		managed.session.adopt(proven.value);
		this.#secrets.keep(managed, secrets);
		return ok(null);
	}

	choose(id: AccountId, choice: WithoutKeychain): Result<null> {
		if (!this.#accounts.has(id)) return failed(appError("account.notFound"));
		this.#ports.keeper.choose(id, choice);
		return ok(null);
	}

	/** Asks the server for everything that may have been missed. */
	async check(id: AccountId): Promise<Result<null>> {
		const managed = this.#accounts.get(id);
		if (managed === undefined) return failed(appError("account.notFound"));
		const checked = await managed.session.check();
		if (!checked.ok || !managed.provider.capabilities.history) return checked;
		const problem = await this.#ports.catchUp.check(managed.record);
		return problem === null ? ok(null) : failed(problem);
	}

	/**
	 * Leaves, and forgets the secret. "keep": the account stays in the list, signed out, with its
	 * history; "wipe": both go for good. That this desk logged a device in is forgotten only when the
	 * server has confirmed the log-out.
	 */
	async signOut(id: AccountId, history: "keep" | "wipe"): Promise<Result<null>> {
		const managed = this.#accounts.get(id);
		if (managed === undefined) return failed(appError("account.notFound"));
		await managed.session.leave(leaveMs);
		this.#secrets.forget(managed);
		await managed.http.clearCookies();
		try {
			// First of all it must not sign in by itself any more, whatever becomes of the rest.
			managed.record = { ...managed.record, signedOut: true };
			if (managed.keeping === "thisRun") managed.keeping = "keychain";
			const stays = history === "keep" && managed.keeping !== "practice";
			if (managed.stored || stays) await this.#save(managed);
			this.#ports.changed(id);
			if (history === "wipe") await this.#remove(managed);
			return ok(null);
		} catch (thrown) {
			return failed(toAppError(thrown));
		}
	}

	sleep(): void {
		for (const { session } of this.#accounts.values()) session.sleep();
	}

	wake(): void {
		for (const { session } of this.#accounts.values()) session.wake();
	}

	/** Looks whether a server has been silent for too long; run it every second while awake. */
	look(): void {
		for (const { session } of this.#accounts.values()) session.look();
	}

	/** Leaves all accounts, at the same time; they are there again at the next start. */
	async leaveAll(deadlineMs: number): Promise<void> {
		await Promise.all([...this.#accounts.values()].map(({ session }) => session.leave(deadlineMs)));
		await Promise.all([...this.#accounts.values()].map(closeAccount));
	}

	/** See AccountSecrets. */
	async keepProvisioned(id: AccountId, secrets: SecretBundle, late: () => Promise<void>): Promise<boolean> {
		const managed = this.#accounts.get(id);
		return managed !== undefined && (await this.#secrets.keepProvisioned(managed, secrets, late));
	}

	async #setUp(
		record: AccountRecord,
		provider: Provider,
		how: {
			readonly secrets: SecretBundle;
			readonly code: string | null;
			readonly keeping: Keeping;
		},
	): Promise<Result<{ readonly accountId: AccountId }>> {
		const { secrets, code, keeping } = how;
		const managed = this.#build(record, provider, record.secretKeeping);
		const proven = await managed.session.prove(packSecrets(secrets), code);
		if (!proven.ok) {
			await closeAccount(managed);
			return proven;
		}
		const back = this.#signedOutAs(managed, proven.value);
		if (back !== null) {
			// Who it is was known only now: the account goes on under its own id, with its history.
			await proven.value.close({ endLine: false, deadlineMs: leaveMs });
			await closeAccount(managed);
			return await this.#setUp({ ...record, ...back }, provider, how);
		}
		const named = this.#named(managed, proven.value);
		if (named !== null) {
			await proven.value.close({ endLine: false, deadlineMs: leaveMs });
			await closeAccount(managed);
			return failed(named);
		}
		try {
			if (keeping.kind === "ask") await this.#save(managed);
		} catch (thrown) {
			await proven.value.close({ endLine: false, deadlineMs: leaveMs });
			await closeAccount(managed);
			return failed(toAppError(thrown));
		}
		const before = this.#accounts.get(record.id);
		this.#accounts.set(record.id, managed);
		if (before !== undefined) await closeAccount(before);
		if (keeping.kind === "practice") this.#ports.keeper.remember(record.id, packSecrets(secrets));
		if (keeping.kind !== "ask") managed.session.desk.preferred = keeping.line;
		managed.session.adopt(proven.value);
		if (keeping.kind === "ask") this.#secrets.keep(managed, secrets);
		return ok({ accountId: record.id });
	}

	/** The signed-out account of somebody who signed in without typing a name; null: there is none. */
	#signedOutAs(
		{ record: { system, server, userName } }: Managed,
		session: ProviderSession,
	): Pick<AccountRecord, "id" | "userName"> | null {
		if (userName !== "" || session.userName === null) return null;
		const id = this.find(system, server, session.userName);
		const there = id === null ? undefined : this.#accounts.get(id)?.record;
		return there?.signedOut === true ? { id: there.id, userName: there.userName } : null;
	}

	/** Who signed in without typing a name gets the system's; not null: that account is here already. */
	#named(managed: Managed, session: ProviderSession): AppError | null {
		const { system, server, userName } = managed.record;
		if (userName !== "" || session.userName === null) return null;
		if (this.find(system, server, session.userName) !== null) return appError("account.exists");
		managed.record = { ...managed.record, userName: session.userName };
		return null;
	}

	#softLimit({ softLimit }: Capabilities): number | null {
		return softLimit === "setting" ? this.#ports.softLimit() : softLimit;
	}

	/** The person is back: from now on the account signs in by itself again. */
	async #signedIn(managed: Managed): Promise<void> {
		if (managed.record.signedOut !== true) return;
		const { signedOut: _gone, ...record } = managed.record;
		managed.record = record;
		if (managed.stored) await this.#save(managed);
	}

	async #remove(managed: Managed): Promise<void> {
		const { id } = managed.record;
		const { accounts, workstation, removed } = this.#ports;
		this.#accounts.delete(id);
		try {
			await removed(id);
		} catch (thrown) {
			// Until its messages are gone the account stays, signed out: the person can try again.
			this.#accounts.set(id, managed);
			this.#ports.changed(id);
			throw thrown;
		}
		if (managed.stored) await accounts.remove(id);
		await workstation.setLine(id, null);
		await closeAccount(managed);
	}

	async #save(managed: Managed): Promise<void> {
		await this.#ports.accounts.save(managed.record);
		managed.stored = true;
	}

	#known(managed: Managed): boolean {
		return this.#accounts.get(managed.record.id) === managed;
	}

	#build(record: AccountRecord, provider: Provider, keeping: Managed["keeping"]): Managed {
		return buildAccount(record, provider, keeping, {
			...this.#ports,
			secret: (managed) => this.#secrets.read(managed),
			keep: (managed, kept) => this.#secrets.renew(managed, kept),
			known: (managed) => this.#known(managed),
		});
	}
}
