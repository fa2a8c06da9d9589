/** How evenly a page paints: the time from frame to frame, taken in the page itself. */
import type { Page } from "playwright-core";

export interface FrameReport {
	readonly frames: number;
	/** Share of frames that took over 25 ms, 0 to 1. */
	readonly over25: number;
	/** How many took over 50 ms. */
	readonly over50: number;
	readonly longest: number;
}

declare global {
	var benchFrames: { readonly gaps: number[]; going: boolean } | undefined;
}

export async function startFrames(page: Page): Promise<void> {
	await page.evaluate(() => {
		const state = { gaps: [] as number[], going: true };
		globalThis.benchFrames = state;
		let before = performance.now();
		const look = (now: number): void => {
			state.gaps.push(now - before);
			before = now;
			if (state.going) requestAnimationFrame(look);
		};
		requestAnimationFrame((now) => {
			before = now;
			requestAnimationFrame(look);
		});
	});
}

export async function stopFrames(page: Page): Promise<FrameReport> {
	const gaps = await page.evaluate(() => {
		const state = globalThis.benchFrames;
		if (state === undefined) return [];
		state.going = false;
		return state.gaps;
	});
	return {
		frames: gaps.length,
		over25: gaps.filter((gap) => gap > 25).length / Math.max(1, gaps.length),
		over50: gaps.filter((gap) => gap > 50).length,
		longest: gaps.reduce((longest, gap) => Math.max(longest, gap), 0),
	};
}
