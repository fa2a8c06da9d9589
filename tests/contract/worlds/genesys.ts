import { createCometdClient } from "../../../main/adapters/net/cometd-client.ts";
import { GenesysProvider } from "../../../main/adapters/providers/genesys/provider.ts";
import { type GenesysSimulator, startGenesysSimulator } from "../../../practice/genesys/simulator.ts";
import type { Colleague } from "../../../practice/genesys/colleagues.ts";
import { HastyTime } from "../kit/time.ts";
import { Traffic } from "../kit/traffic.ts";
import type { ContractWorld, SignIn, Variation, WorldMaker } from "../kit/world.ts";
import { genesysVariations } from "./genesys-variations.ts";

const agentNumber = "5001";

/** Genesys: pushed, without a past, one conversation at a time on the line of an agent. */
class GenesysWorld implements ContractWorld {
	readonly system = "genesys";
	readonly provider = new GenesysProvider({
		createCometdClient,
		// Waiting for a turn is only waiting; the limit's own spec has its own pace.
		requestsPerSecond: 200,
	});
	readonly time: HastyTime;
	/** Sockets answer in real time: a poll that is held must not run into a deadline of the app's. */
	readonly wireTime = new HastyTime();
	readonly traffic: Traffic;
	readonly server: GenesysSimulator;
	readonly people = ["6001", "6002"] as const;
	readonly sends = { operationName: "SendMessage" };
	readonly reads = { channel: "/meta/connect" };
	readonly facts = {
		expiry: "proves",
		past: false,
		notThis: ["genesys.notGenesys"],
		refusal: { status: 400, body: '{"statusCode":5,"statusMessage":"No permission"}' },
		remoteIds: false,
		restMs: 1200,
		outageMs: 3000,
		carries: (text: string) => text,
		staysSignedIn: false,
	} as const;

	constructor(server: GenesysSimulator, time: HastyTime) {
		this.server = server;
		this.time = time;
		this.traffic = new Traffic(() => time.monotonic());
	}

	get signIn(): SignIn {
		const server = this.server.origin;
		return { server, userName: "ann.lee", secret: "secret", method: "password", options: {} };
	}

	get wrong(): ContractWorld["wrong"] {
		const code = "auth.wrongPassword";
		return [
			{ name: "password", signIn: { ...this.signIn, secret: "not it" }, code },
			{ name: "user name", signIn: { ...this.signIn, userName: "nobody" }, code },
		];
	}

	past(): Promise<void> {
		// There is no transcript on the server (row 10).
		return Promise.resolve();
	}

	async write(person: string, text: string): Promise<void> {
		const colleague = await this.#talking(person);
		colleague.say(text);
	}

	async writeElsewhere(person: string, text: string): Promise<void> {
		const { session } = await this.#talking(person);
		const side = [session?.initiator, session?.target].find((one) => one?.phoneNumber === agentNumber);
		if (session === null || side === undefined) throw new Error("the agent is in no session");
		this.server.exchange.send(session, side, text);
	}

	accepted(): readonly string[] {
		return this.server.ledger.texts({ sender: agentNumber });
	}

	double(): void {
		this.server.switches.notificationCopies = 2;
	}

	echoFirst(): "late" {
		this.server.switches.notificationOrder = "before";
		this.server.switches.notificationLeadMs = 50;
		return "late";
	}

	async cut(): Promise<void> {
		await this.server.network.cut("refuse");
	}

	/** A node that was started anew knows no CometD session: what was said meanwhile is told to nobody. */
	async restore(forgets = false): Promise<void> {
		if (forgets) this.server.restart();
		await this.server.network.restore();
	}

	expire(): void {
		this.server.httpSessions.expire();
	}

	allow(): void {
		// A name and a password are always good.
	}

	/** Every request carries a name and a password; those that opened an HTTP session were a sign-in. */
	proofs(): number {
		return this.server.httpSessions.opened;
	}

	limit(on: boolean): void {
		this.server.switches.rateLimit = on
			? { requestsPerSecond: 2, httpStatus: 429, retryAfterSeconds: 2 }
			: null;
	}

	signedInThere(): boolean {
		const { agents, httpSessions } = this.server;
		const agent = agents.get("ann.lee");
		return (
			agents.isLoggedIn(agent) ||
			httpSessions.count("ann.lee") > 0 ||
			this.server.cometdSessions(agent) > 0
		);
	}

	variations(): readonly Variation[] {
		return genesysVariations(this.server.switches);
	}

	switches(): readonly string[] {
		return Object.keys(this.server.switches);
	}

	async close(): Promise<void> {
		await this.server.close();
	}

	/** The colleague, in a session with the agent; another one's is over by then. */
	async #talking(person: string): Promise<Colleague> {
		const { server, time } = this;
		const colleague = server.colleagues.get(person);
		const agent = server.agents.get("ann.lee");
		const talking = (): boolean =>
			[colleague.session?.initiator, colleague.session?.target].some(
				(side) => side?.party === colleague && side.state === "Talking",
			);
		// In an outage nobody hears it; else it is written to somebody who does.
		const heard = (): boolean =>
			server.network.outage !== null ||
			(server.isReachable(agent) && server.cometdSessions(agent) === 1);
		if (!(await time.until(heard))) throw new Error("the agent does not listen");
		if (talking()) return colleague;
		for (const other of this.people) if (other !== person) server.colleagues.get(other).complete();
		if (!(await time.until(() => server.isReachable(agent))))
			throw new Error("the agent is not reachable");
		if (colleague.session === null) colleague.initiate(agentNumber);
		if (!(await time.until(talking))) throw new Error("nobody took the call");
		return colleague;
	}
}

export const genesys: WorldMaker = {
	system: "genesys",
	start: async () => {
		const time = new HastyTime();
		const server = await startGenesysSimulator({
			seed: 7,
			clock: time,
			// Held shortly, so that time that passes in haste does not run away from a poll; a session that was given
			// up is gone soon, so that who still listens is known.
			switches: { cometdTimeoutMs: 300, cometdMaxIntervalMs: 1000 },
		});
		return new GenesysWorld(server, time);
	},
};
