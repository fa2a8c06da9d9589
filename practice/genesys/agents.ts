import { type PracticeRandom, userId } from "../random.ts";
import { createDevice, type Device, type DeviceSetup, isLoggedIn } from "./devices.ts";

/** A place: the telephones of one desk. */
export interface PlaceSetup {
	readonly name: string;
	readonly devices: readonly DeviceSetup[];
}

/** An account that can sign in. */
export interface AgentSetup {
	readonly userName: string;
	readonly password: string;
	readonly firstName: string;
	readonly lastName: string;
	/** Telephones of the agent's default place; default one that can do IM. */
	readonly devices?: readonly DeviceSetup[];
	/** Name of the default place; default `Place_<userName>`. */
	readonly place?: string;
	/** Login codes on the switch; default one made from the first number. */
	readonly loginCodes?: readonly string[];
	readonly skills?: readonly string[];
	readonly businessUnits?: readonly string[];
	/** Every operation answers statusCode 8 until cleared. */
	readonly mustChangePassword?: boolean;
}

export interface Place {
	readonly name: string;
	readonly devices: Device[];
}

/** One agent. `password`, `mustChangePassword` and the devices may be changed by tests at any time. */
export interface Agent {
	readonly id: string;
	readonly userName: string;
	password: string;
	readonly firstName: string;
	readonly lastName: string;
	readonly place: string;
	readonly loginCodes: readonly string[];
	readonly skills: readonly string[];
	readonly businessUnits: readonly string[];
	mustChangePassword: boolean;
	/** Multimedia channels that are logged in, `voice` never among them. */
	readonly channels: Set<string>;
}

/** Accounts, places and who sits where. */
export class AgentRegistry {
	readonly #random: PracticeRandom;
	readonly #agents = new Map<string, Agent>();
	readonly #places = new Map<string, Place>();

	constructor(random: PracticeRandom) {
		this.#random = random;
	}

	get all(): readonly Agent[] {
		return [...this.#agents.values()];
	}

	/** Adds an account with its default place. Throws when the name is taken. */
	add(setup: AgentSetup): Agent {
		if (this.#agents.has(setup.userName)) throw new RangeError(`agent '${setup.userName}' exists`);
		const devices = setup.devices ?? [{ phoneNumber: String(5001 + this.#agents.size) }];
		const agent: Agent = {
			id: userId(this.#random),
			userName: setup.userName,
			password: setup.password,
			firstName: setup.firstName,
			lastName: setup.lastName,
			place: setup.place ?? `Place_${setup.userName}`,
			loginCodes: setup.loginCodes ?? [`L${devices[0]?.phoneNumber ?? setup.userName}`],
			skills: setup.skills ?? ["English"],
			businessUnits: setup.businessUnits ?? [],
			mustChangePassword: setup.mustChangePassword ?? false,
			channels: new Set(),
		};
		this.#agents.set(agent.userName, agent);
		this.#addPlace(agent.place, devices, agent.id);
		return agent;
	}

	/** Adds a desk that belongs to nobody. */
	addPlace(setup: PlaceSetup): Place {
		return this.#addPlace(setup.name, setup.devices, null);
	}

	/** The account of this user name; throws when there is none. */
	get(userName: string): Agent {
		const agent = this.#agents.get(userName);
		if (agent === undefined) throw new RangeError(`no agent '${userName}'`);
		return agent;
	}

	find(userName: string): Agent | undefined {
		return this.#agents.get(userName);
	}

	byId(id: string): Agent | undefined {
		return this.all.find((agent) => agent.id === id);
	}

	place(name: string): Place | undefined {
		return this.#places.get(name);
	}

	get devices(): Device[] {
		return [...this.#places.values()].flatMap((place) => place.devices);
	}

	/** Telephones that belong to the agent now, in the order of their places. */
	devicesOf(agent: Agent): Device[] {
		return this.devices.filter((device) => device.assignedTo === agent.id);
	}

	/** The telephone with this number. */
	deviceByNumber(phoneNumber: string): Device | undefined {
		return this.devices.find((device) => device.phoneNumber === phoneNumber);
	}

	/** True as soon as one telephone of the agent is logged in. */
	isLoggedIn(agent: Agent): boolean {
		return this.devicesOf(agent).some(isLoggedIn);
	}

	#addPlace(name: string, devices: readonly DeviceSetup[], owner: string | null): Place {
		if (this.#places.has(name)) throw new RangeError(`place '${name}' exists`);
		const place: Place = {
			name,
			devices: devices.map((device) => createDevice(device, owner, this.#random)),
		};
		this.#places.set(name, place);
		return place;
	}
}
