/* eslint-disable no-restricted-globals -- waiting for sockets takes real time */
import {
	startGenesysSimulator,
	type GenesysSimulator,
	type GenesysSimulatorOptions,
} from "../../../../../practice/genesys/simulator.ts";
import type { AppError } from "../../../../../shared/errors.ts";
import { asClientMessageId, type LineId } from "../../../../../shared/ids.ts";
import type { Credentials, ProviderEvent, SendOutcome } from "../../../../core/ports/provider.ts";
import { plainNumbers } from "../../../../core/testing/fake-ports.ts";
import type { HttpClient, LogFields, Logger } from "../../../../core/ports/runtime.ts";
import { createCometdClient } from "../../../net/cometd-client.ts";
import { createHttpClient } from "../../../net/http-client.ts";
import { createTrustStore } from "../../../net/trust-store.ts";
import { GenesysProvider, type GenesysProviderOptions } from "../provider.ts";
import type { GenesysSession } from "../session.ts";
import { WarpClock } from "../../testing/warp-clock.spec.ts";

/** An agent of Trunkline's provider at the simulator, over real sockets. */

type Of<T extends ProviderEvent["type"]> = Extract<ProviderEvent, { type: T }>;

const trust = createTrustStore(() => []);
/** Of everything that is logged in these tests, to be searched for secrets. */
export const logged: string[] = [];

const logger: Logger = {
	debug: (event, fields) => write("debug", event, fields),
	info: (event, fields) => write("info", event, fields),
	warn: (event, fields) => write("warn", event, fields),
	error: (event, fields) => write("error", event, fields),
	child: () => logger,
};

function write(level: string, event: string, fields: LogFields | undefined): void {
	const line = `${level} ${event} ${JSON.stringify(fields ?? {})}`;
	logged.push(line);
	if (process.env["GENESYS_TEST_LOG"] !== undefined) process.stderr.write(`${line}\n`);
}

export interface DeskOptions {
	readonly userName?: string;
	readonly secret?: string;
	/** Fields under "Advanced". */
	readonly genesys?: Credentials["options"];
	readonly forgetSecret?: boolean;
	readonly provider?: Partial<GenesysProviderOptions>;
	/** Default true: reads events, waits for "online" and uses the suggested line. */
	readonly settle?: boolean;
}

export class Desk {
	readonly session: GenesysSession;
	/** The session's own time. */
	readonly clock: WarpClock;
	/** Time of the notification service's client: its pauses, not its polls' deadlines unless moved far. */
	readonly wire: WarpClock;
	/** Everything told so far, in order. */
	readonly events: ProviderEvent[] = [];
	/** Sizes of the batches. */
	readonly batches: number[] = [];
	/** Between batches the reader waits for it: a slow store. */
	storing: Promise<void> = Promise.resolve();
	line: LineId | null = null;
	started = false;
	warnings: readonly AppError[] = [];
	readonly #stop = new AbortController();
	readonly #http: HttpClient;
	#waiting: (() => void)[] = [];
	#reading: Promise<void> | null = null;
	#ended = false;
	#nextId = 0;

	constructor(session: GenesysSession, clock: WarpClock, wire: WarpClock, http: HttpClient) {
		this.session = session;
		this.clock = clock;
		this.wire = wire;
		this.#http = http;
	}

	get signal(): AbortSignal {
		return this.#stop.signal;
	}

	get ended(): boolean {
		return this.#ended;
	}

