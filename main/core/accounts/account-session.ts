import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { LineId } from "../../../shared/ids.ts";
import type { Connection, ConnectionState, EpochMs, QueueReason } from "../../../shared/model.ts";
import type {
	OutgoingMessage,
	Provider,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../ports/provider.ts";
import type { Clock, HttpClient, Logger, Random } from "../ports/runtime.ts";
import type { AccountRecord, WorkstationStore } from "../ports/stores.ts";
import { backoffDelay } from "./backoff.ts";
import { AgentDesk } from "./agent-desk.ts";
import { LineDesk } from "./line-desk.ts";
import { needsPerson, type Phase, phaseFacts, stateShown } from "./session-phase.ts";

export interface AccountSessionPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly provider: Provider;
	readonly http: HttpClient;
	readonly workstation: WorkstationStore;
	/** The secret, from wherever it is kept; a failure means that the person has to be asked. */
	readonly secret: () => Promise<Result<string>>;
	/** "Ask each time": nothing but the session may be held. */
	readonly holdsNothing: () => boolean;
	readonly hasNetwork: () => boolean;
	/** Stores a batch. The next one is asked for when this resolves. */
	readonly apply: (batch: readonly ProviderEvent[]) => Promise<void>;
	/** Something that the window shows is different now. */
	readonly changed: () => void;
	/** No session any more: what was live is not known to be. */
	readonly parted: () => void;
}

/**
 * One account's way to its server and back.
 *
 *   signedOut --start--> readingSecret --had--> connecting --ok--> open (connecting/online/reconnecting)
 *       ^                     |                  |   ^  |             |                  |
 *       |                     +--asked for--+    |   |  +--failed--> waiting <--ended----+
 *       |                                   v    |   +--timer, wake, network--+          |
 *       +------------ leave ----------- needsSignIn <--refused, server wants the secret--+
 *
 * Nothing here changes the agent's state: not a wake, not a reconnect.
 */
export class AccountSession {
	readonly desk: LineDesk;
	readonly agent: AgentDesk;
	readonly record: AccountRecord;
	waitingForKeychain = false;
	readonly #ports: AccountSessionPorts;
	#phase: Phase = { kind: "signedOut" };
	/** Aborted when the current try, or the session it led to, is given up. */
	#run = new AbortController();
	#attempt = 0;
	#wasOnline = false;
	#asleep = false;
	#leaving = false;
	/** Only while connecting or waiting to; the session holds its own afterwards. */
	#secret: string | null = null;
	#shown: { readonly state: ConnectionState; readonly since: EpochMs };
	#watched: readonly string[] = [];
	#lastSign: EpochMs | null = null;

