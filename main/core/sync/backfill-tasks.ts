import { appError, AppFailure } from "../../../shared/errors.ts";
import type { ConversationId } from "../../../shared/ids.ts";
import type { EpochMs } from "../../../shared/model.ts";
import { compareOrder, type Order, orderStart } from "../../../shared/order.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import { peerName } from "../conversations/conversation-view.ts";
import type { ConversationHead, History, ProviderEvent } from "../ports/provider.ts";
import type { Random } from "../ports/runtime.ts";
import type { ConversationRecord, StoreWrite } from "../ports/stores.ts";
import {
	type FillTask,
	headsScope,
	newsScope,
	type PageContext,
	type PlanAccount,
	planHeads,
	planPage,
} from "./backfill-plan.ts";

export interface TaskPorts {
	readonly random: Random;
	readonly book: ConversationBook;
	/** Stores events like those of a session, and `extra` in the same transaction. */
	readonly apply: (
		account: PlanAccount,
		events: readonly ProviderEvent[],
		extra: StoreWrite,
	) => Promise<unknown>;
	/** The number of open gaps is different now. */
	readonly changed: (id: PlanAccount["id"]) => void;
}

/** What is missing in the conversations of one account, in memory as on disk. */
export class BackfillTasks {
	readonly #account: PlanAccount;
	readonly #ports: TaskPorts;
	#tasks: readonly FillTask[] = [];
	#newsFrom: EpochMs | null = null;
	/** The cursor of a list whose tasks without a marker are not done. */
	#cursor: string | null = null;
	#loaded = false;

	constructor(account: PlanAccount, ports: TaskPorts) {
		this.#account = account;
		this.#ports = ports;
	}

	readonly newId = (): string => this.#ports.random.uuid();

	/** Conversations in which messages are known to be missing. */
	get gaps(): number {
		const marked = this.#tasks.filter((task) => task.entryId !== null);
		return new Set(marked.map((task) => task.conversationId)).size;
	}

	/** Something of this conversation is still to be asked for. */
	concern(id: ConversationId): boolean {
		return this.#tasks.some((task) => task.conversationId === id);
	}

	/** The conversation on screen before all, then the newest. */
	next(viewed: ConversationId | null): FillTask | null {
		let best: FillTask | null = null;
		for (const task of this.#tasks) {
			if (task.conversationId === viewed) return task;
			if (best === null || compareOrder(task.upTo, best.upTo) > 0) best = task;
		}
		return best;
	}

