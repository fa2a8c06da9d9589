import { type Clock, pause } from "../../main/core/ports/runtime.ts";
import { type BayeuxIn, BayeuxEndpoint } from "./bayeux.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import { Ledger, type ServerMessage } from "./ledger.ts";
import { type Answered, changes, heads, page } from "./reads.ts";
import { type SendFault, type ReferenceSwitches, defaultSwitches } from "./switches.ts";
import { Tokens } from "./tokens.ts";
import { messageChannel, type WireMessage } from "./wire.ts";

export interface ReferenceRequest {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: string;
	/** Aborted when the client hangs up. */
	readonly gone: AbortSignal;
}

export interface ReferenceResponse {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export interface ReferenceServerOptions {
	readonly clock: Clock;
	/** Numbers in [0, 1). */
	readonly random: () => number;
	readonly switches?: Partial<ReferenceSwitches>;
	/** What signs in; default `agent` and `secret`. */
	readonly user?: string;
	readonly password?: string;
}

type Answer = Answered | "cut";

/**
 * A messaging system with everything a careful client could wish for, and switches for everything that goes wrong.
 * One agent. It knows no sockets: `http-server.ts` puts it on a port, `in-process.ts` into the client's own process.
 */
export class ReferenceServer {
	readonly clock: Clock;
	readonly switches: ReferenceSwitches;
	readonly ledger = new Ledger();
	readonly journal = new Journal();
	readonly tokens: Tokens;
	readonly #bayeux: BayeuxEndpoint;
	readonly #random: () => number;
	/** What pollers are told, in order; a message may be in it several times. */
	readonly #changes: ServerMessage[] = [];
	readonly #window: ServerMessage[] = [];
	#flushing = false;
	#refusedUntil = 0;
	#refusal: Answered = { status: 429, body: {} };
	#stopForgetting: () => void = () => undefined;

	constructor(options: ReferenceServerOptions) {
		this.clock = options.clock;
		this.switches = { ...defaultSwitches(), ...options.switches };
		this.#random = options.random;
		this.#bayeux = new BayeuxEndpoint(this.clock, this.switches);
		this.tokens = new Tokens(
			this.clock,
			this.switches,
			options.user ?? "agent",
			options.password ?? "secret",
		);
		this.forgetSessionsEvery(this.switches.unknownSessionEveryMs);
	}

	/** Server time, ms. */
	now(): number {
		return this.clock.now() + this.switches.skewMs;
	}

	/** The peer writes. `at`: not now. `tell` false: only history knows it until `push` or `offer`. */
	receive(
		peer: string,
		text: string,
		more: { readonly at?: number; readonly tell?: boolean } = {},
	): ServerMessage {
		return this.#accept(
			{ peer, text, direction: "in", at: more.at ?? this.now(), key: null },
			more.tell ?? true,
		);
	}

	/** The agent writes on another device. */
	sendElsewhere(peer: string, text: string, more: { readonly tell?: boolean } = {}): ServerMessage {
		const message = { peer, text, direction: "out" as const, at: this.now(), key: null };
		return this.#accept(message, more.tell ?? true);
	}

	/** Pushes these, once more if they were pushed before, at once and in this order. */
	push(messages: readonly ServerMessage[]): void {
		for (const message of messages)
			message.pushed += this.#bayeux.publish(messageChannel, this.#wire(message));
	}

	/** Tells these to pollers, once more if they were told before, in this order. */
	offer(messages: readonly ServerMessage[]): void {
		this.#changes.push(...messages);
	}

	/** All push sessions are unknown from now on. */
	forgetSessions(): void {
		this.#bayeux.forgetAll();
	}

