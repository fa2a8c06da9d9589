import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as v from "valibot";
import { appError } from "../../../../shared/errors.ts";
import { canSend } from "./book-session.ts";
import { SessionBook } from "./session-book.ts";
import { imSessionSchema, type WireImSession } from "./wire.ts";

const all = ["SendMessage", "Complete", "AttachUserData"];
const wire = (key: string, state: string | null, number?: string, extra: object = {}): WireImSession =>
	v.parse(imSessionSchema, {
		path: `/im-sessions/${key}`,
		state,
		capabilities: all,
		...(number === undefined ? {} : { participants: [{ phoneNumber: number }] }),
		...extra,
	});
const types = (events: readonly { type: string }[]): string[] => events.map((event) => event.type);

test("our call: placed, matched by the dialled number, talking, completed", () => {
	const book = new SessionBook();
	expect(book.place("+1 (555) 0100", 1)).toMatchObject([
		{ type: "live", live: { id: null, phase: "calling" } },
	]);
	expect(book.callAccepted("+1 (555) 0100")).toMatchObject([{ type: "stretch", what: "calling" }]);
	expect(book.seen(wire("A", "Initiating", "15550100"), 2, null)).toMatchObject([
		{ live: { id: "A", phase: "calling" } },
	]);
	const talking = book.seen(wire("A", "Talking", "15550100"), 3, 99);
	expect(talking).toMatchObject([
		{ type: "live", peer: "+1 (555) 0100", live: { phase: "talking", canSend: true } },
		{ type: "stretch", what: "started", at: 99 },
		{ type: "sendable", peer: "+1 (555) 0100" },
	]);
	expect(book.seen(wire("A", "Completed", "15550100"), 4, null)).toMatchObject([
		{ type: "live", live: null },
		{ type: "stretch", what: "ended" },
		{ type: "sendable", peer: null },
	]);
	expect(book.sessions()).toEqual([]);
});

test("a call that ends before it was answered makes queued texts fail", () => {
	const book = new SessionBook();
	book.place("6001", 1);
	const events = book.seen(wire("A", "Completed", "6001"), 2, null);
	expect(types(events)).toEqual(["live", "stretch", "unreachable", "sendable"]);
	expect(events[2]).toMatchObject({ error: { code: "peer.unreachable", params: { peer: "6001" } } });
});

test("a call without id is ended by the person: nothing shows, and the session is completed once it has one", () => {
	const book = new SessionBook();
	book.place("6001", 1);
	expect(book.abandon("6001")).toMatchObject([{ type: "live", live: null }]);
	book.seen(wire("A", "Initiating", "6001"), 2, null);
	expect(book.takeAbandoned()).toEqual(["A"]);
	expect(book.takeAbandoned()).toEqual([]);
});

test("an incoming session while we call somebody else is its own conversation", () => {
	const book = new SessionBook();
	book.place("6001", 1);
	book.seen(wire("B", "Alerting", "6002"), 2, null);
	expect(book.withPeer("6002")?.phase).toBe("alerting");
	expect(book.placedTo("6001")).not.toBeNull();
	expect(book.busyWith("6001")).toBe("6002");
});

test("the own number among the participants is not the peer", () => {
	const book = new SessionBook();
	book.setOwnNumbers(["5001"]);
	book.seen(wire("A", "Talking", undefined, { participants: ["5001", "6001"] }), 1, null);
	expect(book.withPeer("6001")?.number).toBe("6001");
	expect(book.withPeer("5001")).toBeNull();
});

test("nothing goes back from Talking, an unknown state keeps the old one, capabilities are obeyed", () => {
	const book = new SessionBook();
	book.seen(wire("A", "Talking", "6001"), 1, null);
	book.seen(wire("A", "Initiating", "6001"), 2, null);
	expect(book.get("A")?.phase).toBe("talking");
	expect(book.seen(wire("A", "Dreaming", "6001", { capabilities: ["Complete"] }), 3, null)).toMatchObject([
		{ type: "live", live: { phase: "talking", canSend: false } },
	]);
	expect(book.seen(wire("A", "Dreaming", "6001"), 4, null)).toMatchObject([
		{ type: "live" },
		{ type: "sendable", peer: "6001" },
	]);
	expect(book.seen(wire("Z", "Dreaming", "6009"), 5, null)).toEqual([]);
});

