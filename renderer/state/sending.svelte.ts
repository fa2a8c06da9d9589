import { SvelteMap } from "svelte/reactivity";
import type { AppError } from "../../shared/errors.ts";
import { asClientMessageId, type ConversationId, type EntryId } from "../../shared/ids.ts";
import type { Input } from "../../shared/ipc/contract.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { EpochMs, MessageEntry, StretchAction } from "../../shared/model.ts";
import type { Surroundings } from "../lib/surroundings.ts";
import type { Drafts } from "./drafts.svelte.ts";
import type { Thread } from "./thread.svelte.ts";

/** What goes along with texts: nothing, unless the person added it. */
export type SendExtras = Pick<Input<"messages.send">, "attachments" | "savedReply" | "at">;

type EntryCommand = "messages.retry" | "messages.sendAgain" | "messages.discard";

/** Sends what was written and acts on what was sent. Text leaves the composer only once main has taken it. */
export class Sending {
	/** Why the last thing asked for did not happen, and where it was asked. */
	problem: { readonly conversationId: ConversationId | null; readonly error: AppError } | null =
		$state.raw(null);
	/** Conversations whose text is on its way to main: a second press of Send does nothing. */
	#busy: ReadonlySet<ConversationId> = $state.raw(new Set());
	/** Doubtful texts the server was asked about: still being asked, or when it could not say. */
	readonly #checks = new SvelteMap<EntryId, "asking" | EpochMs>();
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
	 * `draft`: the part of the conversation's draft that these texts are. `extras`: files, a time, a saved reply.
	 */
	async send(
		conversationId: ConversationId,
		texts: readonly string[],
		draft: string = this.#drafts.text(conversationId),
		extras: SendExtras = {},
	): Promise<boolean> {
		if (this.#busy.has(conversationId)) return false;
		this.#setBusy(conversationId, true);
		const result = await this.#bridge.invoke("messages.send", {
			conversationId,
			parts: texts.map((text) => ({ clientId: asClientMessageId(this.#surroundings.uuid()), text })),
			...extras,
		});
		this.#setBusy(conversationId, false);
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
		this.#checks.delete(entryId);
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

	/** Whether the server is being asked what became of a doubtful text, or when it was last asked in vain. */
	check(entryId: EntryId): "asking" | EpochMs | null {
		return this.#checks.get(entryId) ?? null;
	}

	async checkAgain(conversationId: ConversationId, entryId: EntryId): Promise<void> {
		if (this.#checks.get(entryId) === "asking") return;
		this.#checks.set(entryId, "asking");
		const result = await this.#bridge.invoke("messages.checkAgain", { entryId });
		if (result.ok) this.#checks.set(entryId, this.#surroundings.now());
		else this.#checks.delete(entryId);
		this.problem = result.ok ? null : { conversationId, error: result.error };
	}

	/**
	 * Takes back a text that has not left: it stands in the composer again, before what was written since. True
	 * when it did. It is in the draft before it leaves the timeline, and nothing is sent until main has answered.
	 */
	async undo({ id, conversationId, text }: MessageEntry): Promise<boolean> {
		if (this.#busy.has(conversationId)) return false;
		const before = this.#drafts.text(conversationId);
		const draft = before === "" ? text : `${text}\n${before}`;
		this.#setBusy(conversationId, true);
		this.#drafts.set(conversationId, draft);
		this.#drafts.flush();
		const result = await this.#bridge.invoke("messages.undo", { entryId: id });
		this.#setBusy(conversationId, false);
		this.problem = result.ok ? null : { conversationId, error: result.error };
		if (result.ok) return true;
		// It has left: a second one in the composer would only be sent twice.
		const now = this.#drafts.text(conversationId);
		if (now.startsWith(draft)) this.#drafts.set(conversationId, before + now.slice(draft.length));
		this.#drafts.flush();
		return false;
	}

	/** `shownIn`: the conversation that is on screen, where a refusal is told. */
	async act(conversationId: ConversationId, action: StretchAction, shownIn: ConversationId): Promise<void> {
		const result = await this.#bridge.invoke("stretch.act", { conversationId, action });
		this.problem = result.ok ? null : { conversationId: shownIn, error: result.error };
	}

	#setBusy(id: ConversationId, busy: boolean): void {
		const others = [...this.#busy].filter((other) => other !== id);
		this.#busy = new Set(busy ? [...others, id] : others);
	}
}