	constructor(record: AccountRecord, ports: AccountSessionPorts) {
		this.record = record;
		this.#ports = ports;
		this.#shown = { state: "signedOut", since: ports.clock.now() };
		this.agent = new AgentDesk(ports.logger, () => this.#changed());
		this.desk = new LineDesk({
			accountId: record.id,
			clock: ports.clock,
			random: ports.random,
			logger: ports.logger,
			workstation: ports.workstation,
			changed: () => this.#changed(),
		});
	}

	/** Signs in by itself with the kept secret. */
	start(): void {
		if (this.#phase.kind === "signedOut" || this.#phase.kind === "needsSignIn") this.#begin(0);
	}

	/** Proves a secret without taking the session over; whoever asked does that with `adopt`. */
	async prove(secret: string): Promise<Result<ProviderSession>> {
		const run = this.#renew();
		// While a person's password is tried, the form they typed it into stays.
		if (this.#phase.kind !== "needsSignIn") this.#enter({ kind: "connecting" });
		try {
			return ok(await this.#openSession(secret, run.signal));
		} catch (thrown) {
			const error = toAppError(thrown);
			if (!run.signal.aborted) this.#enter({ kind: "needsSignIn", problem: error });
			return failed(error);
		}
	}

	/** Lives on this session from now on. */
	adopt(session: ProviderSession): void {
		if (this.#ports.holdsNothing()) session.forgetSecret?.();
		const run = this.#run;
		this.#secret = null;
		this.agent.reset();
		this.#enter({
			kind: "open",
			session,
			channel: { state: "connecting", nextAttempt: null, problem: null },
		});
		if (this.#watched.length > 0) session.watch(this.#watched);
		// Listening begins before anything is asked for: a notification can come before its reply.
		this.#background(this.#consume(session, run));
		this.#background(this.desk.begin(session, run.signal));
		this.#readAgentStates(session, run.signal);
	}

	/** "Ask each time" was chosen for a session that is already open. */
	forgetSecret(): void {
		this.#session()?.forgetSecret?.();
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

	/** Reconnect now. */
	reconnect(): Result<null> {
		if (this.#phase.kind === "open") this.#phase.session.reconnect();
		else if (this.#phase.kind !== "connecting" && this.#phase.kind !== "readingSecret") this.#begin(0);
		return ok(null);
	}

	/** Check now: resolves when the server has been asked. */
	async check(): Promise<Result<null>> {
		return await this.#ask((session, signal) => session.check(signal).then(() => null));
	}

	async chooseLine(id: LineId): Promise<Result<null>> {
		const session = this.#session();
		if (session === null) return failed(appError("account.offline"));
		return await this.desk.choose(session, id, this.#run.signal);
	}

	/** A line that somebody else has logged out is logged in again first: nothing else in the app does that. */
	async setAgentState(id: string): Promise<Result<null>> {
		const { lineId, loggedOut } = this.desk;
		if (loggedOut && lineId !== null) {
			const back = await this.chooseLine(lineId);
			if (!back.ok) return back;
		}
		return await this.#ask((session, signal) => session.setAgentState(id, signal).then(() => null));
	}

	async act(peer: string, action: "accept" | "reject" | "end"): Promise<Result<null>> {
		return await this.#ask((session, signal) => session.act(peer, action, signal).then(() => null));
	}

	async search(query: string): Promise<Result<Awaited<ReturnType<ProviderSession["search"]>>>> {
		return await this.#ask((session, signal) => session.search(query, signal));
	}

	watch(addresses: readonly string[]): void {
		this.#watched = addresses;
		this.#session()?.watch(addresses);
	}

	async send(message: OutgoingMessage): Promise<SendOutcome> {
		const session = this.#session();
		if (session === null) return { kind: "notYet", reason: "offline" };
		return await session.send(message, this.#run.signal);
	}

	/** Why texts cannot leave now; null: they can. */
	get closedFor(): QueueReason {
		if (this.#leaving) return "offline";
		if (this.#phase.kind !== "open") return "offline";
		if (this.#phase.channel.state !== "online") return "offline";
		return this.desk.lineId === null ? "noLine" : null;
	}

	get lastSign(): EpochMs | null {
		this.#lastSign = this.#session()?.lastSign() ?? this.#lastSign;
		return this.#lastSign;
	}

	/** How long the server may say nothing while all is well, in ms. */
	get quietMs(): number {
		return this.#session()?.quietMs() ?? 0;
	}

	get warnings(): readonly AppError[] {
		const loggedOut = this.desk.loggedOut ? [appError("line.loggedOut")] : [];
		return [...this.agent.warnings, ...this.desk.warnings, ...loggedOut];
	}

	get connection(): Connection {
		const { lastSign, waitingForKeychain } = this;
		return { ...this.#shown, ...phaseFacts(this.#phase), lastSign, waitingForKeychain };
	}

	/**
	 * Leaves in the documented order, within the deadline. The device is logged out only if this
	 * workstation logged it in. The mark for that goes once the server had the time to be told.
	 */
	async leave(deadlineMs: number): Promise<void> {
		const { clock, workstation } = this.#ports;
		const session = this.#session();
		const begun = clock.monotonic();
		this.#leaving = true;
		if (session !== null) {
			const endLine = await workstation.startedHere(this.record.id);
			await session.close({ endLine, deadlineMs });
			const inTime = clock.monotonic() - begun < deadlineMs;
			if (endLine && inTime) await workstation.setStartedHere(this.record.id, false);
		}
		this.#renew();
		this.#secret = null;
		this.#enter({ kind: "signedOut" });
	}

	#session(): ProviderSession | null {
		return this.#phase.kind === "open" ? this.#phase.session : null;
	}

	#renew(): AbortController {
		this.#run.abort();
		this.#run = new AbortController();
		if (this.#phase.kind === "waiting") this.#phase.cancel();
		return this.#run;
	}

	#begin(attempt: number): void {
		this.#attempt = attempt;
		this.#background(this.#connect(this.#renew()));
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
			const session = await this.#openSession(this.#secret, run.signal);
			if (run.signal.aborted) await session.close({ endLine: false, deadlineMs: 0 });
			else this.adopt(session);
		} catch (thrown) {
			if (!run.signal.aborted) this.#retry(toAppError(thrown));
		}
	}

	async #openSession(secret: string, signal: AbortSignal): Promise<ProviderSession> {
		const { server, userName, options } = this.record;
		const { clock, random, logger, http, provider } = this.#ports;
		const forgetSecret = this.#ports.holdsNothing();
		const credentials = { server, userName, secret, options, forgetSecret };
		return await provider.open(credentials, { clock, random, logger, http }, signal);
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

	async #consume(session: ProviderSession, run: AbortController): Promise<void> {
		let problem = appError("network.interrupted");
		try {
			for await (const batch of session.events(run.signal)) {
				if (this.#run !== run) return;
				await this.#ports.apply(batch);
				if (this.#run !== run) return;
				const over = this.#take(session, batch, run.signal);
				if (over === null) continue;
				problem = over;
				break;
			}
		} catch (thrown) {
			problem = toAppError(thrown);
			this.#ports.logger.error("account.events", { error: problem });
		}
		// Leaving ends the events too; that is no loss.
		if (this.#run !== run || this.#leaving) return;
		this.#background(session.close({ endLine: false, deadlineMs: 2000 }));
		this.#renew();
		// The secret was dropped with the session: only the person has it.
		if (this.#ports.holdsNothing() && !needsPerson(problem)) problem = appError("auth.sessionExpired");
		this.#retry(problem);
	}

	/** What a batch says about the account. Not null: the session is over. */
	#take(session: ProviderSession, batch: readonly ProviderEvent[], signal: AbortSignal): AppError | null {
		for (const event of batch) {
			if (this.agent.take(event)) this.#changed();
			else if (event.type === "signedOut") return event.error;
			else if (event.type === "lines") this.desk.update(session, event.lines, signal);
			else if (event.type === "connection") {
				const { state, nextAttempt, problem } = event;
				if (state === "online") this.#cameOnline(session, signal);
				this.#enter({ kind: "open", session, channel: { state, nextAttempt, problem } });
			}
		}
		return null;
	}

	#cameOnline(session: ProviderSession, signal: AbortSignal): void {
		this.#wasOnline = true;
		// Only now: a server that signs in and drops at once is not asked again at once for ever.
		this.#attempt = 0;
		if (this.desk.undecided && this.desk.lines.length > 0)
			this.#background(this.desk.begin(session, signal));
		if (this.agent.states.length === 0) this.#readAgentStates(session, signal);
	}

	#readAgentStates(session: ProviderSession, signal: AbortSignal): void {
		if (!this.#ports.provider.capabilities.agentStates) return;
		this.#background(this.agent.readStates(session, signal));
	}

	async #ask<T>(
		question: (session: ProviderSession, signal: AbortSignal) => Promise<T>,
	): Promise<Result<T>> {
		const session = this.#session();
		if (session === null) return failed(appError("account.offline"));
		try {
			return ok(await question(session, this.#run.signal));
		} catch (thrown) {
			return failed(toAppError(thrown));
		}
	}

	#enter(phase: Phase): void {
		const parted = this.#phase.kind === "open" && phase.kind !== "open";
		if (parted) this.#lastSign = this.lastSign;
		this.#phase = phase;
		this.waitingForKeychain = this.waitingForKeychain && phase.kind === "readingSecret";
		if (parted) {
			this.desk.reset();
			this.agent.reset();
			this.#ports.parted();
		}
		this.#changed();
	}

	#changed(): void {
		const state = stateShown(this.#phase, this.#wasOnline && this.#ports.hasNetwork());
		if (state !== this.#shown.state) this.#shown = { state, since: this.#ports.clock.now() };
		this.#ports.changed();
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#ports.logger.error("account.failed", { error: toAppError(thrown) }),
		);
	}
}
