/* eslint-disable no-restricted-globals -- sockets take real time */
import {
	startTextusSimulator,
	type TextusSimulator,
	type TextusSimulatorOptions,
} from "../../../../../practice/textus/simulator.ts";
import type { JournalRequest } from "../../../../../practice/server/journal.ts";
import { type ClientMessageId, asClientMessageId } from "../../../../../shared/ids.ts";
import type { Line } from "../../../../../shared/model.ts";
import type {
	HistoryMessage,
	OutgoingMessage,
	ProviderContext,
	ProviderEvent,
	SendOutcome,
	Thread,
} from "../../../../core/ports/provider.ts";
import type { HttpClient } from "../../../../core/ports/runtime.ts";
import {
	RecordingLogger,
	SeededRandom,
	VirtualClock,
	settle,
} from "../../../../core/testing/virtual-clock.ts";
import { systemClock } from "../../../electron/system-clock.ts";
import { createHttpClient } from "../../../net/http-client.ts";
import { createMediaClient } from "../../../net/media-client.ts";
import { createTrustStore } from "../../../net/trust-store.ts";
import { createUploadClient } from "../../../net/upload-client.ts";
import { createPhoneNumbers } from "../../../numbers/phone-numbers.ts";
import { TextusProvider } from "../provider.ts";
import type { TextusSession } from "../session.ts";

/** Trunkline's provider at the simulator, over real sockets, both on one time that moves when told to. */

type Of<T extends ProviderEvent["type"]> = Extract<ProviderEvent, { type: T }>;

/** A customer of the simulator's default account, and the key of the conversation with her. */
export const dana = "+13035550121";
export const danaKey = `my_account/${dana}`;

const trust = createTrustStore(() => []);
const numbers = createPhoneNumbers();

export interface OfficeOptions extends Omit<TextusSimulatorOptions, "clock"> {
	readonly uploadAddress?: string;
	/** Default true: reads events and lets the first round pass. */
	readonly settle?: boolean;
	readonly token?: string;
	/** Sets the scene before anybody signs in. */
	readonly before?: (simulator: TextusSimulator, clock: VirtualClock) => unknown;
}

export class Office {
	readonly clock = new VirtualClock();
	readonly simulator: TextusSimulator;
	readonly events: ProviderEvent[] = [];
	readonly provider = new TextusProvider({
		createUploadClient: (server) =>
			createUploadClient({ accountOrigin: new URL(server).origin, clock: systemClock(), trust }),
	});
	readonly logger = new RecordingLogger();
	/** Answers are held back while it is not resolved. */
	holding: Promise<void> | null = null;
	ended = false;
	#session: TextusSession | null = null;
	#underWay = 0;
	#ids = 0;
	readonly #over = new AbortController();
	readonly #closers: (() => Promise<unknown>)[] = [];

	constructor(simulator: TextusSimulator, clock: VirtualClock) {
		this.simulator = simulator;
		this.clock = clock;
	}

