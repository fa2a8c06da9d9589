import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
	asAttachmentId,
	asClientMessageId,
	asConversationId,
	asEntryId,
	type ConversationId,
} from "../../../../../shared/ids.ts";
import type { DeliveryState, Entry, MessageEntry } from "../../../../../shared/model.ts";
import { compareOrder, orderTime } from "../../../../../shared/order.ts";
import type { ConversationRecord, NewEntry, StoreWrite } from "../../../../core/ports/stores.ts";
import { prepareDatabase } from "../open/prepare.ts";
import { openDatabase, type SqlDatabase } from "../sqlite-driver.ts";
import { DatabaseStore } from "../sync-store.ts";
import { account, delivery, details, file, incoming, newConversation } from "../testing/samples.ts";

interface Opened {
	readonly database: SqlDatabase;
	readonly store: DatabaseStore;
}

const conversations = ["c1", "c2", "c3"].map(asConversationId);

function open(): Opened {
	const database = openDatabase({ path: ":memory:", access: "write" });
	prepareDatabase(database);
	const store = new DatabaseStore(database);
	store.write({ conversations: conversations.map((id) => newConversation(id)) });
	return { database, store };
}

function allOf(store: DatabaseStore, id: ConversationId): readonly Entry[] {
	return store.page(id, { kind: "newest" }, 100_000).entries;
}

/** What follows from the rows of a conversation, worked out the simple way. */
function derived({ database, store }: Opened, record: ConversationRecord): Partial<ConversationRecord> {
	const entries = allOf(store, record.id);
	expect([...entries].sort((one, other) => compareOrder(one.order, other.order))).toEqual(entries);
	const unreadIds = new Set(
		(
			database.all(
				"SELECT e.id FROM entries AS e JOIN conversations AS c ON c.row = e.conversation WHERE c.id = ? AND e.unread",
				record.id,
			) as { id: string }[]
		).map(({ id }) => id),
	);
	const unread = entries.filter(({ id }) => unreadIds.has(id));
	expect(unread.every((entry) => entry.kind === "message" && entry.direction === "in")).toBe(true);
	const said = entries.filter(({ kind }) => kind !== "gap");
	const message = entries.findLast((entry): entry is MessageEntry => entry.kind === "message");
	const shown = message ?? said.at(-1);
	return {
		unread: unread.length,
		firstUnread: unread[0]?.id ?? null,
		newest: entries.at(-1)?.order ?? null,
		preview:
			shown === undefined
				? null
				: message === undefined
					? { kind: "note", text: "", delivery: null, at: shown.at }
					: {
							kind: message.direction,
							text: message.text.slice(0, 140),
							delivery: message.delivery?.state ?? null,
							at: message.at,
						},
		...(said.length > 0 ? { lastActivity: orderTime(said.at(-1)?.order ?? "") } : {}),
	};
}

interface Told {
	readonly remoteId: string;
	readonly at: number;
	readonly direction: "in" | "out";
	readonly conversation: number;
}

const told: fc.Arbitrary<readonly Told[]> = fc.uniqueArray(
	fc.record({
		remoteId: fc.stringMatching(/^[a-z%é]{1,3}$/),
		at: fc.integer({ min: 0, max: 50 }),
		direction: fc.constantFrom("in", "out"),
		conversation: fc.integer({ min: 0, max: 2 }),
	}),
	{ selector: (one) => one.remoteId, maxLength: 40 },
);

function stateOf({ database, store }: Opened): unknown {
	return conversations.map((id) => {
		const entries = allOf(store, id) as readonly MessageEntry[];
		const record = store.conversations().find((one) => one.id === id);
		const remoteOf = (entryId: string | null): string | null =>
			entries.find((entry) => entry.id === entryId)?.remoteId ?? null;
		const { unread } = database.get("SELECT count(*) AS unread FROM entries WHERE unread = 1") as {
			unread: number;
		};
		return {
			entries: entries.map(({ remoteId, order, at, text, direction }) => [
				remoteId,
				order,
				at,
				text,
				direction,
			]),
			unread,
			record: { ...record, firstUnread: remoteOf(record?.firstUnread ?? null) },
		};
	});
}

