import { type AppError, appError, type Result } from "../../../shared/errors.ts";
import type {
	AccountId,
	AttachmentId,
	ClientMessageId,
	ConversationId,
	EntryId,
} from "../../../shared/ids.ts";
import type { Attachment, MessageEntry, QueueReason } from "../../../shared/model.ts";
import { ConversationBook } from "../conversations/conversation-book.ts";
import { Outbox, type Remedies } from "../outbox/outbox.ts";
import type { OutgoingMessage, ProviderEvent, SendOutcome } from "../ports/provider.ts";
import type { ConversationRecord, MessageStore, NewConversation } from "../ports/stores.ts";
import { ChangeFeed } from "../publish/change-feed.ts";
import { StorageKeeper } from "../storage/storage-keeper.ts";
import { applyBatch } from "../sync/apply.ts";
import { RecordingLogger, SeededRandom, settle, VirtualClock } from "./virtual-clock.ts";

export const account = { id: "account" as AccountId, system: "genesys" } as const;

interface Flight {
	readonly message: OutgoingMessage;
	readonly answer: (outcome: SendOutcome) => void;
}

/** An outbox with a real book and store, and a system that answers when the test says so. */
export class OutboxWorld {
	readonly clock: VirtualClock;
	readonly random: SeededRandom;
	readonly logger = new RecordingLogger();
	readonly keeper: StorageKeeper;
	readonly book: ConversationBook;
	readonly outbox: Outbox;
	/** Sends under way, oldest first. */
	readonly flights: Flight[] = [];
	/** Every send ever begun. */
	readonly sent: OutgoingMessage[] = [];
	readonly problems: MessageEntry[] = [];
	/** Conversations whose history the outbox asked for. */
	readonly asked: ConversationId[] = [];
	/** What asking for history does; by default there is none. */
	onReconcile: (id: ConversationId) => Promise<"asked" | "cannot"> = () => Promise.resolve("cannot");
	/** Told of every text that the server says has failed. */
	onSendProblem: (entry: MessageEntry) => void = () => undefined;
	/** Told of every text at the moment it is handed over. */
	onSend: (message: OutgoingMessage) => void = () => undefined;
	remedies: Remedies = { history: false, idempotentSend: false };
	undoMs = 0;
	mostAtOnce = 0;
	closedFor: QueueReason = null;
	/** Why nothing can be sent in any conversation. */
	refused: AppError | null = null;
	#made = 0;

	constructor(store: MessageStore, clock = new VirtualClock(), random = new SeededRandom()) {
		this.clock = clock;
		this.random = random;
		this.keeper = new StorageKeeper({
			clock: this.clock,
			logger: this.logger,
			changed: () => undefined,
			probe: () => null,
		});
		this.book = new ConversationBook(store, new ChangeFeed(this.clock), () => undefined, this.keeper);
		this.outbox = new Outbox({
			clock: this.clock,
			random: this.random,
			logger: this.logger,
			book: this.book,
			gate: () => (this.closedFor === null ? { open: true } : { open: false, reason: this.closedFor }),
			send: (_account, message) => this.#send(message),
			remedies: () => this.remedies,
			reconcile: (_account, id) => {
				this.asked.push(id);
				return this.onReconcile(id);
			},
			persist: (run) => this.keeper.persist(run),
			undoMs: () => this.undoMs,
			queueChanged: () => undefined,
			problem: (entry) => void this.problems.push(entry),
			refusal: () => this.refused,
		});
		this.keeper.opened({ state: "working", problem: null, did: [] });
		this.keeper.onWorking(() => this.outbox.works());
		this.book.connect({
			sessionless: () => false,
			queued: (id) => this.outbox.queued(id),
			busyPeer: (id) => this.outbox.busyPeer(id),
		});
	}

	/** What an app does at its start. */
	async load(): Promise<void> {
		await this.book.load();
		await this.outbox.load();
		await settle();
	}

	/** The process ends here and now: whatever it was waiting for never comes. */
	crash(): void {
		this.outbox.stop();
		this.keeper.stop();
	}

