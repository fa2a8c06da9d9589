import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { asEntryId } from "../../../../../shared/ids.ts";
import { prepareDatabase } from "../open/prepare.ts";
import { openDatabase, type SqlDatabase } from "../sqlite-driver.ts";
import { DatabaseStore } from "../sync-store.ts";
import { conversation, message, names, query } from "./testing.ts";
import { wordsOf } from "./words.ts";

/**
 * 1000 random lives of a store: messages come, change and go, the index is written in small steps, and the process
 * dies at any moment, also in the middle of a step. A death is what is left of it: the files as they are then.
 */

class Death extends Error {}

/** Dies at the `left`-th statement from now on, and from then on for good. */
function mortal(database: SqlDatabase, life: { left: number }): SqlDatabase {
	return new Proxy(database, {
		get(target, name) {
			const value = Reflect.get(target, name, target) as unknown;
			if (typeof value !== "function") return value;
			return (...args: readonly unknown[]): unknown => {
				if (name === "run" || name === "insert") {
					life.left -= 1;
					if (life.left < 0) throw new Death();
				}
				return Reflect.apply(value, target, args) as unknown;
			};
		},
	});
}

const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "trunkline-search-"));
/** A new database is a copy of this one: the migrations have tests of their own. */
const template = join(folder, "template.db");
const words = ["alpha", "beta", "gamma", "delta", "東京", "555-0199"];

class Life {
	readonly expected = new Map<string, string>();
	readonly #life = { left: Infinity };
	#number = 0;
	#path: string;
	#database: SqlDatabase;
	store: DatabaseStore;

	constructor(name: string) {
		this.#path = join(folder, `${name}-0.db`);
		copyFileSync(template, this.#path);
		[this.#database, this.store] = this.#open();
	}

	add(ats: readonly number[]): void {
		const entries = ats.map((at) => {
			const name = `m${String((this.#number += 1))}`;
			const text = `${words[at % words.length] ?? ""} ${words[(at * 7) % words.length] ?? ""}`;
			return message(name, text, at);
		});
		this.store.write({ entries });
		for (const entry of entries) this.expected.set(String(entry.id), entry.text);
	}

	change(pick: number, word: number): void {
		const name = [...this.expected.keys()][pick % Math.max(1, this.expected.size)];
		if (name === undefined) return;
		const text = `${words[word % words.length] ?? ""} changed`;
		const delivery = {
			state: "sent",
			since: word,
			queueReason: null,
			problem: null,
			retryAllowed: false,
			undoUntil: null,
		} as const;
		this.store.write({
			deliveries: [{ id: asEntryId(name), delivery, text, ...(word % 2 === 0 ? { at: word } : {}) }],
		});
		this.expected.set(name, text);
	}

	remove(pick: number): void {
		const name = [...this.expected.keys()][pick % Math.max(1, this.expected.size)];
		if (name === undefined) return;
		this.store.write({ removed: [asEntryId(name)] });
		this.expected.delete(name);
	}

	/** Steps of the index, death at the given statement of them. */
	index(statements: number): void {
		this.#life.left = statements;
		try {
			for (let step = 0; step < 20 && this.store.messageSearch.step(1); step++);
			this.#life.left = Infinity;
		} catch (error) {
			if (!(error instanceof Death)) throw error;
			this.die();
		}
	}

	/** What a killed process leaves: its files, without closing. */
	die(): void {
		const path = join(folder, `${String(Math.random()).slice(2)}.db`);
		for (const end of ["", "-wal"])
			if (existsSync(this.#path + end)) copyFileSync(this.#path + end, path + end);
		this.end();
		this.#path = path;
		this.#life.left = Infinity;
		[this.#database, this.store] = this.#open();
	}

	end(): void {
		this.#database.close();
		for (const end of ["", "-wal", "-shm"]) rmSync(this.#path + end, { force: true });
	}

	compare(): void {
		this.store.messageSearch.catchUp();
		for (const word of [...words, "changed"]) {
			const expected = [...this.expected].filter(([, text]) => text.split(" ").includes(word));
			const found = names(this.store.search(query(word, { limit: 100 })));
			expect([...found].sort(), word).toEqual(expected.map(([name]) => name).sort());
		}
		expect(this.store.messageSearch.check("whole")).toBe(true);
		expect(this.#indexed()).toEqual(this.#stored());
		const left = this.#database.get("SELECT count(*) AS count FROM search_rows") as { count: number };
		expect(left.count).toBe(this.expected.size);
	}

	/** Every word in the index with the message it is said to be in, whether or not a search would show it. */
	#indexed(): readonly string[] {
		this.#database.exec(
			"CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab(main, search_text, instance)",
		);
		const rows = this.#database.all(
			`SELECT e.id, v.term FROM temp.words AS v LEFT JOIN search_rows AS r ON r.key = v.doc
			LEFT JOIN entries AS e ON e.row = r.entry WHERE v.col = 'text'`,
		) as { id: string | null; term: string }[];
		return rows.map(({ id, term }) => `${id ?? "nobody"} ${term}`).sort();
	}

	#stored(): readonly string[] {
		return [...this.expected]
			.flatMap(([name, text]) => wordsOf(text).map((word) => `${name} ${word.folded}`))
			.sort();
	}

	#open(): [SqlDatabase, DatabaseStore] {
		const database = openDatabase({ path: this.#path, access: "write" });
		prepareDatabase(database);
		database.exec("PRAGMA synchronous = OFF");
		const store = new DatabaseStore(mortal(database, this.#life));
		store.messageSearch.prepare();
		return [database, store];
	}
}

type Event =
	| { readonly kind: "add"; readonly ats: readonly number[] }
	| { readonly kind: "change"; readonly pick: number; readonly word: number }
	| { readonly kind: "remove"; readonly pick: number }
	| { readonly kind: "index"; readonly statements: number }
	| { readonly kind: "prune"; readonly before: number }
	| { readonly kind: "die" };

const event: fc.Arbitrary<Event> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant("add"),
			ats: fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant("change"), pick: fc.nat(50), word: fc.nat(40) }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant("remove"), pick: fc.nat(50) }) },
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant("index"), statements: fc.nat(60) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("prune"), before: fc.nat(40) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("die") }) },
);

function live(life: Life, one: Event): void {
	switch (one.kind) {
		case "add":
			life.add(one.ats);
			break;
		case "change":
			life.change(one.pick, one.word);
			break;
		case "remove":
			life.remove(one.pick);
			break;
		case "index":
			life.index(one.statements);
			break;
		case "prune":
			for (const { id } of life.store.prune(one.before, 5).removed) life.expected.delete(String(id));
			break;
		case "die":
			life.die();
			break;
	}
}

test(
	"in 1000 random lives with deaths at any statement, what is found is what is stored",
	{ timeout: 300_000 },
	() => {
		let number = 0;
		const empty = openDatabase({ path: template, access: "write" });
		prepareDatabase(empty);
		new DatabaseStore(empty).write({ conversations: [conversation("one")] });
		empty.close();
		try {
			fc.assert(
				fc.property(fc.array(event, { minLength: 3, maxLength: 14 }), (events) => {
					const life = new Life(String((number += 1)));
					try {
						for (const one of events) live(life, one);
						life.compare();
					} finally {
						life.end();
					}
				}),
				{ numRuns: 1000 },
			);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	},
);
