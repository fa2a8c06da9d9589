/** One check of the reliability list. */
export interface Listed {
	/** Its file is `rN.ts` in this folder. */
	readonly id: string;
	/** What must be true, in words. */
	readonly goal: string;
	/** The full size, in rounds; what a round is belongs to the check. */
	readonly rounds: number;
	/** Windows, daemons or the keychain are needed: a desktop session of its own is made for it. */
	readonly session: boolean;
	/** The bundles in `dist/` are needed. */
	readonly built: boolean;
}

/** In the order in which `all` runs them. */
export const checks: readonly Listed[] = [
	{
		id: "R1",
		goal: "500 kills while sending and receiving: lost, unexpected, duplicated 0; files sound each time; usable <= 1 s",
		rounds: 500,
		session: false,
		built: false,
	},
	{
		id: "R2",
		goal: "30 % of 500 replies dropped: with keys one message each, same key; without: 0 automatic duplicates",
		rounds: 500,
		session: false,
		built: false,
	},
	{
		id: "R3",
		goal: "10 000 events, 1-4 times each, shuffled, over push, poll and backfill: the sorted unique set, unread exact, 200 seeds",
		rounds: 200,
		session: false,
		built: false,
	},
	{
		id: "R4",
		goal: "402 every 20 s and restarts: handshake, subscribe, backfill in that order; 0 lost; <= 1 handshake per 5 s",
		rounds: 10,
		session: false,
		built: false,
	},
	{
		id: "R5",
		goal: "crash between receipt and commit, and before the next /meta/connect: no ack of an uncommitted batch",
		rounds: 200,
		session: false,
		built: false,
	},
	{
		id: "R6",
		goal: "outages of 5 s, 11 s, 10 min, 24 h: all messages there, a gap marker until filled, no gap left",
		rounds: 20,
		session: false,
		built: false,
	},
	{
		id: "R9",
		goal: "stopped 30 s and 10 min, clock jumps of a day: reconnects <= 1 s after resume, no timer twice, order kept",
		rounds: 10,
		session: false,
		built: false,
	},
	{
		id: "R10",
		goal: "disk full, read-only, EIO at every call: no crash, no false sent, recovers, outbox intact",
		rounds: 1,
		session: false,
		built: false,
	},
	{
		id: "R11",
		goal: "200 byte flips and truncations: opens or sets aside and rebuilds, outbox salvaged, no start loop",
		rounds: 200,
		session: false,
		built: false,
	},
	{
		id: "R12",
		goal: "kill at every statement of every migration: old or new schema; newer schema refused, file untouched",
		rounds: 1,
		session: false,
		built: false,
	},
	{
		id: "R13",
		goal: "4xx for one peer, 401 amid 20 requests, 429: others unaffected, one renewal, nothing before Retry-After",
		rounds: 20,
		session: false,
		built: false,
	},
	{
		id: "R14",
		goal: "two starts at once, quit during send <= 2 s, sign-out with a full outbox, session end: nothing lost",
		rounds: 5,
		session: false,
		built: true,
	},
];

/** The ids that a command line names, in the list's order; `all`: every one. Null: one is not in the list. */
export function chosen(names: readonly string[]): readonly Listed[] | null {
	const wanted = new Set(names.map((name) => name.toUpperCase()));
	if (wanted.delete("ALL")) return wanted.size === 0 ? checks : null;
	const found = checks.filter(({ id }) => wanted.delete(id));
	return wanted.size === 0 ? found : null;
}
