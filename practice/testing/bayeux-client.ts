import { type JsonObject, textField } from "../server/json.ts";
import type { Answer, RestClient } from "./rest-client.ts";

/** One event of a subscribed topic. */
export interface Event {
	readonly channel: string;
	readonly data: JsonObject;
}

const endpoint = "/api/v2/notifications";

/** The least that speaks Bayeux: no retry, no advice, so that tests see each message. */
export class BayeuxClient {
	readonly rest: RestClient;
	clientId = "";
	/** Events of all replies, in order of arrival. */
	readonly events: Event[] = [];
	#nextId = 1;
	#waiting: (() => void)[] = [];
	#loop: Promise<void> | null = null;
	readonly #stop = new AbortController();

	constructor(rest: RestClient) {
		this.rest = rest;
	}

	/** Sends one message; returns its reply and keeps the events that came along. */
	async send(message: JsonObject, path = ""): Promise<JsonObject> {
		const id = String(this.#nextId);
		this.#nextId += 1;
		const answer = await this.raw([{ id, ...message }], path);
		const reply = messagesOf(answer).find((candidate) => candidate["id"] === id);
		if (reply === undefined) throw new Error(`no reply: HTTP ${String(answer.status)} ${answer.text}`);
		return reply;
	}

	/** Posts whatever it is given. */
	async raw(body: unknown, path = ""): Promise<Answer> {
		const answer = await this.rest.request(
			"POST",
			`${endpoint}${path}`,
			typeof body === "string" ? body : JSON.stringify(body),
			{},
			this.#stop.signal,
		);
		for (const message of messagesOf(answer)) this.#keep(message);
		return answer;
	}

	async handshake(): Promise<JsonObject> {
		const reply = await this.send(
			{
				channel: "/meta/handshake",
				version: "1.0",
				minimumVersion: "1.0",
				supportedConnectionTypes: ["long-polling"],
				advice: { timeout: 60_000, interval: 0 },
			},
			"/handshake",
		);
		this.clientId = textField(reply, "clientId") ?? "";
		return reply;
	}

	connect(advice?: JsonObject): Promise<JsonObject> {
		return this.send(
			{
				channel: "/meta/connect",
				connectionType: "long-polling",
				clientId: this.clientId,
				...(advice === undefined ? {} : { advice }),
			},
			"/connect",
		);
	}

	subscribe(subscription: string): Promise<JsonObject> {
		return this.send({ channel: "/meta/subscribe", subscription, clientId: this.clientId }, "/");
	}

	/** Handshake, first connect, subscriptions, then connects for ever. */
	async open(...subscriptions: string[]): Promise<void> {
		await this.handshake();
		await this.connect({ timeout: 0 });
		for (const subscription of subscriptions) await this.subscribe(subscription);
		this.#loop = this.#keepConnecting();
	}

	/** The first event, past or future, that `predicate` accepts. */
	async event(predicate: (event: Event) => boolean): Promise<Event> {
		for (;;) {
			const found = this.events.find(predicate);
			if (found !== undefined) return found;
			await new Promise<void>((resolve) => this.#waiting.push(resolve));
		}
	}

	/** Ends the loop by breaking its connection. */
	async close(): Promise<void> {
		this.#stop.abort();
		await this.#loop;
	}

	async #keepConnecting(): Promise<void> {
		while (!this.#stop.signal.aborted) {
			try {
				const reply = await this.connect();
				if (reply["successful"] !== true) return;
			} catch {
				return;
			}
		}
	}

	#keep(message: JsonObject): void {
		const { channel, data } = message as { channel?: string; data?: JsonObject };
		if (channel === undefined || data === undefined || channel.startsWith("/meta/")) return;
		this.events.push({ channel, data });
		for (const wake of this.#waiting.splice(0)) wake();
	}
}

function messagesOf(answer: Answer): JsonObject[] {
	try {
		const value: unknown = JSON.parse(answer.text);
		return Array.isArray(value) ? (value as JsonObject[]) : [];
	} catch {
		return [];
	}
}
