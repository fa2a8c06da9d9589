import type { NetsapiensSimulator, NetsapiensSimulatorOptions } from "../netsapiens/simulator.ts";
import { startNetsapiensSimulator } from "../netsapiens/simulator.ts";
import type { NetsapiensSwitches } from "../netsapiens/switches.ts";
import { isJsonObject, type JsonObject } from "../server/json.ts";
import { type Answer, RestClient } from "./rest-client.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

/** What came back from ns-api, as a bare client sees it. */
export interface PortalAnswer extends Answer {
	/** The parsed body; undefined when it is no JSON. */
	readonly json: unknown;
	/** The objects of a list; a single object is a list of one. */
	readonly rows: readonly JsonObject[];
}

/** A user of ns-api with nothing but HTTP. */
export class PortalClient {
	readonly rest: RestClient;
	readonly user: string;
	readonly domain: string;
	/** Sent as it is; "" sends no header. */
	bearer = "";
	refreshToken = "";

	constructor(origin: string, uid: string) {
		this.rest = new RestClient(origin);
		const [user = "", domain = ""] = uid.split("@");
		this.user = user;
		this.domain = domain;
	}

	/** Path of the user's own things. */
	get base(): string {
		return `/domains/${this.domain}/users/${this.user}`;
	}

	/** `POST /tokens`; keeps what it gives. */
	async signIn(password = "secret", more: JsonObject = {}): Promise<PortalAnswer> {
		return this.#keep(
			await this.call("POST", "/tokens", {
				grant_type: "password",
				client_id: "trunkline",
				client_secret: "client-secret",
				username: `${this.user}@${this.domain}`,
				password,
				...more,
			}),
		);
	}

	async refresh(): Promise<PortalAnswer> {
		return this.#keep(
			await this.call("POST", "/tokens", {
				grant_type: "refresh_token",
				client_id: "trunkline",
				client_secret: "client-secret",
				refresh_token: this.refreshToken,
			}),
		);
	}

	/** Any call below `/ns-api/v2`. */
	call(
		method: string,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<PortalAnswer> {
		return this.raw(
			method,
			`/ns-api/v2${path}`,
			body === undefined ? undefined : JSON.stringify(body),
			headers,
		);
	}

	/** Any call at all. */
	async raw(
		method: string,
		path: string,
		body?: string,
		headers: Record<string, string> = {},
	): Promise<PortalAnswer> {
		const bearer = this.bearer === "" ? {} : { authorization: `Bearer ${this.bearer}` };
		const answer = await this.rest.request(method, path, body, { ...bearer, ...headers });
		const json = parsed(answer.text);
		const rows = Array.isArray(json) ? json.filter(isJsonObject) : isJsonObject(json) ? [json] : [];
		return { ...answer, json, rows };
	}

	/** GET of something of the user's own. */
	own(path: string): Promise<PortalAnswer> {
		return this.call("GET", `${this.base}${path}`);
	}

	sessions(query = ""): Promise<PortalAnswer> {
		return this.own(`/messagesessions${query}`);
	}

	messages(session: string, query = ""): Promise<PortalAnswer> {
		return this.own(`/messagesessions/${session}/messages${query}`);
	}

	send(session: string, body: JsonObject, headers: Record<string, string> = {}): Promise<PortalAnswer> {
		return this.call("POST", `${this.base}/messagesessions/${session}/messages`, body, headers);
	}

	start(body: JsonObject): Promise<PortalAnswer> {
		return this.call("POST", `${this.base}/messages`, body);
	}

	put(path: string, body?: JsonObject): Promise<PortalAnswer> {
		return this.call("PUT", `${this.base}${path}`, body);
	}

	delete(path: string): Promise<PortalAnswer> {
		return this.call("DELETE", `${this.base}${path}`);
	}

	#keep(answer: PortalAnswer): PortalAnswer {
		const { access_token: access, refresh_token: refresh } = answer.body;
		if (typeof access === "string") this.bearer = access;
		if (typeof refresh === "string") this.refreshToken = refresh;
		return answer;
	}
}

/** A field of a row as a text; "" when it is not there. */
export function field(row: JsonObject | undefined, key: string): string {
	const value = row?.[key];
	return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** An id such as a client invents. */
export function sessionId(letter: string): string {
	return letter.repeat(32);
}

/** The numbers and the person that most tests use. */
export const lines = { picture: "18585550626", plain: "18585550001", customer: "17145550353" };

/** Starts simulators whose effects come at once, and knows which switches no test has turned. */
export class PortalBench {
	readonly #closers: (() => Promise<void>)[] = [];
	readonly #unturned: Set<string>;

	/** `names`: the switches that this file's tests must turn. */
	constructor(names: readonly string[] = []) {
		this.#unturned = new Set(names);
	}

	/** Names of switches that no test has turned. */
	get unturned(): string[] {
		return [...this.#unturned];
	}

	/** Turns switches of a running simulator. */
	turn(simulator: NetsapiensSimulator, change: Partial<NetsapiensSwitches>): void {
		for (const name of Object.keys(change)) this.#unturned.delete(name);
		Object.assign(simulator.switches, change);
	}

	async start(options: NetsapiensSimulatorOptions = {}): Promise<NetsapiensSimulator> {
		const simulator = await startNetsapiensSimulator({
			seed: 7,
			...options,
			switches: { effectDelayMs: { least: 0, most: 0 }, ...options.switches },
		});
		this.#closers.push(() => simulator.close());
		return simulator;
	}

	/** A simulator on virtual time and 2500@portal signed in to it. */
	async desk(options: NetsapiensSimulatorOptions = {}): Promise<{
		simulator: NetsapiensSimulator;
		clock: VirtualClock;
		ann: PortalClient;
	}> {
		const clock = virtualClock();
		const simulator = await this.start({ clock, ...options });
		return { simulator, clock, ann: await this.client(simulator) };
	}

	/** Somebody signed in. */
	async client(simulator: NetsapiensSimulator, uid = "2500@portal"): Promise<PortalClient> {
		const client = new PortalClient(simulator.origin, uid);
		const { status, text } = await client.signIn(simulator.company.user(uid).password);
		if (status !== 200) throw new Error(`sign-in: HTTP ${String(status)} ${text}`);
		return client;
	}

	async close(): Promise<void> {
		for (const close of this.#closers.splice(0)) await close();
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
