import { workerMessageStore as shipped } from "../../main/adapters/storage/database/worker-message-store.ts";
import { committed } from "./probe.ts";

/** In place of the store's maker in `compose.ts`: the same store, its commits counted. */
export const workerMessageStore: typeof shipped = (...options) => {
	const store = shipped(...options);
	const write = store.write.bind(store);
	store.write = async (change) => {
		const written = await write(change);
		const added = new Set(written.added);
		for (const entry of written.entries)
			if (entry.kind === "message" && added.has(entry.id)) committed.messages += 1;
		return written;
	};
	return store;
};