	read(): void {
		this.#reading = (async () => {
			for await (const batch of this.session.events(this.#stop.signal)) {
				this.batches.push(batch.length);
				this.events.push(...batch);
				this.#look();
				await this.storing;
			}
		})().finally(() => {
			this.#ended = true;
			this.#look();
		});
	}

	async settle(): Promise<void> {
		this.read();
		await this.event("connection", (event) => event.state === "online");
		const lines = await this.session.lines(this.signal);
		this.line = this.session.suggestLine(lines, null);
		if (this.line === null) return;
		const { started, warnings } = await this.session.useLine(this.line, this.signal);
		this.started = started;
		this.warnings = warnings;
		const ready = async (): Promise<boolean> =>
			(await this.session.lines(this.signal)).some(
				(line) => line.id === this.line && line.loggedIn !== false,
			);
		if (!(await ready())) await this.event("agentState", (event) => event.state !== null);
	}

	/** The first event, past or future, from `from` on, that fits. */
	async event<T extends ProviderEvent["type"]>(
		type: T,
		fits: (event: Of<T>) => boolean = () => true,
		from = 0,
	): Promise<Of<T>> {
		let found: Of<T> | undefined;
		await this.until(() => {
			found = this.of(type, from).find(fits);
			return found !== undefined;
		});
		if (found === undefined) throw new Error("unreachable");
		return found;
	}

	of<T extends ProviderEvent["type"]>(type: T, from = 0): Of<T>[] {
		return this.events.slice(from).filter((event): event is Of<T> => event.type === type);
	}

	/** Resolves when `holds` does; looked at after each batch, and rejects when nothing comes for 10 s. */
	async until(holds: () => boolean): Promise<void> {
		const wait = { over: false };
		const timer = setTimeout(() => {
			wait.over = true;
			this.#look();
		}, 10_000);
		try {
			while (!holds()) {
				if (wait.over)
					throw new Error(`did not come; had ${JSON.stringify(this.events.slice(-12), null, " ")}`);
				if (this.#ended)
					throw new Error(
						`the events ended; had ${JSON.stringify(this.events.slice(-12), null, " ")}`,
					);
				await new Promise<void>((resolve) => this.#waiting.push(resolve));
			}
		} finally {
			clearTimeout(timer);
		}
	}

	async end(): Promise<void> {
		await this.#reading;
	}

	send(peer: string, text: string, clientId = `c${String((this.#nextId += 1))}`): Promise<SendOutcome> {
		const plain = { thread: null, files: [], savedReply: null, at: null, retryOf: null };
		return this.session.send(
			{ ...plain, clientId: asClientMessageId(clientId), peer, text },
			this.signal,
		);
	}

	/** As core does it: tries, waits for the word that it may try again, until there is another outcome. */
	async deliver(peer: string, text: string, clientId?: string): Promise<SendOutcome> {
		const id = clientId ?? `c${String((this.#nextId += 1))}`;
		for (;;) {
			const from = this.events.length;
			const outcome = await this.send(peer, text, id);
			if (outcome.kind !== "notYet") return outcome;
			const fits = (event: { peer: string | null }): boolean =>
				event.peer === null || event.peer === peer;
			await this.until(
				() => this.of("sendable", from).some(fits) || this.of("unreachable", from).some(fits),
			);
			const lost = this.of("unreachable", from).find(fits);
			if (lost !== undefined) return { kind: "rejected", error: lost.error, retry: "byPerson" };
		}
	}

	texts(peer?: string): string[] {
		return this.of("message")
			.filter((event) => peer === undefined || event.peer === peer)
			.map((event) => event.text);
	}

	/** Waits until everything that is under way has been told: one more round trip of REST and notifications. */
	async quiet(): Promise<void> {
		await this.session.check(this.signal);
		await new Promise((resolve) => setTimeout(resolve, 60));
	}

	async close(endLine = false): Promise<void> {
		await this.session.close({ endLine, deadlineMs: 2000 });
		this.#stop.abort();
		await this.#reading?.catch(() => undefined);
		await this.#http.close();
	}

	#look(): void {
		for (const wake of this.#waiting.splice(0)) wake();
	}
}

/** Starts simulators and desks, and closes them all after a test. */
export class Floor {
	readonly #open: (() => Promise<void>)[] = [];

	async simulator(options: GenesysSimulatorOptions = {}): Promise<GenesysSimulator> {
		const simulator = await startGenesysSimulator({ seed: 7, ...options });
		this.#open.push(() => simulator.close());
		return simulator;
	}

	async desk(simulator: GenesysSimulator, options: DeskOptions = {}): Promise<Desk> {
		const clock = new WarpClock();
		// Deadlines of the wire are real: moving time forward must not break a poll that is held.
		const http = createHttpClient({ origin: simulator.origin, clock: new WarpClock(), trust });
		const wire = new WarpClock();
		const provider = new GenesysProvider({
			// The tests of row 25 keep the default; for all others waiting for a turn is only waiting.
			requestsPerSecond: 200,
			createCometdClient: (cometd) => createCometdClient({ ...cometd, clock: wire }),
			...options.provider,
		});
		const session = await provider.openGenesys(
			{
				server: simulator.origin,
				userName: options.userName ?? "ann.lee",
				secret: options.secret ?? "secret",
				method: "password",
				code: null,
				options: options.genesys ?? {},
				kept: {},
				forgetSecret: options.forgetSecret ?? false,
			},
			{
				clock,
				random: { next: () => 0.5, uuid: () => "0" },
				logger,
				http,
				media: {
					fetch: () => Promise.reject(new Error("Genesys has no files")),
					close: () => Promise.resolve(),
				},
				numbers: plainNumbers,
				keep: () => undefined,
			},
			new AbortController().signal,
		);
		const desk = new Desk(session, clock, wire, http);
		this.#open.unshift(() => desk.close());
		if (options.settle !== false) await desk.settle();
		return desk;
	}

	async close(): Promise<void> {
		for (const close of this.#open.splice(0)) await close();
	}
}
