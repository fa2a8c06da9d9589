import fc from "fast-check";
import { expect, test } from "vitest";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { type OwnRow, OwnTexts } from "./own-texts.ts";
import { chatPlace, groupPlace, smsPlace } from "./places.ts";

const place = smsPlace("18585550626", ["17145550353"]);
const row = (id: string, text: string, more: Partial<OwnRow> = {}): OwnRow => ({
	id,
	at: 1000,
	text,
	mediaType: null,
	fromHere: true,
	...more,
});

function begin(own: OwnTexts, id: string, text: string, more: { mediaType?: string } = {}): void {
	own.begin({
		clientId: asClientMessageId(id),
		place,
		newGroup: false,
		text,
		wireText: text === "" ? "media" : text,
		mediaType: more.mediaType ?? null,
		at: 0,
	});
}

const claimed = (own: OwnTexts, one: OwnRow): string => {
	const claim = own.claim(one, place);
	return typeof claim === "string" ? claim : claim.clientId;
};

test("a row is claimed once, and stays claimed", () => {
	const own = new OwnTexts();
	begin(own, "a", "ok");
	own.accepted(asClientMessageId("a"), null);
	expect(claimed(own, row("1", "ok"))).toBe("a");
	expect(claimed(own, row("1", "ok"))).toBe("a");
	expect(claimed(own, row("2", "ok"))).toBe("foreign");
});

test("a text that was taken comes before one in doubt", () => {
	const own = new OwnTexts();
	begin(own, "doubt", "ok");
	own.doubtful(asClientMessageId("doubt"));
	begin(own, "taken", "ok");
	expect(claimed(own, row("1", "ok"))).toBe("wait");
	own.accepted(asClientMessageId("taken"), null);
	expect(claimed(own, row("1", "ok"))).toBe("taken");
	expect(claimed(own, row("2", "ok"))).toBe("doubt");
});

test("another client's row waits for ours, and is never a text in doubt", () => {
	const own = new OwnTexts();
	begin(own, "a", "ok");
	const theirs = row("1", "ok", { fromHere: false });
	expect(claimed(own, theirs)).toBe("wait");
	own.accepted(asClientMessageId("a"), null);
	expect(claimed(own, theirs)).toBe("wait");
	own.settled(asClientMessageId("a"));
	expect(claimed(own, theirs)).toBe("a");
	begin(own, "b", "ok");
	own.doubtful(asClientMessageId("b"));
	expect(claimed(own, row("2", "ok", { fromHere: false }))).toBe("foreign");
});

test("a medium is no text, and a group's members make it the same only while it is new", () => {
	const own = new OwnTexts();
	begin(own, "picture", "", { mediaType: "image/png" });
	own.accepted(asClientMessageId("picture"), null);
	expect(claimed(own, row("1", "media"))).toBe("foreign");
	expect(claimed(own, row("2", "media", { mediaType: "image/jpeg" }))).toBe("picture");
	const members = ["1@p", "2@p"];
	const text = { text: "hi", wireText: "hi", mediaType: null, at: 0 };
	own.begin({
		clientId: asClientMessageId("g"),
		place: groupPlace("a", members),
		newGroup: false,
		...text,
	});
	expect(own.claim(row("3", "hi"), groupPlace("b", members))).toBe("foreign");
	own.begin({ clientId: asClientMessageId("g"), place: groupPlace("a", members), newGroup: true, ...text });
	expect(own.claim(row("4", "hi"), chatPlace("1@p"))).toBe("foreign");
	expect(own.claim(row("5", "hi"), groupPlace("b", [...members].reverse()))).toMatchObject({
		clientId: "g",
		key: "group:a",
	});
});

test("an id that the server gave is the one", () => {
	const own = new OwnTexts();
	begin(own, "a", "ok");
	own.accepted(asClientMessageId("a"), null);
	begin(own, "b", "ok");
	own.accepted(asClientMessageId("b"), "7");
	expect(claimed(own, row("7", "changed by the server"))).toBe("b");
	expect(claimed(own, row("8", "ok"))).toBe("a");
});

test("whatever order things come in: no row is two texts, and no text two rows", () => {
	const step = fc.oneof(
		fc.record({
			kind: fc.constant("begin" as const),
			id: fc.nat(5),
			text: fc.constantFrom("a", "b", "7", "07"),
		}),
		fc.record({
			kind: fc.constantFrom(
				"accepted" as const,
				"doubtful" as const,
				"settled" as const,
				"drop" as const,
			),
			id: fc.nat(5),
		}),
		fc.record({
			kind: fc.constant("row" as const),
			id: fc.nat(8),
			text: fc.constantFrom("a", "b", "7"),
			fromHere: fc.constantFrom(true, false, null),
		}),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
			const own = new OwnTexts();
			const rowOf = new Map<string, string>();
			const rowTexts = new Map<number, { text: string; fromHere: boolean | null }>();
			for (const one of steps) {
				if (one.kind === "begin") {
					begin(own, String(one.id), one.text);
					rowOf.delete(String(one.id));
				} else if (one.kind !== "row") {
					const id = asClientMessageId(String(one.id));
					if (one.kind === "accepted") own.accepted(id, null);
					else own[one.kind](id);
				} else {
					// A row says the same every time.
					const said = rowTexts.get(one.id) ?? one;
					rowTexts.set(one.id, said);
					const before = own.claimed(String(one.id));
					const claim = own.claim(
						row(String(one.id), said.text, { fromHere: said.fromHere }),
						place,
					);
					if (typeof claim === "string") {
						expect(before).toBeNull();
						continue;
					}
					if (before !== null) {
						expect(claim).toBe(before);
						continue;
					}
					expect(rowOf.has(claim.clientId)).toBe(false);
					rowOf.set(claim.clientId, String(one.id));
				}
			}
		}),
	);
});
