import { SvelteMap } from "svelte/reactivity";
import type { ConversationId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Surroundings } from "../lib/surroundings.ts";
import type { Conversations } from "./conversations.svelte.ts";

/** Main hears of a draft after this pause in typing. */
const pauseMs = 400;

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
		this.#pending.get(id)?.();
		this.#pending.set(
			id,
			this.#surroundings.after(pauseMs, () => this.#save(id)),
		);
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
			this.#save(id);
		}
	}

	#save(id: ConversationId): void {
		this.#pending.delete(id);
		void this.#bridge.invoke("conversations.setDraft", {
			conversationId: id,
			text: this.#texts.get(id) ?? "",
		});
	}
}
