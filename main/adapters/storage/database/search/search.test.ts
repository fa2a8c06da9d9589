import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { asEntryId } from "../../../../../shared/ids.ts";
import type { NewEntry } from "../../../../core/ports/stores.ts";
import { prepareDatabase } from "../open/prepare.ts";
import { openDatabase } from "../sqlite-driver.ts";
import { DatabaseStore } from "../sync-store.ts";
import { MessageSearch } from "./message-search.ts";
import { conversation, message, names, query, queued, shown } from "./testing.ts";

function emptyStore() {
	const database = openDatabase({ path: ":memory:", access: "write" });
	prepareDatabase(database);
	const store = new DatabaseStore(database);
	store.messageSearch.prepare();
	store.write({ conversations: [conversation("one"), conversation("two")] });
	return { database, store };
}

function storeWith(...entries: readonly NewEntry[]) {
	const made = emptyStore();
	made.store.write({ entries });
	made.store.messageSearch.catchUp();
	return made;
}

test.each([
	["koln", "Straße in [Köln] gesperrt"],
	["STRASSE", "[Straße] in Köln gesperrt"],
	["koln in gesp", "Straße [in] [Köln] [gesperrt]"],
	["京都", "東[京都]に行きます"],
	["에서", "서울[에서] 만나요"],
	["👩‍💻", "ask the [👩🏽‍💻] 👍🏿"],
	["👍", "ask the 👩🏽‍💻 [👍🏿]"],
	["anna@example.com", "mail [anna@example.com] or Anna, example"],
	["555 0199", "call +1 ([555) 0199]-23 please"],
	["01 99", "call +1 (555) [0199]-23 please"],
	["call 19923", "[call] +1 (555) 0[199-23] please"],
	["10 30", "[10] of us at half past [30]"],
	["2026-11", "until [2026-11]-30, or room [2026 11]"],
	["a AND b", "say [a], [and], [b]"],
	['"say', "[say] a, and, b"],
	["it's", "So [it's] over"],
	["nul café", "[nul]\0 [café]"],
])("%j is found", (typed, expected) => {
	const { store } = storeWith(
		...[
			"Straße in Köln gesperrt",
			"東京都に行きます",
			"서울에서 만나요",
			"ask the 👩🏽‍💻 👍🏿",
			"mail anna@example.com or Anna, example",
			"call +1 (555) 0199-23 please",
			"10 of us at half past 30",
			"until 2026-11-30, or room 2026 11",
			"say a, and, b",
			"So it's over",
			"nul\0 café",
			"something else",
		].map((text, index) => message(`m${String(index)}`, text, index)),
	);
	expect(store.search(query(typed)).hits.map((hit) => shown(hit.snippet))).toEqual([expected]);
});

test.each(["*", '"', "()", " ", "-", "\0", "\ud83d", "^", "🏽", "zebra", "Köln zebra", "5550199231", "koe"])(
	"%j finds nothing and is no error",
	(typed) => {
		const { store } = storeWith(
			message("m", 'Köln (555) 0199-23 👍🏽 * " ^', 1),
			message("n", "call 555 and then 0199231", 2),
		);
		expect(store.search(query(typed))).toEqual({ hits: [], people: [], next: null, notIndexed: 0 });
	},
);

test("newest first by time, also when old messages come long after newer ones, page by page", () => {
	const { store } = storeWith(
		...[50, 10, 40, 20].map((at) => message(`at-${String(at)}`, "hello there", at)),
	);
	store.write({ entries: [message("at-30", "hello again", 30), message("at-60", "hello", 60)] });
	store.messageSearch.catchUp();
	const first = store.search(query("hel", { limit: 4 }));
	expect(names(first)).toEqual(["at-60", "at-50", "at-40", "at-30"]);
	const second = store.search(query("hel", { limit: 4, before: first.next }));
	expect([names(second), second.next]).toEqual([["at-20", "at-10"], null]);
	expect(names(store.search(query("hello", { before: "not a cursor!" })))).toHaveLength(6);
});

test("any time a server may give has its place", () => {
	const { store } = storeWith(
		...[Number.NaN, -5, 0, 1.5, 8e15, Infinity].map((at, index) =>
			message(`m${String(index)}`, "odd", at),
		),
		...Array.from({ length: 5000 }, (_, index) => message(`same-${String(index)}`, "same", 8e15)),
	);
	expect(store.search(query("odd")).hits).toHaveLength(6);
	expect(store.search(query("same", { limit: 100 })).hits).toHaveLength(100);
	expect(store.messageSearch.check("whole")).toBe(true);
});

