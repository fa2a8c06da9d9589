import type { Surroundings } from "../lib/surroundings.ts";
import type { Change } from "../../shared/ipc/contract.ts";
import type { ConversationId, EntryId } from "../../shared/ids.ts";
import type { Conversation, DeliveryState, MessageEntry } from "../../shared/model.ts";
import { conversationName } from "../lib/person.ts";
import type { Conversations } from "./conversations.svelte.ts";
import type { I18n } from "./i18n.svelte.ts";
import type { Thread } from "./thread.svelte.ts";

/** Messages that come within this time are said as one. */
const gatherMs = 500;
/** After several were said as one, the next are gathered for so long: nobody can listen to more. */
const busyMs = 4000;
/** From so many conversations the messages are named; of more, only how many. */
const mostNames = 3;
const clearMs = 6000;

/**
 * What a screen reader is told without moving the focus: new messages, failures, and who wants to talk; never
 * history, and nothing of a conversation that was muted. The state of each connection has its own status element.
 */
export class Announcer {
	text = $state("");
	readonly #surroundings: Surroundings;
	readonly #i18n: I18n;
	readonly #conversations: Conversations;
	readonly #thread: Thread;
	#sentences: string[] = [];
	/** Looked at again when it is said: some calls are answered by the system, and a name comes after a number. */
	readonly #alerting = new Set<ConversationId>();
	#arrived = new Map<ConversationId, { count: number; name: string; text: string | null }>();
	#cancel: (() => void) | null = null;
	#busyUntil = 0;

	constructor(surroundings: Surroundings, i18n: I18n, conversations: Conversations, thread: Thread) {
		this.#surroundings = surroundings;
		this.#i18n = i18n;
		this.#conversations = conversations;
		this.#thread = thread;
	}

	say(sentence: string): void {
		this.#sentences.push(sentence);
		this.#schedule();
	}

	/** Looks at changes before they are applied, so that old and new can be compared; the last of each counts. */
	watch(changes: readonly Change[]): void {
		const conversations = new Map<ConversationId, Conversation>();
		const messages = new Map<EntryId, MessageEntry>();
		for (const change of changes) {
			if (change.type === "conversation")
				conversations.set(change.conversation.id, change.conversation);
			else if (change.type === "entries" && change.conversationId === this.#thread.conversationId) {
				for (const entry of change.entries)
					if (entry.kind === "message") messages.set(entry.id, entry);
			}
		}
		for (const conversation of conversations.values()) this.#compare(conversation);
		for (const message of messages.values()) this.#hear(message);
	}

	#hear(entry: MessageEntry): void {
		if (this.#thread.phase !== "ready") return;
		if (this.#thread.isNews(entry))
			this.#arrive(entry.conversationId, entry.author, 1, this.#said(entry));
		else if (entry.delivery !== null) {
			const known = this.#thread.entries.find((other) => other.id === entry.id);
			if (known?.kind !== "message") return;
			this.#settle(known.delivery?.state ?? null, entry.delivery.state, () => {
				const problem = entry.delivery?.problem ?? null;
				return problem === null ? "" : this.#i18n.problem(problem);
			});
		}
	}

	#said({ text }: MessageEntry): string {
		return text.trim() === "" ? this.#i18n.t("list.attachment") : text;
	}

	/** Somebody wants to talk; and of one that is not open: unread went up, or its newest message failed. */
	#compare(next: Conversation): void {
		const before = this.#conversations.get(next.id);
		if (next.live?.phase === "alerting" && before?.live?.phase !== "alerting" && !next.muted) {
			this.#alerting.add(next.id);
			this.#schedule();
		}
		if (next.id === this.#thread.conversationId) return;
		const more = next.unread - (before?.unread ?? 0);
		if (more > 0 && !next.muted) this.#arrive(next.id, conversationName(next), more, null);
		const state = next.preview?.delivery ?? null;
		if (before !== undefined && state !== null) {
			this.#settle(before.preview?.delivery ?? null, state, () => conversationName(next));
		}
	}

	#settle(before: DeliveryState | null, now: DeliveryState, detail: () => string): void {
		if (before === now) return;
		if (now === "failed") this.say(this.#i18n.t("announce.failed", { detail: detail() }));
		else if (now === "unknown") this.say(this.#i18n.t("announce.unknown", { detail: detail() }));
	}

	#arrive(id: ConversationId, name: string, count: number, text: string | null): void {
		const known = this.#arrived.get(id);
		this.#arrived.set(id, { count: (known?.count ?? 0) + count, name, text });
		this.#schedule();
	}

	#schedule(): void {
		if (this.#cancel !== null) return;
		const wait = Math.max(gatherMs, this.#busyUntil - this.#surroundings.now());
		this.#cancel = this.#surroundings.after(wait, () => {
			this.#cancel = null;
			this.#speak();
		});
	}

	#speak(): void {
		const { t } = this.#i18n;
		const arrived = [...this.#arrived.values()];
		const total = arrived.reduce((sum, { count }) => sum + count, 0);
		const arrivals =
			arrived.length > mostNames
				? [t("announce.many", { count: total, conversations: arrived.length })]
				: arrived.map(({ count, name, text }) =>
						count === 1 && text !== null
							? t("announce.message", { name, text })
							: t("announce.messages", { name, count }),
					);
		if (total > mostNames) this.#busyUntil = this.#surroundings.now() + busyMs;
		const calls = [...this.#alerting].flatMap((id) => {
			const conversation = this.#conversations.get(id);
			return conversation?.live?.phase === "alerting"
				? [t("announce.alerting", { name: conversationName(conversation) })]
				: [];
		});
		this.text = [...this.#sentences, ...calls, ...arrivals].join(" ");
		this.#sentences = [];
		this.#alerting.clear();
		this.#arrived.clear();
		const spoken = this.text;
		this.#surroundings.after(clearMs, () => {
			if (this.text === spoken) this.text = "";
		});
	}
}
