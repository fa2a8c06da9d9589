import { join } from "node:path";
import type { MessageStore } from "../../../../core/ports/stores.ts";
import { RecordingLogger } from "../../../../core/testing/virtual-clock.ts";
import { workerMessageStore } from "../worker-message-store.ts";
import { memoryStore } from "./memory-store.ts";

/** What the port promises is asked of the engine in this thread, and of the worker on a real file in `folder`. */
export const bothStores: readonly (readonly [string, (folder: string) => MessageStore])[] = [
	["in this thread", memoryStore],
	[
		"in a worker, on a file",
		(folder) =>
			workerMessageStore({
				path: join(folder, "messages.db"),
				temporaryFolder: folder,
				program: new URL("../database-worker.ts", import.meta.url),
				logger: new RecordingLogger(),
			}),
	],
];
