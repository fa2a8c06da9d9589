import type { AppError } from "../../shared/errors.ts";
import type { Change } from "../../shared/ipc/contract.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { AccountId } from "../../shared/ids.ts";
import type { Contact } from "../../shared/model.ts";
import type { Surroundings } from "../lib/surroundings.ts";

const pauseMs = 200;
/** An answer that comes within this time is shown without a word about the search. */
const patienceMs = 150;

/** Search as you type: asked after a short pause; an answer to what is no longer in the box is dropped. */
export class DirectorySearch {
	phase: "idle" | "searching" | "done" | "failed" = $state("idle");
	contacts: readonly Contact[] = $state.raw([]);
	more = $state(false);
	problem: AppError | null = $state.raw(null);
	readonly #bridge: Bridge;
	readonly #surroundings: Surroundings;
	#asked = 0;
	#cancelPause = (): void => undefined;
	#accountId: AccountId | null = null;

	constructor(bridge: Bridge, surroundings: Surroundings) {
		this.#bridge = bridge;
		this.#surroundings = surroundings;
	}

	search(accountId: AccountId, text: string): void {
		const query = text.trim().slice(0, 200);
		this.#cancelPause();
		const asked = ++this.#asked;
		this.#accountId = accountId;
		if (query === "") {
			this.clear();
			return;
		}
		// "Nobody found" was about what stood in the box before.
		if (this.contacts.length === 0) this.phase = "idle";
		this.#cancelPause = this.#surroundings.after(pauseMs, () => void this.#ask(asked, accountId, query));
	}

	clear(): void {
		this.#cancelPause();
		this.#asked += 1;
		this.phase = "idle";
		this.contacts = [];
		this.more = false;
		this.problem = null;
	}

	apply(changes: readonly Change[]): void {
		for (const change of changes) {
			if (change.type !== "presence" || change.accountId !== this.#accountId) continue;
			if (!this.contacts.some((contact) => contact.address === change.address)) continue;
			this.contacts = this.contacts.map((contact) =>
				contact.address === change.address
					? { ...contact, presence: change.presence, presenceLabel: change.label }
					: contact,
			);
		}
	}

	async #ask(asked: number, accountId: AccountId, query: string): Promise<void> {
		this.#cancelPause = this.#surroundings.after(patienceMs, () => (this.phase = "searching"));
		const result = await this.#bridge.invoke("directory.search", { accountId, query });
		if (asked !== this.#asked) return;
		this.#cancelPause();
		if (result.ok) {
			this.contacts = result.value.contacts;
			this.more = result.value.more;
			this.problem = null;
			this.phase = "done";
		} else {
			this.contacts = [];
			this.more = false;
			this.problem = result.error;
			this.phase = "failed";
		}
	}
}
