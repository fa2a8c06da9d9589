/* eslint-disable no-restricted-globals -- waiting for sockets takes real time */
import {
	type NetsapiensSimulator,
	type NetsapiensSimulatorOptions,
	startNetsapiensSimulator,
} from "../../../../../practice/netsapiens/simulator.ts";
import { asClientMessageId } from "../../../../../shared/ids.ts";
import type {
	Credentials,
	OutgoingFile,
	OutgoingMessage,
	ProviderEvent,
	SendOutcome,
	Thread,
} from "../../../../core/ports/provider.ts";
import type { HttpClient, LogFields, Logger, Random } from "../../../../core/ports/runtime.ts";
import { createHttpClient } from "../../../net/http-client.ts";
import { createMediaClient } from "../../../net/media-client.ts";
import { createTrustStore } from "../../../net/trust-store.ts";
import { createPhoneNumbers } from "../../../numbers/phone-numbers.ts";
import { NetsapiensProvider } from "../provider.ts";
import type { NetsapiensSession } from "../session.ts";
import { Bubbles } from "./bubbles.spec.ts";
import { WarpClock } from "../../testing/warp-clock.spec.ts";

/** An agent of Trunkline's provider at the simulator, over real sockets. */

type Of<T extends ProviderEvent["type"]> = Extract<ProviderEvent, { type: T }>;

const trust = createTrustStore(() => []);
const numbers = createPhoneNumbers();
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
	logged.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`);
}

/** The numbers and people of the simulator. */
export const own = { picture: "18585550626", plain: "18585550001" };
export const customer = "17145550353";
export const other = "12285559476";
export const smsKey = `sms:${own.picture}:${customer}`;
export const chatKey = "chat:1123@portal";

export interface DeskOptions {
	readonly credentials?: Partial<Credentials>;
	/** Default true: reads events and waits for "online". */
	readonly settle?: boolean;
	/** Of a run before. */
	readonly kept?: Readonly<Record<string, string>>;
}

/** Ids that are different every time, and the same in every run. */
function countingRandom(): Random {
	let made = 0;
	return {
		next: () => 0.5,
		uuid: () => {
			made += 1;
			return `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
		},
	};
}

export class Desk {
	readonly session: NetsapiensSession;
	readonly clock: WarpClock;
	readonly simulator: NetsapiensSimulator;
	/** Everything told so far, in order. */
	readonly events: ProviderEvent[] = [];
	/** What core would show of our messages. */
	readonly bubbles = new Bubbles();
	/** Between batches the reader waits for it: a slow store. */
	storing: Promise<void> = Promise.resolve();
	readonly #flight: Flight;
	readonly #stop = new AbortController();
	#waiting: (() => void)[] = [];
	#reading: Promise<void> | null = null;
	#ended = false;
	#nextId = 0;

	constructor(
		session: NetsapiensSession,
		clock: WarpClock,
		simulator: NetsapiensSimulator,
		flight: Flight,
	) {
		this.session = session;
		this.clock = clock;
		this.simulator = simulator;
		this.#flight = flight;
	}

	get signal(): AbortSignal {
		return this.#stop.signal;
	}

	get ended(): boolean {
		return this.#ended;
	}

	/** Most requests that were under way at one time, sends left out. */
	get mostReads(): number {
		return this.#flight.mostReads;
	}

