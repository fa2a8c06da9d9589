import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { ThreadAction } from "../../../../shared/model.ts";
import type { ThreadDeeds } from "../../../core/ports/provider.ts";
import type { Logger } from "../../../core/ports/runtime.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { isNotSupported, isRefused } from "./answers.ts";
import type { Api } from "./api.ts";
import type { GroupTitles } from "./group-titles.ts";
import type { Session, SessionBook } from "./session-book.ts";

export interface DeedsPorts {
	readonly api: Api;
	readonly book: SessionBook;
	readonly logger: Logger;
	readonly readOnly: boolean;
	readonly uidFor: (extension: string) => string;
	/** Names of groups that the server does not list yet. */
	readonly titles: GroupTitles;
	/** Reads the sessions now: what was begun a moment ago may not have been listed yet. */
	readonly look: (signal: AbortSignal) => Promise<void>;
	/** A write that takes effect a moment later (1.3): look again. */
	readonly changed: () => void;
}

/** What can be done with a conversation (sheet, 3.5 to 3.7), for every session that it is made of. */
export class Deeds implements ThreadDeeds {
	readonly #ports: DeedsPorts;

	constructor(ports: DeedsPorts) {
		this.#ports = ports;
	}

	async act(peer: string, action: ThreadAction, signal: AbortSignal): Promise<void> {
		const sessions = await this.#sessions(peer, signal);
		const offered = this.#ports.book.thread(peer)?.facts.actions ?? [];
		if (!offered.includes(action)) throw new AppFailure(appError("action.notOffered"));
		const { api } = this.#ports;
		await this.#write(async () => {
			for (const { row } of sessions) {
				if (action === "leave") await api.leave(row.id, signal);
				else await api.remove(row.id, signal);
			}
		});
	}

	async rename(peer: string, title: string, signal: AbortSignal): Promise<void> {
		const { row } = await this.#group(peer, signal);
		// The name that it was begun with is not given over this one.
		this.#ports.titles.forget(peer);
		await this.#write(() => this.#ports.api.change(row.id, { "session-name": title.trim() }, signal));
	}

	/** The final list, as full uids, with the agent (3.5). */
	async setMembers(peer: string, addresses: readonly string[], signal: AbortSignal): Promise<void> {
		const { api, uidFor } = this.#ports;
		const { row } = await this.#group(peer, signal);
		const uids = addresses.map((address) => uidFor(address.trim()));
		const wrong = uids.find((uid) => !/^[^\s,@]+@[^\s,@]+$/.test(uid));
		if (wrong !== undefined) throw new AppFailure(appError("peer.badAddress", { detail: wrong }));
		const others = [...new Set(uids)].filter((uid) => uid.toLowerCase() !== api.me.uid.toLowerCase());
		if (others.length === 0) throw new AppFailure(appError("peer.badAddress"));
		const participants = [...others, api.me.uid].join(",");
		await this.#write(() => api.change(row.id, { participants }, signal));
	}

	/** Best effort (row 7): a server that does not take it is not asked to explain. */
	async markRead(peer: string, read: boolean, signal: AbortSignal): Promise<void> {
		const { api, book, logger, readOnly } = this.#ports;
		if (readOnly) return;
		const status = read ? "read" : "unread";
		const concerned = book.of(peer).filter(({ row }) => row.status !== status);
		for (const { row } of read ? concerned : concerned.slice(0, 1)) {
			try {
				await api.change(row.id, { "messagesession-last-status": status }, signal);
				book.expect(row.id, status);
			} catch (thrown) {
				if (!isRefused(thrown)) throw thrown;
				logger.info("netsapiens.markRefused", { status: statusOf(thrown) });
			}
		}
	}

	async #sessions(peer: string, signal: AbortSignal): Promise<readonly Session[]> {
		const { book, look, readOnly } = this.#ports;
		if (readOnly) throw new AppFailure(appError("account.readOnly"));
		if (book.of(peer).length === 0) await look(signal);
		const sessions = book.of(peer);
		if (sessions.length === 0) throw new AppFailure(appError("action.notOffered"));
		return sessions;
	}

	/** Groups of telephone numbers have no name and no other members (3.5). */
	async #group(peer: string, signal: AbortSignal): Promise<Session> {
		const [newest] = await this.#sessions(peer, signal);
		if (newest?.place.kind !== "group") throw new AppFailure(appError("group.notChangeable"));
		return newest;
	}

	async #write(run: () => Promise<void>): Promise<void> {
		try {
			await run();
		} catch (thrown) {
			if (isNotSupported(thrown))
				throw new AppFailure(appError("action.notOffered"), { cause: thrown });
			if (!isRefused(thrown)) throw thrown;
			const detail = thrown instanceof RestFailure ? thrown.error.detail : undefined;
			throw new AppFailure(appError("action.refused", { detail }), { cause: thrown });
		} finally {
			this.#ports.changed();
		}
	}
}

function statusOf(thrown: unknown): number | null {
	return thrown instanceof RestFailure ? thrown.status : null;
}
