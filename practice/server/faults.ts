import type { ServerResponse } from "node:http";
import { type JournalRequest, matchesRequest, type RequestMatch } from "./journal.ts";

/** What goes wrong with a request. "Processed" means that the server did what was asked. */
export type FaultAction =
	/** The connection is reset; not processed. */
	| { readonly action: "resetBefore" }
	/** Processed, then the connection is reset in place of the reply. */
	| { readonly action: "resetAfter" }
	/** Never answered; not processed. */
	| { readonly action: "hang" }
	/** Processed, never answered. */
	| { readonly action: "hangAfter" }
	/** Another status and envelope; not processed. */
	| {
			readonly action: "status";
			readonly status: number;
			readonly statusCode?: number;
			readonly statusMessage?: string;
			readonly headers?: Readonly<Record<string, string>>;
	  }
	/** Processed (unless `processed` is false), then this body in place of the reply. */
	| {
			readonly action: "body";
			readonly body: string;
			readonly status?: number;
			readonly contentType?: string;
			readonly processed?: boolean;
	  }
	/** A page of a proxy or of Jetty; not processed. */
	| { readonly action: "html"; readonly status?: number }
	/** Processed, then the reply is cut in the middle of its JSON. */
	| { readonly action: "malformed" }
	/** Processed, then a JSON reply of about so many bytes. */
	| { readonly action: "huge"; readonly bytes: number }
	/** Processed after so many milliseconds. */
	| { readonly action: "delay"; readonly ms: number }
	/** Processed, then the reply comes in pieces of so many bytes. */
	| { readonly action: "slow"; readonly chunkBytes: number; readonly everyMs: number };

/** A fault for the next requests that match. */
export type Fault = FaultAction & {
	/** Absent: any request. */
	readonly match?: RequestMatch;
	/** How many requests it hits; default 1. */
	readonly times?: number;
};

/** Undoes a fault that has not (fully) happened. */
export interface FaultHandle {
	/** Requests hit so far. */
	readonly hits: number;
	cancel(): void;
}

interface Waiting {
	readonly fault: Fault;
	left: number;
	hits: number;
}

/** Faults in the order in which they were asked for; a request meets the first that matches. */
export class Faults {
	#waiting: Waiting[] = [];

	/** Lets the next matching requests (default one) go wrong. */
	next(fault: Fault): FaultHandle {
		const waiting: Waiting = { fault, left: fault.times ?? 1, hits: 0 };
		this.#waiting.push(waiting);
		return {
			get hits() {
				return waiting.hits;
			},
			cancel: () => {
				this.#waiting = this.#waiting.filter((candidate) => candidate !== waiting);
			},
		};
	}

	clear(): void {
		this.#waiting = [];
	}

	/** The fault of this request, if any; it counts as used. */
	take(request: JournalRequest): Fault | null {
		const waiting = this.#waiting.find(({ fault }) => matchesRequest(request, fault.match ?? {}));
		if (waiting === undefined) return null;
		waiting.left -= 1;
		waiting.hits += 1;
		if (waiting.left <= 0) this.#waiting = this.#waiting.filter((candidate) => candidate !== waiting);
		return waiting.fault;
	}
}

/**
 * Faults that leave the request unprocessed: does what they say and returns true.
 * False: the request goes on.
 */
export function actInstead(fault: Fault, response: ServerResponse): boolean {
	switch (fault.action) {
		case "resetBefore":
			response.socket?.resetAndDestroy();
			return true;
		case "hang":
			return true;
		case "status": {
			const statusMessage = fault.statusMessage ?? "Injected failure";
			const envelope =
				fault.statusCode === undefined
					? ""
					: JSON.stringify({ statusCode: fault.statusCode, statusMessage });
			response.writeHead(fault.status, {
				"Content-Type": "application/json;charset=UTF-8",
				...fault.headers,
			});
			response.end(envelope);
			return true;
		}
		case "html":
			response.writeHead(fault.status ?? 502, { "Content-Type": "text/html;charset=ISO-8859-1" });
			response.end("<html><head><title>Error</title></head><body><h2>Bad Gateway</h2></body></html>");
			return true;
		case "body":
			if (fault.processed !== false) return false;
			writeBody(response, fault);
			return true;
		case "resetAfter":
		case "hangAfter":
		case "malformed":
		case "huge":
		case "delay":
		case "slow":
			return false;
	}
}

/** Faults that spoil the reply of a processed request: bends `response.end` before the request is handled. */
export function spoilReply(fault: Fault, response: ServerResponse): void {
	const end = response.end.bind(response);
	const replace = (write: (content: string) => void): void => {
		response.end = ((content?: unknown) => {
			write(Buffer.isBuffer(content) || typeof content === "string" ? content.toString() : "");
			return response;
		}) as typeof response.end;
	};
	switch (fault.action) {
		case "resetAfter":
			replace(() => {
				response.socket?.resetAndDestroy();
				// The handlers of the CometD library wait for this to start its timers.
				response.emit("finish");
			});
			break;
		case "hangAfter":
			replace(() => undefined);
			break;
		case "malformed":
			replace((content) => {
				response.removeHeader("Content-Length");
				end(content.slice(0, Math.max(1, Math.floor(content.length / 2))));
			});
			break;
		case "huge":
			replace(() => {
				response.setHeader("Content-Type", "application/json;charset=UTF-8");
				end(`{"statusCode":0,"padding":"${"x".repeat(Math.max(0, fault.bytes - 32))}"}`);
			});
			break;
		case "body":
			replace(() => {
				response.end = end;
				writeBody(response, fault);
			});
			break;
		case "slow":
			replace((content) => {
				drip(response, end, Buffer.from(content), fault.chunkBytes, fault.everyMs);
			});
			break;
		case "resetBefore":
		case "hang":
		case "status":
		case "html":
		case "delay":
			break;
	}
}

function writeBody(response: ServerResponse, fault: Extract<Fault, { action: "body" }>): void {
	response.statusCode = fault.status ?? 200;
	response.setHeader("Content-Type", fault.contentType ?? "application/json;charset=UTF-8");
	response.end(fault.body);
}

function drip(
	response: ServerResponse,
	end: () => ServerResponse,
	content: Buffer,
	chunkBytes: number,
	everyMs: number,
): void {
	let offset = 0;
	const step = (): void => {
		if (response.destroyed) return;
		response.write(content.subarray(offset, offset + chunkBytes));
		offset += chunkBytes;
		if (offset < content.length) setTimeout(step, everyMs);
		else end();
	};
	step();
}
