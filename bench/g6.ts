/**
 * G6, the store's part: the first page of a conversation of 100 000 messages, as the app asks for it (one message to
 * the store's thread and one back), against one of 100 in the same database.
 * `--messages N` for a quick look. What is painted is not measured yet.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ConversationId } from "../shared/ids.ts";
import { benchDatabase } from "./data/database.ts";
import { openBenchStore } from "./data/store.ts";
import { compare, interleave, percentile, report, type Variant } from "./harness.ts";

const { values } = parseArgs({ options: { messages: { type: "string" } } });
const data = benchDatabase({ messages: Number(values.messages ?? 1_000_000) });
const out = mkdtempSync(join(import.meta.dirname, "..", "out", "bench", "g6-"));
const store = await openBenchStore(data, out);

/** Size of the first page of the app. */
const pageSize = 50;
const times = 200;

function opening(name: string, id: ConversationId): Variant {
	return {
		name,
		async round() {
			const took: number[] = [];
			for (let time = 0; time < times; time++) {
				const from = performance.now();
				const { entries } = await store.page(id, { kind: "newest" }, pageSize);
				took.push(performance.now() - from);
				if (entries.length !== pageSize) throw new Error("the page is not full");
			}
			return { p50: percentile(took, 0.5), p95: percentile(took, 0.95) };
		},
	};
}

try {
	const results = await interleave(
		opening(`${String(data.messages / 10)} messages`, data.largest),
		opening("100 messages", data.small),
		{ rounds: 15 },
	);
	const about = { comparator: "100 messages", unit: "ms" };
	const met = report("First page of a conversation, through the store's thread", [
		compare("G6-store-p50", "p50", results, { ...about, goal: 1.1 }),
		compare("G6-store-p95", "p95", results, { ...about, goal: null }),
	]);
	process.exitCode = met ? 0 : 1;
} finally {
	await store.close();
	rmSync(out, { recursive: true, force: true });
}
