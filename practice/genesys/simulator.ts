import { randomInt } from "node:crypto";
import { type PracticeClock, systemClock, timerGroup, type TimerGroup } from "../clock.ts";
import { seededRandom } from "../random.ts";
import { type Agent, AgentRegistry, type AgentSetup, type PlaceSetup } from "./agents.ts";
import { AgentParty } from "./agent-party.ts";
import { Colleagues } from "./colleagues.ts";
import { CometdEndpoint, channelCovers } from "./cometd.ts";
import { canMessage, isLoggedIn } from "./devices.ts";
import { Directory } from "./directory.ts";
import { Faults } from "../server/faults.ts";
import { Front } from "./front.ts";
import { HttpSessions } from "./http-sessions.ts";
import { ImExchange, type Line } from "./im-exchange.ts";
import { Journal } from "../server/journal.ts";
import type { JsonObject } from "../server/json.ts";
import { Ledger } from "./ledger.ts";
import { loopback, Network, type TlsMaterial } from "../server/network.ts";
import { Notifications, topics } from "./notifications.ts";
import type { DirectoryEntry } from "./people.ts";
import type { Site } from "./site.ts";
import { defaultSwitches, type GenesysSwitches } from "./switches.ts";

/** How a simulator is started. */
export interface GenesysSimulatorOptions {
	/** Only `127.0.0.1` is accepted. */
	readonly host?: string;
	/** Default 0: any free port. */
	readonly port?: number;
	readonly clock?: PracticeClock;
	/** Repeats ids, random choices and stories; default a new one each time. */
	readonly seed?: number;
	readonly switches?: Partial<GenesysSwitches>;
	/** Default: `ann.lee` and `will.clark`, password `secret`, devices 5001 and 5002. */
	readonly agents?: readonly AgentSetup[];
	readonly places?: readonly PlaceSetup[];
	/** Default: the 40 entries of the practice company. */
	readonly directory?: readonly DirectoryEntry[];
	/** Serves https with this material. */
	readonly tls?: TlsMaterial;
}

/** A running contact centre. Everything in it may be changed while clients are connected. */
export interface GenesysSimulator {
	/** Scheme, host and port, without a slash; the same after `restart` and outages. */
	readonly origin: string;
	readonly clock: TimerGroup;
	readonly agents: AgentRegistry;
	readonly directory: Directory;
	readonly colleagues: Colleagues;
	readonly exchange: ImExchange;
	readonly switches: GenesysSwitches;
	readonly faults: Faults;
	readonly network: Network;
	readonly httpSessions: HttpSessions;
	readonly journal: Journal;
	readonly ledger: Ledger;
	/** Whether a CometD session of the agent is subscribed to the topic. */
	hears(agent: Agent, topic: string): boolean;
	/** Live CometD sessions, of one agent or of all. */
	cometdSessions(agent?: Agent): number;
	/** Pushes exactly this `data` to one agent. */
	inject(agent: Agent, topic: string, data: JsonObject): void;
	/** Calls `run` whenever an agent became able or unable to get an IM; returns the way to stop it. */
	onReachableChange(run: (agent: Agent) => void): () => void;
	/** Logged in on a telephone that can do IM, and subscribed. */
	isReachable(agent: Agent): boolean;
	/** The node restarts: connections break, CometD sessions are unknown (402), optionally nobody is signed in. */
	restart(options?: { httpSessionsGone?: boolean; imSessionsGone?: boolean }): void;
	/** Tells every agent of the service's new state on `/notifications/services`. */
	setVoiceService(state: "Active" | "Inactive"): void;
	close(): Promise<void>;
}

const defaultAgents: readonly AgentSetup[] = [
	{ userName: "ann.lee", password: "secret", firstName: "Ann", lastName: "Lee" },
	{ userName: "will.clark", password: "secret", firstName: "Will", lastName: "Clark" },
];