	get session(): TextusSession {
		if (this.#session === null) throw new Error("nobody is signed in");
		return this.#session;
	}

	get signal(): AbortSignal {
		return this.#over.signal;
	}

	async signIn(
		token = "ann-token",
		options: Readonly<Record<string, string>> = {},
	): Promise<TextusSession> {
		const session = await this.passing(
			this.provider.open(
				{
					server: this.simulator.origin,
					userName: "",
					secret: token,
					method: "token",
					code: null,
					options,
					kept: {},
				},
				this.#context(),
				this.signal,
			),
		);
		this.#session = session;
		this.#closers.unshift(() => session.close());
		return session;
	}

	/** Reads the session's events from now on. */
	read(): void {
		void (async () => {
			for await (const batch of this.session.events(this.signal)) this.events.push(...batch);
			this.ended = true;
		})();
	}

	of<T extends ProviderEvent["type"]>(type: T, from = 0): Of<T>[] {
		return this.events.slice(from).filter((event): event is Of<T> => event.type === type);
	}

	/** What was told of a conversation last. */
	thread(peer: string): Of<"thread"> | undefined {
		return this.of("thread").findLast((event) => event.peer === peer);
	}

	own(peer: string, from = 0): Of<"ownMessage">[] {
		return this.of("ownMessage", from).filter((event) => event.peer === peer);
	}

	/** Texts of customers, in the order in which they were told. */
	texts(from = 0): string[] {
		return this.of("message", from).map(({ text }) => text);
	}

	/** Lets time pass for both sides; every answer is waited for. */
	async pass(ms: number, step = 200): Promise<void> {
		await this.quiet();
		for (let passed = 0; passed < ms; passed += step) {
			await this.clock.advance(Math.min(step, ms - passed));
			await this.quiet();
		}
	}

	/** Nothing is on its way any more. */
	async quiet(): Promise<void> {
		for (let calm = 0; calm < 2;) {
			await new Promise((resolve) => setImmediate(resolve));
			await settle(50);
			calm = this.#underWay === 0 ? calm + 1 : 0;
		}
	}

	/** `work`, with time passing until it is done. */
	async passing<T>(work: Promise<T>, step = 100): Promise<T> {
		const state = { done: false };
		const watched = work.finally(() => {
			state.done = true;
		});
		watched.catch(() => undefined);
		for (let steps = 0; steps < 6000; steps += 1) {
			await this.quiet();
			if (state.done) return await watched;
			await this.clock.advance(step);
		}
		throw new Error("it did not end");
	}

	/** Waits until it is so; rejects when it does not become so within the time. */
	async until(so: () => boolean, ms = 60_000, step = 100): Promise<void> {
		for (let passed = 0; passed <= ms; passed += step) {
			await this.quiet();
			if (so()) return;
			await this.clock.advance(step);
		}
		throw new Error(`it did not come; had ${JSON.stringify(this.events.slice(-8), null, " ")}`);
	}

	line(slug = "my_account"): Promise<Line | undefined> {
		return this.session.lines().then((lines) => lines.find(({ id }) => id === slug));
	}

	message(peer: string, text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
		this.#ids += 1;
		return {
			clientId: asClientMessageId(`c${String(this.#ids)}`),
			peer,
			text,
			thread: null,
			files: [],
			savedReply: null,
			at: null,
			retryOf: null,
			...more,
		};
	}

	async send(
		peer: string,
		text: string,
		more: Partial<OutgoingMessage> = {},
	): Promise<SendOutcome & { readonly clientId: ClientMessageId }> {
		const message = this.message(peer, text, more);
		const outcome = await this.passing(this.session.send(message, this.signal));
		return { ...outcome, clientId: message.clientId };
	}

	async begin(...addresses: readonly string[]): Promise<Thread> {
		const line = (await this.line()) ?? null;
		return this.provider.begin({ addresses, line, title: null }, { numbers });
	}

	/** Everything that history has of a conversation, newest first. */
	async past(peer: string): Promise<HistoryMessage[]> {
		const found: HistoryMessage[] = [];
		let from: string | null = null;
		do {
			const page: Awaited<ReturnType<TextusSession["history"]["page"]>> = await this.passing(
				this.session.history.page(peer, from, 100, this.signal),
			);
			found.push(...page.messages);
			from = page.next;
		} while (from !== null);
		return found;
	}

	/** Requests that the simulator has seen, the newest last. */
	requests(from = 0): JournalRequest[] {
		return this.simulator.journal.entries
			.filter((entry): entry is JournalRequest => entry.kind === "request")
			.filter(({ index }) => index >= from);
	}

	paths(from = 0): string[] {
		return this.requests(from).map(({ method, path }) => `${method} ${path}`);
	}

	async close(): Promise<void> {
		for (const close of this.#closers.splice(0)) await close();
		this.#over.abort();
		await this.simulator.close();
	}

	#context(): ProviderContext {
		const { origin } = this.simulator;
		// Deadlines of the wire are real.
		const http = createHttpClient({ origin, clock: systemClock(), trust });
		const media = createMediaClient({ accountOrigin: origin, clock: systemClock(), trust });
		this.#closers.push(
			() => http.close(),
			() => media.close(),
		);
		return {
			clock: this.clock,
			random: new SeededRandom(3),
			logger: this.logger,
			http: this.#watched(http),
			media: {
				fetch: (url, request) => this.#during(media.fetch(url, request)),
				close: () => media.close(),
			},
			numbers,
			keep: () => {
				throw new Error("a token is not renewed");
			},
		};
	}

	#watched(http: HttpClient): HttpClient {
		return {
			send: async (request) => {
				const { holding } = this;
				return await this.#during(
					http.send(request).finally(async () => {
						if (holding !== null && request.method === "POST") await holding;
					}),
					holding !== null && request.method === "POST",
				);
			},
			clearCookies: () => http.clearCookies(),
			close: () => http.close(),
		};
	}

	/** What is held back is not waited for. */
	async #during<T>(work: Promise<T>, held = false): Promise<T> {
		if (held) return await work;
		this.#underWay += 1;
		try {
			return await work;
		} finally {
			this.#underWay -= 1;
		}
	}
}

const offices: Office[] = [];

/** An office with Ann at work in it. */
export async function openOffice(options: OfficeOptions = {}): Promise<Office> {
	const { uploadAddress, settle: ready = true, token, before, ...simulator } = options;
	const clock = new VirtualClock();
	const started = await startTextusSimulator({ seed: 7, ...simulator, clock });
	const office = new Office(started, clock);
	offices.push(office);
	await before?.(started, clock);
	await clock.advance(1000);
	if (!ready) return office;
	await office.signIn(token, uploadAddress === undefined ? {} : { uploadAddress });
	office.read();
	await office.until(() => office.of("folders").length > 0);
	await office.quiet();
	return office;
}

/** After a test. */
export async function closeOffices(): Promise<void> {
	for (const office of offices.splice(0)) await office.close();
}
