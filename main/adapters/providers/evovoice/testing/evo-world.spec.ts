/* eslint-disable no-restricted-globals -- waiting for sockets takes real time */
import {
	type EvovoiceSimulator,
	type EvovoiceSimulatorOptions,
	startEvovoiceSimulator,
} from "../../../../../practice/evovoice/simulator.ts";
import type { EvovoiceSwitches } from "../../../../../practice/evovoice/switches.ts";
import { asClientMessageId } from "../../../../../shared/ids.ts";
import type {
	Credentials,
	HistoryMessage,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../../../../core/ports/provider.ts";
import type { MediaClient } from "../../../../core/ports/media.ts";
import type { HttpClient, LogFields, Logger } from "../../../../core/ports/runtime.ts";
import { createHttpClient } from "../../../net/http-client.ts";
import { createMediaClient } from "../../../net/media-client.ts";
import { createTrustStore } from "../../../net/trust-store.ts";
import { createPhoneNumbers } from "../../../numbers/phone-numbers.ts";
import { WarpClock } from "../../testing/warp-clock.spec.ts";
import { EvoVoiceProvider } from "../provider.ts";

/** An agent of Trunkline's EvoVoice provider at the simulator, over real sockets and on time that tests move. */

type Of<T extends ProviderEvent["type"]> = Extract<ProviderEvent, { type: T }>;

const trust = createTrustStore(() => []);
const numbers = createPhoneNumbers();
/** Of everything that is logged in these tests, to be searched for secrets. */
export const logged: string[] = [];

const logger: Logger = {
	debug: (event, fields) => write(event, fields),
	info: (event, fields) => write(event, fields),
	warn: (event, fields) => write(event, fields),
	error: (event, fields) => write(event, fields),
	child: () => logger,
};

function write(event: string, fields: LogFields | undefined): void {
	logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
}

export interface AgentOptions {
	readonly userName?: string;
	readonly secret?: string;
	readonly forgetSecret?: boolean;
	readonly options?: Credentials["options"];
	/** Default: the simulator's origin. */
	readonly server?: string;
	/** Default true: reads events until the first round of questions is over. */
	readonly settle?: boolean;
	readonly provider?: EvoVoiceProvider;
}

/** One signed-in agent. */
export class Agent {
	readonly session: ProviderSession;
	readonly clock: WarpClock;
	readonly events: ProviderEvent[] = [];
	/** Between batches the reader waits for it: a slow store. */
	storing: Promise<void> = Promise.resolve();
	ended = false;
	readonly #stop = new AbortController();
	readonly #clients: readonly (HttpClient | MediaClient)[];
	#waiting: (() => void)[] = [];
	#reading: Promise<void> = Promise.resolve();
	#nextId = 0;

	constructor(session: ProviderSession, clock: WarpClock, clients: readonly (HttpClient | MediaClient)[]) {
		this.session = session;
		this.clock = clock;
		this.#clients = clients;
	}

	get signal(): AbortSignal {
		return this.#stop.signal;
	}

	read(): void {
		this.#reading = (async () => {
			for await (const batch of this.session.events(this.#stop.signal)) {
				this.events.push(...batch);
				this.#look();
				await this.storing;
			}
		})().finally(() => {
			this.ended = true;
			this.#look();
		});
	}

	of<T extends ProviderEvent["type"]>(type: T, from = 0): Of<T>[] {
		return this.events.slice(from).filter((event): event is Of<T> => event.type === type);
	}

	/** The first event, past or future, from `from` on, that fits. */
	async event<T extends ProviderEvent["type"]>(
		type: T,
		fits: (event: Of<T>) => boolean = () => true,
		from = 0,
	): Promise<Of<T>> {
		await this.until(() => this.of(type, from).some(fits));
		const found = this.of(type, from).find(fits);
		if (found === undefined) throw new Error("unreachable");
		return found;
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
				if (wait.over || this.ended)
					throw new Error(`did not come; had ${JSON.stringify(this.events.slice(-12), null, " ")}`);
				await new Promise<void>((resolve) => this.#waiting.push(resolve));
			}
		} finally {
			clearTimeout(timer);
		}
	}

	/** One full look, and everything that it found has been told. */
	async look(): Promise<void> {
		await this.session.check(this.signal);
	}

	/** Incoming texts, in the order in which they were told. */
	texts(from = 0): string[] {
		return this.of("message", from).map(({ text }) => text);
	}

	peer(endpointId: string, address: string): string {
		return `${endpointId} ${address}`;
	}

	send(peer: string, text: string): Promise<SendOutcome> {
		const clientId = asClientMessageId(`c${String((this.#nextId += 1))}`);
		const rest = { thread: null, files: [], savedReply: null, at: null, retryOf: null };
		return this.session.send({ ...rest, clientId, peer, text }, this.signal);
	}

	/** All past messages of a conversation, newest first, in pages of `limit`. */
	async past(peer: string, limit = 100): Promise<readonly HistoryMessage[]> {
		const { history } = this.session;
		if (history === null) throw new Error("there is no history");
		const all: HistoryMessage[] = [];
		let next: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof history.page>> = await history.page(
				peer,
				next,
				limit,
				this.signal,
			);
			all.push(...page.messages);
			({ next } = page);
		} while (next !== null);
		return all;
	}

	async close(): Promise<void> {
		await this.session.close({ endLine: false, deadlineMs: 2000 });
		this.#stop.abort();
		await this.#reading.catch(() => undefined);
		for (const client of this.#clients) await client.close();
	}

	#look(): void {
		for (const wake of this.#waiting.splice(0)) wake();
	}
}

