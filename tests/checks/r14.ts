import type { CheckOptions, CheckResult } from "./check.ts";
import { sessionEnd, twoStarts, withDesktop } from "./r14-desktop.ts";
import { type Part, quitDuringSend, signOutWithFullOutbox } from "./r14-leaving.ts";

/** Signing out everywhere may take this long when quitting. */
const leavingMs = 2000;
/** From there to the end of the process: files, windows, the measuring itself. */
const endingMs = 500;

/**
 * R14: two starts at once, quit in the middle of sending, sign-out with a full outbox, end of the session. A round is
 * one of each; what needs no window runs without one.
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const parts: Part[] = [];
	const count = { twoStarts: 0, quits: 0, signOuts: 0, sessionEnds: 0 };
	const done = (name: keyof typeof count, part: Part): void => {
		count[name] += 1;
		parts.push(part);
		for (const problem of part.problems) say(`${name}: ${problem}`);
	};
	for (let round = 0; round < rounds; round++) {
		const own = seed + round * 10;
		done("quits", await quitDuringSend(own, true));
		done("quits", await quitDuringSend(own + 1, false));
		done("signOuts", await signOutWithFullOutbox(own + 2, "wipe"));
		done("signOuts", await signOutWithFullOutbox(own + 3, "keep"));
		await withDesktop(async (session) => {
			done("twoStarts", await twoStarts(session));
			done("sessionEnds", await sessionEnd(session, own + 4));
		});
		say(`${String(round + 1)} rounds`);
	}
	const quits = parts.flatMap(({ quitMs }) => quitMs ?? []);
	const quitMaxMs = Math.round(Math.max(...quits));
	const problems = parts.flatMap((part) => part.problems);
	return {
		figures: { ...count, quitMaxMs, problems: problems.length, firstProblem: problems[0] ?? "none" },
		pass: problems.length === 0 && quitMaxMs <= leavingMs + endingMs,
	};
}
