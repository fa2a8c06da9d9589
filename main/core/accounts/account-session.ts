import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { LineId } from "../../../shared/ids.ts";
import type { Connection, ConnectionState, EpochMs, QueueReason } from "../../../shared/model.ts";
import type { OutgoingMessage, ProviderEvent, ProviderSession, SendOutcome } from "../ports/provider.ts";
import type { AccountRecord, WorkstationStore } from "../ports/stores.ts";
import { AccountConnection, type ConnectionPorts } from "./account-connection.ts";
import { AgentDesk } from "./agent-desk.ts";
import { LineDesk } from "./line-desk.ts";
import { type Phase, phaseFacts, stateShown } from "./session-phase.ts";

export interface AccountSessionPorts extends ConnectionPorts {
	readonly workstation: WorkstationStore;
	readonly hasNetwork: () => boolean;
	/** Stores a batch. The next one is asked for when this resolves. */
	readonly apply: (batch: readonly ProviderEvent[]) => Promise<void>;
	/** Something that the window shows is different now. */
	readonly changed: () => void;
	/** No session any more: what was live is not known to be. */
	readonly parted: () => void;
}

/**
 * One account while it runs: what its session tells, its line and its agent's state, and what is asked of it. The way to
 * the server and back is `AccountConnection`.
 *
 * Nothing here changes the agent's state: not a wake, not a reconnect.
 */
export class AccountSession {
	readonly desk: LineDesk;
	readonly agent: AgentDesk;
	readonly record: AccountRecord;
	waitingForKeychain = false;
	readonly #ports: AccountSessionPorts;
	readonly #link: AccountConnection;
	#wasOnline = false;
	#leaving = false;
	#shown: { readonly state: ConnectionState; readonly since: EpochMs };
	#watched: readonly string[] = [];
	#lastSign: EpochMs | null = null;

	constructor(record: AccountRecord, ports: AccountSessionPorts) {
		this.record = record;
		this.#ports = ports;
		this.#shown = { state: "signedOut", since: ports.clock.now() };
		this.#link = new AccountConnection(record, ports, {
			opened: (session) => this.adopt(session),
			entered: (left) => this.#entered(left),
		});
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
		this.#link.start();
	}

	/** Proves a secret without taking the session over; whoever asked does that with `adopt`. */
	async prove(secret: string): Promise<Result<ProviderSession>> {
		return await this.#link.prove(secret);
	}

	/** Lives on this session from now on. */
	adopt(session: ProviderSession): void {
		if (this.#ports.holdsNothing()) session.forgetSecret?.();
		const { run } = this.#link;
		this.agent.reset();
		this.#link.open(session, { state: "connecting", nextAttempt: null, problem: null });
		if (this.#watched.length > 0) session.watch(this.#watched);
		// Listening begins before anything is asked for: a notification can come before its reply.
		this.#background(this.#consume(session, run));
		this.#background(this.desk.begin(session, run.signal));
		this.#readAgentStates(session, run.signal);
	}

	/** "Ask each time" was chosen for a session that is already open. */
	forgetSecret(): void {
		this.#link.session?.forgetSecret?.();
	}

	sleep(): void {
		this.#link.sleep();
	}

	/** The computer woke up or the network came back: one try at once. */
	wake(): void {
		this.#link.wake();
	}

	/** Reconnect now. */
	reconnect(): Result<null> {
		this.#link.reconnect();
		return ok(null);
	}

	/** Check now: resolves when the server has been asked. */
	async check(): Promise<Result<null>> {
		return await this.#ask((session, signal) => session.check(signal).then(() => null));
	}

	async chooseLine(id: LineId): Promise<Result<null>> {
		const session = this.#link.session;
		if (session === null) return failed(appError("account.offline"));
		return await this.desk.choose(session, id, this.#link.run.signal);
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
		this.#link.session?.watch(addresses);
	}

	async send(message: OutgoingMessage): Promise<SendOutcome> {
		const session = this.#link.session;
		if (session === null) return { kind: "notYet", reason: "offline" };
		return await session.send(message, this.#link.run.signal);
	}

	/** Why texts cannot leave now; null: they can. */
	get closedFor(): QueueReason {
		if (this.#leaving) return "offline";
		if (this.#link.phase.kind !== "open") return "offline";
		if (this.#link.phase.channel.state !== "online") return "offline";
		return this.desk.lineId === null ? "noLine" : null;
	}

	get lastSign(): EpochMs | null {
		this.#lastSign = this.#link.session?.lastSign() ?? this.#lastSign;
		return this.#lastSign;
	}

	/** How long the server may say nothing while all is well, in ms. */
	get quietMs(): number {
		return this.#link.session?.quietMs() ?? 0;
	}

	get warnings(): readonly AppError[] {
		const loggedOut = this.desk.loggedOut ? [appError("line.loggedOut")] : [];
		return [...this.agent.warnings, ...this.desk.warnings, ...loggedOut];
	}

	get connection(): Connection {
		const { lastSign, waitingForKeychain } = this;
		return { ...this.#shown, ...phaseFacts(this.#link.phase), lastSign, waitingForKeychain };
	}

	/**
	 * Leaves in the documented order, within the deadline. The device is logged out only if this
	 * workstation logged it in. The mark for that goes once the server had the time to be told.
	 */
	async leave(deadlineMs: number): Promise<void> {
		const { clock, workstation } = this.#ports;
		const session = this.#link.session;
		const begun = clock.monotonic();
		this.#leaving = true;
		if (session !== null) {
			const endLine = await workstation.startedHere(this.record.id);
			await session.close({ endLine, deadlineMs });
			const inTime = clock.monotonic() - begun < deadlineMs;
			if (endLine && inTime) await workstation.setStartedHere(this.record.id, false);
		}
		this.#link.signOut();
	}

	async #consume(session: ProviderSession, run: AbortController): Promise<void> {
		let problem = appError("network.interrupted");
		try {
			for await (const batch of session.events(run.signal)) {
				if (this.#link.run !== run) return;
				await this.#ports.apply(batch);
				if (this.#link.run !== run) return;
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
		if (this.#link.run !== run || this.#leaving) return;
		this.#background(session.close({ endLine: false, deadlineMs: 2000 }));
		this.#link.lost(problem);
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
				this.#link.open(session, { state, nextAttempt, problem });
			}
		}
		return null;
	}

	#cameOnline(session: ProviderSession, signal: AbortSignal): void {
		this.#wasOnline = true;
		this.#link.cameOnline();
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
		const session = this.#link.session;
		if (session === null) return failed(appError("account.offline"));
		try {
			return ok(await question(session, this.#link.run.signal));
		} catch (thrown) {
			return failed(toAppError(thrown));
		}
	}

	#entered(left: Phase): void {
		const { phase } = this.#link;
		this.waitingForKeychain = this.waitingForKeychain && phase.kind === "readingSecret";
		if (left.kind === "open" && phase.kind !== "open") {
			this.#lastSign = left.session.lastSign() ?? this.#lastSign;
			this.desk.reset();
			this.agent.reset();
			this.#ports.parted();
		}
		this.#changed();
	}

	#changed(): void {
		const state = stateShown(this.#link.phase, this.#wasOnline && this.#ports.hasNetwork());
		if (state !== this.#shown.state) this.#shown = { state, since: this.#ports.clock.now() };
		this.#ports.changed();
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#ports.logger.error("account.failed", { error: toAppError(thrown) }),
		);
	}
}
