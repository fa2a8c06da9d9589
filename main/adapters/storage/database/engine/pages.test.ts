import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asConversationId, asEntryId } from "../../../../../shared/ids.ts";
import type { Entry } from "../../../../../shared/model.ts";
import { orderStart } from "../../../../../shared/order.ts";
import type { PageAt } from "../../../../core/ports/stores.ts";
import { prepareDatabase } from "../open/prepare.ts";
import { openDatabase } from "../sqlite-driver.ts";
import { DatabaseStore } from "../sync-store.ts";
import { incoming, newConversation } from "../testing/samples.ts";
import { pageStatements } from "./pages.ts";

const open = () => {
	const database = openDatabase({ path: ":memory:", access: "write" });
	prepareDatabase(database);
	return { database, store: new DatabaseStore(database) };
};

test("a page is found by the index alone, and then row by row, however many entries there are", () => {
	const { database } = open();
	const plan = (sql: string, ...values: readonly (string | number)[]): string =>
		(database.all(`EXPLAIN QUERY PLAN ${sql}`, ...values) as { detail: string }[])
			.map(({ detail }) => detail)
			.join("; ");
	for (const [sql, sign] of [
		[pageStatements.olderThan, "<"],
		[pageStatements.newerThan, ">"],
	] as const)
		expect(plan(sql, 1, "x", 9)).toBe(
			`SEARCH entries USING COVERING INDEX entries_by_place (conversation=? AND place${sign}?)`,
		);
	expect(plan(pageStatements.wholeRows, "[1]")).toBe(
		"SCAN j VIRTUAL TABLE INDEX 1:; SEARCH e USING INTEGER PRIMARY KEY (rowid=?); " +
			"SEARCH c USING INTEGER PRIMARY KEY (rowid=?)",
	);
});

/** Few times and ids of several systems, so that many entries stand at one place. */
const said = fc.array(
	fc.record({
		conversation: fc.integer({ min: 0, max: 3 }),
		at: fc.integer({ min: 1, max: 6 }),
		remoteId: fc.option(fc.constantFrom("a", "b", "c"), { nil: null }),
	}),
	{ maxLength: 50 },
);

const conversations = [0, 1, 2, 3].map((number) => asConversationId(`c${String(number)}`));

const byPlace = (one: Entry, other: Entry): number =>
	one.order === other.order
		? one.conversationId < other.conversationId
			? -1
			: 1
		: one.order < other.order
			? -1
			: 1;

test(
	"pages over several conversations are the merge of theirs: nothing left out, nothing twice, in both directions",
	{ timeout: 60_000 },
	() => {
		fc.assert(
			fc.property(
				said,
				fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
				fc.integer({ min: 1, max: 7 }),
				(entries, chosen, limit) => {
					const { store } = open();
					// An account each: the same id of two systems is two messages at one place.
					store.write({
						conversations: conversations.map((id) => newConversation(id, id as never)),
						entries: entries.map((one, index) =>
							incoming(`e${String(index)}`, one.at, {
								conversationId: conversations[one.conversation] ?? asConversationId("none"),
								remoteId: one.remoteId === null ? null : `${one.remoteId}${String(one.at)}`,
								localTime: one.remoteId === null,
							}),
						),
					});
					const ids = chosen.map((number) => conversations[number] ?? asConversationId("none"));
					const whole = ids
						.flatMap((id) => store.page(id, { kind: "newest" }, 1000).entries)
						.sort(byPlace);
					const page = (at: PageAt, size = limit) => store.page([...ids, ...ids], at, size);

					expect(page({ kind: "newest" }, 1000)).toEqual({
						entries: whole,
						hasOlder: false,
						hasNewer: false,
					});
					const backwards: Entry[] = [];
					for (let at: PageAt = { kind: "newest" }; ;) {
						const { entries: found, hasOlder, hasNewer } = page(at);
						expect(hasNewer).toBe(backwards.length > 0);
						backwards.unshift(...found);
						expect(found.length).toBeLessThan(limit + ids.length);
						if (!hasOlder) break;
						expect(found.length).toBeGreaterThanOrEqual(limit);
						at = { kind: "older", than: found[0]?.order ?? "" };
					}
					expect(backwards).toEqual(whole);
					const forwards: Entry[] = [];
					for (let than = orderStart; ;) {
						const { entries: found, hasOlder, hasNewer } = page({ kind: "newer", than });
						expect(hasOlder).toBe(forwards.length > 0);
						forwards.push(...found);
						if (!hasNewer) break;
						than = found.at(-1)?.order ?? "";
					}
					expect(forwards).toEqual(whole);
					for (const entry of whole) {
						const around = page({ kind: "around", entryId: entry.id });
						const first = whole.findIndex(({ id }) => id === around.entries[0]?.id);
						expect(around.entries).toContainEqual(entry);
						expect(around.entries).toEqual(whole.slice(first, first + around.entries.length));
						expect([around.hasOlder, around.hasNewer]).toEqual([
							first > 0,
							first + around.entries.length < whole.length,
						]);
					}
					expect(page({ kind: "around", entryId: asEntryId("nobody") })).toEqual(
						page({ kind: "newest" }),
					);
					store.close();
				},
			),
			{ numRuns: 200 },
		);
	},
);

test("no conversation, or none that is there, is an empty timeline; an entry of another is no middle", () => {
	const { store } = open();
	const empty = { entries: [], hasOlder: false, hasNewer: false };
	expect(store.page([], { kind: "newest" }, 5)).toEqual(empty);
	store.write({
		conversations: conversations.map((id) => newConversation(id)),
		entries: [0, 1].map((number) =>
			incoming(`e${String(number)}`, 1, {
				conversationId: conversations[number] ?? asConversationId("x"),
			}),
		),
	});
	const [first, , third] = conversations;
	expect(
		store.page([asConversationId("x"), ...(third === undefined ? [] : [third])], { kind: "newest" }, 5),
	).toEqual(empty);
	const page = store.page(first ?? [], { kind: "around", entryId: asEntryId("e1") }, 5);
	expect(page.entries.map(({ id }) => id)).toEqual(["e0"]);
});
