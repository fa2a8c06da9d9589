import { failed, ok, type AppError, type Result } from "../../shared/errors.ts";
import {
	asAttachmentId,
	asClientMessageId,
	asConversationId,
	asEntryId,
	asPersonId,
	type ConversationId,
	type PersonId,
} from "../../shared/ids.ts";
import type { Change, Input, Output, Payload, Snapshot } from "../../shared/ipc/contract.ts";
import type { CommandName, EventName } from "../../shared/ipc/names.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Attachment, Conversation, Entry, MessageEntry } from "../../shared/model.ts";
import { arrivalOrder, compareOrder } from "../../shared/order.ts";

type Answer<C extends CommandName> = (input: Input<C>) => Result<Output<C>> | Promise<Result<Output<C>>>;
type Answers = { [C in CommandName]?: Answer<C> };

/** Main as the window sees it, scripted: a snapshot, timelines, and whatever answers a test gives. */
export class FakeBridge implements Bridge {
	/** Every command, in order. */
	readonly calls: { readonly command: CommandName; readonly input: unknown }[] = [];
	/** Whole timelines, oldest first; "conversations.open" and "page" page through them. */
	readonly timelines = new Map<ConversationId, readonly Entry[]>();
	pageSize = 60;
	snapshot: Snapshot;
	readonly #answers: Answers = {};
	readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
	readonly #changed = new Map<string, Conversation>();
	#revision: number;

	constructor(snapshot: Snapshot) {
		this.snapshot = snapshot;
		this.#revision = snapshot.revision;
	}

	/** Replaces the answer of one command from now on. */
	answer<C extends CommandName>(command: C, answer: Answer<C>): void {
		this.#answers[command] = answer as Answers[C];
	}

	/** Lets one command fail from now on. */
	fail(command: CommandName, error: AppError): void {
		this.answer(command, () => failed(error));
	}

	inputsOf<C extends CommandName>(command: C): Input<C>[] {
		return this.calls.filter((call) => call.command === command).map((call) => call.input as Input<C>);
	}

	async invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Result<Output<C>>> {
		this.calls.push({ command, input });
		const scripted = this.#answers[command];
		if (scripted !== undefined) return await scripted(input);
		return this.#usual(command, input) as Result<Output<C>>;
	}

	on<E extends EventName>(event: E, listener: (payload: Payload<E>) => void): () => void {
		const listeners = this.#listeners.get(event) ?? new Set();
		this.#listeners.set(event, listeners.add(listener));
		return () => listeners.delete(listener);
	}

	emit<E extends EventName>(event: E, payload: Payload<E>): void {
		for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
	}

	/** One batch of changes, as main publishes it. */
	change(...changes: readonly Change[]): void {
		this.#revision += 1;
		for (const change of changes) {
			if (change.type === "conversation")
				this.#changed.set(change.conversation.id, change.conversation);
			if (change.type === "entryRemoved") {
				const kept = this.#timeline(change.conversationId).filter(({ id }) => id !== change.entryId);
				this.timelines.set(change.conversationId, kept);
			}
			if (change.type !== "entries") continue;
			const ids = new Set(change.entries.map((entry) => entry.id));
			this.timelines.set(change.conversationId, [
				...this.#timeline(change.conversationId).filter((entry) => !ids.has(entry.id)),
				...change.entries,
			]);
		}
		this.emit("changes", { revision: this.#revision, at: 0, changes });
	}

	#usual(command: CommandName, input: unknown): Result<unknown> {
		switch (command) {
			case "app.snapshot":
				return ok(this.snapshot);
			case "conversations.open":
				return this.#open(input as Input<"conversations.open">);
			case "conversations.page":
				return this.#page(input as Input<"conversations.page">);
			case "conversations.export":
				return ok({ saved: true, entries: 0 });
			case "messages.undo":
				return ok({ text: "" });
			case "search.messages":
				return ok({ hits: [], people: [], next: null, notIndexed: 0 });
			case "notifications.history":
				return ok({ records: [], next: null });
			case "messages.send":
				return this.#send(input as Input<"messages.send">);
			case "numbers.check": {
				const { text } = input as Input<"numbers.check">;
				return ok({ address: text, formatted: text });
			}
			case "folders.page":
				return ok({ conversationIds: [], next: null });
			case "replies.find":
				return ok({ replies: [], more: false });
			case "conversations.setArchived":
				return this.#archive(input as Input<"conversations.setArchived">);
			case "attachments.add":
			case "attachments.addAddress":
				return this.#attach(input as Input<"attachments.add"> | Input<"attachments.addAddress">);
			case "attachments.remove":
				return this.#detach(input as Input<"attachments.remove">);
			case "settings.patch":
				return ok({ ...this.snapshot.settings, ...(input as Input<"settings.patch">) });
			case "directory.search":
				return ok({ contacts: [], more: false });
			case "accounts.signIn":
			case "practice.start":
				return ok({ accountId: this.snapshot.accounts[0]?.id ?? "account" });
			case "people.link":
				return this.#link(input as Input<"people.link">);
			case "people.unlink":
				return this.#unlink(asConversationId((input as Input<"people.unlink">).conversationId));
			case "attachments.save":
				return ok({ saved: true });
			case "conversations.start":
				return ok({ conversationId: this.snapshot.conversations[0]?.id ?? "conversation" });
			default:
				return ok(null);
		}
	}

	/** As main would have it now: from the snapshot, or from the last change. */
	conversation(id: string): Conversation | undefined {
		return this.#changed.get(id) ?? this.snapshot.conversations.find((known) => known.id === id);
	}

	#archive({ conversationId, archived }: Input<"conversations.setArchived">): Result<null> {
		const conversation = this.conversation(conversationId);
		if (conversation === undefined) return failed({ code: "conversation.notFound" });
		this.change({ type: "conversation", conversation: { ...conversation, archived } });
		return ok(null);
	}