test(
	"what is told in any order, any number of times, in any pieces, ends as the sorted unique set",
	{ timeout: 60_000 },
	() => {
		let number = 0;
		const entryOf = (one: Told): NewEntry =>
			incoming(`e${String(++number)}`, one.at, {
				conversationId: conversations[one.conversation] ?? asConversationId("none"),
				remoteId: one.remoteId,
				localTime: false,
				direction: one.direction,
				text: `said ${one.remoteId}`,
			});
		const schedule = told.chain((set) =>
			fc.record({
				set: fc.constant(set),
				receipts:
					set.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...set), { maxLength: 80 }),
				rest: fc.shuffledSubarray([...set], { minLength: set.length }),
				cuts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 10 }),
			}),
		);
		fc.assert(
			fc.property(schedule, ({ set, receipts, rest, cuts }) => {
				const one = open();
				const all = [...receipts, ...rest];
				for (let at = 0, turn = 0; at < all.length; turn += 1) {
					const size = cuts[turn % cuts.length] ?? 1;
					one.store.write({ entries: all.slice(at, at + size).map(entryOf) });
					at += size;
				}
				const other = open();
				const sorted = [...set].sort((a, b) => a.at - b.at || (a.remoteId < b.remoteId ? -1 : 1));
				other.store.write({ entries: sorted.map(entryOf) });
				expect(stateOf(one)).toEqual(stateOf(other));
				one.store.close();
				other.store.close();
			}),
			{ numRuns: 150 },
		);
	},
);

const conversationNumber = fc.integer({ min: 0, max: 2 });
const entryNumber = fc.integer({ min: 1, max: 30 });
const time = fc.integer({ min: 0, max: 40 });
const fileNumber = fc.integer({ min: 1, max: 8 });
const states = fc.constantFrom<DeliveryState>("queued", "sending", "sent", "failed", "unknown");

