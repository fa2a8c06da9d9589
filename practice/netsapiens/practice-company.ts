import { randomInt, randomUUID } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import { seededRandom } from "../random.ts";
import type { ContactSetup, DeviceSetup, SmsNumberSetup, UserSetup } from "./company.ts";
import { billingNumber, deskNumber, practiceAgent, practiceDomain } from "./practice-names.ts";
import { type NetsapiensSimulator, startNetsapiensSimulator } from "./simulator.ts";
import { startNetsapiensStory } from "./story.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** How the practice company is opened. */
export interface PracticeNetsapiensOptions {
	/** Default: the computer's own time. */
	readonly clock?: PracticeClock;
	/** The same seed tells the same story; default a new one each time. */
	readonly seed?: number;
	/** Loopback port; default any free one. */
	readonly port?: number;
	/** Milliseconds from the first look at the sessions until the first customer texts; default 4 000. */
	readonly firstAfterMs?: number;
	/** Milliseconds between two customers; default 40 000. */
	readonly pauseMs?: number;
	/** Short outages and doubled rows now and then; default true. */
	readonly disturbances?: boolean;
	readonly switches?: Partial<NetsapiensSwitches>;
}

/** What the app signs in with; the person is never asked. */
export interface NetsapiensPracticeAccount {
	readonly system: "netsapiens";
	/** Scheme, host and port on this computer. */
	readonly server: string;
	/** uid of the agent, which is the login name too. */
	readonly userName: string;
	/** Made up for this run and known to nobody else. */
	readonly secret: string;
	readonly clientId: string;
	readonly clientSecret: string;
}

const domain = practiceDomain;

const colleagues: readonly UserSetup[] = [
	{ user: "2501", domain, firstName: "Maya", lastName: "Okafor", department: "Front desk" },
	{ user: "2502", domain, firstName: "Raj", lastName: "Patel", department: "Front desk" },
	{
		user: "2503",
		domain,
		firstName: "Lena",
		lastName: "Brandt",
		department: "Dentists",
		presence: "inuse",
		statusMessage: "With a patient",
	},
	{
		user: "2504",
		domain,
		firstName: "Tessa",
		lastName: "Møller",
		department: "Hygiene",
		presence: "inactive",
	},
	{ user: "2505", domain, firstName: "Zoë", lastName: "Dufour", department: "Billing" },
];

const numbers: readonly SmsNumberSetup[] = [
	{ number: deskNumber, domain, application: "user", dest: "2500", mmsCapable: true },
	{
		number: billingNumber,
		domain,
		application: "user",
		dest: "2500",
		mmsCapable: true,
		groupMmsCapable: true,
	},
];

const devices: readonly DeviceSetup[] = [
	{
		device: "2500",
		user: "2500",
		domain,
		userAgent: "Yealink T48 2.3.232",
		model: "Yealink T48",
		macAddress: "0015655e0c25",
	},
	{ device: "2500wp", user: "2500", domain, registered: false },
];

/** 18585550133 is in nobody's book. */
const contacts: readonly ContactSetup[] = [
	{
		domain,
		owner: "2500",
		firstName: "Grace",
		lastName: "Whitfield",
		cell: "16195550112",
		tags: "patient",
	},
	{ domain, owner: "2500", firstName: "Marcus", lastName: "Bell", cell: "6195550127", tags: "patient" },
	{ domain, owner: "2500", firstName: "Ana Lucía", lastName: "Torres", cell: "14425550178" },
	{ domain, owner: "2500", firstName: "Jun", lastName: "Watanabe", home: "17605550109" },
	{ domain, owner: null, company: "Pacific Dental Lab", work: "16195550188", email: "lab@example.invalid" },
];

/** Opens Harbor Dental: an agent with two numbers, colleagues, contacts, and customers who text. */
export async function practiceNetsapiens(
	options: PracticeNetsapiensOptions = {},
): Promise<{ readonly simulator: NetsapiensSimulator; readonly account: NetsapiensPracticeAccount }> {
	const secret = randomUUID();
	const clientId = "trunkline-practice";
	const clientSecret = randomUUID();
	const seed = options.seed ?? randomInt(2 ** 32);
	const agent: UserSetup = {
		user: "2500",
		domain,
		firstName: "Sam",
		lastName: "Rivera",
		password: secret,
		scope: "Call Center Agent",
		department: "Front desk",
	};
	const simulator = await startNetsapiensSimulator({
		seed,
		port: options.port ?? 0,
		...(options.clock === undefined ? {} : { clock: options.clock }),
		...(options.switches === undefined ? {} : { switches: options.switches }),
		clients: { [clientId]: clientSecret },
		users: [agent, ...colleagues.map((user) => ({ ...user, password: randomUUID() }))],
		numbers,
		devices,
		contacts,
	});
	startNetsapiensStory(simulator, {
		random: seededRandom(seed + 1),
		firstAfterMs: options.firstAfterMs ?? 4_000,
		pauseMs: options.pauseMs ?? 40_000,
		disturbances: options.disturbances ?? true,
	});
	return {
		simulator,
		account: {
			system: "netsapiens",
			server: simulator.origin,
			userName: practiceAgent,
			secret,
			clientId,
			clientSecret,
		},
	};
}
