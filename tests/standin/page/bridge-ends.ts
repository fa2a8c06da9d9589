import type { Wire, WireOptions } from "./bridge-wire.ts";

/** What one side of the bridge can do; the other side has the same. */
export interface BridgeEnd {
	/** Gives the other side something under a topic, e.g. an API to expose; returns what it answered. */
	request(topic: string, value: unknown): unknown;
}

/**
 * One end of the two-way, synchronous channel between the page's world and the preload's, made of DOM events
 * whose random names only these two closures know. Runs as source text in both worlds.
 */
export function makeBridgeEnd(
	incoming: string,
	outgoing: string,
	makeWire: (options: WireOptions) => Wire,
	answer: (topic: string, value: unknown) => unknown,
): BridgeEnd {
	type Packet = { topic: string; id: number; wrapped: unknown };
	const page = document;
	const listen = page.addEventListener.bind(page);
	const dispatch = page.dispatchEvent.bind(page);
	const MakeEvent = CustomEvent;
	const functions = new Map<number, (...values: unknown[]) => unknown>();
	const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
	let next = 0;
	let reply: { ok: boolean; wrapped: unknown } | undefined;

	const exchange = (topic: string, id: number, value: unknown): unknown => {
		reply = undefined;
		dispatch(
			new MakeEvent(outgoing, { detail: { topic, id, wrapped: wire.wrap(value) } satisfies Packet }),
		);
		const got = reply as { ok: boolean; wrapped: unknown } | undefined;
		reply = undefined;
		if (got === undefined) throw new Error("An object could not be cloned.");
		const result = wire.unwrap(got.wrapped);
		if (!got.ok) throw new Error(String(result));
		return result;
	};

	const wire = makeWire({
		callRemote: (id, values) => exchange("call", id, values),
		awaitRemote: (id) => new Promise((resolve, reject) => void waiting.set(id, { resolve, reject })),
		keepFunction: (value) => {
			functions.set(++next, value);
			return next;
		},
		keepPromise: (promise) => {
			const id = ++next;
			promise.then(
				(value) => exchange("resolve", id, value),
				(error: unknown) => exchange("reject", id, error),
			);
			return id;
		},
	});

	const handle = ({ topic, id, wrapped }: Packet): unknown => {
		const value = wire.unwrap(wrapped);
		switch (topic) {
			case "call":
				return functions.get(id)?.(...(value as unknown[]));
			case "resolve":
			case "reject": {
				const settle = waiting.get(id);
				waiting.delete(id);
				if (topic === "resolve") settle?.resolve(value);
				else settle?.reject(value);
				return undefined;
			}
			default:
				return answer(topic, value);
		}
	};

	listen(incoming, (event) => {
		const packet = (event as CustomEvent<Packet | null>).detail;
		if (packet === null) return;
		let result: { ok: boolean; wrapped: unknown };
		try {
			result = { ok: true, wrapped: wire.wrap(handle(packet)) };
		} catch (error) {
			const text =
				typeof error === "object" && error !== null && typeof (error as Error).message === "string"
					? (error as Error).message
					: "An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.";
			result = { ok: false, wrapped: wire.wrap(text) };
		}
		dispatch(new MakeEvent(`${outgoing}-reply`, { detail: result }));
	});
	listen(`${incoming}-reply`, (event) => {
		reply = (event as CustomEvent<{ ok: boolean; wrapped: unknown } | null>).detail ?? undefined;
	});

	return { request: (topic, value) => exchange(topic, 0, value) };
}
