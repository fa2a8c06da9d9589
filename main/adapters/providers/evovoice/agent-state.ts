import type { AgentState, AgentStateKind } from "../../../../shared/model.ts";
import { type EvoRest, statusOf } from "./evo-rest.ts";
import { appConfig } from "./wire.ts";

const kinds: Readonly<Record<string, AgentStateKind>> = {
	ready: "ready",
	notready: "notReady",
	loggedout: "loggedOut",
	wrapup: "afterWork",
};

/** The agent's state as the server shows it; how to set it is not known (sheet, 7.5; row 21). */
export class AgentStateReader {
	readonly #rest: EvoRest;
	/** This user has no endpoint of that kind. */
	#off = false;
	#told: string | null = null;

	constructor(rest: EvoRest) {
		this.#rest = rest;
	}

	/** A state that is different from the last one (null: not known any more); undefined: it is the same. */
	async read(signal: AbortSignal): Promise<AgentState | null | undefined> {
		if (this.#off) return undefined;
		let word: string | null;
		try {
			({ agentState: word } = await this.#rest.read(
				"/endpoints/app/config",
				{ deviceType: "Web" },
				appConfig,
				signal,
			));
		} catch (thrown) {
			const status = statusOf(thrown);
			if (status === null || status >= 500) throw thrown;
			this.#off = true;
			return undefined;
		}
		const state = word === null || word === "Unknown" ? null : word;
		if (state === this.#told) return undefined;
		this.#told = state;
		return state === null ? null : { id: state, label: state, kind: kindOf(state) };
	}
}

function kindOf(state: string): AgentStateKind {
	const name = state.toLowerCase();
	return (Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? "other";
}
