import type { AttachmentLimits } from "../../../../shared/model.ts";
import type { ProviderContext, ProviderEvent } from "../../../core/ports/provider.ts";
import { Accounts } from "./accounts.ts";
import type { Api } from "./api.ts";
import { attachmentLimits } from "./attachment-rules.ts";
import { Book } from "./book.ts";
import { Claims } from "./claims.ts";
import { Contacts } from "./contacts.ts";
import { TextusDeeds } from "./deeds.ts";
import { Addresses, Files } from "./files.ts";
import { Folders } from "./folders.ts";
import { Follower } from "./follower.ts";
import { TextusHistory } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { News } from "./news.ts";
import { OptOuts } from "./opt-outs.ts";
import { ReplyShelf } from "./replies.ts";
import { Resender } from "./resender.ts";
import { Sender } from "./sender.ts";
import type { Uploads } from "./upload.ts";
import { Users } from "./users.ts";
import type { WireAccount, WireUser } from "./wire.ts";

export interface DeskOptions {
	readonly server: string;
	readonly api: Api;
	readonly context: ProviderContext;
	readonly me: WireUser;
	readonly accounts: readonly WireAccount[];
	readonly uploads: Uploads | null;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	readonly foldersChanged: () => void;
	/** The list of this account has news. */
	readonly soon: (slug: string) => void;
	readonly follow: () => Promise<unknown>;
	readonly online: () => boolean;
	/** The server has more than was told: it is to be asked for. */
	readonly gap: () => void;
}

/** Everything that one token's work is made of, put together. */
export class Desk {
	readonly accounts: Accounts;
	readonly book: Book;
	readonly users: Users;
	readonly news: News;
	readonly follower: Follower;
	readonly history: TextusHistory;
	readonly sender: Sender;
	readonly resender: Resender;
	readonly replies: ReplyShelf;
	readonly contacts: Contacts;
	readonly deeds: TextusDeeds;
	readonly folders: Folders;
	readonly files: Files;
	readonly inboxes = new Map<string, Inbox>();
	readonly #options: DeskOptions;

	constructor(options: DeskOptions) {
		this.#options = options;
		const { server, api, context, me, uploads, tell, soon, gap } = options;
		const { clock, logger, numbers, media } = context;
		const limits: AttachmentLimits = attachmentLimits(uploads !== null);
		const accounts = new Accounts(numbers, limits);
		accounts.replace(options.accounts);
		const book = new Book((slug) => ({ account: accounts.get(slug), limits, numbers }));
		const claims = new Claims();
		const users = new Users(me, api);
		const addresses = new Addresses();
		const inbox = (slug: string): Inbox | null => this.inboxes.get(slug) ?? null;
		const news: News = new News({
			api,
			book,
			claims,
			users,
			addresses,
			tell,
			sessionBase: (slug) => inbox(slug)?.base ?? null,
			follow: (key, dueAt) => this.follower.follow(key, dueAt),
			incomplete: (key, missed) => {
				if (this.history.want(key, missed)) gap();
			},
		});
		this.accounts = accounts;
		this.book = book;
		this.users = users;
		this.news = news;
		this.follower = new Follower({
			clock,
			isOpen: (key) => news.isOpen(key),
			wanted: options.follow,
			online: options.online,
		});
		const { follower } = this;
		this.history = new TextusHistory({
			api,
			book,
			news,
			claims,
			users,
			addresses,
			inboxes: () => [...this.inboxes.values()],
			inbox,
			tell,
		});
		this.replies = new ReplyShelf(api, me);
		this.resender = new Resender({ api, book, news, users, follower, clock });
		this.sender = new Sender({
			server,
			api,
			book,
			accounts,
			claims,
			optOuts: new OptOuts(api, clock),
			follower,
			replies: this.replies,
			resender: this.resender,
			uploads,
			clock,
			tell,
			soon,
			opened: (key, id) => news.opened(key, id),
		});
		this.contacts = new Contacts({ api, book, news, numbers, slugs: () => accounts.slugs, tell });
		this.deeds = new TextusDeeds({ api, book, news, tell, soon });
		this.folders = new Folders({ api, book, inbox, tell });
		this.files = new Files({ api, book, news, media, addresses });
		for (const slug of accounts.slugs) this.addInbox(slug);
		logger.info("accounts", { count: accounts.slugs.length });
	}

	addInbox(slug: string): void {
		const { api, context, tell, foldersChanged, gap } = this.#options;
		const { clock, logger } = context;
		const { book, news } = this;
		const incomplete = (): void => gap();
		this.inboxes.set(
			slug,
			new Inbox(slug, { api, book, news, clock, logger, tell, foldersChanged, incomplete }),
		);
	}

	/** One look at every thread in which something is on its way. */
	async lookAtFollowed(signal: AbortSignal): Promise<boolean> {
		let changed = false;
		for (const key of this.follower.due()) {
			try {
				changed = (await this.news.lookAt(key, signal)) || changed;
			} finally {
				this.follower.looked(key);
			}
		}
		return changed;
	}

	stop(): void {
		this.follower.stop();
		this.sender.close();
		this.resender.close();
	}
}
