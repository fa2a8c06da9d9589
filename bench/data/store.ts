import { workerMessageStore } from "../../main/adapters/storage/database/worker-message-store.ts";
import type { Logger } from "../../main/core/ports/runtime.ts";
import type { MessageStore } from "../../main/core/ports/stores.ts";
import { type BenchDatabase, copyOf } from "./database.ts";

const say = (event: string, fields: unknown): void =>
	void process.stderr.write(`${event} ${JSON.stringify(fields ?? {})}\n`);
const logger: Logger = {
	debug: () => undefined,
	info: () => undefined,
	warn: say,
	error: say,
	child: () => logger,
};

/** The store as the app has it, in a thread of its own, over a copy of a bench database in a new folder. */
export async function openBenchStore(data: BenchDatabase, folder: string): Promise<MessageStore> {
	const store = workerMessageStore({
		path: copyOf(data, folder),
		temporaryFolder: folder,
		program: new URL("../../main/adapters/storage/database/database-worker.ts", import.meta.url),
		logger,
	});
	const opening = await store.open();
	if (opening.state !== "working") throw new Error(`the bench database is ${opening.state}`);
	return store;
}
