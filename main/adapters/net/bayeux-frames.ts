/** An event message of a channel that was subscribed to. `data` is whatever the server sent: to be validated. */
export interface BayeuxMessage {
	readonly channel: string;
	readonly data: unknown;
}

/** What the server asks of the client about its next request (Bayeux 1.0, section 4.1), held within bounds. */
export interface BayeuxAdvice {
	readonly reconnect?: "retry" | "handshake" | "none";
	/** Pause before the next `/meta/connect`, 0 to 60 000 ms. */
	readonly interval?: number;
	/** How long the server holds a `/meta/connect`, 1 000 to 600 000 ms. */
	readonly timeout?: number;
	readonly "multiple-clients"?: boolean;
}

/** The answer to one `/meta/*` message of ours. */
export interface BayeuxReply {
	readonly id: string;
	readonly channel: string;
	readonly successful: boolean;
	readonly error?: string;
	readonly clientId?: string;
	readonly version?: string;
	readonly subscription?: string;
	readonly supportedConnectionTypes?: readonly string[];
	readonly advice?: BayeuxAdvice;
}

/** Why a frame was dropped. */
export type RejectReason = "json" | "shape" | "depth" | "size" | "unsolicited";

export interface Frames {
	readonly replies: readonly BayeuxReply[];
	readonly messages: readonly BayeuxMessage[];
	readonly rejected: ReadonlyMap<RejectReason, number>;
}

/** A hundred times the longest message of any of the four systems. */
export const maxFrameLength = 1024 * 1024;
export const maxFrameDepth = 200;

/**
 * Reads the body of one Bayeux response, an array of messages. Each element stands for itself: one that is
 * not JSON, too long, too deep or of a wrong shape is dropped and counted, and its neighbours stay.
 *
 * Length and depth are found by reading the text once, before anything is parsed.
 */
export function readFrames(text: string): Frames {
	const replies: BayeuxReply[] = [];
	const messages: BayeuxMessage[] = [];
	const rejected = new Map<RejectReason, number>();
	const reject = (reason: RejectReason): void => {
		rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
	};
	for (const { start, end, depth, whole } of elements(text)) {
		if (depth > maxFrameDepth) reject("depth");
		else if (end - start > maxFrameLength) reject("size");
		else {
			const value = whole ? parsed(text.slice(start, end)) : undefined;
			if (value === undefined) {
				reject("json");
				continue;
			}
			const frame = asFrame(value);
			if (frame === undefined) reject("shape");
			else if ("successful" in frame) replies.push(frame);
			else messages.push(frame);
		}
	}
	return { replies, messages, rejected };
}

interface Element {
	readonly start: number;
	readonly end: number;
	/** Greatest number of brackets open at once within the element. */
	readonly depth: number;
	/** False for a tail that the array's end or the next comma never closed. */
	readonly whole: boolean;
}

const quote = 0x22;
const comma = 0x2c;

/** The top-level elements of the array in `text`; a lone object is an array of one. */
function* elements(text: string): Generator<Element> {
	let at = skipSpace(text, 0);
	if (text[at] === "{") {
		yield { start: at, end: text.length, depth: depthOf(text, at), whole: true };
		return;
	}
	if (text[at] !== "[") {
		yield { start: at, end: text.length, depth: 0, whole: false };
		return;
	}
	at++;
	let start = at;
	let open = 0;
	let deepest = 0;
	for (; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === quote) {
			at = closingQuote(text, at);
		} else if (code === 0x5b || code === 0x7b) {
			open++;
			if (open > deepest) deepest = open;
		} else if (code === 0x5d || code === 0x7d) {
			if (open === 0) break;
			open--;
		} else if (code === comma && open === 0) {
			yield { start, end: at, depth: deepest, whole: true };
			start = at + 1;
			deepest = 0;
		}
	}
	const closed = at < text.length;
	// An empty array, or a comma before the end: nothing stands there.
	if (!closed || skipSpace(text, start) < at) yield { start, end: at, depth: deepest, whole: closed };
	if (closed && skipSpace(text, at + 1) < text.length)
		yield { start: at + 1, end: text.length, depth: 0, whole: false };
}

function depthOf(text: string, from: number): number {
	let open = 0;
	let deepest = 0;
	for (let at = from; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === quote) at = closingQuote(text, at);
		else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++open);
		else if (code === 0x5d || code === 0x7d) open--;
	}
	return deepest;
}

/** The index of the quote that ends the string begun at `from`, or the end of the text. */
function closingQuote(text: string, from: number): number {
	for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
		let slashes = 0;
		while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
		if (slashes % 2 === 0) return at;
	}
	return text.length;
}

function skipSpace(text: string, from: number): number {
	let at = from;
	while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
	return at;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asFrame(value: unknown): BayeuxReply | BayeuxMessage | undefined {
	if (!isRecord(value)) return undefined;
	const { channel } = value;
	if (typeof channel !== "string" || !channel.startsWith("/") || channel.length > 1000) return undefined;
	if (channel.startsWith("/meta/")) return asReply(channel, value);
	// Without data it would be the answer to a publication, and this client publishes nothing.
	return Object.hasOwn(value, "data") ? { channel, data: value["data"] } : undefined;
}

function asReply(channel: string, value: Record<string, unknown>): BayeuxReply | undefined {
	const {
		id,
		successful,
		error,
		clientId,
		version,
		subscription,
		supportedConnectionTypes: types,
		advice,
	} = value;
	if (typeof successful !== "boolean") return undefined;
	if (typeof id !== "string" && typeof id !== "number") return undefined;
	return {
		id: String(id),
		channel,
		successful,
		...(typeof error === "string" ? { error } : {}),
		...(typeof clientId === "string" && clientId !== "" ? { clientId } : {}),
		...(typeof version === "string" ? { version } : {}),
		...(typeof subscription === "string" ? { subscription } : {}),
		...(Array.isArray(types)
			? { supportedConnectionTypes: types.filter((type) => typeof type === "string") }
			: {}),
		...(isRecord(advice) ? { advice: asAdvice(advice) } : {}),
	};
}

function asAdvice(value: Record<string, unknown>): BayeuxAdvice {
	const { reconnect, interval, timeout } = value;
	return {
		...(reconnect === "retry" || reconnect === "handshake" || reconnect === "none" ? { reconnect } : {}),
		...(typeof interval === "number" ? { interval: clamp(interval, 0, 60_000) } : {}),
		...(typeof timeout === "number" ? { timeout: clamp(timeout, 1000, 600_000) } : {}),
		...(value["multiple-clients"] === true ? { "multiple-clients": true } : {}),
	};
}

function clamp(value: number, least: number, most: number): number {
	return Math.min(most, Math.max(least, value));
}
