import type { Rhythm } from "../polling/poller.ts";

/**
 * How often what is asked (sheet, 8): messages every 5 to 10 s while the agent looks and every 30 to 60 s else, the list
 * of conversations every 2 to 5 minutes. The poller makes a pause up to half as long again while nothing happens, and a
 * fifth shorter or longer by chance; the numbers leave room for that.
 */
export const rhythms = {
	messages: { focused: 6000, background: 33_000, idle: 33_000 },
	conversations: { focused: 150_000, background: 165_000, idle: 165_000 },
	chats: { focused: 20_000, background: 120_000, idle: 120_000 },
	state: { focused: 120_000, background: 600_000, idle: 600_000 },
	desk: { focused: 1_800_000, background: 1_800_000, idle: 1_800_000 },
} as const satisfies Record<string, Rhythm>;
