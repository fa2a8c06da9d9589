import { dirname, join } from "node:path";
import { DatabaseHost } from "../database-host.ts";
import type { OpenStoreOptions } from "../open/open-store.ts";
import { migrations } from "../schema/migrations.ts";

/** The store at a path, with what the worker would give it; `events` is what it logged. */
export function hostAt(
	path: string,
	options: Partial<OpenStoreOptions> = {},
): { readonly host: DatabaseHost; readonly events: string[] } {
	const events: string[] = [];
	const host = new DatabaseHost({
		path,
		temporaryFolder: join(dirname(path), "temporary"),
		steps: migrations,
		now: () => Date.UTC(2026, 10, 23, 3, 9, 25),
		patienceMs: 0,
		log: (event, fields) => void events.push(`${event} ${JSON.stringify(fields)}`),
		...options,
	});
	return { host, events };
}
