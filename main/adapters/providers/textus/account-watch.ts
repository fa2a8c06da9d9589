import { type AppError, appError, toAppError } from "../../../../shared/errors.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { Poller, PollResult } from "../polling/poller.ts";
import { readAccounts, readWholeAccount } from "./account-list.ts";
import { type Api, statusOf } from "./api.ts";
import type { Desk } from "./desk.ts";
import type { LinkState } from "./link-state.ts";
import { accountsEveryMs, accountTask, inboxRhythm } from "./rhythm.ts";
import { readProfile } from "./sign-in.ts";

export interface AccountWatchParts {
	readonly api: Api;
	readonly host: string;
	readonly desk: Desk;
	readonly poller: Poller;
	readonly link: LinkState;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** What was told is stored. */
	readonly stored: () => Promise<void>;
	/** Everything is to be looked at now, whatever the counts say. */
	readonly checking: () => boolean;
	readonly signedOut: (error: AppError) => void;
}

/** The accounts of a token: one question each, and now and then which there are. Folders and lines follow from them. */
export class AccountWatch {
	readonly #parts: AccountWatchParts;
	#listed = false;
	#folders = "";
	#lines: string;

	constructor(parts: AccountWatchParts) {
		this.#parts = parts;
		const { desk, poller } = parts;
		this.#lines = JSON.stringify(desk.accounts.lines());
		for (const slug of desk.accounts.slugs) this.#add(slug);
		const everyMs = { focused: accountsEveryMs, background: accountsEveryMs, idle: accountsEveryMs };
		poller.add({ name: "accounts", everyMs, run: (signal) => this.#look(signal) });
	}

	tellFolders(): void {
		const { desk, tell } = this.#parts;
		const several = desk.inboxes.size > 1;
		const folders = [...desk.inboxes.values()].flatMap((inbox) => {
			const name = desk.accounts.get(inbox.slug)?.name ?? inbox.slug;
			return inbox.isRead ? inbox.folders(several ? name : null) : [];
		});
		const said = JSON.stringify(folders);
		if (said === this.#folders) return;
		this.#folders = said;
		tell([{ type: "folders", folders }]);
	}

	#add(slug: string): void {
		const { desk, poller } = this.#parts;
		if (!desk.inboxes.has(slug)) desk.addInbox(slug);
		const everyMs = inboxRhythm(desk.accounts.slugs.length);
		poller.add({ name: accountTask(slug), everyMs, run: (signal) => this.#lookAtInbox(slug, signal) });
	}

	async #lookAtInbox(slug: string, signal: AbortSignal): Promise<PollResult> {
		const { desk, stored, checking } = this.#parts;
		// A slow store is not given more than it can take.
		await stored();
		const inbox = desk.inboxes.get(slug);
		if (inbox === undefined) return "same";
		try {
			return await inbox.look(signal, checking());
		} catch (thrown) {
			const status = statusOf(thrown);
			const malformed = toAppError(thrown).code === "http.malformed";
			if (status !== 403 && status !== 404 && !malformed) throw thrown;
			// Is it this account, or the token? (Row 2: 403 for the profile is the token.)
			if (!(await this.#tokenHolds(signal)) || malformed) throw thrown;
			this.#drop(slug);
			return "changed";
		}
	}

	async #tokenHolds(signal: AbortSignal): Promise<boolean> {
		const { api, host, signedOut } = this.#parts;
		try {
			await readProfile(api, host, signal);
			return true;
		} catch (thrown) {
			const error = toAppError(thrown);
			if (error.code === "auth.tokenRefused") signedOut(error);
			return false;
		}
	}

	/** Which accounts there are, and which may send. */
	async #look(signal: AbortSignal): Promise<PollResult> {
		const { api, desk, checking, tell } = this.#parts;
		const { accounts, book } = desk;
		// At the sign-in the list has just been read.
		if (this.#listed || checking()) {
			const before = accounts.slugs;
			accounts.replace(await readAccounts(api, signal));
			for (const slug of accounts.slugs) if (!before.includes(slug)) this.#add(slug);
			for (const slug of before) if (accounts.get(slug) === null) this.#remove(slug);
		}
		this.#listed = true;
		for (const slug of accounts.slugs) {
			const whole = await readWholeAccount(api, slug, signal);
			if (whole !== null) accounts.merge(whole);
		}
		tell(book.retell());
		return this.#tellLines() ? "changed" : "same";
	}

	/** This token has no access to the account (any more): the others go on (sheet, 13: 403). */
	#drop(slug: string): void {
		const { desk, link } = this.#parts;
		const name = desk.accounts.get(slug)?.name ?? slug;
		link.warn(slug, appError("auth.accessDenied", { detail: name }));
		desk.accounts.drop(slug);
		this.#remove(slug);
		this.#tellLines();
	}

	#remove(slug: string): void {
		const { desk, poller, link } = this.#parts;
		poller.remove(accountTask(slug));
		desk.inboxes.delete(slug);
		link.forget(slug);
		this.tellFolders();
	}

	#tellLines(): boolean {
		const lines = this.#parts.desk.accounts.lines();
		const said = JSON.stringify(lines);
		if (said === this.#lines) return false;
		this.#lines = said;
		this.#parts.tell([{ type: "lines", lines }]);
		return true;
	}
}