test("a list asked for earlier neither ends a session seen later nor opens one that has completed", () => {
	const book = new SessionBook();
	const mark = book.mark();
	book.seen(wire("A", "Talking", "6001"), 1, null);
	expect(book.reconcile([], mark, 2).events).toEqual([]);
	book.seen(wire("A", "Completed", "6001"), 3, null);
	expect(book.reconcile([wire("A", "Talking", "6001")], mark, 4)).toEqual({ events: [], opened: [] });
});

test("a session that was missing from a list opens again if the server speaks of it", () => {
	const book = new SessionBook();
	book.seen(wire("A", "Initiating", "6001"), 1, null);
	expect(types(book.reconcile([], book.mark(), 2).events)).toContain("stretch");
	expect(types(book.seen(wire("A", "Talking", "6001"), 3, null))).toContain("live");
});

test("texts of an unknown session wait for it, and late texts find the conversation of one that is over", () => {
	const book = new SessionBook();
	expect(book.text("A", "early", null, 0, false)).toEqual([]);
	expect(book.orphans()).toEqual(["A"]);
	const opened = book.seen(wire("A", "Talking", "6001"), 1, null);
	expect(opened.at(-1)).toMatchObject({ type: "message", peer: "6001", text: "early" });
	book.seen(wire("A", "Completed", "6001"), 2, null);
	expect(book.text("A", "late", null, 0, false)).toMatchObject([
		{ type: "message", peer: "6001", text: "late" },
	]);
});

test("id is another name of the path's key", () => {
	const book = new SessionBook();
	book.seen(wire("A", "Talking", "6001", { id: "ALIAS" }), 1, null);
	expect(book.text("ALIAS", "hi", null, 0, false)).toMatchObject([{ peer: "6001" }]);
	book.seen(wire("ALIAS", "Completed", "6001"), 2, null);
	expect(book.sessions()).toEqual([]);
});

test("a dropped call says so once; nothing is left of it", () => {
	const book = new SessionBook();
	book.place("6001", 1);
	book.callAccepted("6001");
	expect(types(book.dropPlaced("6001", appError("genesys.noAnswer")))).toEqual([
		"live",
		"stretch",
		"unreachable",
	]);
	expect(book.dropPlaced("6001", appError("genesys.noAnswer"))).toEqual([]);
});

test("whatever the server says in whatever order: live and stretch agree, and every text is told once", () => {
	const peers = ["6001", "6002"];
	const key = fc.constantFrom("A", "B", "C");
	const peerOf: Record<string, string> = { A: "6001", B: "6002", C: "6001" };
	const command = fc.oneof(
		fc.record({
			kind: fc.constant("seen" as const),
			key,
			state: fc.constantFrom("Initiating", "Alerting", "Talking", "Completed", "Odd"),
		}),
		fc.record({ kind: fc.constant("text" as const), key }),
		fc.record({ kind: fc.constant("list" as const), keys: fc.uniqueArray(key) }),
		fc.record({ kind: fc.constant("place" as const), peer: fc.constantFrom(...peers) }),
		fc.record({ kind: fc.constant("drop" as const), peer: fc.constantFrom(...peers) }),
	);
	fc.assert(
		fc.property(fc.array(command, { maxLength: 50 }), (commands) => {
			const book = new SessionBook();
			const live = new Map<string, unknown>();
			let texts = 0;
			let told = 0;
			let now = 0;
			for (const each of commands) {
				now += 1;
				const events =
					each.kind === "seen"
						? book.seen(wire(each.key, each.state, peerOf[each.key]), now, null)
						: each.kind === "text"
							? book.text(each.key, `t${String(texts++)}`, null, now, false)
							: each.kind === "list"
								? book.reconcile(
										each.keys.map((one) => wire(one, "Talking", peerOf[one])),
										book.mark(),
										now,
									).events
								: each.kind === "place"
									? book.withPeer(each.peer) === null && book.placedTo(each.peer) === null
										? book.place(each.peer, now)
										: []
									: book.dropPlaced(each.peer, null);
				for (const event of events) {
					if (event.type === "live") live.set(event.peer, event.live);
					if (event.type === "message") told += 1;
				}
				for (const peer of peers) {
					const session = book.withPeer(peer);
					const shown = live.get(peer) ?? null;
					// What was told last is how it is.
					if (session !== null)
						expect(shown).toMatchObject({
							id: session.key,
							phase: session.phase,
							canSend: canSend(session),
						});
					else if (book.placedTo(peer) !== null)
						expect(shown).toMatchObject({ id: null, phase: "calling" });
					else expect(shown).toBeNull();
				}
			}
			for (const orphan of book.orphans()) told += book.adoptOrphans(orphan).length;
			expect(told).toBe(texts);
		}),
		{ numRuns: 1000 },
	);
});
