import type { BayeuxEvent, CometdClient } from "../../main/adapters/net/cometd-client.ts";

/** Reads a connection's events as they come, and lets a test wait for one. */
export class EventReader {
	readonly events: BayeuxEvent[] = [];
	readonly batches: (readonly BayeuxEvent[])[] = [];
	readonly #controller = new AbortController();
	readonly #done: Promise<void>;
	#ended = false;
	#waiting: (() => void)[] = [];

	constructor(client: CometdClient) {
		this.#done = this.#read(client);
	}

	async #read(client: CometdClient): Promise<void> {
		for await (const batch of client.events(this.#controller.signal)) {
			this.batches.push(batch);
			this.events.push(...batch);
			for (const look of this.#waiting.splice(0)) look();
		}
		this.#ended = true;
		for (const look of this.#waiting.splice(0)) look();
	}

	/** Resolves with the `count`th event that matches. */
	async until<T extends BayeuxEvent>(match: (event: BayeuxEvent) => event is T, count?: number): Promise<T>;
	async until(match: (event: BayeuxEvent) => boolean, count?: number): Promise<BayeuxEvent>;
	async until(match: (event: BayeuxEvent) => boolean, count = 1): Promise<BayeuxEvent> {
		for (;;) {
			const found = this.events.filter(match)[count - 1];
			if (found !== undefined) return found;
			if (this.#ended) throw new Error(`The events ended: ${JSON.stringify(this.events)}`);
			await new Promise<void>((resolve) => this.#waiting.push(resolve));
		}
	}

	/** Resolves with the data of the first `count` messages. */
	async messages(count: number): Promise<readonly unknown[]> {
		for (;;) {
			const data = this.data();
			if (data.length >= count) return data;
			await this.until(
				(event) => event.type === "messages",
				this.events.filter((e) => e.type === "messages").length + 1,
			);
		}
	}

	data(): readonly unknown[] {
		return this.events.flatMap((event) =>
			event.type === "messages" ? event.messages.map(({ data }) => data) : [],
		);
	}

	/** The events as short words, for comparing order. */
	words(): readonly string[] {
		return this.events.map((event) => {
			if (event.type === "status") return `status:${event.status.state}`;
			if (event.type === "rejected") return `rejected:${event.reason}:${String(event.count)}`;
			if (event.type === "messages") return `messages:${String(event.messages.length)}`;
			return event.type;
		});
	}

	async stop(): Promise<void> {
		this.#controller.abort();
		await this.#done;
	}

	/** Resolves when the connection has ended its events by itself. */
	ended(): Promise<void> {
		return this.#done;
	}
}

export const isConnected = (event: BayeuxEvent): event is Extract<BayeuxEvent, { type: "connected" }> =>
	event.type === "connected";
export const isGap = (event: BayeuxEvent): event is Extract<BayeuxEvent, { type: "gap" }> =>
	event.type === "gap";

type StatusOf<S extends string> = Extract<BayeuxEvent, { type: "status" }> & {
	readonly status: { readonly state: S };
};
export const isStatus =
	<S extends string>(state: S) =>
	(event: BayeuxEvent): event is StatusOf<S> & Extract<BayeuxEvent, { type: "status" }> =>
		event.type === "status" && event.status.state === state;
