import { randomInt } from "node:crypto";
import { type PracticeClock, systemClock, timerGroup, type TimerGroup } from "../clock.ts";
import { seededRandom } from "../random.ts";
import { Faults } from "../server/faults.ts";
import { Journal } from "../server/journal.ts";
import { loopback, Network, type TlsMaterial } from "../server/network.ts";
import { webFront } from "../server/web-front.ts";
import { Sessions } from "./chats.ts";
import {
	type Account,
	Company,
	type Contact,
	type Customer,
	type Endpoint,
	type EndpointSetup,
	type User,
	type UserSetup,
} from "./company.ts";
import { PlannedFailures } from "./failure.ts";
import { Front } from "./front.ts";
import { HttpSessions } from "./http-sessions.ts";
import { Ledger } from "./ledger.ts";
import { MediaStore } from "./media.ts";
import { Messages } from "./messages.ts";
import { Outside } from "./outside.ts";
import type { Site } from "./site.ts";
import { defaultSwitches, type EvovoiceSwitches } from "./switches.ts";

/** How a simulator is started. */
export interface EvovoiceSimulatorOptions {
	/** Only `127.0.0.1` is accepted. */
	readonly host?: string;
	/** Default 0: any free port. */
	readonly port?: number;
	readonly clock?: PracticeClock;
	/** Repeats ids and stories; default a new one each time. Session ids and passwords never repeat. */
	readonly seed?: number;
	readonly switches?: Partial<EvovoiceSwitches>;
	/** Default: `agent@example.com`, password `secret`, role User. */
	readonly users?: readonly UserSetup[];
	/** Default: `Main line`, +15550100, and `Support line`, +15550101. */
	readonly endpoints?: readonly EndpointSetup[];
	/** Serves https with this material. */
	readonly tls?: TlsMaterial;
}

/** A running EvoVoice. Everything in it may be changed while clients are connected. */
export interface EvovoiceSimulator {
	/** Scheme, host and port, without a slash; the same after outages. */
	readonly origin: string;
	/** The foreign host of media and of the company's sign-in. */
	readonly otherOrigin: string;
	readonly clock: TimerGroup;
	readonly switches: EvovoiceSwitches;
	/** What goes wrong on the wire. */
	readonly faults: Faults;
	/** What goes wrong in the service: errors in its own shapes, by operation. */
	readonly failures: PlannedFailures;
	readonly network: Network;
	readonly journal: Journal;
	/** Requests to the foreign host: whether cookies went where they must not. */
	readonly otherJournal: Journal;
	readonly ledger: Ledger;
	readonly company: Company;
	readonly accounts: readonly Account[];
	readonly users: readonly User[];
	readonly endpoints: readonly Endpoint[];
	readonly customers: readonly Customer[];
	readonly contacts: readonly Contact[];
	readonly sessions: Sessions;
	readonly messages: Messages;
	readonly httpSessions: HttpSessions;
	readonly outside: Outside;
	/** How many push tokens each user name registered. */
	readonly deviceTokens: ReadonlyMap<string, number>;
	/** Ends all sessions and stops listening. */
	close(): Promise<void>;
}

const defaultUsers: readonly UserSetup[] = [
	{ emailAddress: "agent@example.com", password: "secret", firstName: "Alex", lastName: "Moss" },
];

const defaultEndpoints: readonly EndpointSetup[] = [
	{ displayName: "Main line", address: "+15550100" },
	{ displayName: "Support line", address: "+15550101" },
];

/** Starts an EvoVoice on this computer's loopback address. */
export async function startEvovoiceSimulator(
	options: EvovoiceSimulatorOptions = {},
): Promise<EvovoiceSimulator> {
	const host = options.host ?? loopback;
	if (host !== loopback) throw new RangeError(`the simulator listens on ${loopback} only`);

	const clock = timerGroup(options.clock ?? systemClock());
	const random = seededRandom(options.seed ?? randomInt(2 ** 32));
	const switches: EvovoiceSwitches = { ...defaultSwitches(), ...options.switches };
	const company = new Company(random, clock);
	company.account();
	for (const endpoint of options.endpoints ?? defaultEndpoints) company.addEndpoint(endpoint);
	for (const user of options.users ?? defaultUsers) company.addUser(user);
	const journal = new Journal(clock);
	const otherJournal = new Journal(clock);
	const faults = new Faults();
	const site: Site = {
		clock,
		random,
		switches,
		company,
		messages: new Messages(clock, random, switches),
		sessions: new Sessions(),
		media: new MediaStore(),
		httpSessions: new HttpSessions({ clock, switches, company }),
		failures: new PlannedFailures(),
		ledger: new Ledger(),
		optedOut: new Set(),
		deviceTokens: new Map(),
	};
	const front = new Front({
		site,
		journal,
		origins: { own: (): string => network.origin, other: () => otherOrigin() },
	});
	const network: Network = new Network(
		webFront({ journal, faults, handle: (request) => front.answer(request) }),
		options.tls,
	);
	const otherNetwork = new Network(
		webFront({
			journal: otherJournal,
			faults: new Faults(),
			handle: ({ url }) => site.media.serve(url.pathname) ?? { status: 404 },
		}),
	);
	// Another name and another port: cookies know hosts, not ports.
	const otherOrigin = (): string => otherNetwork.origin.replace(loopback, "localhost");
	await network.listen(options.port ?? 0);
	await otherNetwork.listen(0);
	const outside = new Outside(site);

	return {
		get origin() {
			return network.origin;
		},
		get otherOrigin() {
			return otherOrigin();
		},
		clock,
		switches,
		faults,
		failures: site.failures,
		network,
		journal,
		otherJournal,
		ledger: site.ledger,
		company,
		accounts: company.accounts,
		users: company.users,
		endpoints: company.endpoints,
		customers: company.customers,
		contacts: company.contacts,
		sessions: site.sessions,
		messages: site.messages,
		httpSessions: site.httpSessions,
		outside,
		deviceTokens: site.deviceTokens,
		close: async () => {
			clock.cancelAll();
			await network.close();
			await otherNetwork.close();
		},
	};
}