	/** The same again and again; null: not any more. */
	forgetSessionsEvery(ms: number | null): void {
		this.#stopForgetting();
		if (ms === null) return;
		this.#stopForgetting = this.clock.after(ms, () => {
			this.forgetSessions();
			this.forgetSessionsEvery(ms);
		});
	}

	get sessions(): number {
		return this.#bayeux.sessions;
	}

	/** Push sessions that listen for messages. */
	get listeners(): number {
		return this.#bayeux.subscribers(messageChannel);
	}

	/** Every REST request is answered with this until `forMs` have passed; Retry-After says so in whole seconds. */
	overload(forMs: number, status: 429 | 503 = 429): void {
		this.#refusedUntil = this.clock.monotonic() + forMs;
		this.#refusal = { status, body: { error: "overloaded" } };
	}

	close(): void {
		this.#stopForgetting();
		this.#bayeux.forgetAll();
	}

	/** Null: the connection is cut in place of an answer. */
	async handle(request: ReferenceRequest): Promise<ReferenceResponse | null> {
		const url = new URL(request.url, "http://reference");
		const body = parsed(request.body);
		const entry = this.#note(url, request.method, body);
		const answer = await this.#answer(request, url, body, entry);
		const cut = answer === "cut";
		this.journal.end(
			entry,
			cut ? null : answer.status,
			this.clock.monotonic(),
			cut ? [] : (answer.ids ?? []),
		);
		if (cut) return null;
		return {
			status: answer.status,
			headers: { "content-type": "application/json;charset=UTF-8", ...answer.headers },
			body: JSON.stringify(answer.body),
		};
	}

	async #answer(request: ReferenceRequest, url: URL, body: unknown, entry: JournalEntry): Promise<Answer> {
		if (url.pathname === "/reference/token") return this.#token(this.tokens.signIn(body));
		if (url.pathname === "/reference/token/refresh") return this.#token(this.tokens.refresh(body));
		if (!this.tokens.holds(request.headers["authorization"]))
			return { status: 401, body: { error: "token" } };
		if (url.pathname.startsWith("/reference/bayeux")) {
			const frames = await this.#bayeux.handle(
				Array.isArray(body) ? (body as BayeuxIn[]) : [],
				request.gone,
			);
			return { status: 200, body: frames, ids: idsIn(frames) };
		}
		const delay = this.#between(this.switches.delayMs);
		await this.#pass(delay / 2);
		const answer = this.#overloaded() ?? this.#rest(request.method, url, body, entry);
		await this.#pass(delay / 2);
		return answer;
	}

	#rest(method: string, url: URL, body: unknown, entry: JournalEntry): Answer {
		const { pathname: path, searchParams: query } = url;
		const wire = (message: ServerMessage): WireMessage => this.#wire(message);
		if (path === "/reference/messages" && method === "POST") return this.#send(body, entry);
		if (path === "/reference/changes") return changes(this.#changes, query.get("after"), wire);
		if (!this.switches.history) return { status: 404, body: { error: "no history" } };
		if (path === "/reference/heads") return heads(this.ledger, query, this.switches.headsPage);
		if (path === "/reference/messages") return page(this.ledger, query, wire);
		return { status: 404, body: { error: "path" } };
	}

	#send(body: unknown, entry: JournalEntry): Answer {
		const { peer = "", text = "" } = body as { readonly peer?: string; readonly text?: string };
		const { key } = entry;
		const now = this.now();
		const fault = this.#sendFault(peer, text, key);
		const note = (
			outcome: "accepted" | "repeated" | "refused" | "lost",
			status: number | null,
			id: string | null,
		): void =>
			this.ledger.attempt({ at: now, peer, text, key, outcome, status, id, replied: status !== null });
		if (fault === "dropRequest") {
			note("lost", null, null);
			return "cut";
		}
		if (typeof fault === "object") {
			note("refused", fault.status, null);
			const after = fault.retryAfterSeconds;
			const headers = after === undefined ? {} : { "retry-after": String(after) };
			return { status: fault.status, body: { error: "refused" }, headers };
		}
		const known = this.switches.keys && key !== null ? this.ledger.byKey(key) : undefined;
		const message =
			known ?? this.#accept({ peer, text, direction: "out", at: now, key }, this.switches.echo);
		note(known === undefined ? "accepted" : "repeated", fault === "dropReply" ? null : 200, message.id);
		if (fault === "dropReply") return "cut";
		return { status: 200, body: { id: message.id, at: message.at } };
	}

	#sendFault(peer: string, text: string, key: string | null): SendFault | undefined {
		const { sendFault, refusedPeers, dropReplyShare } = this.switches;
		const decided = sendFault?.({ peer, text, key, earlier: this.ledger.tried(peer, text, key) });
		if (decided !== undefined) return decided;
		const status = refusedPeers.get(peer);
		if (status !== undefined) return { status };
		return dropReplyShare > 0 && this.#random() < dropReplyShare ? "dropReply" : undefined;
	}

	#accept(
		made: Pick<ServerMessage, "peer" | "direction" | "text" | "at" | "key">,
		tell: boolean,
	): ServerMessage {
		const message = this.ledger.add(made);
		if (!tell) return message;
		this.offer([message]);
		if (this.switches.pushes?.(message) !== false) this.#pushLater(message);
		return message;
	}

	#pushLater(message: ServerMessage): void {
		const { pushCopies, pushWindow, pushFlushMs, pushDelayMs } = this.switches;
		const wait = this.#between(pushDelayMs);
		if (wait > 0) {
			this.clock.after(wait, () => this.push([message]));
			return;
		}
		if (pushCopies <= 1 && pushWindow <= 1) {
			this.push([message]);
			return;
		}
		const copies = 1 + Math.floor(this.#random() * pushCopies);
		for (let copy = 0; copy < copies; copy++) this.#window.push(message);
		if (this.#window.length >= pushWindow) this.#flush();
		else if (!this.#flushing) {
			this.#flushing = true;
			this.clock.after(pushFlushMs, () => this.#flush());
		}
	}

	#flush(): void {
		this.#flushing = false;
		this.push(shuffled(this.#window.splice(0), this.#random));
	}

	#wire({ id, peer, direction, text, at, key }: ServerMessage): WireMessage {
		return { id, peer, direction, text, at, key: this.switches.keys ? key : null };
	}

	#token(made: object | null): Answer {
		return made === null ? { status: 401, body: { error: "credentials" } } : { status: 200, body: made };
	}

	#overloaded(): Answered | null {
		const left = this.#refusedUntil - this.clock.monotonic();
		if (left <= 0) return null;
		return { ...this.#refusal, headers: { "retry-after": String(Math.ceil(left / 1000)) } };
	}

	#between([least, most]: readonly [number, number]): number {
		return least + this.#random() * (most - least);
	}

	async #pass(ms: number): Promise<void> {
		if (ms > 0) await pause(this.clock, ms);
	}

	#note(url: URL, method: string, body: unknown): JournalEntry {
		const first = Array.isArray(body) ? (body as BayeuxIn[])[0] : undefined;
		const { peer, key } = (first === undefined ? (body ?? {}) : {}) as {
			readonly peer?: string;
			readonly key?: string;
		};
		return this.journal.add({
			at: this.now(),
			monotonic: this.clock.monotonic(),
			what: whatIs(url, method, first),
			session: first?.clientId ?? null,
			peer: peer ?? url.searchParams.get("peer"),
			key: key ?? null,
		});
	}
}

function whatIs(url: URL, method: string, first: BayeuxIn | undefined): JournalEntry["what"] {
	const meta = /^\/meta\/(handshake|subscribe|connect|disconnect)$/.exec(first?.channel ?? "")?.[1];
	if (meta !== undefined) return meta as JournalEntry["what"];
	if (url.pathname === "/reference/messages") return method === "POST" ? "send" : "page";
	const names: Readonly<Record<string, JournalEntry["what"]>> = {
		"/reference/token": "signIn",
		"/reference/token/refresh": "refresh",
		"/reference/heads": "heads",
		"/reference/changes": "changes",
	};
	return names[url.pathname] ?? "other";
}

function idsIn(frames: readonly object[]): readonly string[] {
	return frames.flatMap((frame) => ("data" in frame ? (frame.data as WireMessage).id : []));
}

/** The same in another order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
	const mixed = [...items];
	for (let at = mixed.length - 1; at > 0; at--) {
		const other = Math.floor(random() * (at + 1));
		[mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
	}
	return mixed;
}

function parsed(text: string): unknown {
	try {
		return text === "" ? null : JSON.parse(text);
	} catch {
		return null;
	}
}