/** One change, of things that may or may not be there. */
const change = fc.oneof(
	fc.record({
		type: fc.constant("peer"),
		conversation: conversationNumber,
		at: time,
		remote: fc.boolean(),
	}),
	fc.record({ type: fc.constant("own"), conversation: conversationNumber, at: time, state: states }),
	fc.record({ type: fc.constant("note"), conversation: conversationNumber, at: time }),
	fc.record({ type: fc.constant("gap"), conversation: conversationNumber, at: time, entry: entryNumber }),
	fc.record({ type: fc.constant("close"), entry: entryNumber, stays: fc.boolean() }),
	fc.record({
		type: fc.constant("outcome"),
		entry: entryNumber,
		state: states,
		at: time,
		timed: fc.boolean(),
	}),
	fc.record({ type: fc.constant("remove"), entry: entryNumber }),
	fc.record({ type: fc.constant("read"), conversation: conversationNumber, entry: entryNumber }),
	fc.record({
		type: fc.constant("unread"),
		conversation: conversationNumber,
		entry: entryNumber,
		newest: fc.boolean(),
	}),
	fc.record({
		type: fc.constant("until"),
		conversation: conversationNumber,
		at: time,
		all: fc.boolean(),
	}),
	fc.record({ type: fc.constant("notice"), conversation: conversationNumber, at: time }),
	fc.record({ type: fc.constant("away"), conversation: conversationNumber }),
	fc.record({
		type: fc.constant("files"),
		conversation: conversationNumber,
		at: time,
		count: fc.integer({ min: 1, max: 3 }),
		remote: fc.integer({ min: 1, max: 12 }),
	}),
	fc.record({ type: fc.constant("stage"), conversation: conversationNumber, file: fileNumber }),
	fc.record({
		type: fc.constant("take"),
		conversation: conversationNumber,
		at: time,
		files: fc.uniqueArray(fileNumber, { minLength: 1, maxLength: 3 }),
	}),
	fc.record({ type: fc.constant("fetched"), file: fileNumber, gone: fc.boolean() }),
	fc.record({ type: fc.constant("unfile"), file: fileNumber }),
	fc.record({
		type: fc.constant("details"),
		entry: entryNumber,
		files: fc.uniqueArray(fileNumber, { maxLength: 2 }),
	}),
	fc.record({ type: fc.constant("refused"), conversation: conversationNumber, at: time }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

class Script {
	#last = 0;
	#lastFile = 0;
	readonly #store: DatabaseStore;

	constructor(store: DatabaseStore) {
		this.#store = store;
	}

	writeOf(one: Change): StoreWrite {
		const id = (): string => `e${String(++this.#last)}`;
		const of = (number: number): ConversationId => conversations[number] ?? asConversationId("none");
		const entryId = "entry" in one ? asEntryId(`e${String(one.entry)}`) : asEntryId("none");
		switch (one.type) {
			case "peer": {
				const own = id();
				const more = "remote" in one && one.remote ? { remoteId: `r${own}`, localTime: false } : {};
				return {
					entries: [incoming(own, one.at, { conversationId: of(one.conversation), ...more })],
				};
			}
			case "own": {
				const own = id();
				return {
					entries: [
						incoming(own, one.at, {
							conversationId: of(one.conversation),
							direction: "out",
							unread: true,
							clientId: asClientMessageId(`k${own}`),
							delivery: delivery("state" in one ? one.state : "queued"),
						}),
					],
				};
			}
			case "note":
				return {
					entries: [
						{
							id: asEntryId(id()),
							conversationId: of(one.conversation),
							kind: "stretch",
							what: "ended",
							at: one.at,
						},
					],
				};
			case "gap": {
				const own = asEntryId(id());
				const conversationId = of(one.conversation);
				return {
					entries: [
						{ id: own, conversationId, kind: "gap", from: 1, to: 2, filling: true, at: one.at },
					],
					gaps: {
						opened: [
							{
								entryId: own,
								accountId: account,
								conversationId,
								downTo: "",
								next: null,
								upTo: String(one.at),
							},
						],
					},
				};
			}
			case "close":
				return {
					gaps: { closed: [{ entryId, marker: "stays" in one && one.stays ? "stays" : "goes" }] },
				};
			case "outcome":
				return {
					deliveries: [
						{
							id: entryId,
							delivery: delivery("state" in one ? one.state : "sent"),
							...("timed" in one && one.timed
								? { remoteId: `r${String(entryId)}`, at: one.at }
								: {}),
						},
					],
				};
			case "remove":
				return { removed: [entryId] };
			case "read":
				return { read: [{ id: of(one.conversation), upTo: entryId }] };
			case "unread":
				return {
					unread: [
						{ id: of(one.conversation), from: "newest" in one && one.newest ? null : entryId },
					],
				};
			case "until":
				return {
					readUntil: [{ id: of(one.conversation), at: "all" in one && one.all ? null : one.at }],
				};
			case "notice": {
				const own = asEntryId(id());
				const conversationId = of(one.conversation);
				return {
					entries: [
						{
							id: own,
							conversationId,
							kind: "notice",
							remoteId: `n${own}`,
							text: "joined",
							at: one.at,
						},
					],
				};
			}
			case "away":
				return { patches: [{ id: of(one.conversation), patch: { archived: true } }] };
			case "files": {
				const own = id();
				const conversationId = of(one.conversation);
				const names = Array.from({ length: one.count }, () => `f${String(++this.#lastFile)}`);
				return {
					entries: [
						incoming(own, one.at, {
							conversationId,
							// Known already now and then: then its files are left out as well.
							remoteId: `files ${String(one.remote)}`,
							localTime: false,
							details: details(...names),
						}),
					],
					media: { added: names.map((name) => file(name, own, { conversationId })) },
				};
			}
			case "stage":
				return {
					media: {
						added: [
							file(`f${String(++this.#lastFile)}`, null, {
								conversationId: of(one.conversation),
							}),
						],
					},
				};
			case "take": {
				// What the core does: names what lies in the draft, in the message and in the order to take it.
				const conversationId = of(one.conversation);
				const wanted = new Set(one.files.map((number) => `f${String(number)}`));
				const taken = this.#store
					.staged()
					.filter((staged) => staged.conversationId === conversationId)
					.map(({ attachment }) => attachment)
					.filter((attachment) => wanted.has(attachment.id));
				const own = id();
				return {
					entries: [
						incoming(own, one.at, {
							conversationId,
							direction: "out",
							unread: false,
							clientId: asClientMessageId(`k${own}`),
							delivery: delivery("queued"),
							details: { ...details(), attachments: taken },
						}),
					],
					media: {
						taken: [{ entryId: asEntryId(own), ids: taken.map((attachment) => attachment.id) }],
					},
				};
			}
			case "fetched": {
				const known = this.#store.media(asAttachmentId(`f${String(one.file)}`));
				if (known === null) return {};
				const attachment = { ...known.attachment, state: one.gone ? "gone" : "here" } as const;
				return {
					media: {
						changed: [{ attachment, ...(one.gone ? {} : { bytes: Uint8Array.of(one.file) }) }],
					},
				};
			}
			case "unfile":
				return { media: { removed: [asAttachmentId(`f${String(one.file)}`)] } };
			case "details": {
				const wanted = new Set(one.files.map((number) => `f${String(number)}`));
				const attachments = this.#store
					.mediaOf(entryId)
					.map(({ attachment }) => attachment)
					.filter(({ id: fileId }) => wanted.has(fileId));
				return {
					deliveries: [
						{
							id: entryId,
							delivery: delivery("sent"),
							details: { ...details(), attachments, deliveryWords: "Sent" },
						},
					],
				};
			}
			default:
				return {
					entries: [incoming("x", one.at, { conversationId: of(one.conversation) })],
					gaps: {
						opened: [
							{
								entryId: asEntryId("x"),
								accountId: account,
								conversationId: of(0),
								downTo: "",
								next: null,
								upTo: "",
							},
						],
					},
				};
		}
	}
}

test(
	"after any changes, what a record says is what its rows say, and what a write answers is what is read",
	{ timeout: 60_000 },
	() => {
		fc.assert(
			fc.property(
				fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 40 }),
				(turns) => {
					const opened = open();
					const { database, store } = opened;
					const script = new Script(store);
					const known = new Map(store.conversations().map((record) => [record.id, record]));
					const shown = new Map<string, Entry>();
					for (const turn of turns) {
						const archivedBefore = new Set(
							[...known.values()].filter(({ archived }) => archived).map(({ id }) => id),
						);
						const parts = turn.map((one) => script.writeOf(one));
						const merged = parts.reduce<StoreWrite>((one, other) => mergeWrites(one, other), {});
						const before = database.all("SELECT * FROM entries");
						try {
							const written = store.write(merged);
							for (const record of written.records) {
								expect(record).not.toEqual(known.get(record.id));
								known.set(record.id, record);
							}
							for (const entry of [...written.entries, ...written.changed])
								shown.set(entry.id, entry);
							for (const { id } of written.removed) shown.delete(id);
							for (const entry of written.entries)
								if (
									written.added.includes(entry.id) &&
									entry.kind === "message" &&
									entry.direction === "in" &&
									archivedBefore.has(entry.conversationId)
								)
									expect(known.get(entry.conversationId)?.archived).toBe(false);
						} catch {
							expect(database.all("SELECT * FROM entries")).toEqual(before);
						}
						expect(store.conversations()).toEqual([...known.values()]);
						for (const record of known.values())
							expect(record).toMatchObject(derived(opened, record));
						expectFilesAsSaid(opened);
					}
					const stored = conversations.flatMap((id) => allOf(store, id));
					expect(new Map(stored.map((entry) => [entry.id, entry]))).toEqual(shown);
					const unsettled = stored.filter(
						(entry) =>
							entry.kind === "message" &&
							["queued", "sending", "unknown"].includes(entry.delivery?.state ?? ""),
					);
					expect(new Set(store.unsettled().map(({ id }) => id))).toEqual(
						new Set(unsettled.map(({ id }) => id)),
					);
					expect(database.all("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
					expect(database.all("PRAGMA foreign_key_check")).toEqual([]);
					store.close();
				},
			),
			{ numRuns: 150 },
		);
	},
);

/** Every file of a message is one that the message names, as it names it and in its order, and the other way round. */
function expectFilesAsSaid({ database, store }: Opened): void {
	const said = conversations
		.flatMap((id) => allOf(store, id))
		.flatMap((entry) => (entry.kind === "message" ? [entry] : []))
		.flatMap((entry) => (entry.details?.attachments ?? []).map((attachment) => ({ entry, attachment })));
	for (const { entry } of said)
		expect(store.mediaOf(entry.id).map(({ attachment }) => attachment)).toEqual(
			entry.details?.attachments,
		);
	const { count } = database.get("SELECT count(*) AS count FROM media WHERE entry IS NOT NULL") as {
		count: number;
	};
	expect(count).toBe(said.length);
}

function mergeWrites(one: StoreWrite, other: StoreWrite): StoreWrite {
	return {
		entries: [...(one.entries ?? []), ...(other.entries ?? [])],
		deliveries: [...(one.deliveries ?? []), ...(other.deliveries ?? [])],
		removed: [...(one.removed ?? []), ...(other.removed ?? [])],
		read: [...(one.read ?? []), ...(other.read ?? [])],
		unread: [...(one.unread ?? []), ...(other.unread ?? [])],
		readUntil: [...(one.readUntil ?? []), ...(other.readUntil ?? [])],
		patches: [...(one.patches ?? []), ...(other.patches ?? [])],
		media: {
			added: [...(one.media?.added ?? []), ...(other.media?.added ?? [])],
			taken: [...(one.media?.taken ?? []), ...(other.media?.taken ?? [])],
			changed: [...(one.media?.changed ?? []), ...(other.media?.changed ?? [])],
			removed: [...(one.media?.removed ?? []), ...(other.media?.removed ?? [])],
		},
		gaps: {
			opened: [...(one.gaps?.opened ?? []), ...(other.gaps?.opened ?? [])],
			closed: [...(one.gaps?.closed ?? []), ...(other.gaps?.closed ?? [])],
		},
	};
}
