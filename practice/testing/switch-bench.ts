import type { GenesysSimulator } from "../genesys/simulator.ts";
import type { GenesysSwitches } from "../genesys/switches.ts";
import { type Desk, imSessionOf, TestBench } from "./desk.ts";

/** The switches about messages and sessions; the others are about the site. */
export const imSwitches: readonly (keyof GenesysSwitches)[] = [
	"acceptReject",
	"asyncErrorShape",
	"asyncErrorTopic",
	"autoAnswerMs",
	"busyPeer",
	"completeFromBothSides",
	"completedKeepsCapabilities",
	"completedSessionCode",
	"echo",
	"httpStatus",
	"idDiffersFromPath",
	"imOnCallsTopic",
	"imRequiresReady",
	"incapableDeviceCode",
	"invalidStateCode",
	"leadingBlankInState",
	"messageLengthLimit",
	"metricsOnIm",
	"notificationCopies",
	"notificationLeadMs",
	"notificationOrder",
	"participants",
	"pushInitiatingAndAlerting",
	"ringTimeoutMs",
	"secondIncomingSession",
	"sendBeforeTalking",
	"sendFailsAsync",
	"unknownNotifications",
	"unreachablePeer",
	"updateReplacesUserData",
];

/** A bench that turns switches and knows which of `names` no test has turned yet. */
export class SwitchBench extends TestBench {
	readonly #unturned: Set<string>;

	constructor(names: readonly string[]) {
		super();
		this.#unturned = new Set(names);
	}

	get unturned(): string[] {
		return [...this.#unturned];
	}

	/** Turns switches of a running simulator. */
	turn(simulator: GenesysSimulator, change: Partial<GenesysSwitches>): void {
		for (const name of Object.keys(change)) this.#unturned.delete(name);
		Object.assign(simulator.switches, change);
	}

	/** Ann at her desk. */
	async office(): Promise<{ simulator: GenesysSimulator; ann: Desk }> {
		const simulator = await this.start();
		return { simulator, ann: await this.desk(simulator) };
	}

	/** Ann and Will at theirs. */
	async twoDesks(): Promise<{ simulator: GenesysSimulator; ann: Desk; will: Desk }> {
		const { simulator, ann } = await this.office();
		return { simulator, ann, will: await this.desk(simulator, "will.clark") };
	}
}

/** Waits for an event that comes after everything published so far: what was not seen by then never was. */
export async function settled(simulator: GenesysSimulator, desk: Desk, userName = "ann.lee"): Promise<void> {
	simulator.inject(simulator.agents.get(userName), "/v2/me/channels", { marker: true });
	await desk.push.event(({ data }) => data["marker"] === true);
}

/** The states pushed to a desk, in order. */
export function statesOf(desk: Desk): unknown[] {
	return desk.push.events
		.map((event) => imSessionOf(event)["state"])
		.filter((state) => state !== undefined);
}
