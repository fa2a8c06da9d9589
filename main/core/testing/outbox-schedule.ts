import type { ClientMessageId, ConversationId } from "../../../shared/ids.ts";
import type { Attachment, DeliveryState } from "../../../shared/model.ts";
import type { Remedies } from "../outbox/outbox.ts";
import type { OutgoingMessage, ProviderEvent, SendOutcome } from "../ports/provider.ts";
import type { MessageStore } from "../ports/stores.ts";
import { FaultyStore } from "./faulty-store.ts";
import { OutboxWorld } from "./outbox-world.ts";
import { SeededRandom, settle, VirtualClock } from "./virtual-clock.ts";

/** Files that lie ready in each draft. */
const filesOfPeer = 6;

/** One message that the server took. */
interface Copy {
	readonly clientId: string;
	readonly peer: string;
	readonly remoteId: string;
}

/** What a server does with a send: takes it or not, and says so or not. */
export type Fate =
	| "accepted"
	| "replyLost"
	| "requestLost"
	| "refused"
	| "unreachable"
	| "overloaded"
	| "overloadedFor"
	| "calling";

export interface Written {
	readonly id: string;
	readonly peer: string;
	/** A file goes with it. */
	readonly hasFile: boolean;
	/** How many messages the person has asked for at most: one, and one more for each Retry and Send again. */
	asked: number;
	/** It was stored, as far as the person was told. */
	stored: boolean;
	/** The person may have taken it away. */
	dismissed: boolean;
	/** It was taken back before it left: nobody may ever see it. */
	takenBack: boolean;
	/** The disk refused it, and the person was told. */
	refused: boolean;
	/** Told so twice, and yet it is there: the next start finds it, in doubt. */
	stray: boolean;
}

interface Run {
	readonly disk: FaultyStore;
	readonly world: OutboxWorld;
}

/**
 * A person, an outbox that may die at any moment, a disk that may refuse, and a server with a
 * ledger. Steps do not wait for what they set off: the next one may come in the middle of it.
 */
export class OutboxSchedule {
	readonly clock = new VirtualClock();
	readonly random = new SeededRandom();
	readonly texts: Written[] = [];
	readonly ledger: Copy[] = [];
	/** What was found wrong while it ran. */
	readonly faults: string[] = [];
	readonly #inner: MessageStore;
	/** Files of drafts that no text has taken yet. */
	readonly #files = new Map<string, Attachment[]>();
	readonly #remedies: Remedies;
	/** The server gives client ids back. */
	readonly #named: boolean;
	#run: Run;
	open = true;

	constructor(inner: MessageStore, remedies: Remedies, named: boolean) {
		this.#inner = inner;
		this.#remedies = remedies;
		this.#named = named;
		this.#run = this.#begin();
	}

	get world(): OutboxWorld {
		return this.#run.world;
	}

	get disk(): FaultyStore {
		return this.#run.disk;
	}

	/** The conversations are there before anything is written in them. */
	async meet(...peers: readonly string[]): Promise<void> {
		for (const peer of peers) {
			const files: Attachment[] = [];
			for (let number = 0; number < filesOfPeer; number += 1)
				files.push(await this.world.stage(peer, `file ${peer} ${String(number)}`));
			this.#files.set(peer, files);
		}
	}

	write(peer: string, undoMs: number, withFile = false): void {
		const file = withFile ? this.#files.get(peer)?.shift() : undefined;
		const id = `text ${String(this.texts.length)}`;
		const text: Written = {
			id,
			peer,
			hasFile: file !== undefined,
			asked: 1,
			stored: false,
			dismissed: false,
			takenBack: false,
			refused: false,
			stray: false,
		};
		this.texts.push(text);
		this.world.undoMs = undoMs;
		this.world.write(peer, id, file === undefined ? [] : [file]).then(
			() => (text.stored = true),
			async () => {
				text.stray = (await this.stored(text)) !== null;
				text.refused = !text.stray;
			},
		);
	}

	/** Double click, repeated IPC call: not a second message. */
	repeat(text: Written): void {
		if (text.stored && !text.dismissed) this.world.write(text.peer, text.id).catch(() => undefined);
	}

	async ask(text: Written, wish: "retry" | "sendAgain" | "checkAgain" | "discard" | "undo"): Promise<void> {
		const { world } = this;
		const entry = await this.stored(text);
		// What the window does not show yet nobody can press.
		if (entry === null || !text.stored) return;
		if (wish === "checkAgain") {
			world.outbox.checkAgain(entry.id).catch(() => undefined);
		} else if (wish === "discard") {
			text.dismissed = true;
			const withdraw = async (): Promise<void> => {
				const written = await world.book.change(async () => {
					const now = await world.book.store.entry(entry.id);
					const state = now?.kind === "message" ? now.delivery?.state : undefined;
					const may =
						state === "queued" ||
						state === "waiting" ||
						state === "failed" ||
						state === "unknown";
					return may ? { removed: [entry.id] } : null;
				});
				if (written !== null) world.outbox.withdraw(entry.conversationId, entry.id);
			};
			withdraw().catch(() => undefined);
		} else if (wish === "undo") {
			text.dismissed = true;
			const first = text.asked === 1;
			world.undo(text.id).then(
				(result) => (text.takenBack = result.ok && first),
				() => undefined,
			);
		} else {
			text.asked += 1;
			world.outbox.requeue(entry.id, wish).catch(() => undefined);
		}
	}