/** A simulator, its default agent, and its two lines. */
export interface Desk {
	readonly simulator: EvovoiceSimulator;
	readonly agent: Agent;
	readonly clock: WarpClock;
	readonly main: string;
	readonly support: string;
}

/** Starts simulators and agents, and closes them all after a test. */
export class EvoFloor {
	readonly #open: (() => Promise<void>)[] = [];

	async simulator(options: EvovoiceSimulatorOptions = {}): Promise<EvovoiceSimulator> {
		const simulator = await startEvovoiceSimulator({ seed: 7, clock: new WarpClock(), ...options });
		this.#open.push(() => simulator.close());
		return simulator;
	}

	/** A simulator with an agent who is signed in; `prepare` runs before the sign-in. */
	async desk(
		switches: Partial<EvovoiceSwitches> = {},
		prepare: (simulator: EvovoiceSimulator, main: string) => void = () => undefined,
		options: AgentOptions & { readonly simulator?: EvovoiceSimulatorOptions } = {},
	): Promise<Desk> {
		const clock = new WarpClock();
		const simulator = await this.simulator({ clock, switches, ...options.simulator });
		const [main, support] = simulator.endpoints;
		prepare(simulator, main?.id ?? "");
		const agent = await this.agent(simulator, clock, options);
		return { simulator, agent, clock, main: main?.id ?? "", support: support?.id ?? "" };
	}

	async agent(simulator: EvovoiceSimulator, clock: WarpClock, options: AgentOptions = {}): Promise<Agent> {
		const server = options.server ?? simulator.origin;
		// Deadlines of the wire are real: moving time forward must not break a request under way.
		const wire = new WarpClock();
		const http = createHttpClient({ origin: server, clock: wire, trust });
		const media = createMediaClient({ accountOrigin: server, clock: wire, trust });
		const provider = options.provider ?? new EvoVoiceProvider();
		try {
			const session = await provider.open(
				{
					server,
					userName: options.userName ?? "agent@example.com",
					secret: options.secret ?? "secret",
					method: "password",
					code: null,
					options: options.options ?? {},
					kept: {},
					forgetSecret: options.forgetSecret ?? false,
				},
				{
					clock,
					random: { next: () => 0.5, uuid: () => "0" },
					logger,
					http,
					media,
					numbers,
					keep: () => undefined,
				},
				new AbortController().signal,
			);
			const agent = new Agent(session, clock, [http, media]);
			this.#open.unshift(() => agent.close());
			if (options.settle !== false) {
				agent.read();
				await agent.look();
			}
			return agent;
		} catch (thrown) {
			await http.close();
			await media.close();
			throw thrown;
		}
	}

	async close(): Promise<void> {
		for (const close of this.#open.splice(0)) await close();
	}
}
