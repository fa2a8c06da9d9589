import { failed, ok, type AppError, type Result } from "../../shared/errors.ts";
import { asClientMessageId, asConversationId, asEntryId, type ConversationId } from "../../shared/ids.ts";
import type { Change, Input, Output, Payload, Snapshot } from "../../shared/ipc/contract.ts";
import type { CommandName, EventName } from "../../shared/ipc/names.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Entry, MessageEntry } from "../../shared/model.ts";

type Answer<C extends CommandName> = (input: Input<C>) => Result<Output<C>> | Promise<Result<Output<C>>>;
type Answers = { [C in CommandName]?: Answer<C> };

/** Main as the window sees it, scripted: a snapshot, timelines, and whatever answers a test gives. */
export class FakeBridge implements Bridge {
	/** Every command, in order. */
	readonly calls: { readonly command: CommandName; readonly input: unknown }[] = [];
	/** Whole timelines, oldest first; "conversations.open" and "older" page through them. */
	readonly timelines = new Map<ConversationId, readonly Entry[]>();
	pageSize = 60;
	snapshot: Snapshot;
	readonly #answers: Answers = {};
	readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
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
			if (change.type !== "entries") continue;
			const known = this.timelines.get(change.conversationId) ?? [];
			const ids = new Set(change.entries.map((entry) => entry.id));
			this.timelines.set(change.conversationId, [
				...known.filter((entry) => !ids.has(entry.id)),
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
			case "conversations.older":
				return this.#older(input as Input<"conversations.older">);
			case "messages.send":
				return this.#send(input as Input<"messages.send">);
			case "settings.patch":
				return ok({ ...this.snapshot.settings, ...(input as Input<"settings.patch">) });
			case "directory.search":
				return ok({ contacts: [], more: false });
			case "accounts.signIn":
			case "practice.start":
				return ok({ accountId: this.snapshot.accounts[0]?.id ?? "account" });
			case "conversations.start":
				return ok({ conversationId: this.snapshot.conversations[0]?.id ?? "conversation" });
			default:
				return ok(null);
		}
	}

	#open(input: Input<"conversations.open">): Result<Output<"conversations.open">> {
		const conversationId = asConversationId(input.conversationId);
		const conversation = this.snapshot.conversations.find((candidate) => candidate.id === conversationId);
		if (conversation === undefined) return failed({ code: "conversation.notFound" });
		const all = this.timelines.get(conversationId) ?? [];
		return ok({ conversation, entries: all.slice(-this.pageSize), hasOlder: all.length > this.pageSize });
	}

	#older({
		conversationId,
		before,
		limit,
	}: Input<"conversations.older">): Result<Output<"conversations.older">> {
		const earlier = (this.timelines.get(asConversationId(conversationId)) ?? []).filter(
			(entry) => entry.sequence < before,
		);
		return ok({ entries: earlier.slice(-limit), hasOlder: earlier.length > limit });
	}

	#send({ conversationId: id, parts }: Input<"messages.send">): Result<Output<"messages.send">> {
		const conversationId = asConversationId(id);
		const known = this.timelines.get(conversationId) ?? [];
		const last = known.at(-1);
		const entries = parts.map((part, index): MessageEntry => ({
			kind: "message",
			id: asEntryId(`sent ${part.clientId}`),
			conversationId,
			sequence: (last?.sequence ?? 0) + 1 + index,
			at: (last?.at ?? 0) + 1000,
			direction: "out",
			clientId: asClientMessageId(part.clientId),
			text: part.text,
			author: "",
			delivery: { state: "queued", since: 0, queueReason: null, problem: null, retryAllowed: false },
			localTime: false,
		}));
		this.timelines.set(conversationId, [...known, ...entries]);
		return ok({ entries });
	}
}
