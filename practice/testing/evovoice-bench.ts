import {
	type EvovoiceSimulator,
	type EvovoiceSimulatorOptions,
	startEvovoiceSimulator,
} from "../evovoice/simulator.ts";
import { defaultSwitches, type EvovoiceSwitches } from "../evovoice/switches.ts";
import { EvovoiceClient } from "./evovoice-client.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

/** A simulator on virtual time and an agent who is signed in to it. */
export interface EvovoiceDesk {
	readonly simulator: EvovoiceSimulator;
	readonly clock: VirtualClock;
	readonly client: EvovoiceClient;
	/** Ids of the two default lines. */
	readonly main: string;
	readonly support: string;
}

/** Starts simulators for one test file, ends them, and knows which switches no test has turned yet. */
export class EvovoiceBench {
	readonly #closers: (() => Promise<void>)[] = [];
	readonly #unturned = new Set(Object.keys(defaultSwitches()));

	get unturned(): string[] {
		return [...this.#unturned];
	}

	/** Turns switches of a running simulator. */
	turn(simulator: EvovoiceSimulator, change: Partial<EvovoiceSwitches>): void {
		for (const name of Object.keys(change)) this.#unturned.delete(name);
		Object.assign(simulator.switches, change);
	}

	async start(options: EvovoiceSimulatorOptions = {}): Promise<EvovoiceSimulator> {
		const simulator = await startEvovoiceSimulator({ seed: 7, clock: virtualClock(), ...options });
		this.#closers.push(() => simulator.close());
		return simulator;
	}

	/** The default agent, signed in. */
	async desk(options: EvovoiceSimulatorOptions = {}): Promise<EvovoiceDesk> {
		const clock = virtualClock();
		const simulator = await this.start({ clock, ...options });
		const client = new EvovoiceClient(simulator.origin);
		const { status } = await client.signIn();
		if (status !== 200) throw new Error(`sign-in: HTTP ${String(status)}`);
		const [main, support] = simulator.endpoints;
		return { simulator, clock, client, main: main?.id ?? "", support: support?.id ?? "" };
	}

	async close(): Promise<void> {
		for (const close of this.#closers.splice(0)) await close();
	}
}
