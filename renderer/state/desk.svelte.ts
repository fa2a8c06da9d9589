import { getContext, setContext } from "svelte";
import type { AppError } from "../../shared/errors.ts";
import type { Change, Input, Payload, Snapshot } from "../../shared/ipc/contract.ts";
import type { ConversationId, EntryId, LineId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { Conversation, MessageEntry } from "../../shared/model.ts";
import { compareOrder } from "../../shared/order.ts";
import { subscribe } from "../bridge.ts";
import { conversationName } from "../lib/person.ts";
import type { Surroundings } from "../lib/surroundings.ts";
import { Accounts } from "./accounts.svelte.ts";
import { Acting } from "./acting.svelte.ts";
import { Announcer } from "./announcer.svelte.ts";
import { Attaching } from "./attaching.svelte.ts";
import { Attention } from "./attention.svelte.ts";
import { Computer } from "./computer.svelte.ts";
import { Conversations, type ConversationFilter } from "./conversations.svelte.ts";
import { Folders } from "./folders.svelte.ts";
import { DirectorySearch } from "./directory.svelte.ts";
import { Drafts } from "./drafts.svelte.ts";
import { FrameGate } from "./frame-gate.ts";
import { I18n } from "./i18n.svelte.ts";
import { Media } from "./media.svelte.ts";
import { Navigation } from "./navigation.svelte.ts";
import { People } from "./people.svelte.ts";
import { Preferences } from "./preferences.svelte.ts";
import { PresenceWatch } from "./presence-watch.ts";
import { Replies } from "./replies.svelte.ts";
import { Search } from "./search.svelte.ts";
import { Sending } from "./sending.svelte.ts";
import { Systems } from "./systems.svelte.ts";
import { Thread } from "./thread.svelte.ts";
import { Tidings } from "./tidings.svelte.ts";
import { Ticker } from "./ticker.svelte.ts";

/** With whom a conversation begins, and by which line. */
export type Beginning = Input<"conversations.start">;

/** Between two marks of what was read. */
const markPauseMs = 250;

/**
 * Everything the components share: one object, passed by context, built once in main.ts.
 *
 *   loading -> ready
 *      \-> failed -> loading
 */
export class Desk {
	phase: "loading" | "ready" | "failed" = $state("loading");
	problem: AppError | null = $state.raw(null);
	readonly bridge: Bridge;
	readonly surroundings: Surroundings;
	readonly i18n: I18n;
	readonly ticker: Ticker;
	readonly attention: Attention;
	readonly folders: Folders;
	readonly attaching: Attaching;
	readonly acting: Acting;
	readonly media: Media;
	readonly people: People;
	readonly replies: Replies;
	readonly systems = new Systems();
	readonly accounts = new Accounts();
	readonly computer = new Computer();
	readonly conversations = new Conversations();
	readonly navigation = new Navigation();
	readonly preferences: Preferences;
	readonly thread: Thread;
	readonly drafts: Drafts;
	readonly sending: Sending;
	readonly announcer: Announcer;
	readonly directory: DirectorySearch;
	readonly search: Search;
	readonly tidings: Tidings;
	readonly presence: PresenceWatch;
	readonly #signal: AbortSignal;
	#revision = -1;
	/** Batches that came before the snapshot. */
	#early: Payload<"changes">[] | null = [];
	readonly #gate: FrameGate;
	#marked = "";
	/** A mark has just been set: the next waits, as messages may come a hundred a second. */
	#markWaits = false;
	#viewing = "";

	constructor(outside: Bridge, surroundings: Surroundings, signal: AbortSignal) {
		this.#gate = new FrameGate(surroundings, (batches) => {
			const changes = batches.flatMap((batch) => batch.changes);
			this.#apply(changes);
		});
		const bridge = this.#gate.inOrder(outside);
		this.bridge = bridge;
		this.surroundings = surroundings;
		this.#signal = signal;
		this.i18n = new I18n(surroundings);
		this.ticker = new Ticker(surroundings, signal);
		this.attention = new Attention(surroundings);
		this.preferences = new Preferences(bridge);
		this.people = new People(bridge, this.conversations, this.i18n, () => this.announcer);
		this.thread = new Thread(bridge, () => this.attention.attentive, this.people.idsWith);
		this.media = new Media(bridge, this.i18n);
		this.folders = new Folders(bridge, this.conversations);
		this.attaching = new Attaching(bridge, this.i18n);
		this.replies = new Replies(bridge, surroundings);
		this.drafts = new Drafts(bridge, surroundings, this.conversations);
		this.sending = new Sending(bridge, surroundings, this.drafts, this.thread);
		this.announcer = new Announcer(surroundings, this.i18n, this.conversations, this.thread);
		this.acting = new Acting(bridge, this.i18n, this.announcer);
		this.directory = new DirectorySearch(bridge, surroundings);
		this.search = new Search(bridge, surroundings);
		this.tidings = new Tidings(surroundings);
		this.presence = new PresenceWatch(bridge, surroundings);
	}

	/** Listens first, then asks for everything: nothing can fall between the two. */
	async start(): Promise<void> {
		subscribe(this.bridge, "changes", this.#signal, (batch) => this.#receive(batch));
		subscribe(this.bridge, "navigate", this.#signal, (target) => this.#navigate(target));
		await this.reload();
	}

	async reload(): Promise<void> {
		this.phase = "loading";
		this.#early ??= [];
		const result = await this.bridge.invoke("app.snapshot", null);
		if (this.#signal.aborted) return;
		if (!result.ok) {
			this.phase = "failed";
			this.problem = result.error;
			return;
		}
		this.#load(result.value);
		const early = this.#early;
		this.#early = null;
		for (const batch of early) this.#receive(batch);
	}

	/** Opens a conversation with the caret in its composer, or at one message in it. */
	openConversation(id: ConversationId, around: EntryId | null = null): void {
		this.drafts.flush();
		this.navigation.go({ name: "inbox" });
		this.navigation.conversationId = id;
		this.sending.problem = null;
		this.media.open = null;
		void this.thread.open(id, around);
		// A composer that comes back takes the caret for an old wish; the message that was asked for has it.
		this.navigation.composerWish = around === null ? this.navigation.composerWish + 1 : 0;
	}

	/** Narrow window: back to the list, with the focus on the row that was open. */
	closeConversation(): void {
		this.drafts.flush();
		this.navigation.conversationId = null;
		this.thread.close();
		this.navigation.listWish += 1;
	}

	/** Shows other rows of the inbox; the open conversation stays open. */
	showOnly(filter: ConversationFilter): void {
		this.conversations.filter = filter;
		if (filter.kind === "folder") void this.folders.open(filter.accountId, filter.folderId);
		else this.folders.close();
	}

	/** Puts a conversation away or takes it back; either can be undone from where it is told. */
	async archive(id: ConversationId, archived: boolean): Promise<void> {
		const conversation = this.conversations.get(id);
		if (conversation === undefined || conversation.archived === archived) return;
		const result = await this.bridge.invoke("conversations.setArchived", {
			conversationId: id,
			archived,
		});
		const { t, problem } = this.i18n;
		if (!result.ok) {
			this.tidings.bad(problem(result.error));
			return;
		}
		const words = t(archived ? "archive.done" : "archive.undone", {
			peer: conversationName(conversation),
		});
		this.tidings.good(words, {
			label: t("message.undo"),
			run: () => void this.archive(id, !archived),
		});
	}

	openNeighbour(step: 1 | -1, unreadOnly: boolean): void {
		const id = this.conversations.neighbour(this.navigation.conversationId, step, unreadOnly);
		if (id !== null) this.openConversation(id);
	}

	/** Starts, or finds, the conversation with these addresses and opens it; text of "New message" goes along. */
	async startConversation(beginning: Beginning): Promise<AppError | null> {
		const result = await this.bridge.invoke("conversations.start", beginning);
		if (!result.ok) return result.error;
		this.drafts.append(result.value.conversationId, this.drafts.newMessage);
		this.drafts.newMessage = "";
		this.openConversation(result.value.conversationId);
		return null;
	}

	/** Begins another conversation with the same people from another line; what was being written goes along. */
	async answerFrom(conversation: Conversation, lineId: LineId): Promise<AppError | null> {
		const { id, accountId, peer, thread } = conversation;
		const addresses = thread.group?.members.map((member) => member.address) ?? [peer.address];
		const result = await this.bridge.invoke("conversations.start", {
			accountId,
			addresses,
			name: thread.group === null ? peer.name : null,
			lineId,
			title: thread.group?.title ?? null,
		});
		if (!result.ok) return result.error;
		const { conversationId } = result.value;
		// It is in the new draft before it leaves the old one, so that it is never in neither.
		if (conversationId !== id) {
			this.drafts.append(conversationId, this.drafts.text(id));
			this.drafts.set(id, "");
		}
		this.openConversation(conversationId);
		return null;
	}

	/** "New message" with its text at once: starts the conversation and sends; the text is kept if either fails. */
	async startAndSend(beginning: Beginning, texts: readonly string[]): Promise<AppError | null> {
		const text = this.drafts.newMessage;
		this.drafts.newMessage = "";
		const problem = await this.startConversation(beginning);
		if (problem !== null) {
			this.drafts.newMessage = text;
			return problem;
		}
		const id = this.navigation.conversationId;
		if (id !== null && !(await this.sending.send(id, texts, ""))) this.drafts.append(id, text);
		this.thread.follow();
		return null;
	}

	/** Takes a text that has not left back into the composer, with the caret there. */
	async undo(entry: MessageEntry): Promise<void> {
		if (!(await this.sending.undo(entry))) return;
		this.announcer.say(this.i18n.t("announce.undone"));
		this.navigation.composerWish += 1;
	}

	/** Tells main what is looked at, and what is read by it. Called whenever any of it changed. */
	reportViewing(): void {
		if (this.phase !== "ready") return;
		const inInbox = this.navigation.view.name === "inbox";
		const id = inInbox && this.attention.visible ? this.thread.conversationId : null;
		const { thread } = this;
		const atEnd = id !== null && thread.phase === "ready" && thread.atEnd && !thread.keptUnread;
		const viewing = JSON.stringify([id, atEnd]);
		if (viewing !== this.#viewing) {
			this.#viewing = viewing;
			void this.bridge.invoke("window.viewing", { conversationId: id, atEnd });
		}
		if (id === null || !this.attention.attentive || thread.phase !== "ready" || thread.keptUnread) return;
		const conversation = this.conversations.get(id);
		const upTo = this.#seenUpTo(conversation?.firstUnread ?? null);
		const mark = `${id} ${upTo ?? ""} ${String(conversation?.unread ?? 0)}`;
		if (upTo === null || (conversation?.unread ?? 0) === 0 || mark === this.#marked || this.#markWaits)
			return;
		this.#marked = mark;
		this.#markWaits = true;
		this.surroundings.after(markPauseMs, () => {
			this.#markWaits = false;
			this.reportViewing();
		});
		void this.bridge.invoke("conversations.markRead", { conversationId: id, upTo });
	}

	/** The newest entry of the open conversation that was on screen; null when nothing unread was before it. */
	#seenUpTo(firstUnread: EntryId | null): EntryId | null {
		const { atEnd, conversationId, entries, readTo } = this.thread;
		// Of a person's other conversations nothing is marked: they are read where they are answered.
		if (atEnd) return entries.findLast((entry) => entry.conversationId === conversationId)?.id ?? null;
		// What is unread above this window was not seen, and a mark would cover it.
		const first = entries.find((entry) => entry.id === firstUnread);
		if (first === undefined || readTo === null) return null;
		return compareOrder(readTo.order, first.order) >= 0 ? readTo.id : null;
	}

	/** The search page; `scope`: only in this conversation. What was typed last is there to be typed over. */
	openSearch(scope: ConversationId | null): void {
		this.drafts.flush();
		this.search.lookIn(scope);
		this.navigation.go({ name: "search" });
		this.navigation.searchWish += 1;
	}

	#load(snapshot: Snapshot): void {
		this.#revision = snapshot.revision;
		this.i18n.locale = snapshot.locale;
		this.preferences.load(snapshot.settings);
		this.systems.list = snapshot.systems;
		this.accounts.apply(
			this.accounts.list.map((account) => ({ type: "accountRemoved", accountId: account.id }) as const),
		);
		this.accounts.apply(snapshot.accounts.map((account) => ({ type: "account", account }) as const));
		this.computer.load(snapshot);
		this.conversations.load(snapshot.conversations);
		this.phase = "ready";
		if (snapshot.openConversation !== null) this.openConversation(snapshot.openConversation);
	}

	#receive(batch: Payload<"changes">): void {
		if (this.#early !== null) {
			this.#early.push(batch);
			return;
		}
		if (batch.revision <= this.#revision) return;
		this.#revision = batch.revision;
		this.#gate.push(batch);
	}

	#apply(changes: readonly Change[]): void {
		this.announcer.watch(changes);
		this.accounts.apply(changes);
		this.computer.apply(changes);
		this.preferences.apply(changes);
		this.conversations.apply(changes);
		this.directory.apply(changes);
		this.thread.apply(changes);
		for (const change of changes) {
			if (change.type === "settings") this.i18n.locale = change.locale;
			if (change.type === "practice") this.search.clear();
			if (
				change.type === "conversationRemoved" &&
				change.conversationId === this.thread.conversationId
			) {
				this.thread.close();
				this.navigation.conversationId = null;
			}
		}
	}

	#navigate(target: Payload<"navigate">): void {
		switch (target.to) {
			case "conversation":
				this.openConversation(target.conversationId);
				break;
			case "newMessage":
				this.navigation.go({ name: "newMessage" });
				break;
			case "settings":
				this.openSettings("general");
				break;
			case "about":
				this.openSettings("about");
				break;
			case "accounts":
				this.navigation.go({ name: "accounts" });
				break;
			case "switcher":
				this.navigation.switcherOpen = true;
				break;
			case "search":
				if (this.accounts.list.length > 0) this.openSearch(null);
				break;
			case "inbox":
				this.navigation.go({ name: "inbox" });
				break;
		}
	}

	openSettings(tab: Navigation["settingsTab"]): void {
		this.navigation.settingsTab = tab;
		this.navigation.go({ name: "settings" });
	}
}

const key = Symbol("desk");

export function provideDesk(desk: Desk): void {
	setContext(key, desk);
}

/** The desk of the component tree; call while a component is being made. */
export function useDesk(): Desk {
	return getContext<Desk>(key);
}
