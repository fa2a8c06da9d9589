import { randomInt } from "node:crypto";
import { type PracticeClock, systemClock, timerGroup, type TimerGroup } from "../clock.ts";
import { seededRandom, userId } from "../random.ts";
import { Faults } from "../server/faults.ts";
import { Journal } from "../server/journal.ts";
import { loopback, Network, type TlsMaterial } from "../server/network.ts";
import { webFront } from "../server/web-front.ts";
import { AccessTokens } from "./access-tokens.ts";
import { ApiKeys, type ApiKeySetup } from "./api-keys.ts";
import {
	Company,
	type ContactSetup,
	type DeviceSetup,
	type SmsNumberSetup,
	type UserSetup,
} from "./company.ts";
import { Conversations } from "./conversations.ts";
import { Effects } from "./effects.ts";
import { Exchange } from "./exchange.ts";
import { Front } from "./front.ts";
import { Ledger } from "./ledger.ts";
import { MediaUrls } from "./media-urls.ts";
import { MessageIds } from "./message-ids.ts";
import { People } from "./people.ts";
import { PortalSocket } from "./portal-socket.ts";
import { defaultSwitches, type NetsapiensSwitches } from "./switches.ts";
import { WebTokens } from "./web-tokens.ts";
import { Wire } from "./wire.ts";

/** How a simulator is started. */
export interface NetsapiensSimulatorOptions {
	/** Only `127.0.0.1` is accepted. */
	readonly host?: string;
	/** Default 0: any free port. */
	readonly port?: number;
	readonly clock?: PracticeClock;
	/** Repeats ids and random choices; default a new one each time. */
	readonly seed?: number;
	readonly switches?: Partial<NetsapiensSwitches>;
	/** Default: 2500, 1123 and 1004 of the domain `portal`, password `secret`. */
	readonly users?: readonly UserSetup[];
	/** Default: two numbers of 2500, one for pictures and groups, one for plain texts. */
	readonly numbers?: readonly SmsNumberSetup[];
	/** Default: a desk telephone and a web telephone of 2500. */
	readonly devices?: readonly DeviceSetup[];
	readonly contacts?: readonly ContactSetup[];
	readonly apiKeys?: readonly ApiKeySetup[];
	/** OAuth clients, secret by id; default `trunkline` with `client-secret`. */
	readonly clients?: Readonly<Record<string, string>>;
	/** Serves https with this material. */
	readonly tls?: TlsMaterial;
}

/** A running NetSapiens server. Everything in it may be changed while clients are connected. */
export interface NetsapiensSimulator {
	/** Scheme, host and port, without a slash; the same after outages. */
	readonly origin: string;
	readonly clock: TimerGroup;
	readonly switches: NetsapiensSwitches;
	readonly faults: Faults;
	readonly network: Network;
	readonly journal: Journal;
	/** Every message accepted from API calls. */
	readonly ledger: Ledger;
	/** Users, numbers, queues, devices and contacts of all domains. */
	readonly company: Company;
	readonly conversations: Conversations;
	readonly exchange: Exchange;
	readonly effects: Effects;
	/** OAuth tokens: `expireAll()`, `expireAccess()`, `refuseRefresh`, `refreshes`. */
	readonly tokens: AccessTokens;
	/** JWTs, with the same four. */
	readonly webTokens: WebTokens;
	readonly apiKeys: ApiKeys;
	/** OAuth clients: secret by id. */
	readonly clients: Map<string, string>;
	readonly mediaUrls: MediaUrls;
	/** Scripted people: `customer(number)` outside, `user(uid)` within the domain. */
	readonly customers: People;
	/** The portal's socket, which the switches leave off; on a port of its own. */
	readonly socket: PortalSocket;
	/** Stops listening and leaves no timer behind. */
	close(): Promise<void>;
}

