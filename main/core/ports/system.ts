import type { Result } from "../../../shared/errors.ts";
import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { AgentState, KeychainStatus } from "../../../shared/model.ts";

/** The computer, as core sees it. */

/**
 * The keychain. One item per secret, keyed by account id. Reads of one key at a time share
 * one request; a failed read is not remembered. Never falls back to anything weaker.
 * Results carry `keychain.*` codes.
 */
export interface Secrets {
	/** Writes, reads and deletes a random item once; later calls give the last known state. */
	probe(): Promise<KeychainStatus>;
	status(): KeychainStatus;
	get(account: AccountId): Promise<Result<string | null>>;
	set(account: AccountId, secret: string): Promise<Result<null>>;
	delete(account: AccountId): Promise<Result<null>>;
	/** Called when a request has been silent for 10 s, and again when it answers. */
	onStatus(listener: (status: KeychainStatus) => void): () => void;
}

export interface NotificationContent {
	readonly title: string;
	readonly body: string;
	readonly silent: boolean;
	readonly urgent: boolean;
}

/** One live notification a key: showing again closes the old one. */
export interface Notifier {
	/** Resolves "shown", or why not: no permission, no daemon, or a newer one of this key (or its closing) came first. */
	show(
		key: string,
		content: NotificationContent,
		onClick: () => void,
	): Promise<"shown" | "superseded" | "denied" | "noDaemon" | "failed">;
	close(key: string): void;
	closeAll(): void;
}

export interface TrayModel {
	readonly image: "idle" | "unread" | "alert";
	readonly toolTip: string;
	readonly agentStates: readonly {
		readonly accountId: AccountId;
		readonly label: string;
		readonly current: string | null;
		readonly states: readonly AgentState[];
	}[];
}

export interface TrayView {
	update(model: TrayModel): void;
	/** False: there is no host for a tray here, so closing must not hide the window. */
	available(): boolean;
	destroy(): void;
}

export interface Badge {
	/** Unread total; 0 clears. */
	set(count: number): void;
}

export interface WindowView {
	/** Visible, not minimised, and in front: the agent can be reading it. */
	isFocused(): boolean;
	/** Brings the window to the front from hidden, minimised or behind. */
	show(): void;
	setTitle(title: string): void;
	navigate(
		target:
			| { readonly to: "conversation"; readonly conversationId: ConversationId }
			| {
					readonly to:
						"newMessage" | "settings" | "about" | "switcher" | "search" | "inbox" | "accounts";
			  },
	): void;
	onFocusChange(listener: (focused: boolean) => void): () => void;
}

export interface PowerAndNetwork {
	/** Sleep, wake, and the screen lock as the system reports them. */
	onSuspend(listener: () => void): () => void;
	onResume(listener: () => void): () => void;
	isOnline(): boolean;
	onOnline(listener: () => void): () => void;
}

export interface ExternalLinks {
	/** Only https, mailto and tel, parsed and written anew; otherwise `link.refused`. */
	open(url: string): Promise<Result<null>>;
}

/** Lets the person choose a file and writes it piece by piece. */
export interface FileSaver {
	/**
	 * Asks where to; null: the person changed their mind. Pieces are written in order; the file is
	 * complete or not there: it takes its name only when `pieces` is done. Rejects with `export.failed`.
	 */
	save(options: {
		readonly title: string;
		/** Without a folder; what is no file name is taken out. */
		readonly suggestedName: string;
		/** Letters and digits, without the dot. */
		readonly extension: string;
		/** Text is written as UTF-8. */
		readonly pieces: AsyncIterable<string | Uint8Array>;
	}): Promise<"saved" | null>;
}
