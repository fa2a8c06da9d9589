import * as v from "valibot";
import type { RestClient, RestRequest } from "../rest/rest-client.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { isEmptyList, isNotSupported } from "./answers.ts";
import type { Identity } from "./identity.ts";
import {
	type DeviceRow,
	type MessageRow,
	type PersonRow,
	type SessionRow,
	type SmsNumberRow,
	type WireRow,
	deviceRow,
	messageRow,
	personRow,
	rowsOf,
	sessionRow,
	smsNumberRow,
} from "./wire.ts";

/** Most rows that a list gives at once (sheet, 1.4). */
export const mostRows = 1000;

export interface Page {
	readonly limit: number;
	/** Offset; whether it counts from 0 or 1 nobody knows (row 3). */
	readonly start?: number;
}

/** The body of a message (2.4). */
export interface MessageSend {
	readonly type: "chat" | "chat-media" | "sms" | "mms";
	readonly message: string;
	readonly destination: string | readonly string[];
	readonly "from-number"?: string;
	readonly data?: string;
	readonly "mime-type"?: string;
	readonly size?: number;
}

/** What a session may be changed to (3.5, 3.7). */
export type SessionChange =
	| { readonly participants: string }
	| { readonly "session-name": string }
	| { readonly "messagesession-last-status": "read" | "unread" };

/** The vendor's operations, with the agent's real domain and extension in every path (row 17). */
export class Api {
	readonly rest: RestClient;
	readonly me: Identity;

	constructor(rest: RestClient, me: Identity) {
		this.rest = rest;
		this.me = me;
	}

	sessions(page: Page, signal?: AbortSignal): Promise<readonly SessionRow[]> {
		return this.#list(`${this.#user}/messagesessions${query(page)}`, sessionRow, signal);
	}

	/**
	 * Of the whole domain, one row for each user of a conversation; needs a scope of the domain. Never polled (row 22).
	 */
	domainSessions(page: Page, signal?: AbortSignal): Promise<readonly SessionRow[]> {
		return this.#list(`${this.#domain}/messagesessions${query(page)}`, sessionRow, signal);
	}

	/** Null: it is not there (any more), or the server is too old to tell (3b). */
	async session(id: string, signal?: AbortSignal): Promise<SessionRow | null> {
		try {
			return (await this.#list(this.#session(id), sessionRow, signal))[0] ?? null;
		} catch (thrown) {
			if (isNotSupported(thrown)) return null;
			throw thrown;
		}
	}

	/** Rejects with 404 for a session that is not there. */
	async messages(id: string, page: Page, signal?: AbortSignal): Promise<readonly MessageRow[]> {
		return rowsOf(await this.#get(`${this.#session(id)}/messages${query(page)}`, signal), messageRow);
	}

	/** The request of a text into a session, and of one that the server finds a session for (3.3, 3.4). */
	sending(id: string | null, body: MessageSend): RestRequest {
		const path = id === null ? `${this.#user}/messages` : `${this.#session(id)}/messages`;
		// The medium goes up with it.
		const timeoutMs = body.data === undefined ? 30_000 : 120_000;
		return { method: "POST", path, json: body, timeoutMs };
	}

	change(id: string, change: SessionChange, signal?: AbortSignal): Promise<void> {
		return this.#write({ method: "PUT", path: this.#session(id), json: change }, signal);
	}

	leave(id: string, signal?: AbortSignal): Promise<void> {
		return this.#write({ method: "PUT", path: `${this.#session(id)}/leave` }, signal);
	}

	remove(id: string, signal?: AbortSignal): Promise<void> {
		return this.#write({ method: "DELETE", path: this.#session(id) }, signal);
	}

	smsNumbers(signal?: AbortSignal): Promise<readonly SmsNumberRow[]> {
		return this.#list(`${this.#user}/smsnumbers${query({ limit: mostRows })}`, smsNumberRow, signal);
	}

	devices(signal?: AbortSignal): Promise<readonly DeviceRow[]> {
		return this.#list(`${this.#user}/devices`, deviceRow, signal);
	}

	/** The agent's own address book, with the users of the domain. */
	contacts(signal?: AbortSignal): Promise<readonly PersonRow[]> {
		return this.#list(
			`${this.#user}/contacts?includeDomain=yes&limit=${String(mostRows)}`,
			personRow,
			signal,
		);
	}

	/** Users of the domain; older servers have them under another path (6.3). */
	async users(signal?: AbortSignal): Promise<readonly PersonRow[]> {
		try {
			return await this.#list(
				`${this.#domain}/users/list${query({ limit: mostRows })}`,
				personRow,
				signal,
			);
		} catch (thrown) {
			if (!isNotSupported(thrown)) throw thrown;
			return await this.#list(`${this.#domain}/users${query({ limit: mostRows })}`, personRow, signal);
		}
	}

	presence(signal?: AbortSignal): Promise<readonly PersonRow[]> {
		return this.#list(`${this.#domain}/presence/list${query({ limit: mostRows })}`, personRow, signal);
	}

	get #domain(): string {
		return `/v2/domains/${encodeURIComponent(this.me.domain)}`;
	}

	get #user(): string {
		return `${this.#domain}/users/${encodeURIComponent(this.me.user)}`;
	}

	#session(id: string): string {
		return `${this.#user}/messagesessions/${encodeURIComponent(id)}`;
	}

	#get(path: string, signal?: AbortSignal): Promise<unknown> {
		return this.rest.read(path, v.unknown(), signal);
	}

	async #list<T>(
		path: string,
		read: (row: WireRow) => T | null,
		signal?: AbortSignal,
	): Promise<readonly T[]> {
		try {
			return rowsOf(await this.#get(path, signal), read);
		} catch (thrown) {
			if (isEmptyList(thrown)) return [];
			throw thrown;
		}
	}

	/** 202 is the whole answer of a write (1.3), whatever its body; it rejects when the server refuses. */
	async #write(request: RestRequest, signal?: AbortSignal): Promise<void> {
		const response = await this.rest.request(signal === undefined ? request : { ...request, signal });
		try {
			this.rest.parse(response, v.unknown());
		} catch (thrown) {
			if (thrown instanceof RestFailure && thrown.error.code === "http.malformed") return;
			throw thrown;
		}
	}
}

function query({ limit, start }: Page): string {
	const from = start === undefined ? "" : `&start=${String(start)}`;
	return `?limit=${String(limit)}${from}`;
}
