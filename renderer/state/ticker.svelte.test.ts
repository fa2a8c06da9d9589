import { flushSync } from "svelte";
import { expect, test } from "vitest";
import { FakeSurroundings } from "../testing/surroundings.ts";
import { Ticker } from "./ticker.svelte.ts";

/** Runs it now and whenever something it read is different, until the returned function is called. */
function watching(run: () => void): () => void {
	return $effect.root(() => {
		$effect.pre(run);
	});
}

test("seconds are counted only while something shows them, and rest with the window", async () => {
	const surroundings = new FakeSurroundings();
	const life = new AbortController();
	const ticker = new Ticker(surroundings, life.signal);
	let seen = 0;
	const stop = watching(() => {
		seen += Math.sign(ticker.now);
	});
	expect(seen).toBe(1);
	const pass = (seconds: number): void => {
		for (let second = 0; second < seconds; second += 1) {
			surroundings.advance(1000);
			flushSync();
		}
	};
	pass(5);
	expect(seen).toBe(6);
	surroundings.isVisible = false;
	pass(120);
	expect(seen).toBe(6);
	expect(surroundings.pending).toBe(0);
	surroundings.isVisible = true;
	ticker.wake();
	flushSync();
	expect(seen).toBe(7);
	expect(ticker.minute).toBe(Math.floor(surroundings.now() / 60_000) * 60_000);
	pass(2);
	expect(seen).toBe(9);
	stop();
	await Promise.resolve();
	await Promise.resolve();
	// Only the minute is left.
	expect(surroundings.pending).toBe(1);
	life.abort();
	expect(surroundings.pending).toBe(0);
});

test("an old age is drawn once a minute", () => {
	const surroundings = new FakeSurroundings();
	const ticker = new Ticker(surroundings, new AbortController().signal);
	const long = surroundings.now() - 5 * 60_000;
	let seen = 0;
	const stop = watching(() => {
		seen += Math.sign(ticker.nowFor(long));
	});
	for (let second = 0; second < 60; second += 1) {
		surroundings.advance(1000);
		flushSync();
	}
	expect(seen).toBe(2);
	stop();
});
