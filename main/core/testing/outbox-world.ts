import { appError } from "../../../shared/errors.ts";
import type { AccountId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { MessageEntry, QueueReason } from "../../../shared/model.ts";
import { ConversationBook } from "../conversations/conversation-book.ts";
import { freshDelivery } from "../outbox/delivery.ts";
import { Outbox } from "../outbox/outbox.ts";
import type { OutgoingMessage, ProviderEvent, SendOutcome } from "../ports/provider.ts";
import type { MessageStore } from "../ports/stores.ts";
import { ChangeFeed } from "../publish/change-feed.ts";
import { applyBatch } from "../sync/apply.ts";
import { RecordingLogger, SeededRandom, settle, VirtualClock } from "./virtual-clock.ts";

export const account = { id: "account" as AccountId, system: "genesys" } as const;

interface Flight {
	readonly message: OutgoingMessage;
	readonly answer: (outcome: SendOutcome) => void;
}

/** An outbox with a real book and store, and a system that answers when the test says so. */
export class OutboxWorld {
	readonly clock = new VirtualClock();
	readonly random = new SeededRandom();
	readonly logger = new RecordingLogger();
	readonly book: ConversationBook;
	readonly outbox: Outbox;
	/** Sends under way, oldest first. */
	readonly flights: Flight[] = [];
	/** Every send ever begun. */
	readonly sent: OutgoingMessage[] = [];
	readonly problems: MessageEntry[] = [];
	mostAtOnce = 0;
	closedFor: QueueReason = null;
	#made = 0;

	constructor(store: MessageStore) {
		this.book = new ConversationBook(store, new ChangeFeed(this.clock), () => undefined);
		this.outbox = new Outbox({
			clock: this.clock,
			random: this.random,
			logger: this.logger,
			book: this.book,
			gate: () => (this.closedFor === null ? { open: true } : { open: false, reason: this.closedFor }),
			send: (_account, message) => this.#send(message),
			queueChanged: () => undefined,
			problem: (entry) => void this.problems.push(entry),
		});
		this.book.connect({
			sessionless: () => false,
			queued: (id) => this.outbox.queued(id),
			busyPeer: (id) => this.outbox.busyPeer(id),
		});
	}

	/** The conversation with this peer; made when it is not there. */
	async conversation(peer: string): Promise<ConversationId> {
		const known = this.book.byAddress(account.id, peer);
		if (known !== null) return known.id;
		const id = `conversation ${peer}` as ConversationId;
		await this.book.change(() => ({
			conversations: [
				{
					id,
					accountId: account.id,
					system: account.system,
					address: peer,
					name: null,
					lastActivity: 0,
					unread: 0,
					firstUnread: null,
					draft: "",
					muted: false,
					preview: null,
				},
			],
		}));
		return id;
	}

	/** Writes one text; its client id is its name. */
	async write(peer: string, clientId = `text ${String((this.#made += 1))}`): Promise<ClientMessageId> {
		const conversationId = await this.conversation(peer);
		const now = this.clock.now();
		const written = await this.book.change(async () => ({
			entries: [
				{
					// A repeated command mints another id; the store knows it by the client id.
					id: ((await this.entry(clientId)) === null
						? `entry ${clientId}`
						: this.random.uuid()) as EntryId,
					conversationId,
					kind: "message",
					direction: "out",
					clientId: clientId as ClientMessageId,
					text: clientId,
					author: "",
					delivery: freshDelivery(this.outbox.reasonFor(account.id, conversationId), now),
					at: now,
					localTime: true,
				},
			],
		}));
		const added = new Set(written?.added);
		const entries = (written?.entries ?? []).filter(
			(entry): entry is MessageEntry => entry.kind === "message" && added.has(entry.id),
		);
		this.outbox.enqueue(entries);
		return clientId as ClientMessageId;
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
				seen: () => false,
				listener: { incoming: () => undefined, begun: () => undefined, sendProblem: () => undefined },
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
		return await this.book.store.byClientId(clientId as ClientMessageId);
	}

	async state(clientId: string): Promise<string> {
		await settle();
		return (await this.entry(clientId))?.delivery?.state ?? "gone";
	}

	inFlight(): readonly string[] {
		return this.flights.map(({ message }) => message.clientId).sort();
	}

	#send(message: OutgoingMessage): Promise<SendOutcome> {
		this.sent.push(message);
		return new Promise((answer) => {
			this.flights.push({ message, answer });
			this.mostAtOnce = Math.max(this.mostAtOnce, this.flights.length);
		});
	}
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
