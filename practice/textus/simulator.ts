import { randomInt } from "node:crypto";
import { type PracticeClock, systemClock, timerGroup, type TimerGroup } from "../clock.ts";
import { seededRandom } from "../random.ts";
import { Faults } from "../server/faults.ts";
import { Journal } from "../server/journal.ts";
import { loopback, Network, type TlsMaterial } from "../server/network.ts";
import { webFront } from "../server/web-front.ts";
import { AccountRegistry, type AccountSetup } from "./accounts.ts";
import { Contacts } from "./contacts.ts";
import { Conversations } from "./conversations.ts";
import { type Customer, Customers } from "./customers.ts";
import { Deliveries } from "./deliveries.ts";
import { Files } from "./files.ts";
import { Front } from "./front.ts";
import { Ids } from "./identity.ts";
import { Ledger } from "./ledger.ts";
import { OptOuts } from "./opt-outs.ts";
import { Paging } from "./paging.ts";
import { SavedReplies } from "./saved-replies.ts";
import { Sending } from "./sending.ts";
import { defaultSwitches, type TextusSwitches } from "./switches.ts";
import { TokenRegistry, UserRegistry, type UserSetup } from "./users.ts";

/** An API token and the address of the user whom it belongs to. */
export interface TokenSetup {
	readonly token: string;
	readonly email: string;
}

/** How a simulator is started. */
export interface TextusSimulatorOptions {
	/** Only `127.0.0.1` is accepted. */
	readonly host?: string;
	/** Default 0: any free port. */
	readonly port?: number;
	readonly clock?: PracticeClock;
	/** Repeats ids and random choices; default a new one each time. */
	readonly seed?: number;
	readonly switches?: Partial<TextusSwitches>;
	/** Parents before their children. Default: `my_account`, and `my_branch` below it. */
	readonly accounts?: readonly AccountSetup[];
	/** Default: `ann@example.com` and `will@example.com`. */
	readonly users?: readonly UserSetup[];
	/** Default: `ann-token` and `will-token`. */
	readonly tokens?: readonly TokenSetup[];
	/** Serves https with this material. */
	readonly tls?: TlsMaterial;
}

/** A running TextUs. Everything in it may be changed while clients are connected. */
export interface TextusSimulator {
	/** Scheme, host and port, without a slash; the same after outages. */
	readonly origin: string;
	readonly clock: TimerGroup;
	readonly switches: TextusSwitches;
	readonly faults: Faults;
	readonly network: Network;
	readonly journal: Journal;
	readonly ledger: Ledger;
	readonly accounts: AccountRegistry;
	readonly users: UserRegistry;
	readonly tokens: TokenRegistry;
	readonly contacts: Contacts;
	readonly savedReplies: SavedReplies;
	readonly optOuts: OptOuts;
	readonly conversations: Conversations;
	readonly deliveries: Deliveries;
	readonly sending: Sending;
	readonly files: Files;
	readonly customers: Customers;
	/** The person outside who has this number, E.164. */
	customer(number: string): Customer;
	close(): Promise<void>;
}

const defaultAccounts: readonly AccountSetup[] = [
	{
		slug: "my_account",
		name: "My Account",
		phoneNumbers: ["+13035551111", "+13035552222"],
		customFields: [
			{ slug: "calendar", title: "Calendar", of: "user" },
			{ slug: "businessName", title: "Business name", of: "contact" },
		],
	},
	{ slug: "my_branch", name: "My Branch", phoneNumbers: ["+17205553333"], parent: "my_account" },
];

const defaultUsers: readonly UserSetup[] = [
	{
		email: "ann@example.com",
		firstName: "Ann",
		lastName: "Lee",
		memberships: [{ account: "my_account", role: "admin" }],
		customSettings: { "/textus/user_schema/calendar": "https://calend.example.invalid/ann-lee" },
	},
	{
		email: "will@example.com",
		firstName: "Will",
		lastName: "Clark",
		memberships: [{ account: "my_branch", role: "user" }],
	},
];

const defaultTokens: readonly TokenSetup[] = [
	{ token: "ann-token", email: "ann@example.com" },
	{ token: "will-token", email: "will@example.com" },
];

/** Starts TextUs on this computer's loopback address. */
export async function startTextusSimulator(options: TextusSimulatorOptions = {}): Promise<TextusSimulator> {
	const host = options.host ?? loopback;
	if (host !== loopback) throw new RangeError(`the simulator listens on ${loopback} only`);

	const clock = timerGroup(options.clock ?? systemClock());
	const random = seededRandom(options.seed ?? randomInt(2 ** 32));
	const switches: TextusSwitches = { ...defaultSwitches(), ...options.switches };
	const journal = new Journal(clock);
	const ledger = new Ledger();
	const faults = new Faults();
	const ids = new Ids(random);
	const accounts = new AccountRegistry();
	for (const account of options.accounts ?? defaultAccounts) accounts.add(account);
	const users = new UserRegistry(ids, accounts);
	for (const user of options.users ?? defaultUsers) users.add(user);
	const tokens = new TokenRegistry();
	for (const { token, email } of options.tokens ?? defaultTokens) tokens.add(token, users.get(email));

	const contacts = new Contacts(ids, clock);
	const savedReplies = new SavedReplies(ids);
	const optOuts = new OptOuts(clock);
	const conversations = new Conversations({ ids, clock, switches });
	const files: Files = new Files({
		clock,
		random,
		switches,
		origin: (): string => (switches.attachmentHost === "same" ? network : fileHost).origin,
	});
	const isOwn = (url: string): boolean =>
		[network, fileHost].some(({ origin }) => URL.parse(url)?.origin === origin);
	const customers = new Customers({ ids, clock, accounts, conversations, optOuts, files, ledger });
	const deliveries = new Deliveries({
		clock,
		switches,
		delivered: (message) => {
			customers.customer(message.conversation.number).take(message);
		},
	});
	const sending = new Sending({
		ids,
		clock,
		switches,
		contacts,
		optOuts,
		conversations,
		deliveries,
		files,
		ledger,
		isOwn,
	});
	const front: Front = new Front({
		site: {
			switches,
			clock,
			random,
			ids,
			accounts,
			users,
			contacts,
			savedReplies,
			optOuts,
			conversations,
			files,
			paging: new Paging(clock, switches, ids),
			sending,
		},
		tokens,
		journal,
	});
	const network: Network = new Network(
		webFront({ journal, faults, handle: (request) => front.handle(request) }),
		options.tls,
	);
	// Where TextUs keeps attachments: a host of its own, which knows no tokens.
	const fileHost: Network = new Network(
		webFront({ journal, faults, handle: (request) => files.answer(request) }),
		options.tls,
	);
	await network.listen(options.port ?? 0);
	await fileHost.listen(0);

	return {
		get origin() {
			return network.origin;
		},
		clock,
		switches,
		faults,
		network,
		journal,
		ledger,
		accounts,
		users,
		tokens,
		contacts,
		savedReplies,
		optOuts,
		conversations,
		deliveries,
		sending,
		files,
		customers,
		customer: (number) => customers.customer(number),
		close: async () => {
			clock.cancelAll();
			await network.close();
			await fileHost.close();
		},
	};
}