const defaultUsers: readonly UserSetup[] = [
	{ user: "2500", domain: "portal", firstName: "Ann", lastName: "Lee", department: "Service" },
	{ user: "1123", domain: "portal", firstName: "Will", lastName: "Clark", department: "Service" },
	{ user: "1004", domain: "portal", firstName: "Nora", lastName: "Diaz", scope: "Office Manager" },
	{ user: "0010", domain: "portal", firstName: "Omar", lastName: "Haddad" },
];
const defaultNumbers: readonly SmsNumberSetup[] = [
	{
		number: "18585550626",
		domain: "portal",
		application: "user",
		dest: "2500",
		mmsCapable: true,
		groupMmsCapable: true,
	},
	{ number: "18585550001", domain: "portal", application: "user", dest: "2500" },
];
const defaultDevices: readonly DeviceSetup[] = [
	{
		device: "2500",
		user: "2500",
		domain: "portal",
		userAgent: "Yealink T48 2.3.232",
		model: "Yealink T48",
		macAddress: "0015655e0c01",
	},
	{ device: "2500wp", user: "2500", domain: "portal" },
];

/** Starts a NetSapiens server on this computer's loopback address. */
export async function startNetsapiensSimulator(
	options: NetsapiensSimulatorOptions = {},
): Promise<NetsapiensSimulator> {
	const host = options.host ?? loopback;
	if (host !== loopback) throw new RangeError(`the simulator listens on ${loopback} only`);

	const clock = timerGroup(options.clock ?? systemClock());
	const random = seededRandom(options.seed ?? randomInt(2 ** 32));
	const switches: NetsapiensSwitches = { ...defaultSwitches(), ...options.switches };
	const journal = new Journal(clock);
	const faults = new Faults();
	const ledger = new Ledger();
	const company = new Company(
		() => userId(random),
		() => clock.now(),
	);
	for (const user of options.users ?? defaultUsers) company.addUser(user);
	for (const number of options.numbers ?? defaultNumbers) company.addNumber(number);
	for (const device of options.devices ?? defaultDevices) company.addDevice(device);
	for (const contact of options.contacts ?? []) company.addContact(contact);
	const apiKeys = new ApiKeys(company);
	for (const key of options.apiKeys ?? []) apiKeys.add(key);
	const clients = new Map(Object.entries(options.clients ?? { trunkline: "client-secret" }));

	const tokens = new AccessTokens(clock, switches);
	const webTokens = new WebTokens(clock, switches);
	const socket = new PortalSocket({ clock, switches, webTokens });
	const conversations = new Conversations();
	const effects = new Effects(clock, random, switches);
	const exchange = new Exchange({
		clock,
		random,
		switches,
		company,
		conversations,
		effects,
		ledger,
		ids: new MessageIds(random, switches),
		events: {
			outside: (...delivery) => {
				customers.deliverOutside(...delivery);
			},
			inside: (...delivery) => {
				customers.deliverInside(...delivery);
			},
			changed: (users, sessionId) => {
				socket.changed(users, sessionId);
			},
		},
	});
	const customers = new People({ clock, switches, company, conversations, exchange });
	const origin = (): string => network.origin;
	const mediaUrls = new MediaUrls({
		clock,
		switches,
		origin,
		find: (domain, messageId) => conversations.message(domain, messageId),
	});
	const front: Front = new Front(
		{
			switches,
			clock,
			random,
			company,
			conversations,
			effects,
			exchange,
			tokens,
			webTokens,
			apiKeys,
			mediaUrls,
			clients,
			wire: new Wire(switches, origin, (message, conversation, owner) =>
				mediaUrls.url(message, conversation, owner),
			),
			host: () => new URL(network.origin).host,
		},
		journal,
	);
	const network: Network = new Network(
		webFront({
			journal,
			faults,
			// Media come as base64 within JSON, above the usual limit.
			mostBytes: 16_777_216,
			secretParameters: ["auth", "password", "client_secret", "refresh_token", "access_token"],
			handle: (request) => front.handle(request),
		}),
		options.tls,
	);
	await network.listen(options.port ?? 0);
	await socket.listen(0);

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
		company,
		conversations,
		exchange,
		effects,
		tokens,
		webTokens,
		apiKeys,
		clients,
		mediaUrls,
		customers,
		socket,
		close: async () => {
			clock.cancelAll();
			await socket.close();
			await network.close();
		},
	};
}
