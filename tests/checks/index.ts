/**
 * npm run check -- ID... [--rounds N] [--seed S]
 *
 * Runs the named checks one after another. Standard output has one JSON line a check and nothing else; progress and
 * tables go to standard error. Exit code 0: all passed. 1: one did not. 2: no such check.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Check, type CheckResult, resultLine, resultTable } from "./check.ts";
import { checks, chosen, type Listed } from "./list.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { rounds: { type: "string" }, seed: { type: "string" } },
	});
	const wanted = chosen(positionals);
	const rounds = wholeNumber(values.rounds);
	const seed = wholeNumber(values.seed);
	if (wanted === null || wanted.length === 0 || rounds === null || seed === null) {
		say(`npm run check -- ID... [--rounds N] [--seed S], where ID is one of: all ${idList()}`);
		return 2;
	}
	let failed = 0;
	for (const listed of wanted) if (!(await run(listed, rounds ?? listed.rounds, seed ?? 1))) failed += 1;
	if (wanted.length > 1) say(`\n${String(wanted.length - failed)} of ${String(wanted.length)} passed`);
	return failed === 0 ? 0 : 1;
}

async function run({ id, goal }: Listed, rounds: number, seed: number): Promise<boolean> {
	const file = join(import.meta.dirname, `${id.toLowerCase()}.ts`);
	const began = performance.now();
	let result: CheckResult;
	try {
		if (!existsSync(file)) throw new Error("this check is not written yet");
		const { run: check } = (await import(file)) as { readonly run: Check };
		say(`== ${id}: ${String(rounds)} rounds, seed ${String(seed)}`);
		result = await check({ rounds, seed, say: (line) => say(`   ${line}`) });
	} catch (thrown) {
		const problem = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
		result = { figures: { problem }, pass: false };
	}
	const seconds = Math.round((performance.now() - began) / 100) / 10;
	const figures = { ...result.figures, rounds, seed, seconds };
	process.stdout.write(`${resultLine(id, goal, { ...result, figures })}\n`);
	say(resultTable(id, goal, { ...result, figures }));
	return result.pass;
}

/** Undefined: not given. Null: not a whole number. */
function wholeNumber(text: string | undefined): number | undefined | null {
	if (text === undefined) return undefined;
	return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function idList(): string {
	return checks.map(({ id }) => id).join(" ");
}

// A check may leave a worker or a socket behind when it fails; the exit code is what counts.
process.exit(await main());
