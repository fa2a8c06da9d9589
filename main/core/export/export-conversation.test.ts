import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppFailure, appError } from "../../../shared/errors.ts";
import { asAccountId, asAttachmentId, asConversationId, asEntryId } from "../../../shared/ids.ts";
import { translator } from "../../../shared/i18n/translate.ts";
import type { Attachment, Conversation, Entry, MessageEntry } from "../../../shared/model.ts";
import { arrivalOrder, compareOrder } from "../../../shared/order.ts";
import { plainThread } from "../../../shared/threads.ts";
import type { PageAt, StoredPage } from "../ports/stores.ts";
import type { FileSaver } from "../ports/system.ts";
import { exportConversation } from "./export-conversation.ts";

const now = Date.UTC(2026, 6, 22, 10, 45, 3);
const conversation: Conversation = {
	id: asConversationId("with ana"),
	accountId: asAccountId("agent1"),
	system: "genesys",
	peer: {
		address: "5044",
		formatted: "5044",
		name: "Ana Martins",
		presence: "unknown",
		presenceLabel: null,
	},
	preview: null,
	lastActivity: now,
	unread: 0,
	firstUnread: null,
	draft: "",
	muted: false,
	live: null,
	sessionless: false,
	busyWith: null,
	thread: plainThread("im"),
	archived: false,
	personId: null,
	staged: [],
};

function message(number: number, text: string, changes: Partial<MessageEntry> = {}): MessageEntry {
	const at = now - 3_600_000 + number * 1000;
	return {
		kind: "message",
		id: asEntryId(`entry ${String(number)}`),
		conversationId: conversation.id,
		sequence: number,
		order: arrivalOrder(at, number, null),
		at,
		direction: "in",
		clientId: null,
		remoteId: null,
		text,
		author: "Ana Martins",
		delivery: null,
		localTime: false,
		details: null,
		...changes,
	};
}

/** The pages of a timeline, as the store's port describes them; `between` runs before each. */
function storeOf(entries: () => readonly Entry[], between: () => void = () => undefined) {
	return {
		page(_id: unknown, at: PageAt, limit: number): Promise<StoredPage> {
			between();
			const all = entries().toSorted((one, other) => compareOrder(one.order, other.order));
			if (at.kind === "newest") {
				return Promise.resolve({
					entries: all.slice(-limit),
					hasOlder: all.length > limit,
					hasNewer: false,
				});
			}
			if (at.kind !== "newer") throw new Error("an export reads forwards");
			const later = all.filter((entry) => entry.order > at.than);
			return Promise.resolve({
				entries: later.slice(0, limit),
				hasOlder: later.length < all.length,
				hasNewer: later.length > limit,
			});
		},
	};
}

class KeptFile implements FileSaver {
	text = "";
	options: Parameters<FileSaver["save"]>[0] | null = null;
	readonly answer: "saved" | null;
	constructor(answer: "saved" | null = "saved") {
		this.answer = answer;
	}
	async save(options: Parameters<FileSaver["save"]>[0]): Promise<"saved" | null> {
		this.options = options;
		if (this.answer === null) return null;
		for await (const piece of options.pieces) this.text += String(piece);
		return "saved";
	}
}

const translate = translator("en");
const clock = { now: () => now };
const ports = { translate, clock, systemName: "Genesys", timeZone: "Europe/Lisbon" };

const timeline: readonly Entry[] = [
	message(1, "Hi,\n[2026-07-22 09:00:00 +01:00] You: I will pay"),
	{
		kind: "stretch",
		id: asEntryId("stretch"),
		conversationId: conversation.id,
		sequence: 2,
		order: arrivalOrder(now - 3_598_000, 2, null),
		at: now - 3_598_000,
		what: "ended",
	},
	{
		kind: "gap",
		id: asEntryId("gap"),
		conversationId: conversation.id,
		sequence: 3,
		order: arrivalOrder(now - 3_597_000, 3, null),
		at: now - 3_597_000,
		from: now - 3_600_000,
		to: now - 3_597_000,
		filling: false,
	},
	message(4, "On my way", {
		direction: "out",
		author: "",
		delivery: {
			state: "failed",
			since: now,
			queueReason: null,
			problem: appError("peer.unreachable", { params: { peer: "Ana Martins" } }),
			retryAllowed: true,
			undoUntil: null,
		},
	}),
	message(5, "Thanks", { localTime: true }),
];

