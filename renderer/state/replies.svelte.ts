import { SvelteMap } from "svelte/reactivity";
import type { AppError } from "../../shared/errors.ts";
import type { ConversationId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Reply } from "../../shared/model.ts";
import type { Surroundings } from "../lib/surroundings.ts";

const pauseMs = 120;

/** Texts to answer with, found as one types; and which saved reply of the system a draft came from. */
export class Replies {
	phase: "idle" | "asking" | "ready" | "failed" = $state("idle");
	found: readonly Reply[] = $state.raw([]);
	more = $state(false);
	problem: AppError | null = $state.raw(null);
	readonly #taken = new SvelteMap<ConversationId, Reply>();
	readonly #bridge: Bridge;
	readonly #surroundings: Surroundings;
	#asked = 0;
	#cancel = (): void => undefined;

	constructor(bridge: Bridge, surroundings: Surroundings) {
		this.#bridge = bridge;
		this.#surroundings = surroundings;
	}

	/** At once when the list opens, after a pause while one types. */
	find(conversationId: ConversationId, text: string): void {
		this.#cancel();
		const query = text.trim().slice(0, 200);
		const asked = ++this.#asked;
		this.phase = "asking";
		const ask = (): void => void this.#ask(asked, conversationId, query);
		if (query === "") ask();
		else this.#cancel = this.#surroundings.after(pauseMs, ask);
	}

	close(): void {
		this.#cancel();
		this.#asked += 1;
		this.phase = "idle";
		this.found = [];
		this.more = false;
		this.problem = null;
	}

	/** A text of the system went into the draft. */
	take(id: ConversationId, reply: Reply): void {
		if (reply.source === "system") this.#taken.set(id, reply);
	}

	/** The system's reply that a draft came from, as long as its text stands in it. */
	takenIn(id: ConversationId, draft: string): Reply | null {
		const reply = this.#taken.get(id);
		return reply !== undefined && draft.includes(reply.text) ? reply : null;
	}

	forget(id: ConversationId): void {
		this.#taken.delete(id);
	}

	async #ask(asked: number, conversationId: ConversationId, query: string): Promise<void> {
		const result = await this.#bridge.invoke("replies.find", { conversationId, query });
		if (asked !== this.#asked) return;
		this.found = result.ok ? result.value.replies : [];
		this.more = result.ok && result.value.more;
		this.problem = result.ok ? null : result.error;
		this.phase = result.ok ? "ready" : "failed";
	}
}
