import {
	startTextusSimulator,
	type TextusSimulator,
	type TextusSimulatorOptions,
} from "../textus/simulator.ts";
import type { TextusSwitches } from "../textus/switches.ts";
import { TextusClient } from "./textus-client.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

/** The switches about messages that are sent and what hangs on them; the others are about reading. */
export const sendingSwitches: readonly (keyof TextusSwitches)[] = [
	"arrayOfOneReply",
	"attachmentCheck",
	"attachmentHost",
	"attachmentLifetimeMs",
	"attachmentLimitBytes",
	"batchDelayMs",
	"blockedSend",
	"bodyLimit",
	"customFieldToken",
	"expiredAttachmentStatus",
	"failedRetryable",
	"firstState",
	"friendlyState",
	"messageById",
	"missingCustomField",
	"optedOutSend",
	"ownNumber",
	"partialFailure",
	"restrictedSend",
	"retryIdentity",
	"retryOffer",
	"savedReplyAttaches",
	"savedReplyReply",
	"scheduledShown",
	"singleReply",
	"stateStepMs",
	"textChange",
	"whatsAppSend",
];

/** A TextUs with Ann looking at it, on virtual time. */
export interface TextusOffice {
	readonly simulator: TextusSimulator;
	readonly clock: VirtualClock;
	readonly ann: TextusClient;
}

/** Starts simulators for one test file, turns their switches and knows which no test has turned. */
export class TextusBench {
	readonly #closers: (() => Promise<void>)[] = [];
	readonly #unturned: Set<string>;

	constructor(names: readonly string[] = []) {
		this.#unturned = new Set(names);
	}

	get unturned(): string[] {
		return [...this.#unturned];
	}

	async open(options: TextusSimulatorOptions = {}): Promise<TextusOffice> {
		const clock = virtualClock();
		const simulator = await startTextusSimulator({ seed: 7, clock, ...options });
		this.#closers.push(() => simulator.close());
		return { simulator, clock, ann: new TextusClient(simulator) };
	}

	turn(simulator: TextusSimulator, change: Partial<TextusSwitches>): void {
		for (const name of Object.keys(change)) this.#unturned.delete(name);
		Object.assign(simulator.switches, change);
	}

	async close(): Promise<void> {
		for (const close of this.#closers.splice(0)) await close();
	}
}