	/** The conversation with this peer; made when it is not there. */
	async conversation(peer: string): Promise<ConversationId> {
		return (await this.#record(peer)).id;
	}

	/** Writes one text; its client id is its name. */
	async write(
		peer: string,
		clientId = `text ${String((this.#made += 1))}`,
		files: readonly Attachment[] = [],
	): Promise<ClientMessageId> {
		const id = clientId as ClientMessageId;
		const enclosed = { files, savedReply: null, at: null };
		await this.outbox.write(await this.#record(peer), [{ clientId: id, text: clientId }], enclosed);
		return id;
	}

	/** A file of the draft with this peer. */
	async stage(peer: string, name: string): Promise<Attachment> {
		const conversationId = await this.conversation(peer);
		const attachment: Attachment = {
			id: name as AttachmentId,
			type: "image/png",
			name,
			bytes: 2,
			width: null,
			height: null,
			state: "here",
			problem: null,
		};
		const bytes = Uint8Array.of(1, 2);
		const added = [{ attachment, conversationId, entryId: null, ref: null, bytes }];
		await this.book.change(() => ({ media: { added } }));
		return attachment;
	}

	async undo(clientId: string): Promise<Result<{ readonly text: string }>> {
		return await this.outbox.undo(await this.id(clientId));
	}

	/** The entry of a text. */
	async id(clientId: string): Promise<EntryId> {
		const entry = await this.entry(clientId);
		if (entry === null) throw new Error(`${clientId} is not there`);
		return entry.id;
	}

	async answer(clientId: string, outcome: SendOutcome): Promise<void> {
		await settle();
		const index = this.flights.findIndex(({ message }) => message.clientId === clientId);
		const [flight] = index === -1 ? [] : this.flights.splice(index, 1);
		if (flight === undefined) throw new Error(`${clientId} is not on its way`);
		flight.answer(outcome);
		await settle();
	}

	async hear(...batch: readonly ProviderEvent[]): Promise<void> {
		await applyBatch(
			{
				clock: this.clock,
				random: this.random,
				logger: this.logger,
				book: this.book,
				outbox: this.outbox,
				startedAt: () => 0,
				seen: () => false,
				listener: {
					incoming: () => undefined,
					begun: () => undefined,
					sendProblem: (entry) => this.onSendProblem(entry),
				},
			},
			account,
			batch,
		);
		await settle();
	}

	gate(closedFor: QueueReason): void {
		this.closedFor = closedFor;
		this.outbox.gateChanged(account.id);
	}

	async entry(clientId: string): Promise<MessageEntry | null> {
		return (await this.book.store.byClientIds([clientId as ClientMessageId]))[0] ?? null;
	}

	async state(clientId: string): Promise<string> {
		await settle();
		return (await this.entry(clientId))?.delivery?.state ?? "gone";
	}

	inFlight(): readonly string[] {
		return this.flights.map(({ message }) => message.clientId).sort();
	}

	async #record(peer: string): Promise<ConversationRecord> {
		const id = `conversation ${peer}` as ConversationId;
		if (this.book.byPeer(account.id, peer) === null) {
			const { id: accountId, system } = account;
			await this.book.change(() => ({
				conversations: [{ ...plain(peer), id, accountId, system, createdAt: 0 }],
			}));
		}
		const record = this.book.byPeer(account.id, peer);
		if (record === null) throw new Error("no conversation was made");
		return record;
	}

	#send(message: OutgoingMessage): Promise<SendOutcome> {
		this.sent.push(message);
		this.onSend(message);
		return new Promise((answer) => {
			this.flights.push({ message, answer });
			this.mostAtOnce = Math.max(this.mostAtOnce, this.flights.length);
		});
	}
}

/** A conversation of which an address is all there is to say. */
function plain(peer: string): Pick<NewConversation, "peer" | "address" | "formatted" | "name" | "thread"> {
	return { peer, address: peer, formatted: null, name: null, thread: null };
}

export const accepted: SendOutcome = { kind: "accepted", remoteId: null, at: null };
export const doubtful: SendOutcome = { kind: "unknown", error: appError("network.timeout") };
export const calling: SendOutcome = { kind: "notYet", reason: "calling" };

export function rejected(retry: "byPerson" | "automatic" | "never", retryAfterMs?: number): SendOutcome {
	const error = appError("http.overloaded");
	return retryAfterMs === undefined
		? { kind: "rejected", error, retry }
		: { kind: "rejected", error, retry, retryAfterMs };
}
