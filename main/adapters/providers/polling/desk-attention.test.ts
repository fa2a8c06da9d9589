import { expect, test } from "vitest";
import { VirtualClock } from "../../../core/testing/virtual-clock.ts";
import { awayAfterMs, DeskAttention } from "./desk-attention.ts";

test("in front of the window, not in front of it, and after a while away; stopped, it says nothing more", async () => {
	const clock = new VirtualClock();
	const said: string[] = [];
	const desk = new DeskAttention(clock, { attention: (attention) => void said.push(attention) });
	desk.focused(true);
	await clock.advance(2 * awayAfterMs);
	desk.focused(false);
	await clock.advance(awayAfterMs - 1);
	expect(said).toEqual(["focused", "background"]);
	await clock.advance(1);
	desk.focused(true);
	desk.focused(false);
	desk.stop();
	await clock.advance(2 * awayAfterMs);
	expect(said).toEqual(["focused", "background", "idle", "focused", "background"]);
	expect(clock.pending).toBe(0);
});

test("nobody came to the window since the start: away", async () => {
	const clock = new VirtualClock();
	const said: string[] = [];
	new DeskAttention(clock, { attention: (attention) => void said.push(attention) });
	await clock.advance(awayAfterMs);
	expect(said).toEqual(["idle"]);
});
