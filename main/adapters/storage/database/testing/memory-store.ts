import type { MessageStore } from "../../../../core/ports/stores.ts";
import { prepareDatabase } from "../open/prepare.ts";
import { storageFailure } from "../problems.ts";
import { openDatabase } from "../sqlite-driver.ts";
import { DatabaseStore, type SyncStore } from "../sync-store.ts";

/** The real engine on a database in memory, in this thread, already opened. For tests and models. */
export function memoryStore(): MessageStore {
	return fileStore(":memory:");
}

/** The same on a real file, made when it is not there; closed and opened again by path, it is as it was. */
export function fileStore(path: string): MessageStore {
	const database = openDatabase({ path, access: "write" });
	prepareDatabase(database);
	return inThisThread(new DatabaseStore(database));
}

/** A synchronous store as the port; what it throws is rejected as the port says. */
export function inThisThread(store: SyncStore): MessageStore {
	const call = <K extends keyof SyncStore>(name: K): MessageStore[K] => {
		const run = store[name] as (...args: unknown[]) => unknown;
		const later = (...args: unknown[]): Promise<unknown> => {
			try {
				return Promise.resolve(run.apply(store, args));
			} catch (error) {
				return Promise.reject(storageFailure(error));
			}
		};
		return later as MessageStore[K];
	};
	return {
		open: () => Promise.resolve({ state: "working", problem: null, did: [] }),
		write: call("write"),
		conversations: call("conversations"),
		page: call("page"),
		media: call("media"),
		mediaOf: call("mediaOf"),
		staged: call("staged"),
		entry: call("entry"),
		byClientIds: call("byClientIds"),
		byRemoteIds: call("byRemoteIds"),
		unsettled: call("unsettled"),
		unclaimed: call("unclaimed"),
		unnamed: call("unnamed"),
		cursors: call("cursors"),
		openGaps: call("openGaps"),
		search: call("search"),
		note: call("note"),
		notifications: call("notifications"),
		prune: call("prune"),
		wipe: call("wipe"),
		close: call("close"),
	};
}
