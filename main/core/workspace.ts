import { type AppError, toAppError } from "../../shared/errors.ts";
import type { Translate } from "../../shared/i18n/translate.ts";
import type { AccountId, ConversationId } from "../../shared/ids.ts";
import type { StorageStatus } from "../../shared/model.ts";
import { AccountGates } from "./account-gates.ts";
import { AttachmentFetcher } from "./attachments/attachment-fetcher.ts";
import { SecretKeeper } from "./accounts/secret-keeper.ts";
import { SessionManager } from "./accounts/session-manager.ts";
import { ConversationBook } from "./conversations/conversation-book.ts";
import { DraftKeeper } from "./conversations/draft-keeper.ts";
import { lonelyPatches } from "./conversations/people.ts";
import { ReadMarks } from "./conversations/read-marks.ts";
import { Reading, type Viewing } from "./conversations/reading.ts";
import { Attention } from "./notify/attention.ts";
import { Outbox } from "./outbox/outbox.ts";
import { refusals } from "./outbox/refusal.ts";
import { HealthWatch } from "./health/health-watch.ts";
import type { CorePorts } from "./ports/core.ts";
import { practiceDesk } from "./practice-desk.ts";
import type { MessageStore, StoreWrite } from "./ports/stores.ts";
import type { ProviderEvent } from "./ports/provider.ts";
import { within } from "./ports/runtime.ts";
import type { ChangeFeed } from "./publish/change-feed.ts";
import { Retention } from "./retention/retention.ts";
import { openBook } from "./storage/opening.ts";
import { StorageKeeper } from "./storage/storage-keeper.ts";
import { applyBatch, type ApplyPorts } from "./sync/apply.ts";
import { Backfill } from "./sync/backfill.ts";
import type { PlanAccount } from "./sync/backfill-plan.ts";

/** What the app tells its workspaces. */
export interface WorkspaceHost {
	readonly ports: CorePorts;
	readonly feed: ChangeFeed;
	readonly translate: () => Translate;
	/** What the person looks at. */
	readonly viewing: () => Viewing;
	/** A notification was clicked. */
	readonly open: (id: ConversationId | null) => void;
	readonly notice: (error: AppError) => void;
	/** A question about the keychain came or went. */
	readonly questionsChanged: () => void;
	/** Whether messages can be stored is different now. */
	readonly storageChanged: (workspace: Workspace, status: StorageStatus) => void;
}

/** For writing what is left and closing the store, once the servers are left. */
const closingMs = 400;

/**
 * One inbox with its accounts: the real one, or the one of a stay in practice mode. They never
 * share anything but the settings, and only one of them lives at a time.
 */
export class Workspace {
	readonly practice: boolean;
	readonly storage: StorageKeeper;
	readonly book: ConversationBook;
	readonly drafts: DraftKeeper;
	readonly reading: Reading;
	readonly outbox: Outbox;
	readonly manager: SessionManager;
	readonly backfill: Backfill;
	readonly attention: Attention;
	readonly retention: Retention;
	readonly attachments: AttachmentFetcher;
	/** Why nothing can be sent in this conversation now; null: it can. */
	readonly refusal: (id: ConversationId) => AppError | null;
	readonly #readMarks: ReadMarks;
	readonly #host: WorkspaceHost;
	readonly #applying: ApplyPorts;
	#startedAt = 0;
	readonly #health: HealthWatch;
	readonly #gates = new AccountGates(() => this.manager);

