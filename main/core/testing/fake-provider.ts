import { AppFailure, type ErrorCode, appError } from "../../../shared/errors.ts";
import type { LineId } from "../../../shared/ids.ts";
import type { AgentState, Contact, Line } from "../../../shared/model.ts";
import type { SystemDescription } from "../../../shared/systems.ts";
import { plainThread, textsOnly } from "../../../shared/threads.ts";
import type {
	Attention,
	Capabilities,
	CardBook,
	Credentials,
	FileSource,
	FolderReader,
	History,
	NewThread,
	OutgoingMessage,
	Provider,
	ProviderEvent,
	ProviderSession,
	ReplyFinder,
	SendOutcome,
	Thread,
	ThreadDeeds,
} from "../ports/provider.ts";

export function fail(code: ErrorCode): AppFailure {
	return new AppFailure(appError(code));
}

export function line(id: string, more: Partial<Line> = {}): Line {
	return {
		id: id as LineId,
		label: `Desk ${id}`,
		address: id,
		active: true,
		loggedIn: false,
		canMessage: true,
		medium: "im",
		recipients: "one",
		attachments: null,
		...more,
	};
}

/** A text that the session was asked to send, answered by the test (or by `answer`). */
export interface PendingSend {
	readonly message: OutgoingMessage;
	readonly answer: (outcome: SendOutcome) => void;
}

/** A session that does what the test says, and remembers what was asked of it. */
export class FakeSession implements ProviderSession {
	offered: readonly Line[] = [line("5001")];
	states: readonly AgentState[] = [{ id: "Ready", label: "Ready", kind: "ready" }];
	contacts: readonly Contact[] = [];
	/** Answers every send at once; null leaves it to `pending`. */
	answer: ((message: OutgoingMessage) => SendOutcome | Promise<SendOutcome>) | null = null;
	/** Answers `useLine`; by default it logs in what is logged out. */
	onUseLine: ((id: LineId) => Promise<{ started: boolean; warnings: [] }>) | null = null;
	onCheck: () => Promise<void> = () => Promise.resolve();
	sign: number | null = null;
	history: History | null = null;
	userName: string | null = null;
	threads: ThreadDeeds | null = null;
	folders: FolderReader | null = null;
	replies: ReplyFinder | null = null;
	cards: CardBook | null = null;
	files: FileSource | null = null;
	attention: Attention = { focused: false, peer: null };
	quiet = 0;
	readonly pending: PendingSend[] = [];
	readonly sent: OutgoingMessage[] = [];
	readonly calls: string[] = [];
	/** Batches whose successor has been asked for: they are stored. */
	stored = 0;
	readonly #batches: (readonly ProviderEvent[])[] = [];
	#wake: (() => void) | null = null;
	#over = false;

	/** Puts a batch on the wire. */
	emit(...batch: readonly ProviderEvent[]): void {
		this.#batches.push(batch);
		this.#wake?.();
	}

	online(): void {
		this.emit({ type: "connection", state: "online", nextAttempt: null, problem: null });
	}

	/** The stream of events ends without a word. */
	end(): void {
		this.#over = true;
		this.#wake?.();
	}

