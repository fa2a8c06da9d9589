import type { PracticeClock } from "../clock.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** One HTTP request, CometD included. Passwords, cookies and tokens are never kept. */
export interface JournalRequest {
	readonly kind: "request";
	readonly index: number;
	/** Milliseconds since the epoch, by the simulator's clock. */
	readonly at: number;
	readonly method: string;
	/** Without the query. */
	readonly path: string;
	readonly query: string;
	/** How the client proved who it is. */
	readonly credentials: "basic" | "bearer" | "cookie" | "none";
	/** A CSRF header was present. */
	readonly csrfHeader: boolean;
	operationName: string | undefined;
	/** Bayeux channels of a CometD request, in order. */
	channels: readonly string[];
	/** The parsed body with secrets and very long texts replaced; undefined before it was read or when there is none. */
	body: JsonValue | undefined;
	/** User name once known. */
	user: string | undefined;
	/** HTTP status; null while unanswered. */
	status: number | null;
	/** statusCode of the answer's envelope, if it had one. */
	statusCode: number | undefined;
	outcome: "pending" | "answered" | "reset" | "hung";
}

/** One event that was published to an agent. */
export interface JournalNotification {
	readonly kind: "notification";
	readonly index: number;
	readonly at: number;
	readonly topic: string;
	readonly user: string;
	readonly data: JsonObject;
	/** How many CometD sessions took it; 0 means that it is lost. */
	readonly sessions: number;
}

export type JournalEntry = JournalRequest | JournalNotification;

const mostEntries = 5_000;
const longestText = 65_536;
/** In lower case: some systems compare names without regard to case. */
const secretKeys = new Set([
	"password",
	"oldpassword",
	"newpassword",
	"secret",
	"client_secret",
	"token",
	"access_token",
	"refresh_token",
	"refresh",
	"passcode",
]);

/** What was asked and what was pushed, for tests and for "what happened" in practice mode. */
export class Journal {
	readonly #clock: PracticeClock;
	readonly #watchers = new Set<() => void>();
	#entries: JournalEntry[] = [];
	#nextIndex = 0;

	constructor(clock: PracticeClock) {
		this.#clock = clock;
	}

	/** All entries, oldest first; at most the last 5 000. */
	get entries(): readonly JournalEntry[] {
		return this.#entries;
	}

	/** Requests that match every given key, oldest first. */
	requests(match: RequestMatch = {}): JournalRequest[] {
		return this.#entries.filter(
			(entry) => entry.kind === "request" && matchesRequest(entry, match),
		) as JournalRequest[];
	}

	/** Notifications of `topic` (all topics when absent), oldest first. */
	notifications(topic?: string): JournalNotification[] {
		return this.#entries.filter(
			(entry) => entry.kind === "notification" && (topic === undefined || entry.topic === topic),
		) as JournalNotification[];
	}

	/**
	 * The first entry, past or future, that `predicate` accepts; it is asked again when an entry's
	 * answer becomes known. Rejects when `signal` is aborted.
	 */
	waitFor(predicate: (entry: JournalEntry) => boolean, signal?: AbortSignal): Promise<JournalEntry> {
		return new Promise((resolve, reject) => {
			const stop = (): void => {
				this.#watchers.delete(look);
				signal?.removeEventListener("abort", abort);
			};
			const look = (): void => {
				const found = this.#entries.find(predicate);
				if (found === undefined) return;
				stop();
				resolve(found);
			};
			const abort = (): void => {
				stop();
				reject(new Error("no such journal entry"));
			};
			this.#watchers.add(look);
			signal?.addEventListener("abort", abort, { once: true });
			if (signal?.aborted === true) abort();
			else look();
		});
	}

	/** Forgets what was so far. */
	clear(): void {
		this.#entries = [];
	}

	/** Starts the entry of a request; `update` tells how it went on. */
	request(
		start: Pick<JournalRequest, "method" | "path" | "query" | "credentials" | "csrfHeader">,
	): JournalRequest {
		const entry: JournalRequest = {
			kind: "request",
			index: this.#nextIndex,
			at: this.#clock.now(),
			...start,
			query: queryWithoutSecrets(start.query),
			operationName: undefined,
			channels: [],
			body: undefined,
			user: undefined,
			status: null,
			statusCode: undefined,
			outcome: "pending",
		};
		this.#add(entry);
		return entry;
	}

	/** Records what became known of a request and wakes the watchers. */
	update(
		entry: JournalRequest,
		change: Partial<
			Pick<
				JournalRequest,
				"operationName" | "channels" | "body" | "user" | "status" | "statusCode" | "outcome"
			>
		>,
	): void {
		Object.assign(entry, change);
		if (entry.body !== undefined) entry.body = withoutSecrets(entry.body);
		this.#wake();
	}

	notification(topic: string, user: string, data: JsonObject, sessions: number): void {
		this.#add({
			kind: "notification",
			index: this.#nextIndex,
			at: this.#clock.now(),
			topic,
			user,
			data,
			sessions,
		});
	}

	#add(entry: JournalEntry): void {
		this.#nextIndex += 1;
		this.#entries.push(entry);
		if (this.#entries.length > mostEntries) this.#entries.splice(0, this.#entries.length - mostEntries);
		this.#wake();
	}

	#wake(): void {
		for (const look of [...this.#watchers]) look();
	}
}

/** Narrows a request; every given key must fit. A `path` string fits the whole path or its end. */
export interface RequestMatch {
	readonly method?: string;
	readonly path?: string | RegExp;
	readonly operationName?: string;
	/** One of the request's Bayeux channels. */
	readonly channel?: string;
}

/** Whether `request` fits `match`. */
export function matchesRequest(
	request: Pick<JournalRequest, "method" | "path" | "operationName" | "channels">,
	match: RequestMatch,
): boolean {
	if (match.method !== undefined && match.method !== request.method) return false;
	if (typeof match.path === "string" && !request.path.endsWith(match.path)) return false;
	if (match.path instanceof RegExp && !match.path.test(request.path)) return false;
	if (match.operationName !== undefined && match.operationName !== request.operationName) return false;
	return match.channel === undefined || request.channels.includes(match.channel);
}

/** A password in the address is wrong of the client, but no reason to keep it. */
function queryWithoutSecrets(query: string): string {
	return query.replace(/([?&])([^=&]*)=[^&]*/g, (whole, separator: string, name: string) =>
		secretKeys.has(name.toLowerCase()) ? `${separator}${name}=(removed)` : whole,
	);
}

function withoutSecrets(value: JsonValue): JsonValue {
	// Pictures within JSON: thousands of entries must not hold them all.
	if (typeof value === "string" && value.length > longestText) {
		return `(${String(value.length)} characters)`;
	}
	if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withoutSecrets);
	if (typeof value !== "object" || value === null) return value;
	const copy: Record<string, JsonValue> = {};
	for (const [key, inner] of Object.entries(value as JsonObject)) {
		copy[key] = secretKeys.has(key.toLowerCase()) ? "(removed)" : withoutSecrets(inner);
	}
	return copy;
}