	constructor(host: WorkspaceHost, practice: boolean, store: MessageStore) {
		this.#host = host;
		this.practice = practice;
		const { ports, feed } = host;
		const { clock, random, logger } = ports;
		this.storage = new StorageKeeper({
			clock,
			logger,
			changed: (status) => host.storageChanged(this, status),
			probe: () => this.#probe(),
		});
		this.book = new ConversationBook(store, feed, () => this.attention.presenter.refresh(), this.storage);
		this.drafts = new DraftKeeper(this.book);
		this.refusal = refusals(this.book, (id) => this.manager.get(id)?.desk.lines ?? []);
		this.outbox = new Outbox({
			clock,
			random,
			logger,
			book: this.book,
			gate: (id) => this.#gates.gate(id),
			send: async (id, message) =>
				(await this.manager.get(id)?.send(message)) ?? { kind: "notYet", reason: "offline" },
			remedies: (id) =>
				this.manager.provider(id)?.capabilities ?? { history: false, idempotentSend: false },
			refusal: this.refusal,
			reconcile: (_accountId, id) => this.backfill.conversation(id),
			persist: (run) => this.storage.persist(run),
			undoMs: () => ports.settings.get().undoSendSeconds * 1000,
			queueChanged: (conversationId, accountId) => {
				this.book.publish(conversationId);
				this.#publishAccount(accountId);
			},
			problem: (entry) => this.attention.sendProblem(entry),
		});
		this.backfill = new Backfill({
			clock,
			random,
			logger,
			book: this.book,
			apply: (account, events, extra) => this.#apply(account, events, extra),
			link: (id) => this.manager.get(id)?.history ?? null,
			hasHistory: (id) => this.manager.provider(id)?.capabilities.history ?? false,
			viewing: () => host.viewing().conversationId,
			changed: (id) => this.#publishAccount(id),
		});
		this.manager = new SessionManager({
			clock,
			random,
			logger,
			accounts: ports.accounts,
			workstation: practice ? practiceDesk() : ports.workstation,
			keeper: new SecretKeeper({
				clock,
				logger,
				secrets: ports.secrets,
				changed: host.questionsChanged,
			}),
			providers: ports.providers,
			http: ports.http,
			media: ports.media,
			numbers: ports.numbers,
			hasNetwork: () => ports.power.isOnline(),
			softLimit: () => ports.settings.get().softLimit,
			queued: (id) => this.outbox.queuedOfAccount(id),
			apply: (record, batch, extra) => this.#apply(record, batch, extra),
			conversations: {
				records: (id) => this.book.records(id),
				cursors: (id) => store.cursors(id),
				write: (write) => this.book.change(() => write),
			},
			catchUp: this.backfill,
			changed: (id) => this.#accountChanged(id),
			parted: (id) => this.book.forgetMoment(id),
			removed: (id) => this.#removed(id),
			notice: host.notice,
		});
		this.book.connect({
			sessionless: (id) => this.manager.provider(id)?.capabilities.sessionless ?? false,
			queued: (id) => this.outbox.queued(id),
			busyPeer: (id) => this.outbox.busyPeer(id),
			draft: (id) => this.drafts.pending(id),
		});
		this.attachments = new AttachmentFetcher({
			book: this.book,
			inspector: ports.inspector,
			session: ({ accountId }) => this.manager.get(accountId),
		});
		this.#readMarks = new ReadMarks({
			clock,
			logger,
			conversation: (id) => this.book.get(id),
			session: ({ accountId }) =>
				this.manager.provider(accountId)?.capabilities.readMarks === true
					? this.manager.get(accountId)
					: null,
		});
		this.reading = new Reading({
			book: this.book,
			viewing: host.viewing,
			focused: () => ports.window.isFocused(),
			seen: (id) => this.attention.center.seen(id),
			marked: (id, read) => this.#readMarks.note(id, read),
		});
		this.attention = new Attention({
			...host,
			practice,
			book: this.book,
			manager: this.manager,
			storage: this.storage,
			looking: (id) => this.reading.looking(id),
		});
		this.retention = new Retention({
			clock,
			logger,
			settings: () => ports.settings.get(),
			perform: (action) => this.book.perform(action),
		});
		this.#applying = {
			clock,
			random,
			logger,
			book: this.book,
			outbox: this.outbox,
			startedAt: () => this.#startedAt,
			seen: (id) => this.reading.reads(id),
			listener: {
				incoming: (message) => {
					if (message.catchUp) this.attention.center.missed(message);
					else this.attention.center.message(message);
					if (message.seen) this.#readMarks.note(message.conversationId, true);
				},
				begun: (id) => this.attention.center.begun(id),
				sendProblem: (entry) => this.attention.sendProblem(entry),
				read: (id) => this.attention.center.seen(id),
			},
			backfill: {
				history: (id) => this.manager.provider(id)?.capabilities.history ?? false,
				gap: (id) => this.backfill.gap(id),
				whole: (id, conversationId) => this.backfill.whole(id, conversationId),
			},
		};
		this.#health = new HealthWatch({
			clock,
			logger,
			look: () => this.manager.look(),
			woke: () => this.wake(),
		});
		this.storage.onWorking(() => this.#works());
	}

	/**
	 * Opens the store and brings back what an earlier run left; accounts sign in in the background.
	 * A store that cannot be opened leaves the inbox empty and every account alone.
	 */
	async start(): Promise<void> {
		this.#startedAt = this.#host.ports.clock.now();
		if (!(await openBook(this.book, this.storage, this.#host.notice))) {
			this.attention.presenter.refresh();
			return;
		}
		const untold = await this.attention.leftUntold();
		if (!this.practice) await this.manager.load();
		// What was on its way when the last run ended is marked before a server can speak of it.
		await this.outbox.load();
		this.manager.begin();
		this.attention.outage.start();
		this.#health.start();
		this.attention.presenter.refresh();
		if (!this.practice) this.retention.start();
		this.#background(this.attention.news.untold(untold));
	}

	/** Leaves the servers, writes what is left and closes the store, all of it within the deadline. */
	async stop(deadlineMs: number): Promise<void> {
		const { clock } = this.#host.ports;
		const over = new AbortController();
		const cancel = clock.after(deadlineMs, () => over.abort());
		const leaveMs = Math.max(0, deadlineMs - closingMs);
		this.#gates.close();
		this.#health.stop();
		this.outbox.stop();
		this.backfill.stop();
		this.#readMarks.stop();
		await within(clock, leaveMs, this.manager.leaveAll(leaveMs));
		this.storage.stop();
		await within(clock, closingMs / 2, this.outbox.settled());
		await this.drafts.flush();
		await this.book.idle();
		await this.attention.stop();
		// Every transaction goes to the disk: one that refuses is not asked to remove anything.
		if (this.storage.status.state === "working") await this.retention.atQuit(over.signal);
		this.retention.stop();
		cancel();
		await this.book.store.close().catch((thrown: unknown) => {
			this.#host.ports.logger.warn("storage.close", { error: toAppError(thrown) });
		});
	}

	sleep(): void {
		this.#health.sleep();
		this.attention.outage.sleep();
		this.manager.sleep();
	}

	/** The system says that it woke up. */
	resumed(): void {
		if (this.#health.wake()) this.wake();
	}

	/** The computer woke up, or the network is back: one try at once. */
	wake(): void {
		this.attention.outage.wake();
		this.manager.wake();
	}

	/** The settings or the language are different now. */
	settingsChanged(): void {
		this.retention.settingsChanged();
		for (const id of this.manager.ids) this.#publishAccount(id);
		this.attention.presenter.redraw();
	}

	/** What the person looks at changed, or whether the window is in front. */
	viewingChanged(): void {
		for (const id of this.manager.ids) this.#attend(id);
		this.#background(this.reading.changed());
	}

	/** An account's session asks more often for what the agent looks at. */
	#attend(id: AccountId): void {
		const { conversationId } = this.#host.viewing();
		const record = conversationId === null ? null : this.book.get(conversationId);
		const peer = record?.accountId === id ? record.peer : null;
		this.manager.get(id)?.attend({ focused: this.#host.ports.window.isFocused(), peer });
	}

	/** Stores a batch of events; waits for the disk as long as the account is here. */
	async #apply(
		account: PlanAccount,
		batch: readonly ProviderEvent[],
		extra: StoreWrite | null,
	): Promise<void> {
		this.retention.disturbed();
		await this.storage.persist(async () => {
			if (this.manager.provider(account.id) === null) return;
			await applyBatch(this.#applying, account, batch, extra);
		});
	}

	#works(): void {
		this.outbox.works();
		this.attention.ledger.works();
		this.#background(this.drafts.flush());
	}

	/** Whether the disk takes anything again: a cursor that nobody reads. */
	#probe(): Promise<unknown> | null {
		const [accountId] = this.manager.ids;
		if (accountId === undefined) return null;
		const value = String(this.#host.ports.clock.now());
		return this.book.change(() => ({ cursors: [{ accountId, scope: "probe", value }] }));
	}

	#accountChanged(id: AccountId): void {
		this.#attend(id);
		this.#publishAccount(id);
		if (this.#gates.changed(id)) this.outbox.gateChanged(id);
		this.attention.outage.look();
		this.attention.presenter.refresh();
	}

	#publishAccount(id: AccountId): void {
		const account = this.manager.view(id);
		if (account !== null) this.#host.feed.publish({ type: "account", account });
	}

	async #removed(id: AccountId): Promise<void> {
		const records = this.book.records(id);
		// First of all: while the disk refuses this, nothing of the account is gone.
		await this.book.removeAccount(id);
		this.#gates.forget(id);
		this.outbox.removeAccount(id);
		this.backfill.removed(id);
		for (const record of records) this.attention.center.withdraw(record.id);
		this.attention.news.withdraw(id);
		this.#host.feed.publish({ type: "accountRemoved", accountId: id });
		// Who was one person with somebody of it may be alone now.
		await this.book.change(() => {
			const patches = lonelyPatches(this.book.records());
			return patches.length === 0 ? null : { patches };
		});
		this.attention.outage.look();
		this.attention.presenter.refresh();
		this.#host.questionsChanged();
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#host.ports.logger.error("workspace.failed", { error: toAppError(thrown) }),
		);
	}
}
