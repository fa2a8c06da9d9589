/** What a check file (`tests/checks/rN.ts`) is given and gives back. */

export interface CheckOptions {
	/** How much: what one round is belongs to the check. The full size is in `index.ts`, `npm test` runs a small one. */
	readonly rounds: number;
	/** Start of every random choice: the same seed makes the same choices. */
	readonly seed: number;
	/** Progress for the person at the terminal; not part of the result. */
	readonly say: (line: string) => void;
}

export interface CheckResult {
	/** What was counted or measured, by name; printed as they are. */
	readonly figures: Readonly<Record<string, number | string>>;
	readonly pass: boolean;
}

/** Every check file exports one as `run`. */
export type Check = (options: CheckOptions) => Promise<CheckResult>;

/** A source of random numbers in [0, 1) that repeats itself for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** The line that a machine reads: `{id, figure, goal, pass}`. */
export function resultLine(id: string, goal: string, result: CheckResult): string {
	return JSON.stringify({ id, figure: result.figures, goal, pass: result.pass });
}

/** The same for people: one figure a line. */
export function resultTable(id: string, goal: string, result: CheckResult): string {
	const names = Object.keys(result.figures);
	const width = Math.max(0, ...names.map((name) => name.length));
	return [
		`${id}  ${result.pass ? "pass" : "FAIL"}  goal: ${goal}`,
		...names.map((name) => `    ${name.padEnd(width)}  ${String(result.figures[name])}`),
	].join("\n");
}
