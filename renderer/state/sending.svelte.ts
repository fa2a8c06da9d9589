import type { AppError } from "../../shared/errors.ts";
import { asClientMessageId, type ConversationId, type EntryId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { StretchAction } from "../../shared/model.ts";
import type { Surroundings } from "../lib/surroundings.ts";
import type { Drafts } from "./drafts.svelte.ts";
import type { Thread } from "./thread.svelte.ts";

type EntryCommand = "messages.retry" | "messages.checkAgain" | "messages.sendAgain" | "messages.discard";

/** Sends what was written and acts on what was sent. Text leaves the composer only once main has taken it. */
export class Sending {
	/** Why the last thing asked for did not happen, and where it was asked. */
	problem: { readonly conversationId: ConversationId | null; readonly error: AppError } | null =
		$state.raw(null);
	/** Conversations whose text is on its way to main: a second press of Send does nothing. */
	#busy: ReadonlySet<ConversationId> = $state.raw(new Set());
	readonly #bridge: Bridge;
	readonly #surroundings: Surroundings;
	readonly #drafts: Drafts;
	readonly #thread: Thread;

	constructor(bridge: Bridge, surroundings: Surroundings, drafts: Drafts, thread: Thread) {
		this.#bridge = bridge;
		this.#surroundings = surroundings;
		this.#drafts = drafts;
		this.#thread = thread;
	}

	busy(id: ConversationId): boolean {
		return this.#busy.has(id);
	}

	/**
	 * One bubble for each text. True when main took them; otherwise the draft is as it was.
	 * `draft`: the part of the conversation's draft that these texts are.
	 */
	async send(
		conversationId: ConversationId,
		texts: readonly string[],
		draft: string = this.#drafts.text(conversationId),
	): Promise<boolean> {
		if (this.#busy.has(conversationId)) return false;
		this.#busy = new Set([...this.#busy, conversationId]);
		const result = await this.#bridge.invoke("messages.send", {
			conversationId,
			parts: texts.map((text) => ({ clientId: asClientMessageId(this.#surroundings.uuid()), text })),
		});
		this.#busy = new Set([...this.#busy].filter((id) => id !== conversationId));
		this.problem = result.ok ? null : { conversationId, error: result.error };
		if (!result.ok) return false;
		// What was typed on while main took the text stays.
		const now = this.#drafts.text(conversationId);
		if (draft !== "" && now.startsWith(draft)) {
			this.#drafts.set(conversationId, now.slice(draft.length));
			this.#drafts.flush();
		}
		this.#thread.apply([{ type: "entries", conversationId, entries: result.value.entries }]);
		return true;
	}

	async onEntry(command: EntryCommand, conversationId: ConversationId, entryId: EntryId): Promise<void> {
		const result = await this.#bridge.invoke(command, { entryId });
		this.problem = result.ok ? null : { conversationId, error: result.error };
	}

	/**
	 * Takes a refused text back into the composer, to be shortened or sent in parts. It is in the draft before
	 * it leaves the timeline, so that it is never in neither.
	 */
	async edit(conversationId: ConversationId, entryId: EntryId, text: string): Promise<void> {
		this.#drafts.append(conversationId, text);
		this.#drafts.flush();
		await this.onEntry("messages.discard", conversationId, entryId);
	}

	/** `shownIn`: the conversation that is on screen, where a refusal is told. */
	async act(conversationId: ConversationId, action: StretchAction, shownIn: ConversationId): Promise<void> {
		const result = await this.#bridge.invoke("stretch.act", { conversationId, action });
		this.problem = result.ok ? null : { conversationId: shownIn, error: result.error };
	}
}
