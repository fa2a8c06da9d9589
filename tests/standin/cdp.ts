import type { Readable, Writable } from "node:stream";
import type { Protocol } from "../../node_modules/playwright-core/types/protocol.d.ts";

type Commands = Protocol.CommandParameters;
type Replies = Protocol.CommandReturnValues;
type Events = Protocol.Events;
type Handler = (parameters: never, sessionId: string) => void;

interface Waiting {
	readonly method: string;
	readonly resolve: (result: unknown) => void;
	readonly reject: (error: Error) => void;
}

/** The debugging protocol of Chromium over its pipe: one JSON text per NUL-ended frame, sessions flat. */
export class Cdp {
	private next = 0;
	private partial = "";
	private readonly waiting = new Map<number, Waiting>();
	private readonly handlers = new Map<string, Set<Handler>>();
	private readonly output: Writable;

	constructor(output: Writable, input: Readable) {
		this.output = output;
		input.setEncoding("utf8");
		input.on("data", (chunk: string) => {
			const frames = (this.partial + chunk).split("\0");
			this.partial = frames.pop() ?? "";
			for (const frame of frames) this.receive(frame);
		});
		input.on("close", () => {
			for (const { method, reject } of this.waiting.values())
				reject(new Error(`${method}: Chromium is gone`));
			this.waiting.clear();
		});
		output.on("error", () => undefined);
	}

	private receive(frame: string): void {
		const message = JSON.parse(frame) as {
			id?: number;
			method?: string;
			params?: unknown;
			result?: unknown;
			error?: { message: string };
			sessionId?: string;
		};
		if (message.id !== undefined) {
			const waiting = this.waiting.get(message.id);
			this.waiting.delete(message.id);
			if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
			else waiting?.resolve(message.result);
			return;
		}
		const session = message.sessionId ?? "";
		for (const handler of [...(this.handlers.get(`${session}|${message.method ?? ""}`) ?? [])])
			handler(message.params as never, session);
	}

	/** Sends one command; `session` empty means the browser itself. */
	send<M extends keyof Commands>(method: M, parameters: Commands[M], session = ""): Promise<Replies[M]> {
		return new Promise((resolve, reject) => {
			const id = ++this.next;
			this.waiting.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
			const sessionId = session === "" ? undefined : session;
			this.output.write(`${JSON.stringify({ id, method, params: parameters, sessionId })}\0`);
		});
	}

	/** Sends a command whose failure only means that the page is already gone. */
	tell<M extends keyof Commands>(method: M, parameters: Commands[M], session = ""): void {
		this.send(method, parameters, session).catch(() => undefined);
	}

	/** Listens to one event of one session; returns the function that stops it. */
	on<E extends keyof Events>(event: E, handler: (parameters: Events[E]) => void, session = ""): () => void {
		const key = `${session}|${event}`;
		const set = this.handlers.get(key) ?? new Set();
		this.handlers.set(key, set);
		set.add(handler);
		return () => void set.delete(handler);
	}
}
