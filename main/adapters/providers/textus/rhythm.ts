import type { Rhythm } from "../polling/poller.ts";

/** How often things are asked for (sheet, 15), ms. */

/** So many accounts are asked in the plain rhythm; with more the budget of the token is shared. */
const accountsAtPlainPace = 6;

/** Folders of one account, and with every third look its list: 10 s in front, 15 s else. */
export function inboxRhythm(accounts: number): Rhythm {
	const factor = Math.max(1, accounts / accountsAtPlainPace);
	return { focused: 10_000 * factor, background: 15_000 * factor, idle: 33_000 * factor };
}

/** The conversation on screen, while the window is in front. */
export const openRhythm: Rhythm = { focused: 5000, background: null, idle: null };

/** Which accounts there are, and whether they may send. */
export const accountsEveryMs = 600_000;

export function accountTask(slug: string): string {
	return `account:${slug}`;
}
