import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { Provider, ProviderSession } from "../ports/provider.ts";
import type { MediaClient } from "../ports/media.ts";
import type { Numbers } from "../ports/numbers.ts";
import type { Clock, HttpClient, Logger, Random } from "../ports/runtime.ts";
import type { AccountRecord } from "../ports/stores.ts";
import { backoffDelay } from "./backoff.ts";
import { unpackSecrets } from "./secret-bundle.ts";
import { type Channel, needsPerson, type Phase } from "./session-phase.ts";

export interface ConnectionPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly provider: Provider;
	readonly http: HttpClient;
	readonly media: MediaClient;
	readonly numbers: Numbers;
	/** The session wants this kept beside the secret (`ProviderContext.keep`). */
	readonly keep: (kept: Readonly<Record<string, string>>) => void;
	/** The secrets (`packSecrets`), from wherever they are kept; a failure means that the person has to be asked. */
	readonly secret: () => Promise<Result<string>>;
	/** "Ask each time": nothing but the session may be held. */
	readonly holdsNothing: () => boolean;
}

export interface ConnectionHooks {
	/** A try by itself led to a session; whoever is told calls `open`. */
	readonly opened: (session: ProviderSession) => void;
	/** The phase is another now; `left` is the one before. */
	readonly entered: (left: Phase) => void;
}

/**
 * One account's way to its server and back.
 *
 *   signedOut --start--> readingSecret --had--> connecting --ok--> open (connecting/online/reconnecting)
 *       ^                     |                  |   ^  |             |                  |
 *       |                     +--asked for--+    |   |  +--failed--> waiting <--ended----+
 *       |                                   v    |   +--timer, wake, network--+          |
 *       +------------ leave ----------- needsSignIn <--refused, server wants the secret--+
 */
export class AccountConnection {
	readonly #record: AccountRecord;
	readonly #ports: ConnectionPorts;
	readonly #hooks: ConnectionHooks;
	#phase: Phase = { kind: "signedOut" };
	/** Aborted when the current try, or the session it led to, is given up. */
	#run = new AbortController();
	#attempt = 0;
	#asleep = false;
	/** Only while connecting or waiting to; the session holds its own afterwards. */
	#secret: string | null = null;

	constructor(record: AccountRecord, ports: ConnectionPorts, hooks: ConnectionHooks) {
		this.#record = record;
		this.#ports = ports;
		this.#hooks = hooks;
	}

	get phase(): Phase {
		return this.#phase;
	}

	/** The current try, or the session it led to: another one as soon as that is given up. */
	get run(): AbortController {
		return this.#run;
	}

	/** Null while none is open. */
	get session(): ProviderSession | null {
		return this.#phase.kind === "open" ? this.#phase.session : null;
	}

