import { SvelteMap } from "svelte/reactivity";
import type { ConversationId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Surroundings } from "../lib/surroundings.ts";
import type { Conversations } from "./conversations.svelte.ts";

/** Main hears of a draft after this pause in typing. */
const pauseMs = 400;
/** What main could not keep is offered again after this. */
const againMs = 5000;

/** Unsent text, one for each conversation and one for "New message". What was typed here wins over what main has. */
export class Drafts {
	readonly #texts = new SvelteMap<ConversationId, string>();
	readonly #pending = new Map<ConversationId, () => void>();
	readonly #bridge: Bridge;
	readonly #surroundings: Surroundings;
	readonly #conversations: Conversations;
	/** Text of "New message" before anybody was chosen. */
	newMessage = $state("");

	constructor(bridge: Bridge, surroundings: Surroundings, conversations: Conversations) {
		this.#bridge = bridge;
		this.#surroundings = surroundings;
		this.#conversations = conversations;
	}

	text(id: ConversationId): string {
		return this.#texts.get(id) ?? this.#conversations.get(id)?.draft ?? "";
	}

	set(id: ConversationId, text: string): void {
		this.#texts.set(id, text);
		this.#plan(id, pauseMs);
	}

	/** Puts text after what is there, on a line of its own. */
	append(id: ConversationId, text: string): void {
		if (text === "") return;
		const kept = this.text(id);
		this.set(id, kept === "" ? text : `${kept}\n${text}`);
	}

	/** Saves at once what still waits for a pause: on leaving a conversation or the window. */
	flush(): void {
		for (const [id, cancel] of this.#pending) {
			cancel();
			void this.#save(id);
		}
	}

	#plan(id: ConversationId, delayMs: number): void {
		this.#pending.get(id)?.();
		this.#pending.set(
			id,
			this.#surroundings.after(delayMs, () => void this.#save(id)),
		);
	}

	async #save(id: ConversationId): Promise<void> {
		this.#pending.delete(id);
		const text = this.#texts.get(id) ?? "";
		const result = await this.#bridge.invoke("conversations.setDraft", { conversationId: id, text });
		// The conversation may be gone; then there is nothing to keep it for.
		if (!result.ok && !this.#pending.has(id) && this.#conversations.get(id) !== undefined)
			this.#plan(id, againMs);
	}
}
