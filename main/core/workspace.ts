import { type AppError, toAppError } from "../../shared/errors.ts";
import type { Translate } from "../../shared/i18n/translate.ts";
import type { AccountId, ConversationId, EntryId } from "../../shared/ids.ts";
import type { MessageEntry } from "../../shared/model.ts";
import { SecretKeeper } from "./accounts/secret-keeper.ts";
import { SessionManager } from "./accounts/session-manager.ts";
import { ConversationBook } from "./conversations/conversation-book.ts";
import { NotificationCenter } from "./notify/center.ts";
import { type OutageReason, OutageWatch } from "./notify/outage.ts";
import { trayModel, unreadTotal, windowTitle } from "./notify/tray-model.ts";
import { type Gate, Outbox } from "./outbox/outbox.ts";
import type { CorePorts } from "./ports/core.ts";
import type { MessageStore } from "./ports/stores.ts";
import type { ChangeFeed } from "./publish/change-feed.ts";
import { applyBatch, type ApplyPorts } from "./sync/apply.ts";

/** What the app tells its workspaces. */
export interface WorkspaceHost {
	readonly ports: CorePorts;
	readonly feed: ChangeFeed;
	readonly translate: () => Translate;
	/** What the person looks at. */
	readonly viewing: () => { readonly conversationId: ConversationId | null; readonly atEnd: boolean };
	/** A notification was clicked. */
	readonly open: (id: ConversationId | null) => void;
	readonly notice: (error: AppError) => void;
	/** A question about the keychain came or went. */
	readonly questionsChanged: () => void;
}

/**
 * One inbox with its accounts: the real one, or the one of a stay in practice mode. They never
 * share anything but the settings, and only one of them lives at a time.
 */
export class Workspace {
	readonly practice: boolean;
	readonly book: ConversationBook;
	readonly outbox: Outbox;
	readonly manager: SessionManager;
	readonly center: NotificationCenter;
	readonly #host: WorkspaceHost;
	readonly #outage: OutageWatch;
	readonly #applying: ApplyPorts;
	#shown = "";
	#stopped = false;

