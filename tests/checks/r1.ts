import type { CheckOptions, CheckResult } from "./check.ts";
import { genesysCampaign } from "./kill/genesys-campaign.ts";
import { referenceCampaign } from "./kill/reference-campaign.ts";

/** From the start of the process to the moment it can be asked. */
const usableMs = 1000;

/**
 * R1: the app is killed at random moments while texts go both ways. A round is one kill: half of them on a server that
 * knows a repeated send again, half on one that does not; and a fifth as many more on Genesys, which has no history.
 */
export async function run({ rounds, seed, say }: CheckOptions): Promise<CheckResult> {
	const half = Math.ceil(rounds / 2);
	const keys = await referenceCampaign({ kills: half, seed, keys: true, say });
	const plain = await referenceCampaign({ kills: rounds - half, seed: seed + 1, keys: false, say });
	const genesys = await genesysCampaign({ kills: Math.ceil(rounds / 5), seed: seed + 2, say });
	const all = [keys, plain, genesys];
	const sum = (pick: (one: (typeof all)[number]) => number): number =>
		all.reduce((total, one) => total + pick(one), 0);
	const starts = all.flatMap(({ startMs }) => startMs).sort((one, other) => one - other);
	const problems = all.flatMap((one) => [...one.problems, ...one.tally.problems]);
	for (const problem of problems.slice(0, 20)) say(problem);

	const figures = {
		kills: sum((one) => one.kills),
		killedStarting: sum((one) => one.killedStarting),
		textsTyped: sum((one) => one.attempted.size),
		caughtUnderWay: sum((one) => one.caughtSending),
		lost: sum((one) => one.tally.lost),
		unexpected: sum((one) => one.tally.unexpected),
		duplicated: sum((one) => one.tally.duplicated),
		unsettled: sum((one) => one.tally.unsettled),
		unsound: sum((one) => one.unsound + one.searchUnsound + (one.endSound ? 0 : 1)),
		keysLeftUnknown: keys.tally.leftUnknown,
		plainLeftUnknown: plain.tally.leftUnknown,
		plainLeftUnknownArrived: plain.tally.leftUnknownArrived,
		genesysLeftUnknown: genesys.tally.leftUnknown,
		genesysLeftUnknownArrived: genesys.tally.leftUnknownArrived,
		genesysReceived: genesys.tally.received,
		genesysInGaps: genesys.tally.covered,
		genesysGaps: genesys.tally.gaps,
		usableP50Ms: Math.round(at(starts, 0.5)),
		usableP95Ms: Math.round(at(starts, 0.95)),
		problems: problems.length,
		firstProblem: problems[0] ?? "none",
	};
	const drained = all.every((one) => one.drained);
	const wrong =
		figures.lost +
		figures.unexpected +
		figures.duplicated +
		figures.unsettled +
		figures.unsound +
		figures.keysLeftUnknown +
		figures.problems;
	return {
		figures: { ...figures, drained: drained ? "yes" : "no" },
		pass: wrong === 0 && drained && figures.usableP50Ms <= usableMs,
	};
}

function at(sorted: readonly number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