/** Starts a Genesys Web Services node on this computer's loopback address. */
export async function startGenesysSimulator(
	options: GenesysSimulatorOptions = {},
): Promise<GenesysSimulator> {
	const host = options.host ?? loopback;
	if (host !== loopback) throw new RangeError(`the simulator listens on ${loopback} only`);

	const clock = timerGroup(options.clock ?? systemClock());
	const random = seededRandom(options.seed ?? randomInt(2 ** 32));
	const switches: GenesysSwitches = { ...defaultSwitches(), ...options.switches };
	const journal = new Journal(clock);
	const ledger = new Ledger();
	const faults = new Faults();
	const agents = new AgentRegistry(random);
	for (const agent of options.agents ?? defaultAgents) agents.add(agent);
	for (const place of options.places ?? []) agents.addPlace(place);

	const watchers = new Set<(agent: Agent) => void>();
	const reachabilityChanged = (agent: Agent): void => {
		for (const run of [...watchers]) run(agent);
	};
	const cometd = new CometdEndpoint(switches, {
		subscribed: (agent, channel) => {
			if (channelCovers(channel, topics.imSessions)) reachabilityChanged(agent);
		},
		expired: (session) => {
			if (switches.cometdExpiryEndsHttpSession) httpSessions.end(session);
		},
	});
	const httpSessions = new HttpSessions({
		switches,
		clock,
		agents,
		ended: (session) => {
			cometd.end(session);
		},
	});
	const notifications = new Notifications({
		clock,
		switches,
		journal,
		deliver: (agent, topic, data) => cometd.deliver(agent, topic, data),
	});
	const apiUrl = (): string => switches.externalApiUrl ?? `${network.origin}/api/v2`;
	const directory = new Directory({
		agents,
		switches,
		random,
		apiUrl,
		...(options.directory === undefined ? {} : { entries: options.directory }),
	});
	const line = (phoneNumber: string): Line =>
		findLine(phoneNumber, { agents, colleagues, exchange, switches, party });
	const exchange = new ImExchange({ switches, clock, random, ledger, line });
	const colleagues = new Colleagues(directory, exchange, clock);
	const parties = new Map<string, AgentParty>();
	const party = (agent: Agent): AgentParty => {
		const known = parties.get(agent.id);
		if (known !== undefined) return known;
		const created = new AgentParty(agent, {
			switches,
			clock,
			notifications,
			exchange: () => exchange,
			apiUrl,
		});
		parties.set(agent.id, created);
		return created;
	};
	const site: Site = {
		switches,
		clock,
		random,
		agents,
		directory,
		exchange,
		notifications,
		httpSessions,
		apiUrl,
		party,
		presenceChanged: reachabilityChanged,
	};
	const front = new Front({ site, journal, faults, cometd });
	const network = new Network((request, response) => void front.handle(request, response), options.tls);
	await network.listen(options.port ?? 0);

	return {
		get origin() {
			return network.origin;
		},
		clock,
		agents,
		directory,
		colleagues,
		exchange,
		switches,
		faults,
		network,
		httpSessions,
		journal,
		ledger,
		hears: (agent, topic) => cometd.hears(agent, topic),
		cometdSessions: (agent) => cometd.count(agent),
		inject: (agent, topic, data) => {
			notifications.inject(agent, topic, data);
		},
		onReachableChange: (run) => {
			watchers.add(run);
			return () => watchers.delete(run);
		},
		isReachable: (agent) =>
			agents.devicesOf(agent).some((device) => isLoggedIn(device) && canMessage(device)) &&
			cometd.hears(agent, topics.imSessions),
		restart: (how = {}) => {
			network.dropConnections();
			cometd.forgetAll();
			if (how.httpSessionsGone === true) httpSessions.expire();
			if (how.imSessionsGone === true) {
				for (const session of exchange.sessions) exchange.leave(session.initiator.party);
			}
		},
		setVoiceService: (state) => {
			switches.voiceService = state;
			for (const agent of agents.all) {
				// The shape of this message is not known; the resource of `/services` is the nearest.
				notifications.publish(agent, topics.services, {
					messageType: "ServiceStateChangeMessage",
					services: [{ id: "2b7d", name: "SIP_Server", type: "Voice", state }],
				});
			}
		},
		close: async () => {
			clock.cancelAll();
			await network.close();
			cometd.close();
		},
	};
}

/** What the switch finds under a number: an agent's telephone, a colleague, or nothing. */
function findLine(
	phoneNumber: string,
	site: {
		agents: AgentRegistry;
		colleagues: Colleagues;
		exchange: ImExchange;
		switches: GenesysSwitches;
		party: (agent: Agent) => AgentParty;
	},
): Line {
	const device = site.agents.deviceByNumber(phoneNumber);
	if (device !== undefined) {
		const agent = device.assignedTo === null ? undefined : site.agents.byId(device.assignedTo);
		if (agent === undefined || !device.registered || !isLoggedIn(device)) {
			return { kind: "unreachable", reason: "Destination is not logged in" };
		}
		if (!canMessage(device))
			return { kind: "unreachable", reason: "Destination cannot do instant messaging" };
		const party = site.party(agent);
		const busy = site.exchange.sidesOf(party).length > 0 && !site.switches.secondIncomingSession;
		return { kind: "party", party, busy };
	}
	const colleague = site.colleagues.find(phoneNumber);
	if (colleague === null) return { kind: "unreachable", reason: "Invalid destination" };
	if (colleague.behaviour.answer === "unreachable" || colleague.presence === "Offline") {
		return { kind: "unreachable", reason: "Destination is not logged in" };
	}
	return {
		kind: "party",
		party: colleague,
		busy: colleague.behaviour.answer === "busy" || colleague.session !== null,
	};
}