	constructor(host: WorkspaceHost, practice: boolean, store: MessageStore) {
		this.#host = host;
		this.practice = practice;
		const { ports, feed } = host;
		const { clock, random, logger } = ports;
		this.book = new ConversationBook(store, feed, () => this.#present());
		this.outbox = new Outbox({
			clock,
			random,
			logger,
			book: this.book,
			gate: (id) => this.#gate(id),
			send: async (id, message) =>
				(await this.manager.get(id)?.send(message)) ?? { kind: "notYet", reason: "offline" },
			queueChanged: (conversationId, accountId) => {
				this.book.publish(conversationId);
				this.#publishAccount(accountId);
			},
			problem: (entry) => this.#tellProblem(entry),
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
			hasNetwork: () => ports.power.isOnline(),
			softLimit: () => ports.settings.get().genesysSoftLimit,
			queued: (id) => this.outbox.queuedOfAccount(id),
			apply: (record, batch) => applyBatch(this.#applying, record, batch),
			changed: (id) => this.#accountChanged(id),
			parted: (id) => this.book.forgetMoment(id),
			removed: (id) => this.#removed(id),
			notice: host.notice,
		});
		this.book.connect({
			sessionless: (id) => this.manager.provider(id)?.capabilities.sessionless ?? false,
			queued: (id) => this.outbox.queued(id),
			busyPeer: (id) => this.outbox.busyPeer(id),
		});
		this.center = new NotificationCenter({
			clock,
			logger,
			notifier: ports.notifier,
			settings: () => ports.settings.get(),
			translate: host.translate,
			practice,
			conversation: (id) => this.book.get(id),
			looking: (id) => this.#looking(id),
			open: host.open,
			notice: host.notice,
		});
		this.#outage = new OutageWatch({
			clock,
			accounts: () => this.manager.ids,
			reception: (id) => {
				const session = this.manager.get(id);
				if (session === null) return null;
				const { state, lastSign } = session.connection;
				return { state, lastSign, quietMs: session.quietMs };
			},
			began: (id, reason) => this.#tellOutage(id, reason),
			ended: (id) => this.#tellReturn(id),
			changed: () => this.#present(),
		});
		this.#applying = {
			clock,
			random,
			logger,
			book: this.book,
			outbox: this.outbox,
			seen: (id) => this.#looking(id) && host.viewing().atEnd,
			listener: {
				incoming: (id, text, catchUp) =>
					this.#background(this.center.tell(id, { kind: "message", text, own: false, catchUp })),
				begun: (id) => this.#background(this.center.tell(id, { kind: "begun" })),
				sendProblem: (entry) => this.#tellProblem(entry),
			},
		};
	}

	/** Brings back what an earlier run left; accounts sign in in the background. */
	async start(): Promise<void> {
		await this.book.load();
		if (!this.practice) await this.manager.load();
		await this.outbox.load();
		this.#outage.start();
		this.#present();
	}

	async stop(deadlineMs: number): Promise<void> {
		this.#stopped = true;
		this.outbox.stop();
		this.#outage.stop();
		await this.manager.leaveAll(deadlineMs);
		await this.book.idle();
		this.center.stop();
		await this.book.store.close();
	}

	sleep(): void {
		this.#outage.sleep();
		this.manager.sleep();
	}

	wake(): void {
		this.#outage.wake();
		this.manager.wake();
	}

	/** The settings or the language are different now. */
	settingsChanged(): void {
		for (const id of this.manager.ids) this.#publishAccount(id);
		this.#shown = "";
		this.#present();
	}

	/** What the person looks at changed: its notification says nothing new. */
	viewingChanged(): void {
		const { conversationId } = this.#host.viewing();
		if (conversationId !== null && this.#looking(conversationId)) this.center.seen(conversationId);
	}

	/** Everything up to this entry is read. */
	async markRead(id: ConversationId, upTo: EntryId): Promise<void> {
		await this.book.change(async () => {
			const record = this.book.get(id);
			if (record === null) return null;
			const { count, first } = await this.book.store.unreadAfter(id, upTo);
			if (count >= record.unread) return null;
			return { patches: [{ id, patch: { unread: count, firstUnread: first } }] };
		});
		if (this.book.get(id)?.unread === 0) this.center.seen(id);
	}

	/** The newest message from the peer counts as unread again. */
	async markUnread(id: ConversationId): Promise<void> {
		await this.book.change(async () => {
			const record = this.book.get(id);
			if (record === null || record.unread > 0) return null;
			const { entries } = await this.book.store.page(id, null, 200);
			const newest = entries.findLast((entry) => entry.kind === "message" && entry.direction === "in");
			if (newest === undefined) return null;
			return { patches: [{ id, patch: { unread: 1, firstUnread: newest.id } }] };
		});
	}

	#gate(id: AccountId): Gate {
		const session = this.manager.get(id);
		if (this.#stopped || session === null) return { open: false, reason: "offline" };
		const reason = session.closedFor;
		return reason === null ? { open: true } : { open: false, reason };
	}

	readonly #gates = new Map<AccountId, string>();

	#accountChanged(id: AccountId): void {
		this.#publishAccount(id);
		const gate = this.#gate(id);
		const now = gate.open
			? `open ${this.manager.get(id)?.desk.lineId ?? ""}`
			: `closed ${gate.reason ?? ""}`;
		if (this.#gates.get(id) !== now) {
			this.#gates.set(id, now);
			this.outbox.gateChanged(id);
		}
		this.#outage.look();
		this.#present();
	}

	#publishAccount(id: AccountId): void {
		const account = this.manager.view(id);
		if (account !== null) this.#host.feed.publish({ type: "account", account });
	}

	async #removed(id: AccountId): Promise<void> {
		this.#gates.delete(id);
		this.outbox.removeAccount(id);
		for (const record of this.book.records(id)) this.center.withdraw(record.id);
		this.center.withdraw(outageKey(id));
		await this.book.removeAccount(id);
		this.#host.feed.publish({ type: "accountRemoved", accountId: id });
		this.#outage.look();
		this.#present();
		this.#host.questionsChanged();
	}

	#looking(id: ConversationId): boolean {
		return this.#host.viewing().conversationId === id && this.#host.ports.window.isFocused();
	}

	/** Tray, badge and title, from one total; only when one of them is different. */
	#present(): void {
		if (this.#stopped) return;
		const { tray, badge, window } = this.#host.ports;
		const translate = this.#host.translate();
		const unread = unreadTotal(this.book.records());
		const model = trayModel(this.manager.views(), this.#outage.out, unread, this.practice, translate);
		const shown = JSON.stringify([model, unread]);
		if (shown === this.#shown) return;
		this.#shown = shown;
		tray.update(model);
		badge.set(unread);
		window.setTitle(windowTitle(unread, this.practice, translate));
	}

	#tellProblem(entry: MessageEntry): void {
		const state = entry.delivery?.state;
		if (state !== "failed" && state !== "unknown") return;
		this.#background(this.center.tell(entry.conversationId, { kind: "sendProblem", outcome: state }));
	}

	#tellOutage(id: AccountId, reason: OutageReason): void {
		const translate = this.#host.translate();
		const title = translate("notify.outageTitle", { account: this.manager.view(id)?.label ?? "" });
		const body = translate(reason === "signIn" ? "notify.outageSignIn" : "notify.outageSilent");
		this.#background(this.center.announce(outageKey(id), { title, body, silent: false, urgent: true }));
	}

	#tellReturn(id: AccountId): void {
		const translate = this.#host.translate();
		const title = translate("notify.backTitle", { account: this.manager.view(id)?.label ?? "" });
		const content = { title, body: translate("notify.back"), silent: true, urgent: false };
		this.#background(this.center.announce(outageKey(id), content));
	}

	#background(work: Promise<void>): void {
		work.catch((thrown: unknown) =>
			this.#host.ports.logger.error("notify.failed", { error: toAppError(thrown) }),
		);
	}
}

function outageKey(id: AccountId): string {
	return `outage:${id}`;
}

/** Facts of this desk that end with the practice: nothing of it is written down. */
function practiceDesk(): CorePorts["workstation"] {
	const started = new Set<AccountId>();
	return {
		line: () => Promise.resolve(null),
		setLine: () => Promise.resolve(),
		startedHere: (id) => Promise.resolve(started.has(id)),
		setStartedHere: (id, here) => {
			if (here) started.add(id);
			else started.delete(id);
			return Promise.resolve();
		},
	};
}
