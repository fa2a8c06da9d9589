import { randomInt, randomUUID } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import { seededRandom } from "../random.ts";
import { type GenesysSimulator, startGenesysSimulator } from "./simulator.ts";
import { letPresenceDrift, makeLively, Story } from "./story.ts";

export interface PracticeGenesysOptions {
	readonly clock?: PracticeClock;
	/** The same seed tells the same story; default a new one each time. */
	readonly seed?: number;
	/** Loopback port; default any free one. */
	readonly port?: number;
	/** Milliseconds from sign-in until the first colleague writes; default 3 000. */
	readonly firstAfterMs?: number;
	/** Milliseconds between two colleagues; default 25 000. */
	readonly pauseMs?: number;
	/** Short outages and doubled messages now and then; default true. */
	readonly disturbances?: boolean;
}

/** A practice contact centre: one agent with a telephone, colleagues who write and answer. */
export async function practiceGenesys(options: PracticeGenesysOptions = {}): Promise<{
	readonly simulator: GenesysSimulator;
	readonly account: { readonly server: string; readonly userName: string; readonly secret: string };
}> {
	const secret = randomUUID();
	const seed = options.seed ?? randomInt(2 ** 32);
	const simulator = await startGenesysSimulator({
		seed,
		port: options.port ?? 0,
		...(options.clock === undefined ? {} : { clock: options.clock }),
		agents: [
			{
				userName: "sam.rivera",
				password: secret,
				firstName: "Sam",
				lastName: "Rivera",
				devices: [{ phoneNumber: "5001" }],
				skills: ["English", "Billing"],
			},
		],
		switches: { ringTimeoutMs: 30_000, stateAfterStart: "Ready" },
	});
	const random = seededRandom(seed + 1);
	makeLively(simulator, random);
	letPresenceDrift(simulator, random);
	new Story(simulator, simulator.agents.get("sam.rivera"), {
		random,
		firstAfterMs: options.firstAfterMs ?? 3_000,
		pauseMs: options.pauseMs ?? 25_000,
		disturbances: options.disturbances ?? true,
	});
	return { simulator, account: { server: simulator.origin, userName: "sam.rivera", secret } };
}
