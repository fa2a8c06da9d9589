import type { AppError } from "../../shared/errors.ts";
import type { AccountId, ConversationId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Conversations } from "./conversations.svelte.ts";

/**
 * The folder of a system that the list shows: its pages are asked for as one scrolls, one at a time.
 *
 *   idle -> asking -> idle, more or done
 *              \-> failed -> asking
 */
export class Folders {
	phase: "idle" | "asking" | "failed" = $state("idle");
	problem: AppError | null = $state.raw(null);
	/** The system has answered at least once for this folder. */
	answered = $state(false);
	readonly #bridge: Bridge;
	readonly #conversations: Conversations;
	#shown: { readonly accountId: AccountId; readonly folderId: string } | null = null;
	/** Where the next page begins; null: that was all. */
	#next: string | null = null;
	/** Counts folders: a late answer for another one is dropped. */
	#opened = 0;

	constructor(bridge: Bridge, conversations: Conversations) {
		this.#bridge = bridge;
		this.#conversations = conversations;
	}

	/** From the start of a folder, also one that is shown: the system may have moved things. */
	async open(accountId: AccountId, folderId: string): Promise<void> {
		this.close();
		this.#shown = { accountId, folderId };
		await this.#ask(null);
	}

	close(): void {
		this.#opened += 1;
		this.#shown = null;
		this.#next = null;
		this.phase = "idle";
		this.problem = null;
		this.answered = false;
		this.#conversations.inFolder = new Set();
	}

	/** The next page, when there is one and none is on its way; after a failure the person asks (`again`). */
	async more(again = false): Promise<void> {
		if (this.phase === "asking" || (this.phase === "failed" && !again)) return;
		if (this.#next !== null || (again && !this.answered)) await this.#ask(this.#next);
	}

	async #ask(next: string | null): Promise<void> {
		const shown = this.#shown;
		if (shown === null) return;
		const opened = this.#opened;
		this.phase = "asking";
		const result = await this.#bridge.invoke("folders.page", { ...shown, next });
		if (opened !== this.#opened) return;
		if (!result.ok) {
			this.phase = "failed";
			this.problem = result.error;
			return;
		}
		this.#conversations.inFolder = new Set<ConversationId>([
			...this.#conversations.inFolder,
			...result.value.conversationIds,
		]);
		this.#next = result.value.next;
		this.problem = null;
		this.phase = "idle";
		this.answered = true;
	}
}