	/** What an earlier run, or an earlier session, left open. */
	async load(): Promise<void> {
		if (this.#loaded) return;
		const { book, changed } = this.#ports;
		const newsFrom = (await book.store.cursors(this.#account.id))[newsScope];
		this.#newsFrom = newsFrom === undefined ? null : Number(newsFrom);
		const open = await book.store.openGaps(this.#account.id);
		this.#tasks = open.flatMap(({ entryId, conversationId, downTo, next, upTo, marker }) => {
			const peer = book.get(conversationId)?.peer;
			const first = marker.from === marker.to;
			const gap = { key: entryId, entryId, conversationId, downTo, next, upTo, first };
			return peer === undefined ? [] : [{ ...gap, peer }];
		});
		this.#loaded = true;
		if (this.#tasks.length > 0) changed(this.#account.id);
	}

	/** The cursor of the last list of which nothing can be lost any more. */
	async cursor(): Promise<string | null> {
		return (await this.#ports.book.store.cursors(this.#account.id))[headsScope] ?? null;
	}

	/** One page of a list. `cursor`: of the whole list, once this is its last page. */
	async open(heads: readonly ConversationHead[], cursor: string | null): Promise<void> {
		const { book, changed } = this.#ports;
		const { id } = this.#account;
		const newsFrom = this.#newsFrom ?? Math.max(0, ...heads.map((head) => head.at));
		const news =
			this.#newsFrom === null ? [{ accountId: id, scope: newsScope, value: String(newsFrom) }] : [];
		const oldest = await this.#oldest(heads);
		const running = Map.groupBy(this.#tasks, (task) => task.conversationId);
		const wanted = cursor ?? this.#cursor;
		let tasks = this.#tasks;
		await book.change(() => {
			const { write, opened, raised, replaced } = planHeads(heads, {
				account: this.#account,
				newId: this.newId,
				newsFrom,
				conversation: (peer) => book.byPeer(id, peer),
				oldest: (conversationId) => oldest.get(conversationId) ?? null,
				tasks: (conversationId) => running.get(conversationId) ?? [],
			});
			const higher = new Map(raised.map((task) => [task.key, task]));
			const gone = new Set(replaced);
			const kept = this.#tasks.filter((task) => !gone.has(task.key));
			tasks = [...kept.map((task) => higher.get(task.key) ?? task), ...opened];
			const cursors = [...news, ...this.#movedCursor(wanted, tasks)];
			return isEmpty(write) && cursors.length === 0 ? null : { ...write, cursors };
		});
		this.#newsFrom = newsFrom;
		this.#keep(tasks, wanted);
		changed(id);
	}

	/** One page of messages, in one transaction with what it means for the gap. */
	async fill(task: FillTask, page: Awaited<ReturnType<History["page"]>>): Promise<void> {
		if (page.next !== null && page.next === task.next) throw new AppFailure(appError("http.malformed"));
		const { book, apply, changed } = this.#ports;
		const record = book.get(task.conversationId);
		const rest = this.#tasks.filter((other) => other.key !== task.key);
		// Wiped meanwhile.
		if (record === null) {
			this.#keep(rest, this.#cursor);
			return;
		}
		const others = rest.filter((other) => other.conversationId === task.conversationId);
		const plan = planPage(task, page, { ...this.context(record), others });
		const tasks = this.#tasks.flatMap((other) => {
			if (other.key === task.key) return plan.rest === null ? [] : [plan.rest];
			// A gap further down covers, once closed, what this one has filled above it.
			const below =
				plan.rest === null &&
				others.includes(other) &&
				compareOrder(other.downTo, task.downTo) < 0 &&
				compareOrder(plan.upTo, other.upTo) > 0;
			return [below ? { ...other, upTo: plan.upTo } : other];
		});
		const cursors = this.#movedCursor(this.#cursor, tasks);
		await apply(this.#account, plan.events, { ...plan.write, cursors });
		this.#keep(tasks, this.#cursor);
		if (plan.rest === null) changed(this.#account.id);
	}

	context(record: ConversationRecord): Omit<PageContext, "others"> {
		const author = peerName(record);
		return { account: this.#account, newId: this.newId, newsFrom: this.#newsFrom ?? 0, record, author };
	}

	/** Places of the oldest messages that came from the server, of listed conversations that were never whole. */
	async #oldest(heads: readonly ConversationHead[]): Promise<ReadonlyMap<ConversationId, Order>> {
		const { book } = this.#ports;
		const oldest = new Map<ConversationId, Order>();
		for (const { peer } of heads) {
			const record = book.byPeer(this.#account.id, peer);
			if (record === null || record.syncedTo !== orderStart || record.newest === null) continue;
			const { entries } = await book.store.page(record.id, { kind: "newer", than: orderStart }, 50);
			const first = entries.find((entry) => entry.kind === "message" && entry.remoteId !== null);
			if (first !== undefined) oldest.set(record.id, first.order);
		}
		return oldest;
	}

	/** It moves on when nothing depends on it any more: what is missing is on disk as a gap. */
	#movedCursor(cursor: string | null, tasks: readonly FillTask[]): NonNullable<StoreWrite["cursors"]> {
		if (cursor === null || tasks.some((task) => task.entryId === null)) return [];
		return [{ accountId: this.#account.id, scope: headsScope, value: cursor }];
	}

	#keep(tasks: readonly FillTask[], cursor: string | null): void {
		this.#tasks = tasks;
		this.#cursor = tasks.some((task) => task.entryId === null) ? cursor : null;
	}
}

function isEmpty({ conversations = [], patches = [], entries = [], gaps = {} }: StoreWrite): boolean {
	return conversations.length + patches.length + entries.length + (gaps.opened ?? []).length === 0;
}
