import type { TimerGroup } from "../clock.ts";
import type { Directory } from "./directory.ts";
import type { ImExchange, ImParty, ImSession, ImSide } from "./im-exchange.ts";
import { type DirectoryEntry, displayName } from "./people.ts";

/** What a colleague does when somebody writes to it. */
export interface ColleagueBehaviour {
	/** `busy` and `unreachable` never ring; `never` rings until somebody gives up. */
	answer: "auto" | "never" | "reject" | "busy" | "unreachable";
	/** Milliseconds until the answer or the rejection. */
	answerAfterMs: number;
	/**
	 * What to write back to a text, each after its pause; called for every text received.
	 * Null: a silent colleague, whom a test or the story directs.
	 */
	reply: ((text: string, colleague: Colleague) => readonly Line[]) | null;
}

/** A text, written `afterMs` milliseconds after the one before it. */
export interface Line {
	readonly text: string;
	readonly afterMs: number;
}

/** What a colleague lives through, for stories. */
export interface ColleagueEvents {
	/** The colleague's session is `Talking`. */
	started?(colleague: Colleague): void;
	/** A text of the other side arrived. */
	received?(colleague: Colleague, text: string): void;
	ended?(colleague: Colleague): void;
}

/** A scripted person at a directory number, on the server's side of the wire. */
export class Colleague implements ImParty {
	readonly entry: DirectoryEntry;
	readonly phoneNumber: string;
	readonly behaviour: ColleagueBehaviour = { answer: "auto", answerAfterMs: 0, reply: null };
	events: ColleagueEvents = {};
	/** Texts of others, oldest first. */
	readonly received: string[] = [];
	readonly #exchange: ImExchange;
	readonly #clock: TimerGroup;
	/** What is still to be written, and what happens after each line. */
	#unwritten: { readonly line: Line; readonly done: () => void }[] = [];
	#cancelTyping: (() => void) | null = null;

	constructor(entry: DirectoryEntry, phoneNumber: string, exchange: ImExchange, clock: TimerGroup) {
		this.entry = entry;
		this.phoneNumber = phoneNumber;
		this.#exchange = exchange;
		this.#clock = clock;
	}

	get name(): string {
		return displayName(this.entry);
	}

	/** operationName of the agent state shown in the directory. */
	get presence(): string {
		return this.entry.presence;
	}

	set presence(state: string) {
		this.entry.presence = state;
	}

	/** The session the colleague is in, if any. */
	get session(): ImSession | null {
		return this.#current()?.session ?? null;
	}

	/** Opens a session; throws a Refusal when the switch does not connect. */
	initiate(phoneNumber: string, userData: Record<string, string> = {}): ImSession | null {
		return this.#exchange.initiate({ party: this, phoneNumber: this.phoneNumber }, phoneNumber, userData);
	}

	/** Writes at once. Throws without a `Talking` session. */
	say(text: string): void {
		const current = this.#current();
		if (current === null) throw new Error(`${this.name} is in no session`);
		this.#exchange.send(current.session, current.side, text);
	}

	/** Writes the lines one after the other, after those asked for before; stops when the session ends. */
	type(lines: readonly Line[], done: () => void = () => undefined): void {
		const last = lines.length - 1;
		this.#unwritten.push(
			...lines.map((line, index) => ({ line, done: index === last ? done : () => undefined })),
		);
		this.#typeNext();
	}

	/** Takes a ringing session. */
	answer(): void {
		const current = this.#current();
		if (current !== null) this.#exchange.answer(current.session);
	}

	/** Refuses a ringing session or ends a running one. */
	complete(): void {
		const current = this.#current();
		if (current !== null) this.#exchange.complete(current.session, current.side);
	}

	changed(_session: ImSession, side: ImSide, what: "StatusChange" | "AttachedDataChanged"): void {
		if (what !== "StatusChange") return;
		if (side.state === "Talking") this.events.started?.(this);
		if (side.state !== "Completed") return;
		this.#cancelTyping?.();
		this.#cancelTyping = null;
		this.#unwritten = [];
		this.events.ended?.(this);
	}

	alerted(session: ImSession, side: ImSide): void {
		const { answer, answerAfterMs } = this.behaviour;
		if (answer !== "auto" && answer !== "reject") return;
		const act = (): void => {
			if (side.state !== "Alerting") return;
			if (answer === "auto") this.#exchange.answer(session);
			else this.#exchange.complete(session, side);
		};
		if (answerAfterMs === 0) act();
		else this.#clock.after(answerAfterMs, act);
	}

	message(_session: ImSession, _side: ImSide, text: string, own: boolean): void {
		if (own) return;
		this.received.push(text);
		this.events.received?.(this, text);
		const lines = this.behaviour.reply?.(text, this) ?? [];
		if (lines.length > 0) this.type(lines);
	}

	failed(): void {
		// Colleagues do not mind.
	}

	#typeNext(): void {
		if (this.#cancelTyping !== null) return;
		const next = this.#unwritten.shift();
		if (next === undefined) return;
		this.#cancelTyping = this.#clock.after(next.line.afterMs, () => {
			this.#cancelTyping = null;
			if (this.#current()?.side.state !== "Talking") return;
			this.say(next.line.text);
			next.done();
			this.#typeNext();
		});
	}

	#current(): { session: ImSession; side: ImSide } | null {
		return this.#exchange.sidesOf(this)[0] ?? null;
	}
}

/** The people of the directory as actors, made when first asked for. */
export class Colleagues {
	readonly #directory: Directory;
	readonly #exchange: ImExchange;
	readonly #clock: TimerGroup;
	readonly #known = new Map<string, Colleague>();

	constructor(directory: Directory, exchange: ImExchange, clock: TimerGroup) {
		this.#directory = directory;
		this.#exchange = exchange;
		this.#clock = clock;
	}

	/** Everybody in the directory who has a telephone, accounts excluded. */
	get all(): Colleague[] {
		return this.#directory.colleagues.flatMap((entry) =>
			entry.phoneNumber === null ? [] : [this.get(entry.phoneNumber)],
		);
	}

	/** The colleague at this number; throws when the directory has none. */
	get(phoneNumber: string): Colleague {
		const colleague = this.find(phoneNumber);
		if (colleague === null) throw new RangeError(`no colleague at ${phoneNumber}`);
		return colleague;
	}

	find(phoneNumber: string): Colleague | null {
		const known = this.#known.get(phoneNumber);
		if (known !== undefined) return known;
		const entry = this.#directory.byNumber(phoneNumber);
		if (entry?.type !== "User") return null;
		const colleague = new Colleague(entry, phoneNumber, this.#exchange, this.#clock);
		this.#known.set(phoneNumber, colleague);
		return colleague;
	}
}
