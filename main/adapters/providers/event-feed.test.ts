import { expect, test } from "vitest";
import type { ProviderEvent } from "../../core/ports/provider.ts";
import { EventFeed, FeedOnly } from "./event-feed.ts";

const event = (peer: string): ProviderEvent => ({ type: "sendable", peer });

/** A source that says how often it was asked, and answers when told to. */
function source() {
	let asked = 0;
	let closed = false;
	const waiting: ((result: IteratorResult<string, undefined>) => void)[] = [];
	return {
		asked: () => asked,
		closed: () => closed,
		say: (value: string) => waiting.shift()?.({ done: false, value }),
		end: () => waiting.shift()?.({ done: true, value: undefined }),
		iterable: {
			[Symbol.asyncIterator]: () => ({
				next: () => {
					asked += 1;
					return new Promise<IteratorResult<string, undefined>>((resolve) => waiting.push(resolve));
				},
				return: () => {
					closed = true;
					return Promise.resolve({ done: true as const, value: undefined });
				},
			}),
		},
	};
}

test("the source is asked again only when the reader has come back", async () => {
	const feed = new EventFeed();
	const from = source();
	const batches = feed.batches(
		from.iterable,
		(text: string) => feed.push([event(text), event(`${text}2`)]),
		new AbortController().signal,
	);
	const first = batches.next();
	expect(from.asked()).toBe(1);
	from.say("a");
	expect((await first).value).toEqual([event("a"), event("a2")]);
	await Promise.resolve();
	expect(from.asked()).toBe(1);
	const second = batches.next();
	await Promise.resolve();
	expect(from.asked()).toBe(2);
	// What happens on this side does not wait for the source, nor ask it again.
	feed.push([event("local")]);
	expect((await second).value).toEqual([event("local")]);
	const third = batches.next();
	from.say("b");
	expect((await third).value).toEqual([event("b"), event("b2")]);
	expect(from.asked()).toBe(2);
	await batches.return();
	expect(from.closed()).toBe(true);
});

test("the end lets out what was pushed before it", async () => {
	const feed = new EventFeed();
	const batches = feed.batches(source().iterable, () => undefined, new AbortController().signal);
	const first = batches.next();
	feed.push([event("last")]);
	feed.end();
	feed.push([event("too late")]);
	expect((await first).value).toEqual([event("last")]);
	expect((await batches.next()).done).toBe(true);
});

test("a signal ends the stream while it waits", async () => {
	const feed = new EventFeed();
	const stop = new AbortController();
	const from = source();
	const batches = feed.batches(from.iterable, () => undefined, stop.signal);
	const first = batches.next();
	stop.abort();
	expect((await first).done).toBe(true);
	expect(from.closed()).toBe(true);
});

test("a source that ends ends the stream, after what is still to be told", async () => {
	const feed = new EventFeed();
	const from = source();
	const batches = feed.batches(from.iterable, () => undefined, new AbortController().signal);
	const first = batches.next();
	from.end();
	feed.push([event("x")]);
	expect((await first).value).toEqual([event("x")]);
	expect((await batches.next()).done).toBe(true);
});

test("a feed of polls gives what is pushed, and says when it is stored", async () => {
	const feed = new FeedOnly();
	const batches = feed.batches(new AbortController().signal);
	await feed.stored();
	const first = batches.next();
	feed.push([event("a")]);
	let stored = false;
	const storing = feed.stored().then(() => (stored = true));
	expect((await first).value).toEqual([event("a")]);
	await Promise.resolve();
	expect(stored).toBe(false);
	const second = batches.next();
	await storing;
	feed.push([event("b")]);
	feed.end();
	feed.push([event("too late")]);
	expect((await second).value).toEqual([event("b")]);
	expect((await batches.next()).done).toBe(true);
});

test("a signal ends a feed of polls, and with it the waiting for what nobody will store", async () => {
	const feed = new FeedOnly();
	const stop = new AbortController();
	const batches = feed.batches(stop.signal);
	const first = batches.next();
	feed.push([event("a")]);
	await first;
	const storing = feed.stored();
	stop.abort();
	expect((await batches.next()).done).toBe(true);
	await storing;
});
