import cometd, { type CometDServer, type ServerMessage, type ServerSession } from "cometd-nodejs-server";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Agent } from "./agents.ts";
import type { HttpSession } from "./http-sessions.ts";
import { isJsonObject, type JsonObject } from "../server/json.ts";
import type { GenesysSwitches } from "./switches.ts";

interface Owner {
	readonly agent: Agent;
	readonly httpSession: HttpSession;
	readonly session: ServerSession;
}

/** Told when a client subscribed and when CometD gave a session up for lack of `/meta/connect`. */
export interface CometdEvents {
	subscribed(agent: Agent, channel: string): void;
	expired(httpSession: HttpSession): void;
}

/**
 * The push endpoint: `cometd-nodejs-server`, with the wording, headers and per-user topics that a
 * GWS node (Java CometD 3.1) has and that library has not.
 */
export class CometdEndpoint {
	readonly #switches: GenesysSwitches;
	readonly #events: CometdEvents;
	readonly #owners = new Map<string, Owner>();
	#server: CometDServer;
	/** Whose request is being handled; the library takes a parsed body synchronously. */
	#caller: HttpSession | null = null;

	constructor(switches: GenesysSwitches, events: CometdEvents) {
		this.#switches = switches;
		this.#events = events;
		this.#server = this.#createServer();
	}

