import type { Contact } from "../../../../shared/model.ts";
import type { Logger } from "../../../core/ports/runtime.ts";
import { toAppError } from "../../../../shared/errors.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { AddressBook } from "./address-book.ts";
import { isRefused } from "./answers.ts";
import type { Api } from "./api.ts";
import type { PersonRow } from "./wire.ts";

export interface DirectoryPorts {
	readonly api: Api;
	readonly book: AddressBook;
	readonly logger: Logger;
	readonly tell: (events: readonly ProviderEvent[]) => void;
}

/** Reads the lists of people; a server (or a scope) that has none is no failure. */
export class Directory {
	readonly #ports: DirectoryPorts;
	#loaded: Promise<void> | null = null;
	#watched: readonly string[] = [];
	/** False: old servers have no list (6.4). */
	#hasPresence = true;

	constructor(ports: DirectoryPorts) {
		this.#ports = ports;
	}

	/** Rejects when the server cannot be asked now. */
	async load(signal: AbortSignal): Promise<void> {
		const { api, book } = this.#ports;
		const contacts = await this.#optional("contacts", () => api.contacts(signal));
		const users = await this.#optional("users", () => api.users(signal));
		book.replace(contacts ?? [], users ?? []);
		this.#loaded ??= Promise.resolve();
	}

	async search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		if (this.#loaded === null) {
			// The first look is one for all who wait for it.
			const loading = this.load(signal);
			this.#loaded = loading;
			loading.catch(() => {
				this.#loaded = null;
			});
		}
		await this.#loaded;
		if (query.trim() === "") return { contacts: [], more: false };
		return this.#ports.book.search(query);
	}

	get watching(): boolean {
		return this.#watched.length > 0 && this.#hasPresence;
	}

	/** What is known of them already is told at once. */
	watch(addresses: readonly string[]): void {
		this.#watched = addresses.filter((address) => address.includes("@"));
		this.#tell(this.#watched);
	}

	/** Asks who is there, for those who are on screen; true: something is different. */
	async readPresence(signal: AbortSignal): Promise<boolean> {
		if (!this.watching) return false;
		const { api, book } = this.#ports;
		const rows = await this.#optional("presence", () => api.presence(signal));
		if (rows === null) {
			this.#hasPresence = false;
			this.#ports.tell(
				this.#watched.map((peer) => ({ type: "presence", peer, presence: "unknown", label: null })),
			);
			return false;
		}
		const changed = new Set(book.presences(rows).map((uid) => uid.toLowerCase()));
		const concerned = this.#watched.filter((address) => changed.has(address.toLowerCase()));
		this.#tell(concerned);
		return concerned.length > 0;
	}

	#tell(addresses: readonly string[]): void {
		const events = addresses.flatMap((peer): ProviderEvent[] => {
			const known = this.#ports.book.presenceOf(peer);
			return known === null ? [] : [{ type: "presence", peer, ...known }];
		});
		if (events.length > 0) this.#ports.tell(events);
	}

	/** Null: refused for good. */
	async #optional(
		what: string,
		read: () => Promise<readonly PersonRow[]>,
	): Promise<readonly PersonRow[] | null> {
		try {
			return await read();
		} catch (thrown) {
			if (!isRefused(thrown)) throw thrown;
			this.#ports.logger.info("netsapiens.noList", { what, error: toAppError(thrown) });
			return null;
		}
	}
}
