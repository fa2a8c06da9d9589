/** Rows of one height in a long list: which of them are drawn. */
export interface RowWindow {
	/** Index of the first row drawn. */
	readonly first: number;
	/** Index after the last one. */
	readonly end: number;
}

/** Rows drawn beyond each edge, so that a turn of the wheel shows no empty place. */
const beyond = 8;

export function rowWindow(top: number, height: number, rowHeight: number, count: number): RowWindow {
	const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
	const end = Math.min(count, Math.ceil((top + height) / rowHeight) + beyond);
	return { first: Math.min(first, end), end };
}

/** Where to scroll so that a row is on screen; unchanged when it is. */
export function topShowing(index: number, top: number, height: number, rowHeight: number): number {
	const above = index * rowHeight;
	if (above < top) return above;
	return Math.max(top, above + rowHeight - height);
}

/**
 * By how many rows what is on screen was moved when the list changed: most of its rows say so, and one that jumped to
 * the top because somebody wrote is outvoted. `before`: keys on screen with their index, in order.
 */
export function rowsMoved(
	before: readonly { readonly key: string; readonly index: number }[],
	indexOf: (key: string) => number,
): number {
	const votes = new Map<number, number>();
	let winner = 0;
	for (const { key, index } of before) {
		const now = indexOf(key);
		if (now === -1) continue;
		const count = (votes.get(now - index) ?? 0) + 1;
		votes.set(now - index, count);
		if (count > (votes.get(winner) ?? 0)) winner = now - index;
	}
	return winner;
}
