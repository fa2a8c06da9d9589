import fc from "fast-check";
import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import type { ClientMessageId } from "../../../shared/ids.ts";
import type { LiveStretch, MessageDetails } from "../../../shared/model.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { plainThread } from "../../../shared/threads.ts";
import type { ProviderEvent, RemoteFile } from "../ports/provider.ts";
import { account, OutboxWorld } from "../testing/outbox-world.ts";

const peer = fc.constantFrom("5001", "5002", "5003");
const talking: LiveStretch = { id: null, phase: "talking", since: 0, canSend: true, actions: ["end"] };
const remoteId = fc.constantFrom("r1", "r2", "r3", "r4", "r5");
const file = (ref: string): RemoteFile => ({
	ref,
	type: null,
	name: null,
	bytes: null,
	width: null,
	height: null,
});
const facts = fc.record({ mutedThere: fc.boolean(), closed: fc.constantFrom(true, false, null) });
/** What one server keeps under one id is always of the same kind, with the same peer, and at one time. */
const kept: fc.Arbitrary<ProviderEvent> = fc.oneof(
	fc.record({
		type: fc.constant("message" as const),
		peer: fc.constant("5001"),
		text: fc.constant("theirs"),
		remoteId: remoteId.map((id) => `in ${id}`),
		stretch: fc.constant(null),
		at: fc.constant(77_000),
		catchUp: fc.boolean(),
		author: fc.constantFrom("Ann", "Ben"),
		files: fc.constantFrom([], [file("one")], [file("other"), file("two")]),
		read: fc.boolean(),
	}),
	fc.record({
		type: fc.constant("ownMessage" as const),
		peer: fc.constant("5002"),
		text: fc.constant("ours"),
		remoteId: remoteId.map((id) => `out ${id}`),
		stretch: fc.constant(null),
		at: fc.constant(88_000),
		state: fc.constantFrom("sent", "delivered", "failed"),
		retryAllowed: fc.boolean(),
		words: fc.constantFrom("Queued", "Delivered"),
		sender: fc.constantFrom("Eva", "Max"),
		files: fc.constantFrom([], [file("one")]),
	}),
	fc.record({
		type: fc.constant("notice" as const),
		peer,
		text: fc.constant("joined"),
		remoteId: remoteId.map((id) => `notice ${id}`),
		at: fc.constant(66_000),
	}),
);
const ofThreads: fc.Arbitrary<ProviderEvent> = fc.oneof(
	fc.record({
		type: fc.constant("thread" as const),
		peer,
		address: fc.constantFrom("+15550100199", "+15550100198"),
		formatted: fc.constantFrom("(555) 010-0199", "(555) 010-0198"),
		name: fc.constantFrom("Ann", null),
		facts: facts.map((some) => ({ ...plainThread("sms"), ...some })),
	}),
	fc.record({ type: fc.constant("threadGone" as const), peer }),
	fc.record({
		type: fc.constant("read" as const),
		peer,
		upTo: fc.option(fc.nat(1_000_000), { nil: null }),
	}),
	fc.record({ type: fc.constant("unread" as const), peer }),
);
const at = fc.option(fc.nat(1_000_000), { nil: null });
const event: fc.Arbitrary<ProviderEvent> = fc.oneof(
	fc.record({
		type: fc.constant("message" as const),
		peer,
		text: fc.string(),
		remoteId: fc.constant(null),
		stretch: fc.constant(null),
		at,
		catchUp: fc.boolean(),
	}),
	fc.record({
		type: fc.constant("ownMessage" as const),
		peer,
		text: fc.string(),
		remoteId: fc.constant(null),
		stretch: fc.constant(null),
		at,
	}),
	fc.record({ type: fc.constant("live" as const), peer, live: fc.constantFrom(talking, null) }),
	fc.record({
		type: fc.constant("stretch" as const),
		peer,
		stretch: fc.constant(null),
		what: fc.constantFrom("started", "ended"),
		at,
	}),
	fc.record({ type: fc.constant("peerName" as const), peer, name: fc.constantFrom("Ann", "Ben") }),
	fc.record({
		type: fc.constant("gap" as const),
		peer: fc.option(peer, { nil: null }),
		from: fc.nat(9),
		to: fc.nat(9),
	}),
	fc.record({
		type: fc.constant("problem" as const),
		peer,
		error: fc.constant(appError("genesys.forbidden")),
	}),
	fc.record({
		type: fc.constant("delivery" as const),
		clientId: fc.constant("mine" as ClientMessageId),
		state: fc.constantFrom("sent", "delivered"),
		at,
	}),
	kept,
	ofThreads,
	fc.record({ type: fc.constant("sendable" as const), peer: fc.option(peer, { nil: null }) }),
	fc.record({
		type: fc.constant("unreachable" as const),
		peer,
		error: fc.constant(appError("peer.unreachable")),
	}),
);