	#attach(
		input: Input<"attachments.add"> | Input<"attachments.addAddress">,
	): Result<Output<"attachments.add">> {
		const conversation = this.conversation(input.conversationId);
		if (conversation === undefined) return failed({ code: "conversation.notFound" });
		const attachment: Attachment = {
			id: asAttachmentId(`file ${String(this.calls.length)}`),
			type: input.type,
			name: "name" in input ? input.name : (URL.parse(input.address)?.pathname.slice(1) ?? null),
			bytes: "data" in input ? Math.floor((input.data.length / 4) * 3) : null,
			width: null,
			height: null,
			state: "data" in input ? "file" : "there",
			problem: null,
		};
		const staged = [...conversation.staged, attachment];
		this.change({ type: "conversation", conversation: { ...conversation, staged } });
		return ok({ attachment });
	}

	#detach({ conversationId, attachmentId }: Input<"attachments.remove">): Result<null> {
		const conversation = this.conversation(conversationId);
		if (conversation === undefined) return failed({ code: "conversation.notFound" });
		const staged = conversation.staged.filter((file) => file.id !== attachmentId);
		this.change({ type: "conversation", conversation: { ...conversation, staged } });
		return ok(null);
	}

	#open(input: Input<"conversations.open">): Result<Output<"conversations.open">> {
		const conversationId = asConversationId(input.conversationId);
		const conversation = this.conversation(conversationId);
		if (conversation === undefined) return failed({ code: "conversation.notFound" });
		const all = this.#timeline(conversationId, input.wholePerson);
		const around = input.around ?? conversation.firstUnread;
		const wanted = all.findIndex((entry) => entry.id === around);
		const newest = Math.max(0, all.length - this.pageSize);
		const inNewest = wanted === -1 || (wanted >= newest && (input.around ?? null) === null);
		const start = inNewest ? newest : Math.max(0, wanted - Math.floor(this.pageSize / 2));
		return ok({ conversation, ...slice(all, start, start + this.pageSize) });
	}

	#page(input: Input<"conversations.page">): Result<Output<"conversations.page">> {
		const all = this.#timeline(asConversationId(input.conversationId), input.wholePerson);
		const { direction, from, limit } = input;
		if (direction === "newer") {
			const start = all.filter((entry) => entry.order <= from).length;
			return ok({ ...slice(all, start, start + limit), problem: null });
		}
		const end = direction === "newest" ? all.length : all.filter((entry) => entry.order < from).length;
		return ok({ ...slice(all, Math.max(0, end - limit), end), problem: null });
	}

	#timeline(id: ConversationId, wholePerson = false): readonly Entry[] {
		return (wholePerson ? this.#samePerson(id) : [id])
			.flatMap((one) => this.timelines.get(one) ?? [])
			.toSorted((one, other) => compareOrder(one.order, other.order));
	}

	#samePerson(id: ConversationId): readonly ConversationId[] {
		const { conversations } = this.snapshot;
		const person = conversations.find((one) => one.id === id)?.personId ?? null;
		if (person === null) return [id];
		return conversations.filter(({ personId }) => personId === person).map((one) => one.id);
	}

	/** Those linked before come along. */
	#link({ conversationIds }: Input<"people.link">): Result<Output<"people.link">> {
		const ids = conversationIds.flatMap((id) => this.#samePerson(asConversationId(id)));
		const personId = asPersonId(`person ${conversationIds.join(" ")}`);
		this.#setPerson(ids, personId);
		return ok({ personId });
	}

	/** Who is left alone is linked with nobody. */
	#unlink(id: ConversationId): Result<null> {
		const others = this.#samePerson(id).filter((other) => other !== id);
		this.#setPerson(others.length === 1 ? [id, ...others] : [id], null);
		return ok(null);
	}

	#setPerson(ids: readonly ConversationId[], personId: PersonId | null): void {
		const conversations = this.snapshot.conversations.map((one) =>
			ids.includes(one.id) ? { ...one, personId } : one,
		);
		this.snapshot = { ...this.snapshot, conversations };
		this.change(
			...conversations
				.filter(({ id }) => ids.includes(id))
				.map((conversation) => ({ type: "conversation", conversation }) as const),
		);
	}

	#send({ conversationId: id, parts }: Input<"messages.send">): Result<Output<"messages.send">> {
		const conversationId = asConversationId(id);
		const known = this.#timeline(conversationId);
		const last = known.at(-1);
		const sequence = Math.max(0, ...known.map((entry) => entry.sequence));
		const at = (last?.at ?? 0) + 1000;
		const entries = parts.map((part, index): MessageEntry => ({
			kind: "message",
			id: asEntryId(`sent ${part.clientId}`),
			conversationId,
			sequence: sequence + 1 + index,
			order: arrivalOrder(at, sequence + 1 + index, last?.order ?? null),
			at,
			direction: "out",
			clientId: asClientMessageId(part.clientId),
			remoteId: null,
			text: part.text,
			author: "",
			delivery: {
				state: "queued",
				since: 0,
				queueReason: null,
				problem: null,
				retryAllowed: false,
				undoUntil: null,
			},
			localTime: false,
			details: null,
		}));
		this.timelines.set(conversationId, [...known, ...entries]);
		return ok({ entries });
	}
}

function slice(
	all: readonly Entry[],
	start: number,
	end: number,
): { entries: readonly Entry[]; hasOlder: boolean; hasNewer: boolean } {
	return { entries: all.slice(start, end), hasOlder: start > 0, hasNewer: end < all.length };
}
