import type { Device } from "../genesys/devices.ts";
import { type JsonObject, textField } from "../server/json.ts";
import {
	type GenesysSimulator,
	type GenesysSimulatorOptions,
	startGenesysSimulator,
} from "../genesys/simulator.ts";
import { type Answer, RestClient } from "./rest-client.ts";
import { BayeuxClient, type Event } from "./bayeux-client.ts";

/** An agent at work: signed in, logged in on a telephone, listening. */
export class Desk {
	readonly rest: RestClient;
	readonly push: BayeuxClient;
	readonly device: Device;

	constructor(rest: RestClient, push: BayeuxClient, device: Device) {
		this.rest = rest;
		this.push = push;
		this.device = device;
	}

	get devicePath(): string {
		return `/devices/${this.device.id}`;
	}

	initiate(phoneNumber: string, more: JsonObject = {}): Promise<Answer> {
		return this.rest.post("/me/im-sessions", {
			operationName: "InitiateIMSession",
			destination: { phoneNumber },
			devicePath: this.devicePath,
			...more,
		});
	}

	operate(key: string, body: JsonObject): Promise<Answer> {
		return this.rest.post(`/me/im-sessions/${key}`, body);
	}

	say(key: string, phoneNumber: string, text: string): Promise<Answer> {
		return this.operate(key, {
			operationName: "SendMessage",
			text,
			destination: { phoneNumber },
			devicePath: this.devicePath,
		});
	}

	/** The next `StatusChange` (past or future) into this state. */
	async reached(state: string): Promise<JsonObject> {
		const event = await this.push.event((candidate) => imSessionOf(candidate)["state"] === state);
		return imSessionOf(event);
	}

	/** The event that carries this text. */
	heard(text: string): Promise<Event> {
		return this.push.event(({ data }) => data["message"] === text);
	}

	/** Opens a session and returns its key once it is `Talking`. */
	async talkTo(phoneNumber: string): Promise<string> {
		await this.initiate(phoneNumber);
		return keyOf(await this.reached("Talking"));
	}

	get texts(): unknown[] {
		return this.push.events.flatMap(({ data }) =>
			data["message"] === undefined ? [] : [data["message"]],
		);
	}
}

export function imSessionOf(event: Event): JsonObject {
	return (event.data["imSession"] ?? {}) as JsonObject;
}

export function keyOf(imSession: JsonObject): string {
	return (textField(imSession, "path") ?? "").slice("/im-sessions/".length);
}

/** Starts simulators and desks for one test file and ends what it started. */
export class TestBench {
	readonly #closers: (() => Promise<void>)[] = [];

	/** Deterministic unless told otherwise: fixed seed, notifications after the reply. */
	async start(options: GenesysSimulatorOptions = {}): Promise<GenesysSimulator> {
		const simulator = await startGenesysSimulator({
			seed: 7,
			...options,
			switches: { notificationOrder: "after", ...options.switches },
		});
		this.#closers.push(() => simulator.close());
		return simulator;
	}

	/** A signed-in client of the account, nothing more. */
	async client(simulator: GenesysSimulator, userName = "ann.lee"): Promise<RestClient> {
		const rest = new RestClient(simulator.origin);
		const { status } = await rest.signIn(userName, simulator.agents.get(userName).password);
		if (status !== 200) throw new Error(`sign-in: HTTP ${String(status)}`);
		return rest;
	}

	/** The account signed in, subscribed to everything, logged in. */
	async desk(simulator: GenesysSimulator, userName = "ann.lee"): Promise<Desk> {
		const rest = await this.client(simulator, userName);
		const push = new BayeuxClient(rest);
		this.#closers.unshift(() => push.close());
		await push.open("/v2/me/*", "/notifications/services");
		await rest.post("/me", { operationName: "StartContactCenterSession", channels: ["voice"] });
		const [device] = simulator.agents.devicesOf(simulator.agents.get(userName));
		if (device === undefined) throw new Error("no device");
		return new Desk(rest, push, device);
	}

	async close(): Promise<void> {
		for (const close of this.#closers.splice(0)) await close();
	}
}
