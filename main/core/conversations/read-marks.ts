import type { ConversationId } from "../../../shared/ids.ts";
import type { AccountSession } from "../accounts/account-session.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** What is read while messages keep coming is told when none has come for so long, in ms. */
export const readingPauseMs = 1500;

export interface ReadMarksPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly conversation: (id: ConversationId) => ConversationRecord | null;
	/** Null: its system is not told what was read, or nobody is connected with it. */
	readonly session: (record: ConversationRecord) => Pick<AccountSession, "ask"> | null;
}

/** Tells systems what the agent has read, or wants unread again: once a reading pause, as well as it can be done. */
export class ReadMarks {
	readonly #ports: ReadMarksPorts;
	readonly #noted = new Map<ConversationId, () => void>();
	#stopped = false;

	constructor(ports: ReadMarksPorts) {
		this.#ports = ports;
	}

	/** All of it is read, or it is unread again; what was noted last is told. */
	note(id: ConversationId, read: boolean): void {
		const { clock, conversation, session } = this.#ports;
		const record = conversation(id);
		if (this.#stopped || record === null || session(record) === null) return;
		this.#noted.get(id)?.();
		const cancel = clock.after(readingPauseMs, () => {
			this.#noted.delete(id);
			this.#tell(id, read);
		});
		this.#noted.set(id, cancel);
	}

	stop(): void {
		this.#stopped = true;
		for (const cancel of this.#noted.values()) cancel();
		this.#noted.clear();
	}

	#tell(id: ConversationId, read: boolean): void {
		const record = this.#ports.conversation(id);
		const session = record === null ? null : this.#ports.session(record);
		if (record === null || session === null) return;
		// Something new came meanwhile and is not read.
		if (read && record.unread > 0) return;
		void session
			.ask(async ({ threads }, signal) => {
				await threads?.markRead(record.peer, read, signal);
				return null;
			})
			.then((told) => {
				if (!told.ok) this.#ports.logger.info("conversation.readNotTold", { error: told.error });
			});
	}
}
