import { expect, test } from "vitest";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { appError, AppFailure } from "../../../shared/errors.ts";
import { asAccountId, asClientMessageId, asConversationId, asEntryId } from "../../../shared/ids.ts";
import type { Delivery } from "../../../shared/model.ts";
import { defaultSettings } from "../../../shared/settings.ts";
import type { MessageStore, NewEntry } from "../ports/stores.ts";
import { RecordingLogger, VirtualClock } from "../testing/virtual-clock.ts";
import { Retention } from "./retention.ts";

const day = 86_400_000;
const id = asConversationId("conversation");

function message(name: string, at: number, more: Partial<NewEntry & { kind: "message" }> = {}): NewEntry {
	return {
		id: asEntryId(name),
		conversationId: id,
		kind: "message",
		at,
		direction: "in",
		clientId: null,
		remoteId: name,
		text: name,
		author: "Ana",
		delivery: null,
		localTime: false,
		details: null,
		...more,
	};
}

function ours(state: Delivery["state"]): Partial<NewEntry & { kind: "message" }> {
	return {
		direction: "out",
		remoteId: null,
		localTime: true,
		delivery: { state, since: 1, queueReason: null, problem: null, retryAllowed: false, undoUntil: null },
	};
}

async function world(keepHistoryDays: number | null) {
	const clock = new VirtualClock();
	const logger = new RecordingLogger();
	const store = memoryStore();
	const pruned: number[] = [];
	let settings = { ...defaultSettings, keepHistoryDays };
	let fault: AppFailure | null = null;
	const watched: MessageStore = {
		...store,
		prune: (before, limit) => {
			if (fault !== null) return Promise.reject(fault);
			pruned.push(clock.monotonic());
			return store.prune(before, limit);
		},
	};
	await store.write({
		conversations: [
			{
				id,
				accountId: asAccountId("account"),
				system: "textus",
				peer: "1",
				address: "1",
				formatted: null,
				thread: null,
				name: null,
				createdAt: 1,
			},
		],
		patches: [{ id, patch: { draft: "not finished" } }],
	});
	const retention = new Retention({
		clock,
		logger,
		settings: () => settings,
		perform: (action) => action(watched),
	});
	return {
		clock,
		logger,
		store,
		pruned,
		retention,
		keep: (days: number | null) => (settings = { ...settings, keepHistoryDays: days }),
		fail: (failure: AppFailure | null) => (fault = failure),
		names: async () =>
			(await store.page(id, { kind: "newest" }, 5000)).entries.map((entry) => String(entry.id)),
	};
}

test("what is older than the days chosen goes, in small steps; unread, unsettled and drafted stays", async () => {
	const { clock, store, retention, names, pruned } = await world(30);
	const old = clock.now() - 31 * day;
	await store.write({
		entries: [
			...Array.from({ length: 250 }, (_, index) => message(`old-${String(index)}`, old + index)),
			message("unread", old, { unread: true }),
			message("failed", old, { ...ours("failed"), clientId: asClientMessageId("2") }),
			message("doubtful", old, { ...ours("unknown"), clientId: asClientMessageId("1") }),
			message("young", clock.now() - 29 * day),
		],
	});
	retention.start();
	await clock.advance(10_000);
	expect(await names()).toEqual(["unread", "doubtful", "young"]);
	expect(pruned).toHaveLength(6);
	const [record] = await store.conversations();
	expect(record).toMatchObject({ draft: "not finished", unread: 1 });
});

test("what gets old later goes later; for ever keeps all", async () => {
	const { clock, store, retention, names, keep } = await world(null);
	await store.write({ entries: [message("one", clock.now()), message("two", clock.now() + 3 * day)] });
	retention.start();
	await clock.advance(40 * day);
	expect(await names()).toEqual(["one", "two"]);
	keep(38);
	retention.settingsChanged();
	await clock.advance(14_000);
	expect(await names()).toEqual(["one", "two"]);
	await clock.advance(5000);
	expect(await names()).toEqual(["two"]);
	await clock.advance(2 * day);
	expect(await names()).toEqual([]);
});

test("only until quit: what earlier runs left goes at the start, the rest at quit, as far as time allows", async () => {
	const { clock, store, retention, names } = await world(0);
	await store.write({ entries: [message("earlier", clock.now() - 1)] });
	await clock.advance(1000);
	retention.start();
	await store.write({
		entries: Array.from({ length: 1200 }, (_, index) =>
			message(`now-${String(index)}`, clock.now() + index),
		),
	});
	await clock.advance(3 * day);
	expect(await names()).toHaveLength(1200);
	const time = new AbortController();
	time.abort();
	await retention.atQuit(time.signal);
	expect(await names()).toHaveLength(1200);
});

test("at quit everything read and settled goes", async () => {
	const { clock, store, retention, names } = await world(0);
	retention.start();
	await store.write({
		entries: [
			...Array.from({ length: 1200 }, (_, index) =>
				message(`now-${String(index)}`, clock.now() + index),
			),
			message("unread", clock.now(), { unread: true }),
		],
	});
	await retention.atQuit(new AbortController().signal);
	expect(await names()).toEqual(["unread"]);
	expect((await store.conversations()).length).toBe(1);
});

test("whatever else happens comes first: removing stops at once and goes on when it is quiet", async () => {
	const { clock, store, retention, pruned, names } = await world(1);
	await store.write({
		entries: Array.from({ length: 900 }, (_, index) => message(`old-${String(index)}`, 1000 + index)),
	});
	retention.start();
	await clock.advance(2900);
	retention.disturbed();
	await clock.advance(2900);
	expect(pruned).toEqual([]);
	await clock.advance(150);
	const before = pruned.length;
	expect(before).toBeGreaterThan(0);
	retention.disturbed();
	await clock.advance(2900);
	expect(pruned.length).toBe(before);
	await clock.advance(5000);
	expect(await names()).toEqual([]);
	retention.stop();
	await clock.advance(day);
	expect(clock.pending).toBe(0);
});

test("a clock that is set forward does not make everything old", async () => {
	const { clock, store, retention, names } = await world(30);
	await store.write({ entries: [message("yesterday", clock.now() - day)] });
	retention.start();
	clock.jump(400 * day);
	await clock.advance(3 * 3_600_000);
	expect(await names()).toEqual(["yesterday"]);
});

test("a disk that refuses is tried again later, and never makes quitting fail", async () => {
	const { clock, store, retention, names, fail, logger, keep } = await world(1);
	await store.write({ entries: [message("old", 1000)] });
	fail(new AppFailure(appError("storage.full")));
	retention.start();
	await clock.advance(10_000);
	expect(logger.lines.filter((line) => line.event === "retention.failed")).toHaveLength(1);
	fail(null);
	await clock.advance(600_000);
	expect(await names()).toEqual([]);
	fail(new AppFailure(appError("storage.full")));
	keep(0);
	await expect(retention.atQuit(new AbortController().signal)).resolves.toBeUndefined();
});
