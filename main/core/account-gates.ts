import type { AccountId } from "../../shared/ids.ts";
import type { SessionManager } from "./accounts/session-manager.ts";
import type { Gate } from "./outbox/outbox.ts";

/** Whether texts of an account may leave, and when that changed. */
export class AccountGates {
	readonly #manager: () => Pick<SessionManager, "get">;
	readonly #said = new Map<AccountId, string>();
	#closed = false;

	constructor(manager: () => Pick<SessionManager, "get">) {
		this.#manager = manager;
	}

	gate(id: AccountId): Gate {
		const session = this.#manager().get(id);
		if (session === null) return { open: false, reason: "signedOut" };
		const reason = this.#closed ? "offline" : session.closedFor;
		return reason === null ? { open: true } : { open: false, reason };
	}

	/** True: it is another gate, or another line, than when this was asked last. */
	changed(id: AccountId): boolean {
		const gate = this.gate(id);
		const line = this.#manager().get(id)?.desk.lineId ?? "";
		const now = gate.open ? `open ${line}` : `closed ${gate.reason ?? ""}`;
		if (this.#said.get(id) === now) return false;
		this.#said.set(id, now);
		return true;
	}

	forget(id: AccountId): void {
		this.#said.delete(id);
	}

	/** The app stops: nothing leaves any more. */
	close(): void {
		this.#closed = true;
	}
}