test("within one conversation only its messages are found, and no people", () => {
	const { store } = storeWith(
		message("first", "hello one", 1),
		message("second", "hello two", 2, { in: "two" }),
	);
	const page = store.search(query("one", { within: "two" }));
	expect([page.hits, page.people]).toEqual([[], []]);
	expect(names(store.search(query("hello", { within: "two" })))).toEqual(["second"]);
	expect(names(store.search(query("hello", { within: "nobody" })))).toEqual([]);
});

test("conversations are found by name and number, the latest first, at most ten", () => {
	const { store } = emptyStore();
	store.write({
		conversations: [
			conversation("c1", { name: "Zoë Müller", address: "+49 221 555-0199", createdAt: 3 }),
			conversation("c2", { name: null, address: "agent.zoe@desk", createdAt: 2 }),
			...Array.from({ length: 20 }, (_, index) =>
				conversation(`many${String(index)}`, { name: "Many People", createdAt: index }),
			),
		],
	});
	store.messageSearch.catchUp();
	const people = (typed: string): readonly string[] =>
		store.search(query(typed)).people.map((person) => shown(person.name));
	expect(people("zoe")).toEqual(["[Zoë] Müller", "agent.[zoe]@desk"]);
	expect(people("mull zo")).toEqual(["[Zoë] [Müller]"]);
	expect(people("1555 01")).toEqual(["Zoë Müller +49 22[1 555-01]99"]);
	expect(people("zoe 99999")).toEqual([]);
	expect(people("people")).toHaveLength(10);
	expect(store.search(query("people")).people[0]?.conversationId).toBe("many19");
	store.write({ patches: [{ id: conversation("c1").id, patch: { name: "Anna" } }] });
	store.messageSearch.catchUp();
	expect(people("zoe")).toEqual(["agent.[zoe]@desk"]);
	expect(people("anna")).toEqual(["[Anna]"]);
});

test("what changes or goes leaves the index; nothing of it stays there", () => {
	const { database, store } = storeWith(
		message("stays", "quokka stays", 1),
		message("goes", "wombat 5550199", 2),
		queued("mine", "numbat here", 3),
	);
	store.write({
		removed: [asEntryId("goes")],
		deliveries: [
			{
				id: asEntryId("mine"),
				delivery: {
					state: "sent",
					since: 9,
					queueReason: null,
					problem: null,
					retryAllowed: false,
					undoUntil: null,
				},
				text: "bandicoot here",
				at: 9,
				remoteId: "server",
			},
		],
	});
	expect(store.search(query("wombat")).hits).toEqual([]);
	expect(store.search(query("numbat")).hits).toEqual([]);
	store.messageSearch.catchUp();
	expect(store.search(query("0199")).hits).toEqual([]);
	expect(names(store.search(query("bandi")))).toEqual(["mine"]);
	expect(store.messageSearch.check("whole")).toBe(true);
	database.exec("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, search_text, row)");
	const terms = database.all("SELECT term FROM temp.vocabulary") as { term: string }[];
	expect(terms.filter(({ term }) => /wombat|numbat/.test(term))).toEqual([]);
	expect(terms.filter(({ term }) => term >= "\ue000" && term < "\uf001")).toEqual([]);
});

test("says how many messages are not in the index yet; a message of a moment ago is found", () => {
	const { database, store } = emptyStore();
	store.write({
		entries: Array.from({ length: 3000 }, (_, index) => message(`m${String(index)}`, "hello", index)),
	});
	const { notIndexed, hits } = store.search(query("hello", { limit: 1 }));
	expect(hits[0]?.entryId).toBe("m2999");
	const left = database.get("SELECT count(*) AS left FROM search_pending");
	expect({ left: notIndexed }).toEqual(left);
	expect(notIndexed).toBeGreaterThan(0);
	store.messageSearch.catchUp();
	expect(store.search(query("hello")).notIndexed).toBe(0);
});

test("an index that is damaged, or was made by other rules, is made anew", () => {
	const { database, store } = storeWith(message("m", "hello world", 1), message("n", "hello", 2));
	expect(store.messageSearch.check("whole")).toBe(true);
	database.run("INSERT INTO search_text (search_text) VALUES ('delete-all')");
	expect(store.messageSearch.check()).toBe(false);
	store.messageSearch.rebuild();
	store.messageSearch.catchUp();
	expect(store.messageSearch.check("whole")).toBe(true);
	expect(names(store.search(query("hello")))).toEqual(["n", "m"]);

	database.run("DELETE FROM search_rows WHERE key = 2048");
	expect(store.messageSearch.check("whole")).toBe(false);
	database.run("UPDATE meta SET value = 'older' WHERE key = 'search'");
	store.messageSearch.prepare();
	expect(store.search(query("xyzzy")).notIndexed).toBeLessThan(3);
	store.messageSearch.catchUp();
	expect(store.messageSearch.check("whole")).toBe(true);
});

