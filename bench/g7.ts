/**
 * G7: search as the app does it, one message to the store's thread and one back: 300 searches of every kind over
 * 1 000 000 messages, against 10 000, and a sample of them against C3's LIKE. `--messages N` for a quick look.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { likeSearch } from "./comparators/c3.ts";
import { type BenchDatabase, benchDatabase } from "./data/database.ts";
import { benchQueries, type BenchQuery } from "./data/queries.ts";
import { openBenchStore } from "./data/store.ts";
import { compare, interleave, median, percentile, report, type Variant } from "./harness.ts";

const { values } = parseArgs({ options: { messages: { type: "string" }, kinds: { type: "boolean" } } });
const many = benchDatabase({ messages: Number(values.messages ?? 1_000_000) });
const few = benchDatabase({ messages: 10_000 });
const queries = benchQueries(many);
/** What is rare, so that LIKE has to read everything: for a common word the newest 50 are soon found by both. */
const sample = queries.filter(({ kind }, index) => (kind === "rare" || kind === "no hit") && index % 5 === 0);
const out = mkdtempSync(join(import.meta.dirname, "..", "out", "bench", "g7-"));
const times = new Map<string, number[]>();

async function searching(name: string, data: BenchDatabase): Promise<Variant & { close(): Promise<void> }> {
	const store = await openBenchStore(data, join(out, String(data.messages)));
	const ask = async ({ typed, within }: BenchQuery): Promise<number> => {
		const from = performance.now();
		await store.search({ query: typed, conversationId: within, before: null, limit: 50 });
		return performance.now() - from;
	};
	return {
		name,
		async round() {
			const all: number[] = [];
			const sampled: number[] = [];
			for (const query of queries) {
				const took = await ask(query);
				all.push(took);
				if (sample.includes(query)) sampled.push(took);
				if (data === many) times.set(query.kind, [...(times.get(query.kind) ?? []), took]);
			}
			return { p50: percentile(all, 0.5), p99: percentile(all, 0.99), sample: median(sampled) };
		},
		close: () => store.close(),
	};
}

const large = await searching(`${String(many.messages)} messages`, many);
const small = await searching("10 000 messages", few);
const like = likeSearch(many.path);
try {
	const results = await interleave(large, small);
	const scans = await interleave(large, {
		name: "C3 (LIKE)",
		round() {
			const took = sample.map((query) => {
				const from = performance.now();
				like.search(query.typed);
				return performance.now() - from;
			});
			return Promise.resolve({ sample: median(took) });
		},
	});
	for (const [kind, took] of times) {
		const figures = [median(took), percentile(took, 0.99), Math.max(...took)];
		const [p50, p99, max] = figures.map((figure) => figure.toFixed(2));
		process.stderr.write(`${kind.padEnd(26)} p50 ${p50 ?? ""} p99 ${p99 ?? ""} max ${max ?? ""} ms\n`);
	}
	const milliseconds = { ours: results.ours, theirs: results.ours.map(() => ({ p50: 1, p99: 1 })) };
	const met = report(`Search in ${String(many.messages)} messages, ${String(queries.length)} searches`, [
		compare("G7-p99", "p99", milliseconds, { goal: 10, comparator: "1 ms", unit: "ms" }),
		compare("G7-p50", "p50", milliseconds, { goal: null, comparator: "1 ms", unit: "ms" }),
		compare("G7-growth-p50", "p50", results, { goal: 2, comparator: "10 000 messages", unit: "ms" }),
		compare("G7-growth-p99", "p99", results, { goal: 2, comparator: "10 000 messages", unit: "ms" }),
		compare("G7-like", "sample", scans, { goal: 0.01, comparator: "C3 (LIKE)", unit: "ms" }),
	]);
	process.exitCode = met ? 0 : 1;
} finally {
	like.close();
	await large.close();
	await small.close();
	rmSync(out, { recursive: true, force: true });
}
