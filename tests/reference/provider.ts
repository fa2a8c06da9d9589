import { createCometdClient } from "../../main/adapters/net/cometd-client.ts";
import type { SystemId } from "../../shared/model.ts";
import type { SystemDescription } from "../../shared/systems.ts";
import { plainThread, textsOnly } from "../../shared/threads.ts";
import type {
	Capabilities,
	Credentials,
	NewThread,
	Provider,
	ProviderContext,
	ProviderSession,
	Thread,
} from "../../main/core/ports/provider.ts";
import { ReferenceRest } from "./provider-rest.ts";
import { ReferenceSession } from "./session.ts";
import { bayeuxPath, messageChannel } from "./wire.ts";

export interface ReferenceProviderOptions {
	/** What it passes for; the port knows the real systems only. Default "netsapiens". */
	readonly system?: SystemId;
	/** The server can be asked for past messages; default true. */
	readonly history?: boolean;
	/** The server honours keys; default true. Set the server's `keys` alike. */
	readonly idempotentSend?: boolean;
	/** Asks for changes this often besides push, ms; null: push only. */
	readonly pollMs?: number | null;
	/** "poll": no push at all; `pollMs` is needed. */
	readonly mode?: "push" | "poll";
}

/** The client side of the reference system: every capability of the port, over the pieces that ship. */
export class ReferenceProvider implements Provider {
	readonly system: SystemId;
	readonly description: SystemDescription;
	readonly capabilities: Capabilities;
	readonly #pollMs: number | null;

	constructor(options: ReferenceProviderOptions = {}) {
		this.system = options.system ?? "netsapiens";
		this.description = describe(this.system);
		this.#pollMs = options.pollMs ?? null;
		this.capabilities = {
			sessionless: true,
			history: options.history ?? true,
			idempotentSend: options.idempotentSend ?? true,
			mode: options.mode ?? "push",
			agentStates: false,
			softLimit: "setting",
			abilities: textsOnly,
			retries: false,
			readMarks: false,
		};
		if (this.capabilities.mode === "poll" && this.#pollMs === null)
			throw new RangeError("a poller needs an interval");
	}

	begin({ addresses }: NewThread): Thread {
		const peer = addresses.join(",");
		return { peer, address: peer, formatted: peer, facts: plainThread("im") };
	}

	async open(
		credentials: Credentials,
		context: ProviderContext,
		signal: AbortSignal,
	): Promise<ProviderSession> {
		const { server, userName, secret } = credentials;
		const { http, clock, random, logger } = context;
		const rest = new ReferenceRest(server, http, clock);
		await rest.signIn(userName, secret, signal);
		const push =
			this.capabilities.mode === "poll"
				? null
				: createCometdClient({
						http,
						clock,
						random,
						url: `${server}${bayeuxPath}`,
						subscriptions: [messageChannel],
						headers: () => rest.headers(),
						log: logger,
					});
		return new ReferenceSession({
			context,
			rest,
			push,
			pollMs: this.#pollMs,
			history: this.capabilities.history,
		});
	}
}

function describe(system: SystemId): SystemDescription {
	return {
		id: system,
		name: "Reference",
		mark: { letter: "R", colour: 1 },
		summary: "summary.genesys",
		signIn: {
			serverExample: "",
			server: "",
			methods: [{ kind: "password", userName: "required" }],
			advanced: [],
		},
	};
}
