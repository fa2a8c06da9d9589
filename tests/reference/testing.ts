import { plainContext, plainCredentials } from "../../main/core/testing/plain.ts";
import { seededRandom } from "../checks/check.ts";
import type { ProviderEvent, ProviderSession } from "../../main/core/ports/provider.ts";
import {
	RecordingLogger,
	SeededRandom,
	VirtualClock,
	settle,
} from "../../main/core/testing/virtual-clock.ts";
import { InProcessNetwork } from "./in-process.ts";
import { ReferenceProvider, type ReferenceProviderOptions } from "./provider.ts";
import { ReferenceServer } from "./server.ts";
import type { ReferenceSwitches } from "./switches.ts";

/** The reference server and a way to it in this process, on time that moves when told to. */
export class ReferenceWorld {
	readonly clock = new VirtualClock();
	readonly server: ReferenceServer;
	readonly network: InProcessNetwork;
	readonly provider: ReferenceProvider;
	readonly origin = "http://reference";

	constructor(
		options: {
			readonly seed?: number;
			readonly switches?: Partial<ReferenceSwitches>;
			readonly provider?: ReferenceProviderOptions;
		} = {},
	) {
		const random = seededRandom(options.seed ?? 1);
		const { clock } = this;
		const { switches } = options;
		this.server = new ReferenceServer({ clock, random, ...(switches === undefined ? {} : { switches }) });
		this.network = new InProcessNetwork(this.server, clock);
		const { keys, history } = this.server.switches;
		this.provider = new ReferenceProvider({ idempotentSend: keys, history, ...options.provider });
	}

	/** A session without the app around it. */
	async open(seed = 7): Promise<ProviderSession> {
		return await this.provider.open(
			plainCredentials(this.origin, "agent", "secret"),
			{
				clock: this.clock,
				random: new SeededRandom(seed),
				logger: new RecordingLogger(),
				http: this.network.client(),
				...plainContext,
			},
			new AbortController().signal,
		);
	}
}

/** Reads a session's events as they come; a batch counts as stored when the next one is asked for. */
export class EventLog {
	readonly events: ProviderEvent[] = [];
	readonly #over = new AbortController();
	readonly #done: Promise<void>;

	constructor(
		session: ProviderSession,
		store: (batch: readonly ProviderEvent[]) => Promise<void> = noWait,
	) {
		this.#done = this.#read(session, store);
	}

	of<T extends ProviderEvent["type"]>(type: T): readonly Extract<ProviderEvent, { readonly type: T }>[] {
		return this.events.filter(
			(event): event is Extract<ProviderEvent, { readonly type: T }> => event.type === type,
		);
	}

	/** Texts from the peer, in order of arrival. */
	texts(): readonly string[] {
		return this.of("message").map(({ text }) => text);
	}

	async stop(): Promise<void> {
		this.#over.abort();
		await settle();
		await this.#done;
	}

	async #read(
		session: ProviderSession,
		store: (batch: readonly ProviderEvent[]) => Promise<void>,
	): Promise<void> {
		for await (const batch of session.events(this.#over.signal)) {
			this.events.push(...batch);
			await store(batch);
		}
	}
}

function noWait(): Promise<void> {
	return Promise.resolve();
}