	/** Signs in by itself with the kept secret. */
	start(): void {
		if (this.#phase.kind === "signedOut" || this.#phase.kind === "needsSignIn") this.#begin(0);
	}

	/** Proves secrets (`packSecrets`) without taking the session over; whoever asked does that with `open`. */
	async prove(secret: string, code: string | null = null): Promise<Result<ProviderSession>> {
		const run = this.#renew();
		// While a person's password is tried, the form they typed it into stays.
		if (this.#phase.kind !== "needsSignIn") this.#enter({ kind: "connecting" });
		try {
			return ok(await this.#openSession(secret, code, run.signal));
		} catch (thrown) {
			const error = toAppError(thrown);
			if (!run.signal.aborted) this.#enter({ kind: "needsSignIn", problem: error });
			return failed(error);
		}
	}

	sleep(): void {
		this.#asleep = true;
		if (this.#phase.kind !== "waiting") return;
		this.#phase.cancel();
		this.#enter({ ...this.#phase, until: null });
	}

	/** The computer woke up or the network came back: one try at once. */
	wake(): void {
		this.#asleep = false;
		if (this.#phase.kind === "open") this.#phase.session.wake();
		else if (this.#phase.kind === "waiting") this.#begin(0);
	}

	/** Reconnect now, unless it is being done. Who signed out is not signed in by this. */
	reconnect(): void {
		const { kind } = this.#phase;
		if (this.#phase.kind === "open") this.#phase.session.reconnect();
		else if (kind === "waiting" || kind === "needsSignIn") this.#begin(0);
	}

	/** Nothing was heard for longer than is permitted: the link is rebuilt, whatever its sockets say. */
	silent(problem: AppError): void {
		if (this.#phase.kind !== "open") return;
		const { session } = this.#phase;
		this.#ports.logger.info("account.silent", { error: problem });
		this.open(session, { state: "reconnecting", nextAttempt: null, problem });
		session.reconnect();
	}

	/** The session is the account's, and says this of its way to the server. */
	open(session: ProviderSession, channel: Channel): void {
		this.#secret = null;
		this.#enter({ kind: "open", session, channel });
	}

	/** Only now: a server that signs in and drops at once is not asked again at once for ever. */
	cameOnline(): void {
		this.#attempt = 0;
	}

	/** The session ended by itself: what follows depends on why. */
	lost(problem: AppError): void {
		this.#renew();
		// The secret was dropped with the session: only the person has it.
		const secretGone = this.#ports.holdsNothing() && !needsPerson(problem);
		this.#retry(secretGone ? appError("auth.sessionExpired") : problem);
	}

	/** Gives up whatever is under way. */
	signOut(): void {
		this.#renew();
		this.#secret = null;
		this.#enter({ kind: "signedOut" });
	}

	#renew(): AbortController {
		this.#run.abort();
		this.#run = new AbortController();
		if (this.#phase.kind === "waiting") this.#phase.cancel();
		return this.#run;
	}

	#begin(attempt: number): void {
		this.#attempt = attempt;
		this.#connect(this.#renew()).catch((thrown: unknown) =>
			this.#ports.logger.error("account.failed", { error: toAppError(thrown) }),
		);
	}

	async #connect(run: AbortController): Promise<void> {
		if (this.#secret === null) {
			this.#enter({ kind: "readingSecret" });
			const secret = await this.#ports.secret();
			if (run.signal.aborted) return;
			if (!secret.ok) {
				this.#enter({ kind: "needsSignIn", problem: secret.error });
				return;
			}
			this.#secret = secret.value;
		}
		this.#enter({ kind: "connecting" });
		try {
			const session = await this.#openSession(this.#secret, null, run.signal);
			if (run.signal.aborted) await session.close({ endLine: false, deadlineMs: 0 });
			else this.#hooks.opened(session);
		} catch (thrown) {
			if (!run.signal.aborted) this.#retry(toAppError(thrown));
		}
	}

	async #openSession(secrets: string, code: string | null, signal: AbortSignal): Promise<ProviderSession> {
		const { server, userName, method } = this.#record;
		const { clock, random, logger, http, media, numbers, keep, provider } = this.#ports;
		const { secret, kept, ...bundle } = unpackSecrets(secrets);
		const options = { ...this.#record.options, ...bundle.options };
		const forgetSecret = this.#ports.holdsNothing();
		return await provider.open(
			{ server, userName, secret, method, code, options, kept, forgetSecret },
			{ clock, random, logger, http, media, numbers, keep },
			signal,
		);
	}

	/** Later, by itself, unless only the person can help. */
	#retry(problem: AppError): void {
		this.#ports.logger.info("account.retry", { error: problem, attempt: this.#attempt });
		if (needsPerson(problem)) {
			this.#secret = null;
			this.#enter({ kind: "needsSignIn", problem });
			return;
		}
		this.#attempt += 1;
		const delay = backoffDelay(this.#attempt, this.#ports.random);
		const attempt = this.#attempt;
		if (this.#asleep) {
			this.#enter({ kind: "waiting", until: null, cancel: () => undefined, problem });
			return;
		}
		const cancel = this.#ports.clock.after(delay, () => this.#begin(attempt));
		this.#enter({ kind: "waiting", until: this.#ports.clock.now() + delay, cancel, problem });
	}

	#enter(phase: Phase): void {
		const left = this.#phase;
		this.#phase = phase;
		this.#hooks.entered(left);
	}
}
