import { expect } from "vitest";
import type { Agent } from "../../../practice/genesys/agents.ts";
import type { JournalRequest, RequestMatch } from "../../../practice/server/journal.ts";
import {
	type GenesysSimulator,
	type GenesysSimulatorOptions,
	startGenesysSimulator,
} from "../../../practice/genesys/simulator.ts";

/** The agent of the specs. The password is long and odd, so that finding it somewhere means something. */
export const ann = {
	userName: "ann.lee",
	password: "Quite-Unlikely-7731-Pässword",
	firstName: "Ann",
	lastName: "Lee",
} as const;
/** Ann's telephone. */
export const annsNumber = "5001";

/** A contact centre with Ann and the colleagues of the practice company. */
export interface Centre extends GenesysSimulator {
	readonly agent: Agent;
	/** Requests so far, oldest first. */
	asked(match: RequestMatch): JournalRequest[];
	/** Waits until so many requests fit (default 1). */
	untilAsked(match: RequestMatch, count?: number): Promise<void>;
	/** Waits until Ann's client can be reached by colleagues. */
	untilReachable(): Promise<void>;
	/** A colleague opens a conversation with Ann and writes. */
	writesToAnn(phoneNumber: string, ...texts: string[]): Promise<void>;
}

/** How long a spec waits for something that must happen. A limit of patience, not of the app. */
export const patienceMs = 30_000;

/** Starts a contact centre whose own choices are the same in each run. */
export async function startCentre(options: GenesysSimulatorOptions = {}): Promise<Centre> {
	const simulator = await startGenesysSimulator({ seed: 7, agents: [ann], ...options });
	const agent = simulator.agents.get(ann.userName);
	const asked = (match: RequestMatch): JournalRequest[] => simulator.journal.requests(match);
	const untilReachable = async (): Promise<void> => {
		await expect
			.poll(() => simulator.isReachable(agent), { timeout: patienceMs, interval: 20 })
			.toBe(true);
	};
	// The origin is a getter that must stay one, so the helpers are put onto the simulator itself.
	return Object.assign(simulator, {
		agent,
		asked,
		untilAsked: async (match: RequestMatch, count = 1): Promise<void> => {
			await expect
				.poll(() => asked(match).length, { timeout: patienceMs, interval: 20 })
				.toBeGreaterThanOrEqual(count);
		},
		untilReachable,
		writesToAnn: async (phoneNumber: string, ...texts: string[]): Promise<void> => {
			await untilReachable();
			const colleague = simulator.colleagues.get(phoneNumber);
			if (colleague.session === null) colleague.initiate(annsNumber);
			await expect
				.poll(() => simulator.exchange.sidesOf(colleague)[0]?.side.state, {
					timeout: patienceMs,
					interval: 20,
				})
				.toBe("Talking");
			for (const text of texts) colleague.say(text);
		},
	});
}
