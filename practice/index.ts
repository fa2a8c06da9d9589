import { randomInt, randomUUID } from "node:crypto";
import type { PracticeClock } from "./clock.ts";
import { type GenesysSimulator, startGenesysSimulator } from "./genesys/simulator.ts";
import { letPresenceDrift, makeLively, Story } from "./genesys/story.ts";
import { seededRandom } from "./random.ts";

/** How practice mode is started. */
export interface PracticeOptions {
	/** Default: the computer's own time. */
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

/** What the app signs in with; the person is never asked. */
export interface PracticeAccount {
	readonly system: "genesys";
	/** Base URL on this computer. */
	readonly server: string;
	readonly userName: string;
	/** Made up for this run and known to nobody else. */
	readonly secret: string;
	readonly method: "password";
}

/** Practice mode, running. */
export interface Practice {
	readonly accounts: readonly PracticeAccount[];
	/** The contact centre behind the account, for the tour and for tests. */
	readonly genesys: GenesysSimulator;
	/** Ends all sessions and stops listening. */
	close(): Promise<void>;
}

/** Starts the practice company: one account for the person, colleagues who write and answer. */
export async function startPractice(options: PracticeOptions = {}): Promise<Practice> {
	const secret = randomUUID();
	const seed = options.seed ?? randomInt(2 ** 32);
	const genesys = await startGenesysSimulator({
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
	makeLively(genesys, random);
	letPresenceDrift(genesys, random);
	new Story(genesys, genesys.agents.get("sam.rivera"), {
		random,
		firstAfterMs: options.firstAfterMs ?? 3_000,
		pauseMs: options.pauseMs ?? 25_000,
		disturbances: options.disturbances ?? true,
	});
	return {
		accounts: [{ system: "genesys", server: genesys.origin, userName: "sam.rivera", secret, method: "password" }],
		genesys,
		close: () => genesys.close(),
	};
}