	async *events(signal: AbortSignal): AsyncIterable<readonly ProviderEvent[]> {
		signal.addEventListener("abort", () => this.#wake?.(), { once: true });
		for (;;) {
			if (signal.aborted) return;
			const batch = this.#batches.shift();
			if (batch !== undefined) {
				yield batch;
				this.stored += 1;
			} else if (this.#over) return;
			else await new Promise<void>((resolve) => (this.#wake = resolve));
		}
	}

	lines(): Promise<readonly Line[]> {
		return Promise.resolve(this.offered);
	}

	suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null {
		return remembered ?? lines.find((one) => one.canMessage === true)?.id ?? null;
	}

	async useLine(id: LineId): Promise<{ started: boolean; warnings: [] }> {
		this.calls.push(`useLine ${id}`);
		if (this.onUseLine !== null) return await this.onUseLine(id);
		return { started: this.offered.find((one) => one.id === id)?.loggedIn === false, warnings: [] };
	}

	agentStates(): Promise<readonly AgentState[]> {
		return Promise.resolve(this.states);
	}

	setAgentState(id: string): Promise<void> {
		this.calls.push(`setAgentState ${id}`);
		return Promise.resolve();
	}

	async send(message: OutgoingMessage): Promise<SendOutcome> {
		this.sent.push(message);
		if (this.answer !== null) return await this.answer(message);
		return await new Promise((resolve) => {
			const pending: PendingSend = {
				message,
				answer: (outcome) => {
					this.pending.splice(this.pending.indexOf(pending), 1);
					resolve(outcome);
				},
			};
			this.pending.push(pending);
		});
	}

	act(peer: string, action: string): Promise<void> {
		this.calls.push(`${action} ${peer}`);
		return Promise.resolve();
	}

	search(query: string): Promise<{ contacts: readonly Contact[]; more: boolean }> {
		this.calls.push(`search ${query}`);
		return Promise.resolve({ contacts: this.contacts, more: false });
	}

	attend(attention: Attention): void {
		this.attention = attention;
	}

	watch(addresses: readonly string[]): void {
		this.calls.push(`watch ${addresses.join(",")}`);
	}

	async check(): Promise<void> {
		this.calls.push("check");
		await this.onCheck();
	}

	wake(): void {
		this.calls.push("wake");
	}

	reconnect(): void {
		this.calls.push("reconnect");
	}

	forgetSecret(): void {
		this.calls.push("forgetSecret");
	}

	quietMs(): number {
		return this.quiet;
	}

	lastSign(): number | null {
		return this.sign;
	}

	close({ endLine }: { readonly endLine: boolean }): Promise<void> {
		this.calls.push(endLine ? "close endLine" : "close");
		this.end();
		return Promise.resolve();
	}
}

/** A form that asks for all there is. */
export const fakeDescription: SystemDescription = {
	id: "genesys",
	name: "Genesys",
	mark: { letter: "G", colour: 1 },
	summary: "summary.genesys",
	signIn: {
		serverExample: "https://gws.example",
		server: "",
		methods: [
			{ kind: "password", userName: "required" },
			{ kind: "apiKey", userName: "optional" },
		],
		advanced: [
			{ id: "place", label: "signIn.place", secret: false, example: "" },
			{ id: "clientSecret", label: "signIn.clientSecret", secret: true, example: "" },
		],
	},
};

/** A system whose answers to sign-ins the test decides. */
export class FakeProvider implements Provider {
	readonly system = "genesys";
	description: SystemDescription = fakeDescription;
	capabilities: Capabilities = {
		sessionless: false,
		history: false,
		idempotentSend: false,
		mode: "push",
		agentStates: true,
		softLimit: "setting",
		abilities: { ...textsOnly, directory: true },
		retries: false,
		readMarks: false,
	};
	/** How a new conversation is understood; by default the address is all there is to it. */
	onBegin: (wanted: NewThread) => Thread = ({ addresses }) => {
		const peer = addresses.join(",");
		return { peer, address: peer, formatted: peer, facts: plainThread("im") };
	};
	readonly opened: Credentials[] = [];
	readonly sessions: FakeSession[] = [];
	/** What `open` does; by default a fresh session. */
	onOpen: (credentials: Credentials, signal: AbortSignal) => Promise<FakeSession> = () =>
		Promise.resolve(this.prepare());
	/** Runs on each fresh session. */
	prepareSession: (session: FakeSession) => void = () => undefined;

	prepare(): FakeSession {
		const session = new FakeSession();
		this.prepareSession(session);
		return session;
	}

	begin(wanted: NewThread): Thread {
		return this.onBegin(wanted);
	}

	async open(credentials: Credentials, _context: unknown, signal: AbortSignal): Promise<ProviderSession> {
		this.opened.push(credentials);
		const session = await this.onOpen(credentials, signal);
		this.sessions.push(session);
		return session;
	}

	/** The newest session. */
	get session(): FakeSession {
		const newest = this.sessions.at(-1);
		if (newest === undefined) throw new Error("no session was opened");
		return newest;
	}
}
