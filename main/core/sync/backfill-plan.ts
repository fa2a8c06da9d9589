import type { AccountId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { EpochMs, SystemId } from "../../../shared/model.ts";
import { compareOrder, type Order, orderStart, orderTime, serverOrder } from "../../../shared/order.ts";
import type { ConversationHead, HistoryMessage, ProviderEvent } from "../ports/provider.ts";
import type {
	ConversationPatch,
	ConversationRecord,
	MediaWrite,
	NewEntry,
	OpenGap,
	StoredMedia,
	StoreWrite,
} from "../ports/stores.ts";
import { newDetails } from "./message-details.ts";
import { threadPatch } from "./planned-conversations.ts";

/** Messages asked for in one request; also the size of one transaction. */
export const pageSize = 100;
/**
 * How far below what is known to be whole the server is asked again, in ms: messages that overtook
 * each other on push may have moved the mark past one that never came.
 */
export const overlapMs = 60_000;

/** Scopes of the cursors of one account. */
export const headsScope = "heads";
/** Server time of the newest message when the account was first listed: what is older is no news. */
export const newsScope = "news";

/** What is to be asked for in one conversation. */
export interface FillTask {
	/** The task itself, however far it is. */
	readonly key: string;
	/** The marker; null: only looked at to be sure, nothing is known to be missing. */
	readonly entryId: EntryId | null;
	readonly conversationId: ConversationId;
	/** Key of the conversation. */
	readonly peer: string;
	/** Asked from the newest backwards until at or before this. */
	readonly downTo: Order;
	/** Where to go on asking; null: from the newest. */
	readonly next: string | null;
	/** Everything of the server up to here is known once this is done. */
	readonly upTo: Order;
	/** Nothing was whole yet when it was opened: wherever the server's list ends, nothing is missing below. */
	readonly first: boolean;
}

export interface PlanAccount {
	readonly id: AccountId;
	readonly system: SystemId;
}

export interface HeadsContext {
	readonly account: PlanAccount;
	readonly newId: () => string;
	/** What is no news, see `newsScope`. */
	readonly newsFrom: EpochMs;
	readonly conversation: (peer: string) => ConversationRecord | null;
	/** Place of the oldest entry of a conversation that was never whole; null: it is empty. */
	readonly oldest: (id: ConversationId) => Order | null;
	/** What is already being asked for in it. */
	readonly tasks: (id: ConversationId) => readonly FillTask[];
}

export interface HeadsPlan {
	readonly write: StoreWrite;
	/** New tasks, in the order of the list. */
	readonly opened: readonly FillTask[];
	/** Tasks that had not begun, as they are now: they cover what is new as well. */
	readonly raised: readonly FillTask[];
	/** Keys of tasks that others have taken the place of. */
	readonly replaced: readonly string[];
}

/** What a list of conversations with news means: a gap is open, on disk, before anything is asked for. */
export function planHeads(heads: readonly ConversationHead[], context: HeadsContext): HeadsPlan {
	const { account, newId, newsFrom } = context;
	const conversations: NonNullable<StoreWrite["conversations"]>[number][] = [];
	const patches: NonNullable<StoreWrite["patches"]>[number][] = [];
	const entries: NewEntry[] = [];
	const gaps: OpenGap[] = [];
	const opened: FillTask[] = [];
	const raised: FillTask[] = [];
	const replaced: string[] = [];
	const floor = (order: Order): Order => before(orderTime(order), overlapMs);
	/** Listed twice, it is asked for once. */
	const listed = new Set<string>();

	for (const { peer, name, at, thread } of heads) {
		if (listed.has(peer)) continue;
		listed.add(peer);
		const record = context.conversation(peer);
		const upTo = serverOrder(at, "");
		const conversationId = record?.id ?? (newId() as ConversationId);
		if (record === null) {
			conversations.push({
				id: conversationId,
				accountId: account.id,
				system: account.system,
				peer,
				address: thread?.address ?? peer,
				formatted: thread?.formatted ?? null,
				name,
				thread: thread?.facts ?? null,
				createdAt: at,
			});
		} else {
			// A name that is known stays: it may have come from the directory.
			const found = record.name === null ? name : null;
			const patch = headPatch(record, thread, found);
			if (patch !== null) patches.push({ id: record.id, patch });
		}

		const all = context.tasks(conversationId);
		const fresh = all.find((task) => task.next === null && task.entryId !== null);
		if (fresh !== undefined) {
			if (compareOrder(upTo, fresh.upTo) > 0) raised.push({ ...fresh, upTo });
			continue;
		}
		const running = all.filter((task) => task.entryId !== null);
		replaced.push(...all.filter((task) => task.entryId === null).map((task) => task.key));
		// What is being filled below is not asked for twice: this one ends where that one began.
		const filled = running.map((task) => task.upTo).sort(compareOrder);
		const known = filled.at(-1) ?? record?.syncedTo ?? orderStart;
		const oldest = known === orderStart && record !== null ? context.oldest(record.id) : null;
		// All news, and no hole below what is here; what is older is had when somebody scrolls to it.
		const news = serverOrder(newsFrom, "");
		const first = oldest !== null && compareOrder(oldest, news) < 0 ? oldest : news;
		const whole = known === orderStart ? first : known;
		const task = {
			conversationId,
			peer,
			downTo: floor(whole),
			next: null,
			upTo,
			first: known === orderStart,
		};
		const entryId = newId() as EntryId;
		if (known !== orderStart && at <= orderTime(known)) {
			// Perhaps everything came by push, perhaps something older did not: only the server can tell.
			opened.push({ ...task, key: entryId, entryId: null });
			continue;
		}
		// From its end on: that is how a first one is known again in the next run.
		const from = Math.min(orderTime(known) || at, at);
		entries.push({ id: entryId, conversationId, kind: "gap", at: from, from, to: at, filling: true });
		gaps.push({ entryId, accountId: account.id, conversationId, downTo: task.downTo, next: null, upTo });
		opened.push({ ...task, key: entryId, entryId });
	}
	const write = { conversations, patches, entries, gaps: { opened: gaps } };
	return { write, opened, raised, replaced };
}

export interface PageContext {
	readonly account: PlanAccount;
	readonly newId: () => string;
	readonly newsFrom: EpochMs;
	readonly record: ConversationRecord;
	readonly author: string;
	/** Other tasks of the conversation are not done. */
	readonly others: readonly FillTask[];
}

export interface PagePlan {
	/** Oldest first; these go the way of everything the server tells. */
	readonly events: readonly ProviderEvent[];
	readonly write: StoreWrite;
	/** Null: this was all. */
	readonly rest: FillTask | null;
	/** What older gaps of the conversation cover once they are closed. */
	readonly upTo: Order;
}

/** What one page of a task means, in one transaction with the messages it brought. */
export function planPage(
	task: FillTask,
	page: { readonly messages: readonly HistoryMessage[]; readonly next: string | null },
	context: PageContext,
): PagePlan {
	const { record, others } = context;
	const orders = page.messages.map(placeOf).sort(compareOrder);
	const oldest = orders[0];
	const newest = orders.at(-1);
	const upTo =
		task.next === null && newest !== undefined && compareOrder(newest, task.upTo) > 0
			? newest
			: task.upTo;
	const reached = oldest !== undefined && compareOrder(oldest, task.downTo) <= 0;
	const { events, ...split } = splitPage(page.messages, context);
	if (!reached && page.next !== null) {
		const moved = task.entryId === null ? [] : [{ entryId: task.entryId, next: page.next }];
		return {
			events,
			write: { ...split, gaps: { moved } },
			rest: { ...task, next: page.next, upTo },
			upTo,
		};
	}
	const fresh = record.syncedTo === orderStart;
	// A gap below this one is still open: what is whole ends there.
	const below = others.some((other) => compareOrder(other.downTo, task.downTo) < 0);
	const synced = !below && compareOrder(upTo, record.syncedTo) > 0 ? { syncedTo: upTo } : {};
	const older = fresh && page.next !== null ? { olderCursor: page.next } : {};
	const patch = { ...synced, ...older };
	// The server's list ended above what was whole: what was in between it has no more.
	const cut = !reached && !fresh && !task.first && !endsAt(oldest, task.downTo);
	const closed =
		task.entryId === null
			? []
			: [{ entryId: task.entryId, marker: cut ? ("stays" as const) : ("goes" as const) }];
	return {
		events,
		write: {
			...split,
			patches: Object.keys(patch).length === 0 ? [] : [{ id: record.id, patch }],
			gaps: { closed },
		},
		rest: null,
		upTo,
	};
}

/** A page above the oldest entry here: what a person scrolls to is neither unread nor news. */
export function planOlder(
	page: { readonly messages: readonly HistoryMessage[]; readonly next: string | null },
	context: Pick<PageContext, "account" | "newId" | "record" | "author">,
): { readonly events: readonly ProviderEvent[]; readonly write: StoreWrite } {
	const { events, ...split } = splitPage(page.messages, { ...context, newsFrom: Infinity });
	const patches = [{ id: context.record.id, patch: { olderCursor: page.next } }];
	return { events, write: { ...split, patches } };
}

/** Pages of this conversation for somebody who wants to know what became of a text. */
export function planLook(
	messages: readonly HistoryMessage[],
	context: Pick<PageContext, "account" | "newId" | "record" | "author" | "newsFrom">,
): { readonly events: readonly ProviderEvent[]; readonly write: StoreWrite } {
	const { events, ...write } = splitPage(messages, context);
	return { events, write };
}

/** The place of a message that the server gave a time and an id. */
export function placeOf(message: HistoryMessage): Order {
	return serverOrder(message.at ?? 0, message.remoteId ?? "");
}

function before(at: EpochMs, ms: number): Order {
	return serverOrder(at - ms, "");
}

function endsAt(oldest: Order | undefined, downTo: Order): boolean {
	return oldest !== undefined && orderTime(oldest) <= orderTime(downTo) + overlapMs;
}

function headPatch(
	record: ConversationRecord,
	thread: ConversationHead["thread"],
	found: string | null,
): ConversationPatch | null {
	if (thread !== undefined) return threadPatch(record, thread, found);
	return found === null ? null : { name: found };
}

/**
 * The peer's messages from before the account was first listed are written as they are: read, and
 * nothing to tell anybody. Everything else is an event like any other, only not live; own messages
 * always, because one of them may be a text of which it is not known whether it arrived.
 */
function splitPage(
	messages: readonly HistoryMessage[],
	{ newsFrom, record, author, newId }: Pick<PageContext, "newsFrom" | "record" | "author" | "newId">,
): {
	readonly events: readonly ProviderEvent[];
	readonly entries: readonly NewEntry[];
	readonly media: MediaWrite;
} {
	const events: ProviderEvent[] = [];
	const entries: NewEntry[] = [];
	const added: StoredMedia[] = [];
	for (const message of [...messages].sort((one, other) => compareOrder(placeOf(one), placeOf(other)))) {
		if (message.type !== "message") events.push(message);
		else if (message.at === null || message.at > newsFrom) events.push({ ...message, catchUp: true });
		else {
			const id = newId() as EntryId;
			const built = newDetails(message, { id, conversationId: record.id }, newId);
			added.push(...built.added);
			entries.push({
				id,
				conversationId: record.id,
				kind: "message",
				direction: "in",
				clientId: null,
				remoteId: message.remoteId,
				text: message.text,
				author: message.author ?? author,
				delivery: null,
				at: message.at,
				localTime: false,
				details: built.details,
				unread: false,
			});
		}
	}
	return { events, entries, media: { added } };
}