	read(): void {
		this.#reading = (async () => {
			for await (const batch of this.session.events(this.#stop.signal)) {
				this.events.push(...batch);
				for (const event of batch) this.bubbles.take(event);
				this.#look();
				await this.storing;
			}
		})().finally(() => {
			this.#ended = true;
			this.#look();
		});
	}

	/** A whole look of the session, told and stored. */
	async check(): Promise<void> {
		await this.session.check(this.signal);
		await this.quiet();
	}

	/** Time passes, and what that sets off is answered. */
	async later(ms: number): Promise<void> {
		await this.quiet();
		this.clock.advance(ms);
		await this.quiet();
	}

	/** Second by second: a timer that one answer sets is part of what passes. */
	async seconds(count: number): Promise<void> {
		for (let second = 0; second < count; second += 1) await this.later(1000);
	}

	/** Nothing is under way any more. */
	async quiet(): Promise<void> {
		for (let still = 0; still < 3; still += 1) {
			await new Promise((resolve) => setTimeout(resolve, 4));
			if (this.#flight.underWay > 0) still = -1;
		}
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

	/** What core was told of this conversation last. */
	thread(peer: string): Of<"thread"> | undefined {
		return this.of("thread").findLast((event) => event.peer === peer);
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
				if (wait.over || this.#ended)
					throw new Error(
						`${wait.over ? "did not come" : "the events ended"}; had ${JSON.stringify(this.events.slice(-12), null, " ")}`,
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

	/** As core does it: kept as "sending", and then what it came to. */
	async send(peer: string, text: string, more: Partial<OutgoingMessage> = {}): Promise<SendOutcome> {
		const clientId = more.clientId ?? asClientMessageId(`c${String((this.#nextId += 1))}`);
		const thread = this.thread(peer);
		const told: Thread | null = thread ?? null;
		const message: OutgoingMessage = {
			clientId,
			peer,
			text,
			thread: told,
			files: [],
			savedReply: null,
			at: null,
			retryOf: null,
			...more,
		};
		this.bubbles.leaving(clientId, text);
		const outcome = await this.session.send(message, this.signal);
		this.bubbles.landed(clientId, outcome);
		return outcome;
	}

	texts(peer?: string): string[] {
		return this.of("message")
			.filter((event) => peer === undefined || event.peer === peer)
			.map((event) => event.text);
	}

	async close(): Promise<void> {
		await this.session.close({ deadlineMs: 0 });
		this.#stop.abort();
		await this.#reading?.catch(() => undefined);
		await this.#flight.close();
	}

	#look(): void {
		for (const wake of this.#waiting.splice(0)) wake();
	}
}

/** Counts requests under way. */
class Flight {
	underWay = 0;
	mostReads = 0;
	#reads = 0;
	readonly #http: HttpClient;
	readonly client: HttpClient;

	constructor(http: HttpClient) {
		this.#http = http;
		this.client = {
			send: async (request) => {
				const read = request.method === "GET";
				this.underWay += 1;
				if (read) this.#reads += 1;
				this.mostReads = Math.max(this.mostReads, this.#reads);
				try {
					return await http.send(request);
				} finally {
					this.underWay -= 1;
					if (read) this.#reads -= 1;
				}
			},
			clearCookies: () => http.clearCookies(),
			close: () => http.close(),
		};
	}

	close(): Promise<void> {
		return this.#http.close();
	}
}

/** Starts simulators and desks, and closes them all after a test. */
export class Floor {
	readonly provider = new NetsapiensProvider();
	readonly numbers = numbers;
	/** What was kept last, by any desk. */
	kept: Readonly<Record<string, string>> = {};
	clock = new WarpClock();
	readonly #open: (() => Promise<void>)[] = [];

	/** Effects come at once unless the switches say otherwise. */
	async simulator(options: NetsapiensSimulatorOptions = {}): Promise<NetsapiensSimulator> {
		const simulator = await startNetsapiensSimulator({
			seed: 7,
			clock: this.clock,
			...options,
			switches: { effectDelayMs: { least: 0, most: 0 }, ...options.switches },
		});
		this.#open.push(() => simulator.close());
		return simulator;
	}

	async desk(simulator: NetsapiensSimulator, options: DeskOptions = {}): Promise<Desk> {
		const { clock } = this;
		// Deadlines of the wire are real: moving time forward must not break a request.
		const wire = new WarpClock();
		const flight = new Flight(createHttpClient({ origin: simulator.origin, clock: wire, trust }));
		const media = createMediaClient({ accountOrigin: simulator.origin, clock: wire, trust });
		this.#open.unshift(async () => {
			await media.close();
			await flight.close();
		});
		const session = await this.provider.open(
			{
				server: simulator.origin,
				userName: "2500@portal",
				secret: "secret",
				method: "password",
				code: null,
				options: { clientId: "trunkline", clientSecret: "client-secret" },
				kept: options.kept ?? {},
				...options.credentials,
			},
			{
				clock,
				random: countingRandom(),
				logger,
				http: flight.client,
				media,
				numbers,
				keep: (secrets) => {
					this.kept = secrets;
				},
			},
			new AbortController().signal,
		);
		const desk = new Desk(session, clock, simulator, flight);
		this.#open.unshift(() => desk.close());
		if (options.settle === false) return desk;
		desk.read();
		await desk.event("connection", (event) => event.state === "online");
		await desk.quiet();
		return desk;
	}

	/** A simulator and an agent at it. */
	async both(options: NetsapiensSimulatorOptions = {}): Promise<Desk> {
		return await this.desk(await this.simulator(options));
	}

	async close(): Promise<void> {
		for (const close of this.#open.splice(0)) await close();
		this.clock = new WarpClock();
		this.kept = {};
	}
}

/** A picture for tests: one pixel. */
export const pixel = Buffer.from(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
	"base64",
);

export function picture(): OutgoingFile {
	return { kind: "bytes", name: "pixel.png", type: "image/png", bytes: new Uint8Array(pixel) };
}
