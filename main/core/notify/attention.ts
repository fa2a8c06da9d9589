import { type AppError, toAppError } from "../../../shared/errors.ts";
import type { ConversationId } from "../../../shared/ids.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { MessageEntry } from "../../../shared/model.ts";
import type { SessionManager } from "../accounts/session-manager.ts";
import type { ConversationBook, WriteWatch } from "../conversations/conversation-book.ts";
import type { CorePorts } from "../ports/core.ts";
import { AccountNews } from "./account-news.ts";
import { NotificationCenter } from "./center.ts";
import { NotificationLedger } from "./ledger.ts";
import { OutageWatch } from "./outage.ts";
import { Presenter } from "./presenter.ts";
import { findUntold, type Untold } from "./untold.ts";

export interface AttentionPorts {
	readonly ports: Pick<
		CorePorts,
		"clock" | "logger" | "notifier" | "settings" | "tray" | "badge" | "window"
	>;
	readonly practice: boolean;
	readonly book: ConversationBook;
	readonly manager: SessionManager;
	readonly storage: WriteWatch;
	readonly translate: () => Translate;
	readonly looking: (id: ConversationId) => boolean;
	/** A notification was clicked. */
	readonly open: (id: ConversationId | null) => void;
	readonly notice: (error: AppError) => void;
}

/** Everything of one workspace that draws the attention of a person who is not looking at the window. */
export class Attention {
	readonly ledger: NotificationLedger;
	readonly center: NotificationCenter;
	readonly news: AccountNews;
	readonly outage: OutageWatch;
	readonly presenter: Presenter;
	readonly #options: AttentionPorts;

	constructor(options: AttentionPorts) {
		this.#options = options;
		const { ports, practice, book, manager, storage, translate, looking, open, notice } = options;
		const { clock, logger, notifier, settings, tray, badge, window } = ports;
		this.ledger = new NotificationLedger({ clock, logger, store: book.store, watch: storage });
		this.center = new NotificationCenter({
			clock,
			logger,
			notifier,
			ledger: this.ledger,
			settings: () => settings.get(),
			translate,
			practice,
			conversation: (id) => book.get(id),
			looking,
			open,
			notice,
		});
		this.news = new AccountNews({
			clock,
			logger,
			center: this.center,
			translate,
			label: (id) => manager.view(id)?.label ?? "",
		});
		this.outage = new OutageWatch({
			clock,
			accounts: () => manager.ids,
			reception: (id) => {
				const session = manager.get(id);
				if (session === null) return null;
				const { state, lastSign } = session.connection;
				return { state, lastSign, quietMs: session.quietMs };
			},
			began: (id, reason) => this.news.outage(id, reason),
			ended: (id) => this.news.back(id),
			changed: () => this.presenter.refresh(),
		});
		this.presenter = new Presenter({
			clock,
			tray,
			badge,
			window,
			translate,
			practice,
			unread: () => book.unread,
			accounts: () => manager.views(),
			out: () => this.outage.out,
		});
	}

	/** What the last run left untold; before anything new comes in. Empty when it could not be found out. */
	async leftUntold(): Promise<readonly Untold[]> {
		const { practice, book, ports } = this.#options;
		if (practice) return [];
		try {
			return await findUntold(book.store, book.records());
		} catch (thrown) {
			ports.logger.warn("notify.untold", { error: toAppError(thrown) });
			return [];
		}
	}

	sendProblem({ delivery, conversationId, id }: MessageEntry): void {
		const state = delivery?.state;
		if (state === "failed" || state === "unknown") this.center.sendProblem(conversationId, id, state);
	}

	/** Nothing is shown any more; what was is taken away, and the ledger is written. */
	async stop(): Promise<void> {
		this.outage.stop();
		this.presenter.stop();
		this.center.stop();
		await this.ledger.flush();
		this.ledger.stop();
	}
}
