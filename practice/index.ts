import { randomInt } from "node:crypto";
import type { PracticeClock } from "./clock.ts";
import { practiceLines } from "./evovoice/dialogues.ts";
import { practiceEvovoice } from "./evovoice/practice.ts";
import type { EvovoiceSimulator } from "./evovoice/simulator.ts";
import { practiceGenesys } from "./genesys/practice.ts";
import type { GenesysSimulator } from "./genesys/simulator.ts";
import { practiceNetsapiens } from "./netsapiens/practice-company.ts";
import { deskNumber } from "./netsapiens/practice-names.ts";
import type { NetsapiensSimulator } from "./netsapiens/simulator.ts";
import { practiceTextus } from "./textus/story.ts";
import type { TextusSimulator } from "./textus/simulator.ts";

export const practiceSystems = ["genesys", "netsapiens", "evovoice", "textus"] as const;
export type PracticeSystem = (typeof practiceSystems)[number];

/** How practice mode is started. */
export interface PracticeOptions {
	/** Default: the computer's own time. */
	readonly clock?: PracticeClock;
	/** The same seed tells the same stories; default a new one each time. */
	readonly seed?: number;
	/** Default: all of them. */
	readonly systems?: readonly PracticeSystem[];
	/**
	 * Milliseconds from sign-in until somebody writes on the first system; default 3 000. The others follow one after
	 * the other, `stepMs` apart.
	 */
	readonly firstAfterMs?: number;
	/** Default 9 000. */
	readonly stepMs?: number;
	/** Milliseconds between two people on one system; default 25 000 times the number of systems. */
	readonly pauseMs?: number;
	/** Short outages and doubled messages now and then; default true. */
	readonly disturbances?: boolean;
}

/** What the app signs in with; the person is never asked. */
export interface PracticeAccount {
	readonly system: PracticeSystem;
	/** Base URL on this computer. */
	readonly server: string;
	readonly userName: string;
	/** Made up for this run and known to nobody else. */
	readonly secret: string;
	readonly method: "password" | "token";
	/** Fields of the sign-in form. */
	readonly options: Readonly<Record<string, string>>;
	/** Label or address of the line to begin with, where there are several. */
	readonly line: string | null;
}

/** Practice mode, running. */
export interface Practice {
	readonly accounts: readonly PracticeAccount[];
	/** The simulated systems behind the accounts, for the tour and for tests; null: not started. */
	readonly genesys: GenesysSimulator | null;
	readonly netsapiens: NetsapiensSimulator | null;
	readonly evovoice: EvovoiceSimulator | null;
	readonly textus: TextusSimulator | null;
	/** Ends all sessions and stops listening. */
	close(): Promise<void>;
}

/** What each system's practice company is started with. */
interface Start {
	readonly seed: number;
	readonly clock?: PracticeClock;
	readonly firstAfterMs: number;
	readonly pauseMs: number;
	readonly disturbances: boolean;
}

/** Starts the practice companies, one account for the person on each system, and people who write and answer. */
export async function startPractice(options: PracticeOptions = {}): Promise<Practice> {
	const seed = options.seed ?? randomInt(2 ** 32);
	const systems = options.systems ?? practiceSystems;
	const startOf = (system: PracticeSystem): Start => ({
		seed: (seed + practiceSystems.indexOf(system)) >>> 0,
		...(options.clock === undefined ? {} : { clock: options.clock }),
		firstAfterMs: (options.firstAfterMs ?? 3_000) + systems.indexOf(system) * (options.stepMs ?? 9_000),
		pauseMs: options.pauseMs ?? 25_000 * systems.length,
		disturbances: options.disturbances ?? true,
	});
	const wanted = <T>(system: PracticeSystem, start: (how: Start) => Promise<T>): Promise<T | null> =>
		systems.includes(system) ? start(startOf(system)) : Promise.resolve(null);
	const [genesys, netsapiens, evovoice, textus] = await Promise.all([
		wanted("genesys", practiceGenesys),
		wanted("netsapiens", practiceNetsapiens),
		wanted("evovoice", practiceEvovoice),
		wanted("textus", practiceTextus),
	]);
	return {
		accounts: [
			...(genesys === null ? [] : [accountOf("genesys", "password", genesys.account)]),
			...(netsapiens === null
				? []
				: [
						accountOf("netsapiens", "password", netsapiens.account, {
							options: {
								clientId: netsapiens.account.clientId,
								clientSecret: netsapiens.account.clientSecret,
							},
							line: `+${deskNumber}`,
						}),
					]),
			...(evovoice === null
				? []
				: [accountOf("evovoice", "password", evovoice.account, { line: practiceLines.front })]),
			...(textus === null ? [] : [accountOf("textus", "token", textus.account)]),
		],
		genesys: genesys?.simulator ?? null,
		netsapiens: netsapiens?.simulator ?? null,
		evovoice: evovoice?.simulator ?? null,
		textus: textus?.simulator ?? null,
		close: async () => {
			const companies = [genesys, netsapiens, evovoice, textus].filter((company) => company !== null);
			await Promise.all(companies.map(({ simulator }) => simulator.close()));
		},
	};
}

function accountOf(
	system: PracticeSystem,
	method: PracticeAccount["method"],
	{ server, userName, secret }: Pick<PracticeAccount, "server" | "userName" | "secret">,
	more: Partial<Pick<PracticeAccount, "options" | "line">> = {},
): PracticeAccount {
	return { system, server, userName, secret, method, options: {}, line: null, ...more };
}