	/** The server decides about one text that is on its way. `echoFirst`: its echo overtakes the reply. */
	answer(which: number, fate: Fate, echoFirst: boolean): void {
		const { flights } = this.world;
		const [flight] = flights.splice(which % Math.max(1, flights.length), 1);
		if (flight === undefined) return;
		const { message } = flight;
		const copy = fate === "accepted" || fate === "replyLost" ? this.#take(message) : null;
		if (echoFirst && copy !== null) this.hear(this.#own(copy));
		flight.answer(outcome(fate, copy));
	}

	/** What the server has, it may tell at any time. */
	echo(which: number): void {
		const copy = this.ledger[which % Math.max(1, this.ledger.length)];
		if (copy !== undefined) this.hear(this.#own(copy));
	}

	hear(...batch: readonly ProviderEvent[]): void {
		this.world.hear(...batch).catch(() => undefined);
	}

	gate(open: boolean): void {
		this.open = open;
		this.world.gate(open ? null : "signedOut");
	}

	/** The process ends at this very moment. What was on its way is with the server or is not. */
	async crash(arrived: boolean): Promise<void> {
		const { world, disk } = this.#run;
		disk.dead = true;
		world.crash();
		if (arrived) for (const { message } of world.flights) this.#take(message);
		this.#run = this.#begin();
		await this.#run.world.load();
		for (const text of this.texts) text.stored ||= (await this.stored(text)) !== null;
	}

	async stored(text: Written): Promise<Awaited<ReturnType<OutboxWorld["entry"]>>> {
		return (await this.#inner.byClientIds([text.id as ClientMessageId]))[0] ?? null;
	}

	/** Everything goes well from here on, for as long as it takes. */
	async finish(): Promise<void> {
		this.disk.refusal = null;
		this.world.keeper.retry();
		this.gate(true);
		for (let round = 0; round < 400; round += 1) {
			await settle();
			if (this.world.flights.length > 0) this.answer(0, "accepted", false);
			else if (round > 20 && this.world.outbox.queuedOfAccount("account" as never) === 0) break;
			else await this.clock.advance(70_000);
			this.hear({ type: "sendable", peer: null });
		}
		await this.clock.advance(70_000);
	}

	/** Files kept with a stored text. */
	async filesOf(text: Written): Promise<number> {
		const entry = await this.stored(text);
		return entry === null ? 0 : (await this.#inner.mediaOf(entry.id)).length;
	}

	copies(text: Written): number {
		return this.ledger.filter(({ clientId }) => clientId === text.id).length;
	}

	#begin(): Run {
		const disk = new FaultyStore(this.#inner);
		const world = new OutboxWorld(disk.store, this.clock, this.random);
		world.closedFor = this.open ? null : "signedOut";
		world.remedies = this.#remedies;
		world.onReconcile = (id) => this.#tellAll(world, id);
		world.onSend = (message) => void this.#checkMark(message);
		return { disk, world };
	}

	/** A server with keys knows a text it has, and says what it said the first time. */
	#take(message: OutgoingMessage): Copy {
		const { clientId, peer } = message;
		const known = this.ledger.find((copy) => copy.clientId === clientId);
		if (known !== undefined && this.#remedies.idempotentSend) return known;
		const copy = { clientId, peer, remoteId: `remote ${String(this.ledger.length)}` };
		this.ledger.push(copy);
		return copy;
	}

	async #tellAll(world: OutboxWorld, id: ConversationId): Promise<"asked" | "cannot"> {
		if (!this.#remedies.history) return "cannot";
		await settle(20);
		const own = this.ledger.filter(({ peer }) => `conversation ${peer}` === id);
		await world.hear(...own.map((copy) => this.#own(copy)));
		return "asked";
	}

	#own({ clientId, peer, remoteId }: Copy): ProviderEvent {
		const named = this.#named ? { clientId: clientId as ClientMessageId } : {};
		const at = 1_700_000_000_000 + Number(remoteId.slice("remote ".length));
		return { type: "ownMessage", peer, text: clientId, remoteId, stretch: null, at, ...named };
	}

	/** No byte leaves before the mark that it may have left is on disk. */
	async #checkMark(message: OutgoingMessage): Promise<void> {
		const [entry] = await this.#inner.byClientIds([message.clientId]);
		const marked: readonly (DeliveryState | undefined)[] = ["sending", "sent", "delivered"];
		if (!marked.includes(entry?.delivery?.state))
			this.faults.push(`${message.clientId} left without a mark`);
		const text = this.texts.find(({ id }) => id === message.clientId);
		const whole = message.files.every((file) => file.kind === "bytes" && file.bytes.length === 2);
		if (!whole || (message.files.length === 1) !== text?.hasFile)
			this.faults.push(`${message.clientId} left with ${String(message.files.length)} files`);
	}
}

function outcome(fate: Fate, copy: Copy | null): SendOutcome {
	const error = (
		code: "network.timeout" | "network.refused" | "http.overloaded" | "http.status",
	): SendOutcome => ({
		kind: "rejected",
		error: { code },
		retry: code === "http.overloaded" ? "automatic" : "byPerson",
	});
	switch (fate) {
		case "accepted":
			return { kind: "accepted", remoteId: copy?.remoteId ?? null, at: null };
		case "replyLost":
		case "requestLost":
			return { kind: "unknown", error: { code: "network.timeout" } };
		case "refused":
			return error("http.status");
		case "unreachable":
			return error("network.refused");
		case "overloaded":
			return error("http.overloaded");
		case "overloadedFor":
			return {
				kind: "rejected",
				error: { code: "http.overloaded" },
				retry: "automatic",
				retryAfterMs: 3000,
			};
		case "calling":
			return { kind: "notYet", reason: "calling" };
	}
}
