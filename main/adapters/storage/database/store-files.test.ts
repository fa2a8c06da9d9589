import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asAttachmentId, asConversationId, asEntryId } from "../../../../shared/ids.ts";
import type { Entry } from "../../../../shared/model.ts";
import type { MediaWrite, MessageStore, StoredMedia } from "../../../core/ports/stores.ts";
import { bothStores } from "./testing/both-stores.ts";
import {
	attachment,
	delivery,
	details,
	file,
	incoming,
	newConversation,
	outgoing,
	remote,
} from "./testing/samples.ts";

/** What the port promises of files of messages and drafts. */

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "trunkline-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ids = (files: readonly StoredMedia[]): readonly string[] => files.map((one) => one.attachment.id);

describe.each(bothStores)("store %s", (_, make) => {
	let store: MessageStore;
	beforeEach(async () => {
		store = make(folder);
		await store.open();
		await store.write({ conversations: [newConversation()] });
	});
	afterEach(() => store.close());

	const write = (media: MediaWrite, ...entries: Parameters<typeof store.write>[0]["entries"] & object) =>
		store.write({ entries, media });
	const filesOf = (id: string): Promise<readonly StoredMedia[]> => store.mediaOf(asEntryId(id));
	const named = async (id: string): Promise<readonly unknown[]> => {
		const entry = (await store.entry(asEntryId(id))) as Extract<Entry, { kind: "message" }> | null;
		return entry?.details?.attachments ?? [];
	};

	test("files come with their message, in order, and are read with their bytes", async () => {
		const bytes = Uint8Array.of(0, 255, 0, 7);
		const here = file("f2", "a", { bytes, attachment: attachment("f2", { state: "here" }) });
		await write({ added: [file("f1", "a"), here] }, incoming("a", 1, { details: details("f1", "f2") }));
		expect(await filesOf("a")).toEqual([file("f1", "a"), here]);
		expect(await store.media(asAttachmentId("f2"))).toEqual(here);
		expect(await store.media(asAttachmentId("nobody"))).toBeNull();
		expect(await filesOf("nobody")).toEqual([]);
		expect(await store.staged()).toEqual([]);
		// The caller's bytes are still the caller's.
		expect([...bytes]).toEqual([0, 255, 0, 7]);
	});

	test("of a view into a larger buffer the view is stored; bytes may be none or many", async () => {
		const large = new Uint8Array(3 * 1024 * 1024).map((_unused, index) => index * 31);
		const pool = Buffer.from("xxfilexx");
		await write({
			added: [
				file("view", null, { bytes: pool.subarray(2, 6) }),
				file("empty", null, { bytes: new Uint8Array(0) }),
				file("large", null, { bytes: large }),
			],
		});
		const bytesOf = async (id: string) => (await store.media(asAttachmentId(id)))?.bytes ?? null;
		expect(Buffer.from((await bytesOf("view")) ?? []).toString()).toBe("file");
		expect(await bytesOf("empty")).toEqual(new Uint8Array(0));
		expect(Buffer.compare(Buffer.from((await bytesOf("large")) ?? []), large)).toBe(0);
		expect(pool.toString()).toBe("xxfilexx");
	});

	test("a draft's files: listed without bytes, taken by the message that goes, in its order", async () => {
		const there = asConversationId("conversation-2");
		await store.write({
			conversations: [newConversation("conversation-2")],
			media: {
				added: [file("d1", null), file("d2", null), file("other", null, { conversationId: there })],
			},
		});
		expect(await store.staged()).toEqual([
			file("d1", null, { bytes: null }),
			file("d2", null, { bytes: null }),
			file("other", null, { bytes: null, conversationId: there }),
		]);
		const taking = {
			entries: [outgoing("a", 1)].map((one) => ({ ...one, details: details("d2", "d1") })),
			media: {
				taken: [{ entryId: asEntryId("a"), ids: ["d2", "d1"].map(asAttachmentId) }],
			},
		};
		for (const notOfTheDraft of ["other", "nobody"])
			await expect(
				store.write({
					...taking,
					media: {
						taken: [{ entryId: asEntryId("a"), ids: ["d1", notOfTheDraft].map(asAttachmentId) }],
					},
				}),
			).rejects.toMatchObject({ error: { code: "attachment.gone" } });
		expect([ids(await store.staged()), await store.entry(asEntryId("a"))]).toEqual([
			["d1", "d2", "other"],
			null,
		]);
		await store.write(taking);
		expect(ids(await filesOf("a"))).toEqual(["d2", "d1"]);
		expect((await filesOf("a"))[0]).toMatchObject({ bytes: Uint8Array.of(1, 2, 3), entryId: "a" });
		expect(ids(await store.staged())).toEqual(["other"]);
		// The same call again (double Enter), under another id.
		await store.write({
			entries: taking.entries.map((one) => ({ ...one, id: asEntryId("b") })),
			media: { taken: [{ entryId: asEntryId("b"), ids: [asAttachmentId("d1")] }] },
		});
		await store.write(taking);
		expect(ids(await filesOf("a"))).toEqual(["d2", "d1"]);
		expect(await filesOf("b")).toEqual([]);
	});

	test("files of an entry that is left out as known are left out", async () => {
		const twice = (id: string, name: string) =>
			write({ added: [file(name, id)] }, remote("r", 1, { id: asEntryId(id), details: details(name) }));
		await twice("a", "f1");
		const again = await twice("b", "f2");
		expect(again).toMatchObject({ added: [], changed: [], entries: [{ id: "a" }] });
		expect(ids(await filesOf("a"))).toEqual(["f1"]);
		expect(await store.media(asAttachmentId("f2"))).toBeNull();
		// The very same write again.
		await twice("a", "f1");
		expect(ids(await filesOf("a"))).toEqual(["f1"]);
		await write({ added: [file("d", null)] });
		await write({ added: [file("d", null)] });
		expect(ids(await store.staged())).toEqual(["d"]);
	});

	test("a file of no message, and two files with one id, are faults; nothing of that write stays", async () => {
		await write({ added: [file("f", "a")] }, incoming("a", 1, { details: details("f") }));
		for (const wrong of [file("x", "nobody"), file("f", null, { conversationId: asConversationId("x") })])
			await expect(write({ added: [file("y", null), wrong] }, incoming("b", 2))).rejects.toMatchObject({
				error: { code: "internal" },
			});
		await expect(
			write({ added: [file("f", "b")] }, incoming("b", 2, { details: details("f") })),
		).rejects.toMatchObject({ error: { code: "internal" } });
		expect([await store.staged(), await store.entry(asEntryId("b"))]).toEqual([[], null]);
	});

	test("what became of a file changes its message too, and the message is told", async () => {
		await write({ added: [file("f", "a")] }, incoming("a", 1, { details: details("f", "lost") }));
		const here = attachment("f", { state: "here", width: 4, height: 3, bytes: 2 });
		const fetched = await write({ changed: [{ attachment: here, bytes: Uint8Array.of(8, 9) }] });
		expect(fetched.changed).toMatchObject([
			{ id: "a", details: { attachments: [here, attachment("lost")] } },
		]);
		expect(fetched.records).toEqual([]);
		expect(await filesOf("a")).toEqual([
			file("f", "a", { attachment: here, bytes: Uint8Array.of(8, 9) }),
		]);
		const gone = attachment("f", { state: "gone", problem: { code: "attachment.gone" } });
		await write({ changed: [{ attachment: gone }], refs: [{ id: here.id, ref: "new" }] });
		expect(await filesOf("a")).toMatchObject([{ attachment: gone, ref: "new", bytes: { 0: 8 } }]);
		await write({ changed: [{ attachment: gone, bytes: null }] });
		expect(await store.media(here.id)).toMatchObject({ bytes: null });
		const unknown = await write({ changed: [{ attachment: attachment("nobody") }] });
		expect(unknown.changed).toEqual([]);
	});

	test("a file that is taken out goes from its draft, or from what its message says", async () => {
		await write(
			{ added: [file("d", null), file("f", "a"), file("g", "a")] },
			incoming("a", 1, { details: details("f", "g") }),
		);
		const { changed } = await write({ removed: ["d", "f", "nobody"].map(asAttachmentId) });
		expect(changed).toMatchObject([{ id: "a" }]);
		expect(await named("a")).toEqual([attachment("g")]);
		expect(ids(await filesOf("a"))).toEqual(["g"]);
		expect(await store.staged()).toEqual([]);
	});

	test("files go with their message; a text that is taken back can give them to the draft again", async () => {
		await write({ added: [file("d", null)] });
		await store.write({
			entries: [{ ...outgoing("a", 1), details: details("d") }],
			media: { taken: [{ entryId: asEntryId("a"), ids: [asAttachmentId("d")] }] },
		});
		await store.write({ removed: [asEntryId("a")], media: { added: [file("d", null)] } });
		expect(ids(await store.staged())).toEqual(["d"]);
		await write({ added: [file("f", "b")] }, incoming("b", 1, { details: details("f") }));
		await store.write({ removed: [asEntryId("b")] });
		expect(await store.media(asAttachmentId("f"))).toBeNull();
	});

	test("the system's own copy of a message gives its files to ours if ours names them", async () => {
		await write(
			{ added: [file("echoed", "entry of q"), file("unwanted", "entry of q")] },
			{ ...outgoing("mine", 10, "sending"), details: null },
			remote("q", 60, { direction: "out", unread: false, details: details("echoed", "unwanted") }),
		);
		const { removed } = await store.write({
			deliveries: [
				{
					id: asEntryId("mine"),
					delivery: delivery("sent"),
					remoteId: "q",
					at: 60,
					details: details("echoed"),
				},
			],
		});
		expect(removed).toMatchObject([{ id: "entry of q" }]);
		expect(ids(await filesOf("mine"))).toEqual(["echoed"]);
		expect(await store.media(asAttachmentId("unwanted"))).toBeNull();
		// Without a word about its details, they and their files stay.
		await store.write({ deliveries: [{ id: asEntryId("mine"), delivery: delivery("delivered") }] });
		expect(ids(await filesOf("mine"))).toEqual(["echoed"]);
	});
});