test("as text: oldest first, local time with its zone, states, gaps, and no line that somebody made up", async () => {
	const files = new KeptFile();
	const result = await exportConversation(
		{ ...ports, files, store: storeOf(() => timeline) },
		conversation,
		"text",
	);
	expect(result).toEqual({ ok: true, value: { saved: true, entries: 5 } });
	expect(files.options?.suggestedName).toBe("Ana Martins 2026-07-22");
	expect(files.options?.extension).toBe("txt");
	const lines = files.text.split("\n");
	expect(lines[0]).toBe("Conversation with Ana Martins (5044)");
	expect(lines.slice(4, 6)).toEqual([
		"[2026-07-22 10:45:04 +01:00] Ana Martins: Hi,",
		"\t[2026-07-22 09:00:00 +01:00] You: I will pay",
	]);
	expect(lines[6]).toBe("[2026-07-22 10:45:05 +01:00] * Conversation ended");
	expect(lines[7]).toContain(
		"* Messages from 2026-07-22 10:45:03 +01:00 to 2026-07-22 10:45:06 +01:00 may be missing here",
	);
	expect(lines[8]).toMatch(/^\[2026-07-22 10:45:07 \+01:00\] You \(failed: .*Ana Martins.*\): On my way$/u);
	expect(lines[9]).toBe("[2026-07-22 10:45:08 +01:00] Ana Martins (time of receipt): Thanks");
	expect(lines.at(-2)).toBe("5 entries.");
});

test("as JSON: a version, every entry, moments in UTC, nothing of the store", async () => {
	const files = new KeptFile();
	await exportConversation({ ...ports, files, store: storeOf(() => timeline) }, conversation, "json");
	const written = JSON.parse(files.text) as Record<string, unknown> & { entries: unknown[] };
	expect(written).toMatchObject({
		format: "trunkline.conversation",
		version: 1,
		exportedAt: "2026-07-22T10:45:03.000Z",
		peer: { address: "5044", name: "Ana Martins" },
		entryCount: 5,
	});
	expect(written.entries[3]).toMatchObject({
		kind: "message",
		direction: "out",
		timeOf: "server",
		text: "On my way",
		delivery: { state: "failed", problem: "peer.unreachable" },
	});
	expect(written.entries[2]).toMatchObject({ kind: "gap", filling: false, to: "2026-07-22T09:45:06.000Z" });
	expect(files.text).not.toContain("entry 1");
});

test("whatever is written, every entry is one line of the JSON and starts one line of the text", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { maxLength: 20 }), async (texts) => {
			const entries = texts.map((text, index) => message(index, text));
			const store = storeOf(() => entries);
			const json = new KeptFile();
			await exportConversation({ ...ports, store, files: json }, conversation, "json");
			const read = JSON.parse(json.text) as { entries: { text: string }[] };
			expect(read.entries.map(({ text }) => text)).toEqual(texts);
			const text = new KeptFile();
			await exportConversation({ ...ports, store, files: text }, conversation, "text");
			expect(text.text.match(/^\[/gmu)?.length ?? 0).toBe(texts.length);
		}),
		{ numRuns: 200 },
	);
});

const photo: Attachment = {
	id: asAttachmentId("photo"),
	type: "image/png",
	name: "roof.png",
	bytes: 4000,
	width: 4,
	height: 3,
	state: "here",
	problem: null,
};
const details = { attachments: [], sender: null, deliveryWords: null, scheduledAt: null, savedReply: null };
const withMore: readonly Entry[] = [
	message(1, "", { details: { ...details, attachments: [photo, { ...photo, name: null }] } }),
	message(2, "Thanks", {
		direction: "out",
		author: "",
		remoteId: "r2",
		delivery: {
			state: "delivered",
			since: now,
			queueReason: null,
			problem: null,
			retryAllowed: false,
			undoUntil: null,
		},
		details: { ...details, sender: "Eva", deliveryWords: "Message Delivered", scheduledAt: now },
	}),
	{
		kind: "notice",
		id: asEntryId("notice"),
		conversationId: conversation.id,
		sequence: 3,
		order: arrivalOrder(now - 3_597_000, 3, null),
		at: now - 3_597_000,
		remoteId: "n1",
		text: "Ben joined\n[forged]",
	},
];

