import { expect, test } from "vitest";
import type { ClientMessageId, ConversationId } from "../../../shared/ids.ts";
import { fileStore, memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import type { MessageStore } from "../ports/stores.ts";
import { CoreRun, justText } from "../testing/core-run.ts";
import type { Kept } from "../testing/fake-ports.ts";
import { accepted } from "../testing/outbox-world.ts";
import { settle } from "../testing/virtual-clock.ts";

/** The outbox through the commands of the window. */

const begin = async (messages: MessageStore = memoryStore(), kept?: Kept): Promise<CoreRun> =>
	await new CoreRun({ messages, practiceMessages: memoryStore }, kept).start();
/** A store that the end of a run does not close. */
const lasting = (store: MessageStore): MessageStore => ({ ...store, close: () => Promise.resolve() });
const clientIds = (run: CoreRun): readonly string[] =>
	run.world.provider.sessions.flatMap(({ sent }) => sent.map(({ clientId }) => clientId));

async function talking(run: CoreRun): Promise<ConversationId> {
	await run.online();
	return await run.hear("hello");
}

test("double Enter, double click and a repeated call make one message each, and each is sent once", async () => {
	const run = await begin();
	const conversationId = await talking(run);
	const parts = ["a", "b"].map((text) => ({ clientId: `client ${text}` as ClientMessageId, text }));
	const send = run.core.handlers["messages.send"];
	const results = await Promise.all([
		send({ conversationId, parts, ...justText }),
		send({ conversationId, parts, ...justText }),
		send({ conversationId, parts: parts.slice(1), ...justText }),
	]);
	const ids = results.map((result) => (result.ok ? result.value.entries.map(({ id }) => id) : []));
	expect(ids[1]).toEqual(ids[0]);
	expect(ids[2]).toEqual(ids[0]?.slice(1));
	await settle();
	run.world.provider.session.pending[0]?.answer(accepted);
	await settle();
	run.world.provider.session.pending[0]?.answer(accepted);
	await settle();
	await send({ conversationId, parts, ...justText });
	await settle();
	expect(clientIds(run)).toEqual(["client a", "client b"]);
	expect((await run.texts(conversationId)).map(({ text }) => text)).toEqual(["hello", "a", "b"]);
});

test("undo: the text comes back to the composer and is nowhere else", async () => {
	const run = await begin();
	const conversationId = await talking(run);
	run.world.change({ undoSendSeconds: 10 });
	await run.send(conversationId, "too fast");
	const text = (await run.texts(conversationId)).at(-1);
	expect(text?.delivery).toMatchObject({ state: "queued", queueReason: "undo" });
	const entryId = text?.id ?? ("" as never);
	const undo = run.core.handlers["messages.undo"];
	expect(await undo({ entryId })).toEqual({ ok: true, value: { text: "too fast" } });
	expect(await undo({ entryId })).toMatchObject({ ok: false, error: { code: "message.notFound" } });
	await run.world.clock.advance(60_000);
	expect(clientIds(run)).toEqual([]);
	expect((await run.texts(conversationId)).map((one) => one.text)).toEqual(["hello"]);
	expect((await run.conversation("5002")).draft).toBe("too fast");
});

test("quit in the undo time: nothing leaves, and it does in its time or at once in the next run", async () => {
	const store = lasting(fileStore(":memory:"));
	const first = await begin(store);
	const conversationId = await talking(first);
	first.world.change({ undoSendSeconds: 10 });
	await first.send(conversationId, "a", "b");
	await first.core.stop(2000);
	expect(clientIds(first)).toEqual([]);
	const second = await begin(store, first.world.kept);
	second.world.provider.session.online();
	await second.world.clock.advance(5000);
	expect(clientIds(second)).toEqual([]);
	await second.world.clock.advance(6000);
	expect(clientIds(second)).toEqual(["client a"]);
	second.world.provider.session.pending[0]?.answer(accepted);
	await settle();
	expect(clientIds(second)).toEqual(["client a", "client b"]);
});

test("sleep and wake in the undo time lose nothing and send nothing twice", async () => {
	const run = await begin();
	const conversationId = await talking(run);
	run.world.change({ undoSendSeconds: 10 });
	await run.send(conversationId, "a");
	run.world.suspend();
	await run.world.clock.sleep(3_600_000);
	run.world.resume();
	await settle();
	for (const session of run.world.provider.sessions) session.online();
	await run.world.clock.advance(15_000);
	expect(clientIds(run)).toEqual(["client a"]);
});

test("an outcome that comes while the app quits is stored before the store is closed", async () => {
	const store = lasting(memoryStore());
	const run = await begin(store);
	const conversationId = await talking(run);
	await run.send(conversationId, "a");
	const [pending] = run.world.provider.session.pending;
	const stopping = run.core.stop(2000);
	pending?.answer(accepted);
	await run.world.clock.advance(2000);
	await stopping;
	const [entry] = await store.byClientIds(["client a" as ClientMessageId]);
	expect(entry?.delivery?.state).toBe("sent");
});
