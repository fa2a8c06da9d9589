import { EventEmitter } from "node:events";

/** What the language, the debugger or a test library asks of any object: absent, never an error. */
const askedOfAnything = new Set([
	"then",
	"toJSON",
	"inspect",
	"asymmetricMatch",
	"nodeType",
	"$$typeof",
	"__esModule",
	"captureRejections",
]);

/** The error every missing piece raises; it names the piece. */
export class NotInStandIn extends Error {
	constructor(name: string) {
		super(`not in stand-in: ${name}`);
		this.name = "NotInStandIn";
	}
}

/** Wraps an object so that reading a member it does not have throws with that member's name. */
export function guard<T extends object>(target: T, label: string): T {
	return new Proxy(target, {
		get(object, property, receiver): unknown {
			if (property in object || typeof property === "symbol" || askedOfAnything.has(property))
				return Reflect.get(object, property, receiver);
			throw new NotInStandIn(`${label}.${property}`);
		},
	});
}

/** A module of which nothing exists here: using any member throws. */
export function absentModule(label: string): object {
	return guard({}, label);
}

/** A class that exists in Electron but not here: constructing it, or reading a static, throws. */
export function absentClass(label: string): object {
	return new Proxy(function absent() {} as unknown as new () => object, {
		get(object, property, receiver): unknown {
			if (property in object || typeof property === "symbol" || askedOfAnything.has(property))
				return Reflect.get(object, property, receiver);
			throw new NotInStandIn(`${label}.${property}`);
		},
		construct() {
			throw new NotInStandIn(`new ${label}`);
		},
	});
}

/** For an emitter whose event names are the app's own. */
export const anyEvent: readonly string[] = ["*"];

type Listener = (...values: never[]) => void;

/**
 * An emitter that knows which events can ever happen here. Listening for another one throws: in real
 * Electron the listener would run, here it would wait for ever without a word.
 */
export class GuardedEmitter extends EventEmitter {
	readonly standInLabel: string;
	readonly standInEvents: ReadonlySet<string>;

	constructor(label: string, events: readonly string[]) {
		super();
		this.standInLabel = label;
		this.standInEvents = new Set([...events, "newListener", "removeListener", "error"]);
		return guard(this, label);
	}

	private checkEvent(name: string | symbol): void {
		if (this.standInEvents.has("*")) return;
		if (typeof name === "string" && !this.standInEvents.has(name))
			throw new NotInStandIn(`event "${name}" of ${this.standInLabel}`);
	}

	override on(name: string | symbol, listener: Listener): this {
		this.checkEvent(name);
		return super.on(name, listener as (...values: unknown[]) => void);
	}

	override addListener(name: string | symbol, listener: Listener): this {
		return this.on(name, listener);
	}

	override once(name: string | symbol, listener: Listener): this {
		this.checkEvent(name);
		return super.once(name, listener as (...values: unknown[]) => void);
	}

	override prependListener(name: string | symbol, listener: Listener): this {
		this.checkEvent(name);
		return super.prependListener(name, listener as (...values: unknown[]) => void);
	}
}

/** The first argument of most of Electron's events. */
export type StandInEvent<T extends object = object> = T & {
	readonly defaultPrevented: boolean;
	preventDefault(): void;
};

/** Makes an event object; `details` become its own properties, as Electron has them. */
export function makeEvent<T extends object>(details: T): StandInEvent<T> {
	let prevented = false;
	return Object.defineProperties(
		{ ...details, preventDefault: () => void (prevented = true) },
		{
			defaultPrevented: { get: () => prevented, enumerable: true },
		},
	) as unknown as StandInEvent<T>;
}
