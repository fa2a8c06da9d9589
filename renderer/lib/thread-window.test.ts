import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EntryId } from "../../shared/ids.ts";
import type { Entry } from "../../shared/model.ts";
import { arrivalOrder } from "../../shared/order.ts";
import * as sample from "../testing/samples.ts";
import { changed, joined, trimmed, windowSize, type Piece } from "./thread-window.ts";

const { ana } = sample;
/** The entry that stands at `place`; `version` tells two states of it apart. */
const entryAt = (place: number, version = ""): Entry => ({
	...sample.message(ana, version, place),
	id: `at ${String(place)}` as EntryId,
	order: arrivalOrder(place, 1, null),
});
const places = (piece: Piece): number[] => piece.entries.map((entry) => entry.at);
const range = (from: number, to: number): Entry[] =>
	Array.from({ length: to - from }, (_, index) => entryAt(from + index));
const pieceOf = (from: number, to: number, all = 1000): Piece => ({
	entries: range(from, to),
	hasOlder: from > 0,
	hasNewer: to < all,
});
const none = new Set<EntryId>();

describe("changes", () => {
	test("come in between, replace, and go; beyond an open end nothing is kept", () => {
		const piece: Piece = { entries: [entryAt(10), entryAt(20)], hasOlder: true, hasNewer: true };
		const after = changed(
			piece,
			[entryAt(15), entryAt(20, "new"), entryAt(5), entryAt(25)],
			new Set([entryAt(10).id]),
		);
		expect(places(after)).toEqual([15, 20]);
		expect(after.entries[1]).toMatchObject({ text: "new" });
	});
	test("at a closed end they join", () => {
		const piece: Piece = { entries: [entryAt(10)], hasOlder: false, hasNewer: false };
		expect(places(changed(piece, [entryAt(12), entryAt(5)], none))).toEqual([5, 10, 12]);
	});
	test("a text that was given another time moves, or leaves a window that ends before it", () => {
		const [one, two, three] = range(1, 4);
		if (one === undefined || two === undefined || three === undefined) throw new Error("sample");
		const moved = { ...one, order: arrivalOrder(9, 1, null) };
		const open: Piece = { entries: [one, two, three], hasOlder: false, hasNewer: false };
		expect(changed(open, [moved], none).entries.map(({ id }) => id)).toEqual([two.id, three.id, one.id]);
		const further = changed({ ...open, hasNewer: true }, [moved], none);
		expect(further.entries.map(({ id }) => id)).toEqual([two.id, three.id]);
	});
});

describe("pages", () => {
	test("join at their side and bring its end along; what is known stays as it is", () => {
		const piece: Piece = { ...pieceOf(50, 60), entries: [entryAt(50, "known"), ...range(51, 60)] };
		const page: Piece = {
			entries: [...range(40, 50), entryAt(50, "old")],
			hasOlder: false,
			hasNewer: true,
		};
		const after = joined(piece, page, "older", entryAt(50).order);
		expect(after === null ? null : places(after)).toEqual(places(pieceOf(40, 60)));
		expect(after).toMatchObject({ hasOlder: false, hasNewer: true });
		expect(after?.entries[10]).toMatchObject({ text: "known" });
	});
	test("are dropped when the window has let go of where they begin", () => {
		expect(joined(pieceOf(55, 60), pieceOf(40, 50), "older", entryAt(50).order)).toBeNull();
		expect(joined(pieceOf(50, 55), pieceOf(60, 70), "newer", entryAt(59).order)).toBeNull();
	});
});

describe("letting go", () => {
	const sightOf = (first: number, last: number): { first: EntryId; last: EntryId } => ({
		first: entryAt(first).id,
		last: entryAt(last).id,
	});
	test("begins at the end that is further from the eye", () => {
		const up = trimmed(pieceOf(100, 340), sightOf(160, 175));
		expect(up.entries).toHaveLength(windowSize);
		expect(places(up)[0]).toBe(100);
		expect(up.hasNewer).toBe(true);
		const down = trimmed(pieceOf(100, 340), sightOf(300, 315));
		expect(places(down).at(-1)).toBe(339);
		expect(down).toMatchObject({ hasOlder: true, entries: { length: windowSize } });
	});
	test("keeps the newest when nothing is known of the eye", () => {
		expect(places(trimmed(pieceOf(0, 300, 300), null)).at(-1)).toBe(299);
	});
	test("never takes what is on screen, however much that is", () => {
		const all = trimmed(pieceOf(0, 400), sightOf(5, 395));
		expect(all.entries).toHaveLength(400);
	});
});

test("whatever happens, the window is a piece of the timeline without a hole", () => {
	const step = fc.oneof(
		fc.record({ kind: fc.constant("arrive" as const), count: fc.integer({ min: 1, max: 40 }) }),
		fc.record({ kind: fc.constant("older" as const), late: fc.boolean() }),
		fc.record({ kind: fc.constant("newer" as const), late: fc.boolean() }),
		fc.record({ kind: fc.constant("look" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
		fc.record({ kind: fc.constant("remove" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, pinned) => {
			let all = range(0, 500);
			let piece: Piece = { entries: all.slice(-60), hasOlder: true, hasNewer: false };
			let eye = all.at(-1)?.id;
			const sight = (): { first: EntryId; last: EntryId } | null =>
				pinned || eye === undefined ? null : { first: eye, last: eye };
			for (const one of steps) {
				if (one.kind === "arrive") {
					const last = all.at(-1)?.at ?? 0;
					const came = range(last + 1, last + 1 + one.count);
					all = [...all, ...came];
					piece = trimmed(changed(piece, came, none), sight());
				} else if (one.kind === "look")
					eye = piece.entries[Math.floor(one.at * (piece.entries.length - 1))]?.id;
				else if (one.kind === "remove") {
					const gone = piece.entries[Math.floor(one.at * (piece.entries.length - 1))];
					if (gone === undefined || gone.id === eye) continue;
					all = all.filter((entry) => entry.id !== gone.id);
					piece = changed(piece, [], new Set([gone.id]));
				} else {
					const older = one.kind === "older";
					const edge = older ? piece.entries[0] : piece.entries.at(-1);
					if (edge === undefined || !(older ? piece.hasOlder : piece.hasNewer)) continue;
					const index = all.findIndex((entry) => entry.id === edge.id);
					const from = older ? Math.max(0, index - 60) : index + 1;
					const to = older ? index : Math.min(all.length, index + 61);
					const page = {
						entries: all.slice(from, to),
						hasOlder: from > 0,
						hasNewer: to < all.length,
					};
					// The page was read, and then something came while it was on its way.
					if (one.late) {
						const came = range((all.at(-1)?.at ?? 0) + 1, (all.at(-1)?.at ?? 0) + 30);
						all = [...all, ...came];
						piece = trimmed(changed(piece, came, none), sight());
						const after = joined(piece, page, one.kind, edge.order);
						if (after !== null) piece = changed(after, came, none);
					} else piece = joined(piece, page, one.kind, edge.order) ?? piece;
					piece = trimmed(piece, sight());
				}
				const first = all.findIndex((entry) => entry.id === piece.entries[0]?.id);
				const expected = all.slice(first, first + piece.entries.length);
				expect(piece.entries.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
				expect(piece.hasOlder).toBe(first > 0);
				expect(piece.hasNewer).toBe(first + piece.entries.length < all.length);
				if (eye !== undefined && !pinned)
					expect(piece.entries.some(({ id }) => id === eye)).toBe(true);
			}
		}),
		{ numRuns: 300 },
	);
});