	/** Handles one POST whose body was parsed already. `caller` null: the HTTP session is gone. */
	handle(
		request: IncomingMessage,
		response: ServerResponse,
		messages: readonly JsonObject[],
		caller: HttpSession | null,
	): void {
		Object.assign(this.#server.options, {
			timeout: this.#switches.cometdTimeoutMs,
			interval: this.#switches.cometdIntervalMs,
			maxInterval: this.#switches.cometdMaxIntervalMs,
			browserCookieName: this.#switches.cometdCookieName,
		});
		speakLikeJetty(response);
		this.#caller = caller;
		try {
			this.#server.handle(Object.assign(request, { body: messages }), response);
		} finally {
			this.#caller = null;
		}
	}

	/** Hands an event once to each CometD session of the agent that subscribed; returns how many. */
	deliver(agent: Agent, topic: string, data: JsonObject): number {
		const owners = this.#subscribers(agent, topic);
		for (const { session } of owners) session.deliver(null, topic, data);
		return owners.length;
	}

	/** Whether anybody would hear an event for this agent. */
	hears(agent: Agent, topic: string): boolean {
		return this.#subscribers(agent, topic).length > 0;
	}

	/** CometD sessions of one agent, or of all. */
	count(agent?: Agent): number {
		return [...this.#owners.values()].filter((owner) => agent === undefined || owner.agent === agent)
			.length;
	}

	/** Forgets the sessions of an HTTP session: they are answered 402 from now on. */
	end(httpSession: HttpSession): void {
		for (const owner of [...this.#owners.values()]) {
			if (owner.httpSession === httpSession) drop(owner.session);
		}
	}

	/** All sessions become unknown (402), as after the restart of a node. */
	forgetAll(): void {
		for (const { session } of [...this.#owners.values()]) drop(session);
		this.#owners.clear();
		this.#server.close();
		this.#server = this.#createServer();
	}

	close(): void {
		for (const { session } of [...this.#owners.values()]) drop(session);
		this.#owners.clear();
		this.#server.close();
	}

	#subscribers(agent: Agent, topic: string): Owner[] {
		return [...this.#owners.values()].filter(
			(owner) =>
				owner.agent === agent &&
				owner.session.subscriptions.some((channel) => channelCovers(channel.name, topic)),
		);
	}

	#createServer(): CometDServer {
		const server = cometd.createCometDServer({
			browserCookiePath: "/",
			browserCookieHttpOnly: true,
			maxSessionsPerBrowser: 1,
			multiSessionInterval: 2_000,
			sweepPeriod: 250,
		});
		server.policy = {
			canHandshake: (_session, _message, callback) => {
				callback(undefined, this.#caller !== null);
			},
			canCreate: (_session, _message, channelName: unknown, callback) => {
				callback(undefined, typeof channelName === "string" && validChannel.test(channelName));
			},
			// Clients only listen.
			canPublish: (_session, _message, _channel, callback) => {
				callback(undefined, false);
			},
		};
		server.addExtension({
			outgoing: (_server, _sender, _session, message, callback) => {
				speakLikeJavaCometd(message);
				// A disconnect that no client asked for is what `drop` causes; GWS does not send it.
				callback(undefined, message.channel !== "/meta/disconnect" || message.id !== undefined);
			},
		});
		server.addListener("sessionAdded", (session: ServerSession) => {
			const caller = this.#caller;
			if (caller !== null)
				this.#owners.set(session.id, { agent: caller.agent, httpSession: caller, session });
		});
		server.addListener("sessionRemoved", (session: ServerSession, timedOut: boolean) => {
			const owner = this.#owners.get(session.id);
			this.#owners.delete(session.id);
			if (owner !== undefined && timedOut) this.#events.expired(owner.httpSession);
		});
		server.addListener("subscribed", (channel: { name: string }, session: ServerSession) => {
			const owner = this.#owners.get(session.id);
			if (owner !== undefined) this.#events.subscribed(owner.agent, channel.name);
		});
		return server;
	}
}

/** Makes a session unknown without a word to its client; a held connect is let go. */
function drop(session: ServerSession): void {
	session.disconnect();
	// Not in the library's types: the only way to release a held request without a message.
	(session as ServerSession & { _flush?: () => void })._flush?.();
}

const validChannel = /^(\/[^/*\s]+)*\/([^/*\s]+|\*\*?)$/;

/** Bayeux globbing: `*` covers one segment, `**` any number of them. */
export function channelCovers(subscription: string, topic: string): boolean {
	if (subscription === topic) return true;
	if (subscription.endsWith("/**")) return topic.startsWith(subscription.slice(0, -2));
	if (!subscription.endsWith("/*")) return false;
	const parent = subscription.slice(0, -1);
	return topic.startsWith(parent) && !topic.slice(parent.length).includes("/");
}

/** The messages of a Bayeux request body, a single object included; null when it is none. */
export function bayeuxMessages(body: unknown): JsonObject[] | null {
	const messages: unknown[] = Array.isArray(body) ? body : [body];
	if (messages.length === 0) return null;
	const usable = messages.filter(isJsonObject).filter((message) => typeof message["channel"] === "string");
	return usable.length === messages.length ? usable : null;
}

/** Words and fields in which the Java server differs (sheet, 10.2 and 10.5). */
function speakLikeJavaCometd(message: ServerMessage): void {
	if (message.channel === "/meta/handshake" && message.successful === true) {
		message.minimumVersion = "1.0";
		message.supportedConnectionTypes = ["long-polling", "callback-polling"];
	}
	const javaWords: Record<string, string> = {
		"402::session_unknown": "402::Unknown client",
		"403::handshake_denied": "403::Handshake denied",
		"403::subscribe_denied": "403::subscription_invalid",
	};
	const error = message.error === undefined ? undefined : javaWords[message.error];
	if (error !== undefined) message.error = error;
}

/** Adds the charset, and keeps cookies that were set before the library sets its own. */
function speakLikeJetty(response: ServerResponse): void {
	const setHeader = response.setHeader.bind(response);
	response.setHeader = (name, value) => {
		if (name.toLowerCase() === "content-type" && value === "application/json") {
			return setHeader(name, "application/json;charset=UTF-8");
		}
		if (name.toLowerCase() !== "set-cookie") return setHeader(name, value);
		const before = response.getHeader("set-cookie");
		return setHeader(name, [before ?? [], value].flat().map(String));
	};
}
