/** What a question waits for. Times are monotonic. */
export interface Turn {
	/** When it is to be asked; null: not by itself. */
	readonly dueAt: number | null;
	/** When it was asked last; null: never. */
	readonly endedAt: number | null;
	/** Somebody wants it now. */
	readonly asked: boolean;
}

/**
 * Whose turn it is: what somebody asked for first, else what has been due longest; after an asked-for one, what is due
 * comes first, so that nobody who asks all the time keeps the others out. `held`: nothing runs by itself now.
 */
export function nextTurn<T extends Turn>(
	turns: Iterable<T>,
	now: number,
	state: { readonly held: boolean; readonly lastWasAsked: boolean },
): T | null {
	let asked: T | null = null;
	let due: T | null = null;
	for (const turn of turns) {
		if (turn.asked && (asked === null || before(turn, asked))) asked = turn;
		if (!state.held && isDue(turn, now) && (due === null || before(turn, due))) due = turn;
	}
	return state.lastWasAsked ? (due ?? asked) : (asked ?? due);
}

/** The moment at which the next one is due; null: none is. */
export function soonest(turns: Iterable<Turn>): number | null {
	let found: number | null = null;
	for (const { dueAt } of turns) if (dueAt !== null && (found === null || dueAt < found)) found = dueAt;
	return found;
}

function isDue({ dueAt }: Turn, now: number): boolean {
	return dueAt !== null && dueAt <= now;
}

/** Due longer, or, where that is the same, not asked for longer; else the order of the list decides. */
function before(one: Turn, other: Turn): boolean {
	const due = (one.dueAt ?? Infinity) - (other.dueAt ?? Infinity);
	if (due !== 0 && !Number.isNaN(due)) return due < 0;
	return (one.endedAt ?? -1) < (other.endedAt ?? -1);
}
