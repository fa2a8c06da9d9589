import * as library from "cometd";

/**
 * The parts of `cometd` 9 that its own declarations leave out or leave vague, typed as its source has them
 * (Client.js, RequestTransport.js, LongPollingTransport.js).
 */

/** A `/meta/*` reply as the library hands it to callbacks and listeners. */
export interface LibraryMessage {
	readonly id?: string;
	readonly channel: string;
	readonly successful?: boolean;
	readonly error?: string;
	readonly clientId?: string;
	readonly subscription?: string;
	readonly advice?: { readonly reconnect?: string };
	/** There when no usable answer was had. */
	readonly failure?: { readonly reason?: string; readonly exception?: unknown; readonly httpCode?: number };
}

/** What the library means to do about a failed handshake or connect. */
export interface FailureInfo {
	action: "retry" | "handshake" | "none";
	delay?: number;
	readonly cause: "negotiation" | "unsuccessful" | "failure";
}

/** Messages on their way out. */
export interface Envelope {
	readonly messages: readonly { readonly id: string; readonly channel: string }[];
}

/** One HTTP request that the transport is to make. */
export interface Packet {
	readonly url: string;
	readonly body: string;
	/** Takes the response: its text, or the messages themselves. */
	onSuccess(response: string | readonly object[]): void;
	onError(reason: string, exception: unknown): void;
}

/** What the library needs of an XMLHttpRequest once it is sent. */
export interface Exchange {
	readonly readyState: number;
	readonly status: number;
	abort(): void;
}

export interface Cometd {
	configure(options: {
		readonly url: string;
		readonly appendMessageTypeToURL: boolean;
		readonly maxNetworkDelay: number;
		readonly logLevel: "warn";
	}): void;
	unregisterTransports(): void;
	registerTransport(type: string, transport: LongPolling): boolean;
	handshake(callback: (message: LibraryMessage) => void): void;
	disconnect(callback: (message: LibraryMessage) => void): void;
	batch(group: () => void): void;
	addListener(channel: string, callback: (message: LibraryMessage) => void): unknown;
	subscribe(channel: string, onMessage: () => void, onReply: (message: LibraryMessage) => void): unknown;
	unsubscribe(subscription: unknown): void;
	onTransportFailure(
		message: LibraryMessage,
		info: FailureInfo,
		proceed: (info: FailureInfo) => void,
	): void;
	setTimeout(run: () => void, delayMs: number): unknown;
	clearTimeout(id: unknown): void;
}

export interface LongPolling {
	/** The advice in force; its timeout is always known. */
	readonly advice: { readonly timeout: number };
	send(envelope: Envelope, metaConnect: boolean): void;
	xhrSend(packet: Packet): Exchange;
}

type Shipped = { readonly CometD: new () => Cometd; readonly LongPollingTransport: new () => LongPolling };
const shipped = library as unknown as Shipped;

export const CometD = shipped.CometD;
export const LongPollingTransport = shipped.LongPollingTransport;

/**
 * What the library finds where it looks for a browser's `window`: build/vite/cometd-host.ts gives that name another
 * meaning in this one package, so that no global `window` exists. The library asks it for the constant below only;
 * timers go through `setTimeout` of the class, which each session overrides, and without a console it logs nothing.
 */
Object.assign(globalThis, { __cometdHost: Object.freeze({ XMLHttpRequest: Object.freeze({ UNSENT: 0 }) }) });
