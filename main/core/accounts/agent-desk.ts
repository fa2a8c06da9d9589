import { type AppError, toAppError } from "../../../shared/errors.ts";
import type { AgentState } from "../../../shared/model.ts";
import type { ProviderEvent, ProviderSession } from "../ports/provider.ts";
import type { Logger } from "../ports/runtime.ts";

/** What a session says of the agent and of the account as a whole. */
export class AgentDesk {
	/** Those the agent may choose from; kept over a reconnect. */
	states: readonly AgentState[] = [];
	state: AgentState | null = null;
	readonly #logger: Logger;
	readonly #changed: () => void;
	#standing: readonly AppError[] = [];
	/** The newest problem that belongs to no conversation, until something better is heard. */
	#passing: AppError | null = null;

	constructor(logger: Logger, changed: () => void) {
		this.#logger = logger;
		this.#changed = changed;
	}

	get warnings(): readonly AppError[] {
		return this.#passing === null ? this.#standing : [...this.#standing, this.#passing];
	}

	/** A new session: what the old one complained of may be over. */
	reset(): void {
		this.state = null;
		this.#standing = [];
		this.#passing = null;
	}

	/** False: the event is about something else. */
	take(event: ProviderEvent): boolean {
		switch (event.type) {
			case "agentState":
				this.state = event.state;
				return true;
			case "warnings":
				this.#standing = event.warnings;
				this.#passing = null;
				return true;
			case "problem":
				if (event.peer === null) this.#passing = event.error;
				return event.peer === null;
			case "connection":
				if (event.state === "online") this.#passing = null;
				return false;
			default:
				return false;
		}
	}

	async readStates(session: ProviderSession, signal: AbortSignal): Promise<void> {
		try {
			const states = await session.agentStates(signal);
			if (signal.aborted) return;
			this.states = states;
			this.#changed();
		} catch (thrown) {
			if (!signal.aborted) this.#logger.warn("agentStates.failed", { error: toAppError(thrown) });
		}
	}
}
