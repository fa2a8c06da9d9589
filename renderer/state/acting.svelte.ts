import { SvelteMap } from "svelte/reactivity";
import type { AppError, Result } from "../../shared/errors.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { ConversationId } from "../../shared/ids.ts";
import type { ThreadAction } from "../../shared/model.ts";
import type { Announcer } from "./announcer.svelte.ts";
import type { I18n } from "./i18n.svelte.ts";

/** Acts on a conversation as a whole, on its system: one thing at a time for each. */
export class Acting {
	readonly #busy = new SvelteMap<ConversationId, true>();
	readonly #bridge: Bridge;
	readonly #i18n: I18n;
	readonly #announcer: Announcer;

	constructor(bridge: Bridge, i18n: I18n, announcer: Announcer) {
		this.#bridge = bridge;
		this.#i18n = i18n;
		this.#announcer = announcer;
	}

	busy(id: ConversationId): boolean {
		return this.#busy.has(id);
	}

	/** Null: it is done, and was said; else why not. Asked again while it is being done, it does nothing. */
	act(conversationId: ConversationId, action: ThreadAction): Promise<AppError | null> {
		return this.#once(conversationId, this.#i18n.t(`action.done.${action}`), () =>
			this.#bridge.invoke("conversations.act", { conversationId, action }),
		);
	}

	rename(conversationId: ConversationId, title: string): Promise<AppError | null> {
		return this.#once(conversationId, this.#i18n.t("group.renamed", { title }), () =>
			this.#bridge.invoke("conversations.rename", { conversationId, title }),
		);
	}

	setMembers(conversationId: ConversationId, addresses: readonly string[]): Promise<AppError | null> {
		return this.#once(conversationId, this.#i18n.t("group.membersSet"), () =>
			this.#bridge.invoke("conversations.setMembers", { conversationId, addresses: [...addresses] }),
		);
	}

	async #once(
		id: ConversationId,
		said: string,
		ask: () => Promise<Result<null>>,
	): Promise<AppError | null> {
		if (this.#busy.has(id)) return null;
		this.#busy.set(id, true);
		const result = await ask();
		this.#busy.delete(id);
		if (!result.ok) return result.error;
		this.#announcer.say(said);
		return null;
	}
}