test("files, other senders, times to be sent and lines of the system are in both forms", async () => {
	const text = new KeptFile();
	const json = new KeptFile();
	const store = storeOf(() => withMore);
	await exportConversation({ ...ports, store, files: text }, conversation, "text");
	await exportConversation({ ...ports, store, files: json }, conversation, "json");
	expect(text.text.split("\n").slice(4, 9)).toEqual([
		"[2026-07-22 10:45:04 +01:00] Ana Martins: [File: roof.png (image/png)]",
		"\t[File: image/png]",
		"[2026-07-22 10:45:05 +01:00] Eva (delivered, to be sent at 2026-07-22 11:45:03 +01:00): Thanks",
		"[2026-07-22 10:45:06 +01:00] * Ben joined",
		"\t[forged]",
	]);
	expect((JSON.parse(json.text) as { entries: unknown[] }).entries).toMatchObject([
		{ attachments: [{ type: "image/png", name: "roof.png", bytes: 4000 }, { name: null }] },
		{ sender: "Eva", delivery: { words: "Message Delivered" }, scheduledAt: "2026-07-22T10:45:03.000Z" },
		{ kind: "notice", text: "Ben joined\n[forged]", remoteId: "n1" },
	]);
	expect(json.text).not.toContain('"photo"');
});

describe("a long conversation", () => {
	test("is read page by page", async () => {
		const entries = Array.from({ length: 1001 }, (_, index) => message(index, String(index)));
		let reads = 0;
		const files = new KeptFile();
		const store = storeOf(
			() => entries,
			() => (reads += 1),
		);
		const result = await exportConversation({ ...ports, files, store }, conversation, "json");
		expect(result).toEqual({ ok: true, value: { saved: true, entries: 1001 } });
		expect(reads).toBe(7);
	});
	test("that grows and moves meanwhile is written as it was: nothing twice, no end in sight of newcomers", async () => {
		let entries: readonly Entry[] = Array.from({ length: 450 }, (_, index) =>
			message(index, String(index), index === 100 ? { direction: "out" } : {}),
		);
		const files = new KeptFile();
		const store = storeOf(
			() => entries,
			() => {
				entries = [...entries, message(entries.length, String(entries.length))].map((entry) =>
					entry.id === "entry 100" && entries.length > 452
						? { ...entry, order: arrivalOrder(now - 3_600_000 + 300_500, 100, null) }
						: entry,
				);
			},
		);
		await exportConversation({ ...ports, files, store }, conversation, "json");
		const written = (JSON.parse(files.text) as { entries: { text: string }[] }).entries;
		expect(written.map(({ text }) => Number(text))).toEqual(
			Array.from({ length: 451 }, (_, index) => index),
		);
	});
});

test("an empty conversation is a whole file too", async () => {
	const store = storeOf(() => []);
	const json = new KeptFile();
	await exportConversation({ ...ports, files: json, store }, conversation, "json");
	expect(JSON.parse(json.text)).toMatchObject({ entries: [], entryCount: 0 });
	const text = new KeptFile();
	await exportConversation({ ...ports, files: text, store }, conversation, "text");
	expect(text.text).toContain("Nothing was written here yet.");
});

test("who changes their mind has no file and no count; what the store or the disk says is passed on", async () => {
	const store = storeOf(() => timeline);
	expect(
		await exportConversation({ ...ports, store, files: new KeptFile(null) }, conversation, "text"),
	).toEqual({ ok: true, value: { saved: false, entries: 0 } });
	const broken = { page: () => Promise.reject(new AppFailure(appError("storage.failing"))) };
	expect(
		await exportConversation({ ...ports, store: broken, files: new KeptFile() }, conversation, "text"),
	).toEqual({ ok: false, error: { code: "storage.failing" } });
});
