/** Figures of one round by name, e.g. `{ p50: 0.4, p99: 1.2 }`. */
export type Figures = Readonly<Record<string, number>>;

export interface Variant {
	readonly name: string;
	round(): Promise<Figures>;
}

/** One compared figure: `figure` is the ratio of medians, ours to the comparator's. */
export interface Comparison {
	readonly id: string;
	readonly figure: number;
	/** The ratio that must not be passed, by the worse end of `ci`; null where only the figure is of interest. */
	readonly goal: number | null;
	readonly pass: boolean;
	readonly comparator: string;
	/** Bootstrap 95 % interval of the ratio. */
	readonly ci: readonly [low: number, high: number];
	readonly ours: number;
	readonly theirs: number;
	readonly unit: string;
}

/** Rounds of both, A-B-A-B, so that what else the machine does falls on both alike; the first ones warm up. */
export async function interleave(
	ours: Variant,
	comparator: Variant,
	options: { readonly rounds?: number; readonly discarded?: number } = {},
): Promise<{ readonly ours: readonly Figures[]; readonly theirs: readonly Figures[] }> {
	const discarded = options.discarded ?? 2;
	const rounds = Math.max(7, options.rounds ?? 7);
	const mine: Figures[] = [];
	const theirs: Figures[] = [];
	process.stderr.write(`${ours.name} against ${comparator.name}, ${String(rounds + discarded)} rounds: `);
	for (let round = -discarded; round < rounds; round++) {
		process.stderr.write(".");
		const figures = [await ours.round(), await comparator.round()] as const;
		if (round < 0) continue;
		mine.push(figures[0]);
		theirs.push(figures[1]);
	}
	process.stderr.write("\n");
	return { ours: mine, theirs };
}

/** Compares one figure of all rounds. */
export function compare(
	id: string,
	name: string,
	results: { readonly ours: readonly Figures[]; readonly theirs: readonly Figures[] },
	about: { readonly goal: number | null; readonly comparator: string; readonly unit: string },
): Comparison {
	const values = (figures: readonly Figures[]): number[] =>
		figures.map((round) => round[name] ?? Number.NaN);
	const ours = values(results.ours);
	const theirs = values(results.theirs);
	const ci = bootstrapRatio(ours, theirs);
	return {
		id,
		figure: rounded(median(ours) / median(theirs)),
		goal: about.goal,
		pass: about.goal === null || ci[1] <= about.goal,
		comparator: about.comparator,
		ci,
		ours: rounded(median(ours)),
		theirs: rounded(median(theirs)),
		unit: about.unit,
	};
}

/** One JSON line a figure on stdout, and a table for people on stderr. Returns whether all goals were met. */
export function report(title: string, comparisons: readonly Comparison[]): boolean {
	for (const { id, figure, goal, pass, comparator, ci } of comparisons) {
		process.stdout.write(`${JSON.stringify({ id, figure, goal, pass, comparator, ci })}\n`);
	}
	const rows = [["", "ours", "comparator", "unit", "ratio", "95 % interval", "goal", ""]];
	for (const one of comparisons) {
		const interval = `${one.ci[0].toFixed(2)} to ${one.ci[1].toFixed(2)}`;
		const verdict = one.goal === null ? "" : one.pass ? "met" : "NOT MET";
		const goal = one.goal === null ? "-" : String(one.goal);
		rows.push([
			one.id,
			String(one.ours),
			String(one.theirs),
			one.unit,
			one.figure.toFixed(2),
			interval,
			goal,
			verdict,
		]);
	}
	const widths =
		rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? [];
	const lines = rows.map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join("  ")
			.trimEnd(),
	);
	process.stderr.write(`\n${title}\n${lines.join("\n")}\n`);
	return comparisons.every((one) => one.pass);
}

/** The value that `share` (0 to 1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return (
		sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN
	);
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const half = sorted.length / 2;
	const upper = sorted[Math.floor(half)] ?? Number.NaN;
	return Number.isInteger(half) ? ((sorted[half - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** Numbers in [0, 1) from a seed (mulberry32), so that a run can be repeated. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

function bootstrapRatio(ours: readonly number[], theirs: readonly number[]): readonly [number, number] {
	const random = seeded(1);
	const sample = (from: readonly number[]): number[] =>
		from.map(() => from[Math.floor(random() * from.length)] ?? Number.NaN);
	const ratios: number[] = [];
	for (let run = 0; run < 4000; run++) ratios.push(median(sample(ours)) / median(sample(theirs)));
	return [rounded(percentile(ratios, 0.025)), rounded(percentile(ratios, 0.975))];
}

function rounded(value: number): number {
	return Number(value.toPrecision(4));
}
