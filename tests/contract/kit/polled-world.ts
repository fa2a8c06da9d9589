import { pause } from "../../../main/core/ports/runtime.ts";
import type { Provider } from "../../../main/core/ports/provider.ts";
import type { RequestMatch } from "../../../practice/server/journal.ts";
import type { SystemId } from "../../../shared/model.ts";
import { SteppedTime } from "./time.ts";
import { Traffic } from "./traffic.ts";
import type { ContractWorld, SignIn, SimulatedServer, Variation, WorldFacts } from "./world.ts";

/** The time and the wires of a world whose system is asked for news. */
export interface Wires {
	readonly time: SteppedTime;
	readonly traffic: Traffic;
}

/** An answer is on its way for so long: two texts sent one after the other are not sent at one moment. */
const latencyMs = 40;
/** Between two texts that people write; some systems count in whole seconds. */
const writingMs = 1200;

/** Time that stands still while a request is under way. */
export function wires(): Wires {
	const box: { traffic: Traffic | null } = { traffic: null };
	const time = new SteppedTime(() => box.traffic?.busy ?? false);
	const latency = (): Promise<void> => pause(time, latencyMs);
	const traffic = new Traffic(() => time.monotonic(), latency);
	box.traffic = traffic;
	return { time, traffic };
}

/** What is so with all systems that are asked for news. */
export abstract class PolledWorld<Server extends SimulatedServer> implements ContractWorld {
	abstract readonly system: SystemId;
	abstract readonly provider: Provider;
	abstract readonly facts: WorldFacts;
	abstract readonly people: readonly [string, string];
	abstract readonly sends: RequestMatch;
	abstract readonly reads: RequestMatch;
	readonly time: SteppedTime;
	readonly wireTime: SteppedTime;
	readonly traffic: Traffic;
	readonly server: Server;

	constructor(server: Server, { time, traffic }: Wires) {
		this.server = server;
		this.time = time;
		this.wireTime = time;
		this.traffic = traffic;
		traffic.hung = () => server.journal.requests().filter(({ outcome }) => outcome === "hung").length;
	}

	abstract get signIn(): SignIn;
	abstract get wrong(): ContractWorld["wrong"];
	/** Somebody's text is at the server at this moment. */
	protected abstract take(person: string, text: string): void;
	/** The agent's text by other means is at the server at this moment. */
	protected abstract takeOwn(person: string, text: string): void;
	abstract accepted(): readonly string[];
	abstract double(): void;
	abstract expire(): void;
	abstract allow(): void;
	abstract proofs(): number;
	abstract limit(on: boolean): void;
	abstract signedInThere(): boolean;
	abstract variations(): readonly Variation[];
	abstract switches(): readonly string[];

	async write(person: string, text: string): Promise<void> {
		await this.time.pass(writingMs);
		this.take(person, text);
	}

	async writeElsewhere(person: string, text: string): Promise<void> {
		await this.time.pass(writingMs);
		this.takeOwn(person, text);
	}

	/** A minute apart, so that their order is beyond doubt. */
	async past(person: string, texts: readonly string[]): Promise<void> {
		for (const text of texts) {
			await this.write(person, text);
			await this.time.pass(60_000);
		}
	}

	/** The reply never comes, and the next look finds the message. */
	echoFirst(): "never" {
		this.server.faults.next({ action: "hangAfter", match: this.sends });
		return "never";
	}

	async cut(): Promise<void> {
		await this.server.network.cut("refuse");
	}

	async restore(): Promise<void> {
		await this.server.network.restore();
	}

	async close(): Promise<void> {
		await this.server.close();
	}
}