function withoutIds(details: MessageDetails | null): unknown {
	if (details === null) return null;
	return { ...details, attachments: details.attachments.map((attachment) => ({ ...attachment, id: "" })) };
}

/** Everything that came of some batches, without the ids. */
async function outcome(batches: readonly (readonly ProviderEvent[])[]): Promise<unknown> {
	const world = new OutboxWorld(memoryStore());
	world.closedFor = "offline";
	await world.write("5001", "mine");
	for (const batch of batches) await world.hear(...batch);
	const all = [];
	for (const { id, firstUnread, ...record } of world.book.records()) {
		const { entries } = await world.book.store.page(id, { kind: "newest" }, 1000);
		const lines = [];
		for (const entry of entries) {
			const files = await world.book.store.mediaOf(entry.id);
			const refs = files.map(({ ref }) => ref);
			const details = entry.kind === "message" ? withoutIds(entry.details) : null;
			lines.push({ ...entry, id: "", conversationId: "", details, refs });
		}
		const first = entries.findIndex((entry) => entry.id === firstUnread);
		all.push({ ...record, first, lines, live: world.book.live(id) });
	}
	return all.sort((one, other) => (one.peer < other.peer ? -1 : 1));
}

test("it makes no difference how the events are cut into batches", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(event, { maxLength: 25 }),
			fc.array(fc.nat(24), { maxLength: 6 }),
			async (events, cuts) => {
				const batches: ProviderEvent[][] = [[]];
				for (const [index, one] of events.entries()) {
					if (cuts.includes(index)) batches.push([]);
					batches.at(-1)?.push(one);
				}
				expect(await outcome([events])).toEqual(await outcome(batches));
			},
		),
		{ numRuns: 150 },
	);
}, 60_000);

test("one batch is one write", async () => {
	const store = memoryStore();
	const world = new OutboxWorld(store);
	let writes = 0;
	const write = store.write.bind(store);
	store.write = (one) => {
		writes += 1;
		return write(one);
	};
	const message = { type: "message", remoteId: null, stretch: null, at: null, catchUp: false } as const;
	await world.hear(
		{ ...message, peer: "5001", text: "a" },
		{ type: "peerName", peer: "5001", name: "Ann Lee" },
		{ ...message, peer: "5001", text: "b" },
		{ ...message, peer: "5002", text: "c" },
		{ type: "stretch", peer: "5002", stretch: null, what: "ended", at: 5 },
	);
	expect(writes).toBe(1);
	const ann = world.book.byPeer(account.id, "5001");
	expect(ann).toMatchObject({ name: "Ann Lee", unread: 2, preview: { kind: "in", text: "b" } });
	const { entries } = ann === null ? { entries: [] } : await store.page(ann.id, { kind: "newest" }, 9);
	expect(entries.map((entry) => (entry.kind === "message" ? entry.author : ""))).toEqual([
		"5001",
		"Ann Lee",
	]);
	expect(world.book.byPeer(account.id, "5002")?.preview).toMatchObject({ kind: "in", text: "c" });
});

test("events about peers nobody talked with make no conversations", async () => {
	const world = new OutboxWorld(memoryStore());
	await world.hear(
		{ type: "live", peer: "5001", live: null },
		{ type: "sendable", peer: "5001" },
		{ type: "unreachable", peer: "5001", error: appError("peer.unreachable") },
		{ type: "peerName", peer: "5001", name: "Ann" },
		{ type: "gap", peer: null, from: 0, to: 1 },
		{ type: "presence", peer: "5001", presence: "busy", label: "Busy" },
	);
	expect(world.book.records()).toEqual([]);
});
