import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asAccountId, asEntryId } from "../../../../shared/ids.ts";
import { RecordingLogger } from "../../../core/testing/virtual-clock.ts";
import { incoming, newConversation } from "./testing/samples.ts";
import { workerMessageStore } from "./worker-message-store.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "trunkline-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (program: string, path = join(folder, "messages.db")) => {
	const logger = new RecordingLogger();
	const url = new URL(program, import.meta.url);
	return { logger, store: workerMessageStore({ path, temporaryFolder: folder, program: url, logger }) };
};
const real = "./database-worker.ts";
const broken = "./testing/broken-thread.ts";

test("calls made before opening wait for it, and all are answered in their order", async () => {
	const { store } = make(real);
	const early = store.conversations();
	const opening = store.open();
	const write = store.write({ conversations: [newConversation()], entries: [incoming("a", 1)] });
	const late = store.conversations();
	expect(await opening).toEqual({ state: "working", problem: null, did: [] });
	expect(await early).toEqual([]);
	expect((await write).added).toEqual(["a"]);
	expect(await late).toHaveLength(1);
	await store.close();
});

test("closed: the file is whole without a journal, further calls are refused, closing again is no fault", async () => {
	const { store } = make(real);
	await store.open();
	await store.write({ conversations: [newConversation()] });
	await store.close();
	expect(readdirSync(folder)).toEqual(["messages.db"]);
	await expect(store.conversations()).rejects.toMatchObject({ error: { code: "storage.unavailable" } });
	await store.close();
});

test("closing what was never opened ends at once", async () => {
	const { store } = make(real);
	await store.close();
	await expect(store.open()).resolves.toMatchObject({ state: "refused" });
});

test("failures come as values: code and parameters, nothing of the text", async () => {
	const { store } = make(real);
	await store.open();
	const lost = store.write({ entries: [incoming("a", 1, { text: "secret" })] });
	await expect(lost).rejects.toMatchObject({ name: "AppFailure", error: { code: "internal" } });
	await store.close();
});

test("a store in memory writes no file and is empty the next time", async () => {
	for (let time = 0; time < 2; time++) {
		const { store } = make(real, ":memory:");
		await store.open();
		expect(await store.conversations()).toEqual([]);
		await store.write({ conversations: [newConversation()] });
		expect(await store.conversations(asAccountId("account-1"))).toHaveLength(1);
		await store.close();
	}
	expect(readdirSync(folder)).toEqual([]);
});

test("a thread that dies fails what it had not answered, and another takes its place", async () => {
	const { store, logger } = make(broken);
	await store.open();
	const first = await store.conversations();
	const waiting = [store.entry(asEntryId("never answered")), store.entry(asEntryId("die"))];
	for (const call of waiting)
		await expect(call).rejects.toMatchObject({ error: { code: "storage.failing" } });
	expect(logger.lines.map(({ event }) => event)).toEqual(["storage.threadDied"]);
	expect(await store.conversations()).not.toEqual(first);
	await store.close();
});

test("one that dies before it answered anything is not started again", async () => {
	const { store } = make(broken);
	await expect(store.entry(asEntryId("die"))).rejects.toMatchObject({ error: { code: "storage.failing" } });
	await expect(store.conversations()).rejects.toMatchObject({ error: { code: "storage.failing" } });
});

test("a program that cannot be started refuses the opening", async () => {
	const { store } = make("./testing/not-there.ts");
	await expect(store.open()).resolves.toEqual({ state: "refused", problem: { code: "storage.noEngine" } });
});
