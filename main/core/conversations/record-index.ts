import type { AccountId, ConversationId } from "../../../shared/ids.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** All records of a book, found by id, by key and by address. */
export class RecordIndex {
	readonly #records = new Map<ConversationId, ConversationRecord>();
	readonly #peers = new Map<string, ConversationId>();
	/** One address may have several conversations (one for each line, for example). */
	readonly #addresses = new Map<string, Set<ConversationId>>();

	get(id: ConversationId): ConversationRecord | null {
		return this.#records.get(id) ?? null;
	}

	all(): ConversationRecord[] {
		return [...this.#records.values()];
	}

	byPeer(accountId: AccountId, peer: string): ConversationRecord | null {
		const id = this.#peers.get(accountKey(accountId, peer));
		return id === undefined ? null : this.get(id);
	}

	byAddress(accountId: AccountId, address: string): readonly ConversationId[] {
		return [...(this.#addresses.get(accountKey(accountId, address)) ?? [])];
	}

	set(record: ConversationRecord): void {
		const before = this.get(record.id);
		if (before !== null && before.address !== record.address) this.#leave(before);
		this.#records.set(record.id, record);
		this.#peers.set(accountKey(record.accountId, record.peer), record.id);
		const key = accountKey(record.accountId, record.address);
		const there = this.#addresses.get(key);
		if (there === undefined) this.#addresses.set(key, new Set([record.id]));
		else there.add(record.id);
	}

	remove(record: ConversationRecord): void {
		this.#records.delete(record.id);
		this.#peers.delete(accountKey(record.accountId, record.peer));
		this.#leave(record);
	}

	#leave({ id, accountId, address }: ConversationRecord): void {
		const key = accountKey(accountId, address);
		const there = this.#addresses.get(key);
		there?.delete(id);
		if (there?.size === 0) this.#addresses.delete(key);
	}
}

/** Tells the same name in two accounts apart. */
export function accountKey(accountId: AccountId, name: string): string {
	return `${accountId}\n${name}`;
}