test("an index that cannot be read is made anew by the search that finds that out; no message is touched", () => {
	const folder = mkdtempSync(join(tmpdir(), "trunkline-search-"));
	try {
		const path = join(folder, "messages.db");
		const open = () => {
			const database = openDatabase({ path, access: "write" });
			prepareDatabase(database);
			return { database, store: new DatabaseStore(database) };
		};
		const first = open();
		first.store.write({
			conversations: [conversation("one")],
			entries: Array.from({ length: 500 }, (_, index) =>
				message(`m${String(index)}`, "hello world", index),
			),
		});
		first.store.messageSearch.catchUp();
		first.store.close();
		damageIndex(path);
		const { database, store } = open();
		expect(store.messageSearch.check("whole")).toBe(false);
		store.search(query("hello"));
		store.messageSearch.catchUp();
		expect(store.search(query("hello")).hits).toHaveLength(50);
		expect(store.messageSearch.check("whole")).toBe(true);
		expect(database.get("SELECT count(*) AS count FROM entries")).toEqual({ count: 500 });
		store.close();
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});

/** As a bad sector would: nonsense in a page of the index, past the driver, which rightly refuses to write there. */
function damageIndex(path: string): void {
	const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
	const database = new DatabaseSync(path, { defensive: false });
	database.exec("UPDATE search_text_data SET block = randomblob(length(block)) WHERE id > 10");
	database.close();
}

test("a common last word and a rare one, longer than the prefix index, are found alike and in order", () => {
	const { store } = storeWith(
		...Array.from({ length: 3000 }, (_, index) =>
			message(
				`m${String(index)}`,
				index % 700 === 5 ? "theremin" : index % 2 === 0 ? "there" : "these",
				index,
			),
		),
	);
	expect(names(store.search(query("there", { limit: 3 })))).toEqual(["m2998", "m2996", "m2994"]);
	expect(names(store.search(query("therem")))).toEqual(["m2805", "m2105", "m1405", "m705", "m5"]);
	let before: string | null = null;
	const all: string[] = [];
	do {
		const page = store.search(query("there", { limit: 97, before }));
		all.push(...names(page));
		before = page.next;
	} while (before !== null);
	expect(all).toHaveLength(1505);
	expect(new Set(all).size).toBe(1505);
});

test(
	"short pages of what takes long come to the same in the end: newest first, each once, none left out",
	{
		timeout: 60_000,
	},
	() => {
		const database = openDatabase({ path: ":memory:", access: "write" });
		prepareDatabase(database);
		const store = new DatabaseStore(database);
		store.write({ conversations: [conversation("one"), conversation("two")] });
		const words = ["the", "of", "theory", "offer"];
		const text = (index: number): string =>
			`${words[index % 4] ?? ""} ${words[(index >> 2) % 4] ?? ""}${index % 997 === 0 ? " quokka" : ""} ${String(index % 7)}`;
		for (let from = 0; from < 25_000; from += 1000) {
			const entries = Array.from({ length: 1000 }, (_, index) => from + index).map((index) =>
				message(`m${String(index)}`, text(index), index, { in: index % 3 === 0 ? "two" : "one" }),
			);
			store.write({ entries });
		}
		store.messageSearch.catchUp();
		// A clock that says that time is over whenever it is asked.
		let time = 0;
		const search = new MessageSearch(database, () => (time += 1000));
		const all = (typed: string, within?: string, limit = 100): readonly string[] => {
			const found: string[] = [];
			let before: string | null = null;
			do {
				const page = search.search(
					query(typed, { before, limit, ...(within === undefined ? {} : { within }) }),
				);
				found.push(...names(page));
				before = page.next;
			} while (before !== null);
			return found;
		};
		const stored = (fits: (text: string, index: number) => boolean): readonly string[] =>
			Array.from({ length: 25_000 }, (_, index) => 24_999 - index)
				.filter((index) => fits(text(index), index))
				.map((index) => `m${String(index)}`);
		expect(all("quokka the")).toEqual(stored((one) => /\bquokka\b/.test(one) && /\bthe/.test(one)));
		expect(all("quokka the", undefined, 3)).toEqual(all("quokka the"));
		expect(all("quokka 3")).toEqual(stored((one) => one.endsWith("quokka 3")));
		expect(all("of.theo")).toEqual(stored((one) => one.startsWith("of theory")));
		expect(all("offer of 5", "two")).toEqual(
			stored(
				(one, index) =>
					index % 3 === 0 && /offer/.test(one) && /\bof\b/.test(one) && one.endsWith("5"),
			),
		);
		expect(all("theor")).toEqual(stored((one) => one.includes("theory")));
	},
);

const oneStore = storeWith(
	message("m1", 'The quick (brown) fox; "jumps" over 555-0199 -- AND OR NOT NEAR', 1),
	message("m2", "東京都に行きます 👩🏽‍💻 ÄÖÜ ß", 2),
).store;

test("whatever is typed is no error", { timeout: 60_000 }, () => {
	const pieces = [
		'"',
		"*",
		"AND",
		"OR",
		"NOT",
		"NEAR(",
		")",
		"(",
		":",
		"text:",
		"-",
		"^",
		"+",
		"{",
		"}",
		"\0",
		"'",
		"a",
		"東",
		"👩",
		"\ud800",
		"555",
		"\u202e",
		"é",
		";--",
		"\n",
	];
	const typed = fc.oneof(
		fc.string({ unit: "binary", maxLength: 500 }),
		fc
			.string({ unit: fc.constantFrom(...pieces, " "), maxLength: 500 })
			.map((text) => text.slice(0, 500)),
		fc.string({
			unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
			maxLength: 500,
		}),
	);
	fc.assert(
		fc.property(typed, (text) => {
			const page = oneStore.search(query(text));
			expect(page.hits.length).toBeLessThanOrEqual(2);
			oneStore.search(query(text, { within: "one", before: text.slice(0, 100), limit: 1 }));
		}),
		{ numRuns: 300 },
	);
});

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const anyText = fc.oneof(
	fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }),
	fc
		.array(
			fc.constantFrom(
				"Straße",
				"東京都",
				"👩🏽‍💻",
				"+1 (555) 0199",
				"don't",
				"हिन्दी",
				"a\nb",
				"é",
				"the",
				"👍🏿👍",
				"🇩🇪",
				"x_y",
				"\r\n",
				"1️⃣",
			),
			{ minLength: 1, maxLength: 60 },
		)
		.map((words) => words.join(" ")),
);

