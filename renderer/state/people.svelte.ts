import type { AppError } from "../../shared/errors.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { ConversationId } from "../../shared/ids.ts";
import type { Conversation } from "../../shared/model.ts";
import { conversationName } from "../lib/person.ts";
import type { Announcer } from "./announcer.svelte.ts";
import type { Conversations } from "./conversations.svelte.ts";
import type { I18n } from "./i18n.svelte.ts";

/** What was just done to a person's conversations, told where it was asked, with the way back. */
export interface LinkTidings {
	readonly conversationId: ConversationId;
	readonly text: string;
	readonly undo: () => Promise<void>;
}

/** One person, several addresses: conversations that the agent linked, and how either can be taken back. */
export class People {
	tidings: LinkTidings | null = $state.raw(null);
	problem: { readonly conversationId: ConversationId; readonly error: AppError } | null = $state.raw(null);
	busy = $state(false);
	readonly #bridge: Bridge;
	readonly #conversations: Conversations;
	readonly #i18n: I18n;
	readonly #announcer: () => Announcer;

	constructor(bridge: Bridge, conversations: Conversations, i18n: I18n, announcer: () => Announcer) {
		this.#bridge = bridge;
		this.#conversations = conversations;
		this.#i18n = i18n;
		this.#announcer = announcer;
	}

	/** The conversations with the same person, newest first, this one among them; none when it is not linked. */
	with(id: ConversationId): readonly Conversation[] {
		const person = this.#conversations.get(id)?.personId ?? null;
		return person === null ? [] : this.#conversations.list.filter(({ personId }) => personId === person);
	}

	readonly idsWith = (id: ConversationId): readonly ConversationId[] =>
		this.with(id).map((conversation) => conversation.id);

	/** From now on these are one person. True when main did it; else `problem` says why not. */
	async link(id: ConversationId, others: readonly ConversationId[]): Promise<boolean> {
		const before = new Set([id, ...this.idsWith(id)]);
		// Those that were linked with one of the others come along, and go back to it.
		const groups = others.map((other) => [
			other,
			...this.idsWith(other).filter((each) => each !== other),
		]);
		const added = [...new Set(groups.flat())].filter((other) => !before.has(other));
		const done = await this.#ask(id, () =>
			this.#bridge.invoke("people.link", { conversationIds: [id, ...others] }),
		);
		if (done)
			this.#tell(id, this.#i18n.t("people.linked", { people: this.#names(others) }), async () => {
				for (const other of added) if (!(await this.#unlink(id, other))) return;
				for (const group of groups) if (group.length > 1 && !(await this.#link(id, group))) return;
				this.#say(this.#i18n.t("people.linkUndone"));
			});
		return done;
	}

	/** Takes one conversation out of its person; `shownIn`: where it was asked. */
	async unlink(id: ConversationId, shownIn: ConversationId): Promise<boolean> {
		const group = this.idsWith(id);
		const done = await this.#unlink(shownIn, id);
		if (done)
			this.#tell(shownIn, this.#i18n.t("people.unlinked", { people: this.#names([id]) }), async () => {
				if (await this.#link(shownIn, group)) this.#say(this.#i18n.t("people.unlinkUndone"));
			});
		return done;
	}

	#link(shownIn: ConversationId, conversationIds: readonly ConversationId[]): Promise<boolean> {
		return this.#ask(shownIn, () =>
			this.#bridge.invoke("people.link", { conversationIds: [...conversationIds] }),
		);
	}

	#unlink(shownIn: ConversationId, conversationId: ConversationId): Promise<boolean> {
		return this.#ask(shownIn, () => this.#bridge.invoke("people.unlink", { conversationId }));
	}

	async #ask(
		conversationId: ConversationId,
		ask: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: AppError }>,
	): Promise<boolean> {
		this.busy = true;
		const result = await ask();
		this.busy = false;
		this.tidings = null;
		this.problem = result.ok ? null : { conversationId, error: result.error };
		return result.ok;
	}

	#tell(conversationId: ConversationId, text: string, undo: () => Promise<void>): void {
		this.tidings = { conversationId, text, undo };
		this.#say(text);
	}

	#say(text: string): void {
		this.#announcer().say(text);
	}

	#names(ids: readonly ConversationId[]): string {
		return this.#i18n.formats.list(
			ids.flatMap((id) => {
				const conversation = this.#conversations.get(id);
				return conversation === undefined ? [] : [conversationName(conversation)];
			}),
		);
	}
}
