import { randomInt, randomUUID } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import { seededRandom } from "../random.ts";
import { dialogues, practiceLines } from "./dialogues.ts";
import { type EvovoiceSimulator, startEvovoiceSimulator } from "./simulator.ts";
import { startEvovoiceStory } from "./story.ts";

/** How the practice company is started. */
export interface PracticeEvovoiceOptions {
	/** Default: the computer's own time. */
	readonly clock?: PracticeClock;
	/** The same seed tells the same story; default a new one each time. */
	readonly seed?: number;
	/** Loopback port; default any free one. */
	readonly port?: number;
	/** Milliseconds until the first customer writes; default 4 000. */
	readonly firstAfterMs?: number;
	/** Milliseconds between two customers; default 40 000. */
	readonly pauseMs?: number;
	/** Short outages and doubled rows now and then; default true. */
	readonly disturbances?: boolean;
}

/** What the app signs in with. */
export interface EvovoicePracticeAccount {
	readonly system: "evovoice";
	/** Base URL on this computer. */
	readonly server: string;
	readonly userName: string;
	/** Made up for this run and known to nobody else. */
	readonly secret: string;
}

const dayMs = 86_400_000;

/** A bicycle workshop with two numbers, a chat on its website, one agent, and customers who write. */
export async function practiceEvovoice(
	options: PracticeEvovoiceOptions = {},
): Promise<{ readonly simulator: EvovoiceSimulator; readonly account: EvovoicePracticeAccount }> {
	const seed = options.seed ?? randomInt(2 ** 32);
	const secret = randomUUID();
	const userName = "sam.rivera@spokes.example.invalid";
	const simulator = await startEvovoiceSimulator({
		seed,
		port: options.port ?? 0,
		...(options.clock === undefined ? {} : { clock: options.clock }),
		endpoints: [
			{ displayName: practiceLines.front, address: "+12065550200" },
			{ displayName: practiceLines.workshop, address: "+12065550201", customer: "Repairs" },
			{ displayName: practiceLines.chat, address: "chat@spokes.example.invalid", type: "Team" },
		],
		users: [
			{
				emailAddress: userName,
				password: secret,
				firstName: "Sam",
				lastName: "Rivera",
				// A manager's role too: the endpoints with their numbers can be listed (sheet, 7.2).
				roles: ["User", "Manager"],
			},
		],
	});
	fillAddressBook(simulator);
	writeHistory(simulator, userName);
	startEvovoiceStory(simulator, {
		random: seededRandom(seed + 1),
		firstAfterMs: options.firstAfterMs ?? 4_000,
		pauseMs: options.pauseMs ?? 40_000,
		disturbances: options.disturbances ?? true,
	});
	const account = { system: "evovoice", server: simulator.origin, userName, secret } as const;
	return { simulator, account };
}

function fillAddressBook({ company }: EvovoiceSimulator): void {
	for (const { address, name, isChat } of dialogues)
		if (isChat !== true) company.addContact({ displayName: name, address, customerName: "Customers" });
	company.addContact({ displayName: "Rims & Co. (orders)", address: "+12065550190", canChat: false });
	company.addContact({ displayName: practiceLines.workshop, address: "+12065550201", type: "Team" });
}

/** What was written in the days before, so that both lines have a past. */
function writeHistory({ company, messages, clock }: EvovoiceSimulator, agent: string): void {
	const past: readonly (readonly [
		daysAgo: number,
		line: string,
		address: string,
		fromAgent: boolean,
		text: string,
	])[] = [
		[6, practiceLines.workshop, "+12065550118", false, "Could you have a look at my front brake?"],
		[6, practiceLines.workshop, "+12065550118", true, "Of course, bring it in any time before five."],
		[3, practiceLines.front, "+12065550143", false, "Hi, I would like to have my city bike serviced."],
		[3, practiceLines.front, "+12065550143", true, "Gladly. We need it for two days, Thursday is fine."],
		[3, practiceLines.front, "+12065550143", false, "Thursday it is."],
	];
	past.forEach(([daysAgo, line, address, fromAgent, text], index) => {
		const message = messages.add(
			{
				endpoint: company.endpoint(line),
				direction: fromAgent ? "Outgoing" : "Incoming",
				otherAddress: address,
				senderAddress: fromAgent ? agent : address,
				senderName: fromAgent ? "Sam Rivera" : address,
				text,
				sessionId: null,
				media: null,
			},
			clock.now() - daysAgo * dayMs + index * 60_000,
		);
		message.isUnread = false;
	});
}