test(
	"every piece of a text finds it, and the snippet is a piece of the text with what was typed in it",
	{ timeout: 60_000 },
	() => {
		const { store } = emptyStore();
		let number = 0;
		fc.assert(
			fc.property(anyText, fc.nat(), fc.nat(), (text, from, size) => {
				const clean = text.toWellFormed();
				const id = `p${String((number += 1))}`;
				store.write({ entries: [message(id, clean, 1000 + number)] });
				store.messageSearch.catchUp();
				const spaced = [...graphemes.segment(clean)];
				const start = from % spaced.length;
				// Whole words, but for the last one.
				const first =
					start === 0 ? 0 : spaced.slice(start).findIndex(({ segment }) => /^\s/u.test(segment));
				const begin = start === 0 ? 0 : first < 0 ? 0 : start + first;
				const typed = spaced
					.slice(begin, begin + 1 + (size % 40))
					.map(({ segment }) => segment)
					.join("");
				try {
					const page = store.search(query(typed, { limit: 1 }));
					if (page.hits.length === 0)
						// Decomposed: some letters are nothing but a space and marks.
						expect(typed.normalize("NFKD")).toMatch(
							/^(?:\$|[^\p{L}\p{N}\p{So}\p{Sc}\p{RI}\p{Extended_Pictographic}])*$/u,
						);
					for (const hit of page.hits) {
						expect(hit.entryId).toBe(id);
						const joined = hit.snippet.map((part) => part.text).join("");
						expect(clean.replace(/[\n\v\f\r\u0085\u2028\u2029]/g, " ")).toContain(joined);
						expect(hit.snippet.some((part) => part.hit)).toBe(true);
						expect(joined.length).toBeLessThanOrEqual(160 + 80);
						expect(hit.snippet.every((part) => part.text !== "")).toBe(true);
					}
				} finally {
					store.write({ removed: [asEntryId(id)] });
				}
				expect(names(store.search(query(typed, { limit: 1 })))).toEqual([]);
			}),
			{ numRuns: 300 },
		);
		store.messageSearch.catchUp();
		expect(store.messageSearch.check("whole")).toBe(true);
	},
);
