import { describe, expect, test } from "vitest";
import { ok, type Result } from "../../shared/errors.ts";
import type { SearchPage } from "../../shared/model.ts";
import { FakeBridge } from "../testing/fake-bridge.ts";
import * as sample from "../testing/samples.ts";
import { FakeSurroundings } from "../testing/surroundings.ts";
import { Search } from "./search.svelte.ts";

const hitOf = (text: string, at = sample.at(9, 0)): SearchPage["hits"][number] =>
	sample.hit(sample.message(sample.ana, text, at), text);
const pageOf = (texts: readonly string[], next: string | null = null, notIndexed = 0): SearchPage => ({
	hits: texts.map((text) => hitOf(text)),
	people: [],
	next,
	notIndexed,
});

/** A search whose answers are given by hand, in the order they were asked for. */
function byHand() {
	const bridge = new FakeBridge(sample.snapshot());
	const surroundings = new FakeSurroundings();
	const waiting: ((answer: Result<SearchPage>) => void)[] = [];
	bridge.answer("search.messages", () => new Promise((resolve) => void waiting.push(resolve)));
	const search = new Search(bridge, surroundings);
	return {
		bridge,
		surroundings,
		search,
		texts: () => search.hits.map((hit) => hit.snippet.map((part) => part.text).join("")),
		asked: () => bridge.inputsOf("search.messages"),
		answer: async (result: Result<SearchPage>): Promise<void> => {
			waiting.shift()?.(result);
			for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
		},
	};
}

describe("search as one types", () => {
	test("one question at a time; the newest text wins, and nothing of the others is shown", async () => {
		const { search, asked, answer, texts } = byHand();
		for (const query of ["l", "la", "lab"]) search.type(query);
		expect(asked().map(({ query }) => query)).toEqual(["l"]);
		await answer(ok(pageOf(["of l"])));
		expect(texts()).toEqual([]);
		expect(asked().map(({ query }) => query)).toEqual(["l", "lab"]);
		await answer(ok(pageOf(["of lab"])));
		expect(texts()).toEqual(["of lab"]);
		expect([search.phase, search.answered]).toEqual(["ready", "lab"]);
	});
	test("results stay while others are looked for, and go with the text", async () => {
		const { search, answer, texts, asked } = byHand();
		search.type("lab");
		await answer(ok(pageOf(["label"])));
		search.type("labe");
		expect(texts()).toEqual(["label"]);
		search.type(" ");
		expect(search.phase).toBe("idle");
		expect(texts()).toEqual([]);
		await answer(ok(pageOf(["late"])));
		expect(texts()).toEqual([]);
		search.type("van");
		expect(asked().at(-1)?.query).toBe("van");
		await answer(ok(pageOf(["van 3"])));
		expect(texts()).toEqual(["van 3"]);
	});
	test("pages are added once, and dropped when something else was typed meanwhile", async () => {
		const { search, asked, answer, texts } = byHand();
		search.type("lab");
		await answer(ok(pageOf(["newest"], "after newest")));
		const first = search.hits[0];
		void search.more();
		void search.more();
		expect(asked().map(({ before }) => before)).toEqual([null, "after newest"]);
		const second = pageOf(["older"], "after older");
		await answer(ok({ ...second, hits: [...(first === undefined ? [] : [first]), ...second.hits] }));
		expect(texts()).toEqual(["newest", "older"]);
		void search.more();
		search.type("van");
		await answer(ok(pageOf(["too late"])));
		expect(texts()).toEqual(["newest", "older"]);
		await answer(ok(pageOf(["van 3"])));
		expect(texts()).toEqual(["van 3"]);
		expect(search.hasMore).toBe(false);
	});
	test("a failure is told and can be tried again; of a further page the results stay", async () => {
		const { search, answer, texts } = byHand();
		search.type("lab");
		await answer({ ok: false, error: { code: "storage.failing" } });
		expect([search.phase, search.problem?.code]).toEqual(["failed", "storage.failing"]);
		void search.ask();
		await answer(ok(pageOf(["label"], "next")));
		expect(search.problem).toBeNull();
		void search.more();
		await answer({ ok: false, error: { code: "storage.failing" } });
		expect([search.phase, search.problem?.code]).toEqual(["ready", "storage.failing"]);
		expect(texts()).toEqual(["label"]);
	});
	test("what is not in the index yet is asked for again, while the window can be seen", async () => {
		const { search, asked, answer, surroundings } = byHand();
		search.type("lab");
		await answer(ok(pageOf(["label"], null, 12)));
		surroundings.isVisible = false;
		surroundings.advance(10_000);
		expect(asked()).toHaveLength(1);
		surroundings.isVisible = true;
		void search.ask();
		await answer(ok(pageOf(["label"], null, 3)));
		surroundings.advance(2000);
		expect(asked()).toHaveLength(3);
		await answer(ok(pageOf(["label"])));
		surroundings.advance(60_000);
		expect(asked()).toHaveLength(3);
	});
	test("groups stand in the order of their newest hit", async () => {
		const { search, answer } = byHand();
		const will = sample.people[1] ?? sample.ana;
		const ofWill = sample.hit(sample.message(will, "b", sample.at(9, 30)), "b");
		search.type("x");
		await answer(ok({ ...pageOf([]), hits: [hitOf("a"), ofWill, hitOf("c")] }));
		expect(search.groups.map(({ conversationId, hits }) => [conversationId, hits.length])).toEqual([
			[sample.ana.id, 2],
			[will.id, 1],
		]);
	});
});
