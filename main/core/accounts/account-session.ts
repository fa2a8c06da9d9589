import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { LineId } from "../../../shared/ids.ts";
import type {
	Connection,
	ConnectionState,
	DeviceFact,
	EpochMs,
	Folder,
	QueueReason,
} from "../../../shared/model.ts";
import type {
	Attention,
	OutgoingMessage,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../ports/provider.ts";
import type { AccountRecord, StoreWrite, WorkstationStore } from "../ports/stores.ts";
import type { HistoryLink } from "../sync/backfill.ts";
import { SilenceWatch } from "../health/silence-watch.ts";
import { AccountConnection, type ConnectionPorts } from "./account-connection.ts";
import { AgentDesk } from "./agent-desk.ts";
import { LineDesk } from "./line-desk.ts";
import { Reception, type ReceptionPorts } from "./reception.ts";
import { type Phase, phaseFacts, stateShown } from "./session-phase.ts";

/** A link that was heard of so short a time ago is alive, in ms. */
const freshMs = 2000;

export interface AccountSessionPorts extends ConnectionPorts {
	readonly workstation: WorkstationStore;
	readonly hasNetwork: () => boolean;
	/** Stores a batch, and `extra` with it. The next one is asked for when this resolves. */
	readonly apply: (batch: readonly ProviderEvent[], extra: StoreWrite | null) => Promise<void>;
	readonly reception: Omit<ReceptionPorts, "clock" | "history">;
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
	readonly #reception: Reception;
	readonly #silence: SilenceWatch;
	/** Why the link was rebuilt, until it is there again. */
	#cut: AppError | null = null;
	/** A batch is being stored: the server is not to blame for the silence meanwhile. */
	#storing = false;
	#wasOnline = false;
	#leaving = false;
	#shown: { readonly state: ConnectionState; readonly since: EpochMs };
	#watched: readonly string[] = [];
	#attention: Attention = { focused: false, peer: null };
	/** Lists that the system keeps, as told last; known offline too, until the app is quit. */
	folders: readonly Folder[] = [];
	/** Something happened that the window has not been told the time of. */
	#untold = false;
	#lastSign: EpochMs | null = null;

	constructor(record: AccountRecord, ports: AccountSessionPorts) {
		this.record = record;
		this.#ports = ports;
		this.#shown = { state: "signedOut", since: ports.clock.now() };
		this.#link = new AccountConnection(record, ports, {
			opened: (session) => this.adopt(session),
			entered: (left) => this.#entered(left),
		});
		const { history } = ports.provider.capabilities;
		this.#reception = new Reception(record, { ...ports.reception, clock: ports.clock, history });
		this.#silence = new SilenceWatch(ports.clock);
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

	/** Proves secrets without taking the session over; whoever asked does that with `adopt`. */
	async prove(secret: string, code: string | null = null): Promise<Result<ProviderSession>> {
		return await this.#link.prove(secret, code);
	}

	/** Lives on this session from now on. */
	adopt(session: ProviderSession): void {
		this.#leaving = false;
		this.#cut = null;
		this.#silence.countAnew();
		if (this.#ports.holdsNothing()) session.forgetSecret?.();
		const { run } = this.#link;
		this.agent.reset();
		this.#link.open(session, { state: "connecting", nextAttempt: null, problem: null });
		if (this.#watched.length > 0) session.watch(this.#watched);
		session.attend(this.#attention);
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
		this.#silence.countAnew();
		// Heard a moment ago, it needs no new attempt: giving up its poll could only lose something.
		const { session, phase } = this.#link;
		const online = phase.kind === "open" && phase.channel.state === "online";
		const age = this.#ports.clock.now() - (session?.lastSign() ?? -Infinity);
		if (!online || age < 0 || age > freshMs) this.#link.wake();
	}

	/** Looks whether the server has been silent for too long; run it every second while awake. */
	look(): void {
		const { session, phase } = this.#link;
		this.#tellLate();
		if (session === null || phase.kind !== "open" || phase.channel.state !== "online") return;
		this.#reception.see(session.lastSign());
		if (this.#silence.isNews(session.quietMs())) this.#changed();
		if (this.#storing) this.#silence.countAnew();
		else if (this.#silence.look(session.lastSign(), session.quietMs())) {
			const host = URL.parse(this.record.server)?.host ?? this.record.server;
			this.#cut = appError("network.silent", { params: { host } });
			this.#silence.countAnew();
			this.#reception.lost(session);
			this.#link.silent(this.#cut);
		}
	}

	/** Reconnect now. */
	reconnect(): Result<null> {
		this.#link.reconnect();
		return ok(null);
	}

	/** The server's past, while it can be asked for. */
	get history(): HistoryLink | null {
		const history = this.#link.session?.history ?? null;
		const { signal } = this.#link.run;
		if (history === null || signal.aborted || this.#shown.state !== "online") return null;
		return { history, signal };
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

	/** What the agent looks at, for as long as it is not said otherwise. */
	attend(attention: Attention): void {
		const { focused, peer } = this.#attention;
		if (focused === attention.focused && peer === attention.peer) return;
		this.#attention = attention;
		this.#link.session?.attend(attention);
	}

	/** Asks the session something; fails with `account.offline` while there is none. */
	async ask<T>(
		question: (session: ProviderSession, signal: AbortSignal) => Promise<T>,
	): Promise<Result<T>> {
		return await this.#ask(question);
	}

	async send(message: OutgoingMessage): Promise<SendOutcome> {
		const session = this.#link.session;
		if (session === null) return { kind: "notYet", reason: "offline" };
		return await session.send(message, this.#link.run.signal);
	}

	/** Why texts cannot leave now; null: they can. */
	get closedFor(): QueueReason {
		const { kind } = this.#link.phase;
		if (kind === "signedOut" || kind === "needsSignIn") return "signedOut";
		if (this.#leaving || kind !== "open") return "offline";
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

	/** As read last; none while there is no session. */
	get devices(): readonly DeviceFact[] {
		return this.#link.session?.devices?.() ?? [];
	}

	get warnings(): readonly AppError[] {
		const loggedOut = this.desk.loggedOut ? [appError("line.loggedOut")] : [];
		return [...this.agent.warnings, ...this.desk.warnings, ...loggedOut];
	}

	get connection(): Connection {
		const { lastSign, waitingForKeychain } = this;
		const { session, phase } = this.#link;
		return {
			...this.#shown,
			...phaseFacts(phase),
			lastSign,
			waitingForKeychain,
			mode: session === null ? null : this.#ports.provider.capabilities.mode,
			lastEvent: this.#reception.lastEvent,
			permittedSilenceMs: this.#shown.state === "online" ? this.quietMs : null,
		};
	}

	/**
	 * Leaves in the documented order, within the deadline. The device is logged out only if this
	 * workstation logged it in. The mark for that goes once the server was told.
	 */
	async leave(deadlineMs: number): Promise<void> {
		const { clock, workstation } = this.#ports;
		const session = this.#link.session;
		const begun = clock.monotonic();
		this.#leaving = true;
		if (session !== null) {
			const endLine = await workstation.startedHere(this.record.id);
			this.#reception.lost(session, this.#storing);
			await session.close({ endLine, deadlineMs });
			const inTime = clock.monotonic() - begun < deadlineMs;
			const lineEnded = endLine && (session.lineEnded?.() ?? inTime);
			if (lineEnded) await workstation.setStartedHere(this.record.id, false);
			await this.#reception.left(lineEnded).catch((thrown: unknown) => {
				this.#ports.logger.warn("account.left", { error: toAppError(thrown) });
			});
		}
		this.#link.signOut();
	}

	async #consume(session: ProviderSession, run: AbortController): Promise<void> {
		let problem = appError("network.interrupted");
		try {
			await this.#reception.begin();
			for await (const batch of session.events(run.signal)) {
				if (this.#link.run !== run) return;
				await this.#store(session, batch);
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

	async #store(session: ProviderSession, batch: readonly ProviderEvent[]): Promise<void> {
		const before = this.#reception.lastEvent;
		const received = this.#reception.take(session, batch);
		this.#storing = true;
		try {
			await this.#ports.apply(received.batch, received.extra);
		} finally {
			this.#storing = false;
			this.#silence.countAnew();
		}
		if (this.#reception.lastEvent !== before) this.#untold = true;
	}

	/** The time of the last event, to the window: at most once a second. */
	#tellLate(): void {
		if (!this.#untold) return;
		this.#untold = false;
		this.#ports.changed();
	}

	/** What a batch says about the account. Not null: the session is over. */
	#take(session: ProviderSession, batch: readonly ProviderEvent[], signal: AbortSignal): AppError | null {
		for (const event of batch) {
			if (this.agent.take(event)) this.#changed();
			else if (event.type === "signedOut") return event.error;
			else if (event.type === "folders") {
				this.folders = event.folders;
				this.#changed();
			} else if (event.type === "lines") this.desk.update(session, event.lines, signal);
			else if (event.type === "connection") {
				const { state, nextAttempt } = event;
				if (state === "online") this.#cameOnline(session, signal);
				const problem = event.problem ?? this.#cut;
				this.#link.open(session, { state, nextAttempt, problem });
			}
		}
		// Once the account is shown as online: then its past can be asked for.
		this.#reception.stored(batch);
		return null;
	}

	#cameOnline(session: ProviderSession, signal: AbortSignal): void {
		this.#wasOnline = true;
		this.#cut = null;
		this.#silence.countAnew();
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
			this.#reception.lost(left.session);
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
