import { expect, test } from "vitest";
import { appError, AppFailure } from "../../../shared/errors.ts";
import type { AttachmentId, ClientMessageId, ConversationId, EntryId } from "../../../shared/ids.ts";
import type { AttachmentLimits, MessageEntry } from "../../../shared/model.ts";
import { memoryStore } from "../../adapters/storage/database/testing/memory-store.ts";
import { bytesOfBase64 } from "../attachments/base64.ts";
import { mostFetchedBytes } from "../attachments/attachment-fetcher.ts";
import type { FileSource } from "../ports/provider.ts";
import { CoreRun, justText } from "../testing/core-run.ts";
import { accepted } from "../testing/outbox-world.ts";
import { limits, told } from "../testing/threads.ts";
import { settle } from "../testing/virtual-clock.ts";

async function begin(
	more: Partial<AttachmentLimits> | null = {},
): Promise<{ run: CoreRun; id: ConversationId }> {
	const run = await new CoreRun({ messages: memoryStore(), practiceMessages: memoryStore }).start();
	await run.online();
	const attachments = more === null ? null : { ...limits, ...more };
	run.world.provider.session.emit(told("5002", { attachments }));
	return { run, id: (await run.conversation("5002")).id };
}

const add = (run: CoreRun, conversationId: ConversationId, data = "AQID", type = "image/png") =>
	run.core.handlers["attachments.add"]({ conversationId, name: "C:\\photos\\roof.png", type, data });

async function added(run: CoreRun, id: ConversationId): Promise<AttachmentId> {
	const result = await add(run, id);
	if (!result.ok) throw new Error(result.error.code);
	return result.value.attachment.id;
}

const send = (run: CoreRun, conversationId: ConversationId, attachments: AttachmentId[], text = "") =>
	run.core.handlers["messages.send"]({
		conversationId,
		parts: [{ clientId: "c1" as ClientMessageId, text }],
		...justText,
		attachments,
	});

// ---------------------------------------------------------------- adding

test("a file is kept with the draft, shown with it, and goes out with its bytes, once", async () => {
	const { run, id } = await begin();
	const file = await added(run, id);
	expect((await run.conversation("5002")).staged).toMatchObject([
		{ id: file, name: "roof.png", type: "image/png", bytes: 3, width: 4, height: 3, state: "here" },
	]);
	expect(await run.core.media(file)).toEqual({ type: "image/png", bytes: Uint8Array.of(1, 2, 3) });
	expect(await send(run, id, [file])).toMatchObject({ ok: true });
	await settle();
	// The same command once more finds its message, though its file has left the draft.
	expect(await send(run, id, [file])).toMatchObject({ ok: true });
	await settle();
	expect((await run.conversation("5002")).staged).toEqual([]);
	const { sent } = run.world.provider.session;
	expect(sent).toMatchObject([
		{
			text: "",
			files: [{ kind: "bytes", name: "roof.png", type: "image/png", bytes: Uint8Array.of(1, 2, 3) }],
		},
	]);
	expect((await run.texts(id))[0]?.details?.attachments).toMatchObject([{ id: file, state: "here" }]);
});

test("what the draft has is there in the next run", async () => {
	const store = memoryStore();
	const first = await new CoreRun({ messages: store, practiceMessages: memoryStore }).start();
	await first.online();
	first.world.provider.session.emit(told("5002", { attachments: limits }));
	const file = await added(first, (await first.conversation("5002")).id);
	const second = await new CoreRun({ messages: store, practiceMessages: memoryStore }).start();
	expect((await second.conversation("5002")).staged.map((one) => one.id)).toEqual([file]);
});

test.each([
	["no files here", null, "AQID", "image/png", "attachment.notOffered"],
	[
		"only by address",
		{ byAddressOnly: appError("attachment.byAddressOnly") },
		"AQID",
		"image/png",
		"attachment.byAddressOnly",
	],
	["no base64", {}, "!!!!", "image/png", "attachment.unreadable"],
	["nothing in it", {}, "", "image/png", "attachment.empty"],
	["too large", {}, "AAAAAAAAAAAAAAAA", "image/png", "attachment.tooLarge"],
	["another kind", {}, "AQID", "image/gif", "attachment.type"],
] as const)("refused in words and not kept: %s", async (_name, more, data, type, code) => {
	const { run, id } = await begin(more);
	expect(await add(run, id, data, type)).toMatchObject({ ok: false, error: { code } });
	expect((await run.conversation("5002")).staged).toEqual([]);
});

test("several at a time count together: never more, and never larger, than one message may have", async () => {
	const { run, id } = await begin();
	const all = await Promise.all([add(run, id), add(run, id), add(run, id)]);
	expect(all.map((one) => (one.ok ? "kept" : one.error.code))).toEqual([
		"kept",
		"kept",
		"attachment.tooMany",
	]);
	const other = await begin({ mostBytes: 5 });
	await added(other.run, other.id);
	expect(await add(other.run, other.id)).toMatchObject({
		ok: false,
		error: { code: "attachment.tooLarge" },
	});
});

test("what only claims to be a picture is refused; one too large to be shown may be sent", async () => {
	const { run, id } = await begin();
	const inspect = (code: "attachment.unreadable" | "attachment.unsafe"): void => {
		run.world.looksAt = () => ({ type: "image/png", picture: null, problem: appError(code) });
	};
	inspect("attachment.unreadable");
	expect(await add(run, id)).toMatchObject({ ok: false, error: { code: "attachment.unreadable" } });
	inspect("attachment.unsafe");
	expect(await add(run, id)).toMatchObject({ ok: true, value: { attachment: { state: "file" } } });
});

test.each([
	["http://files.example/a.png", "attachment.badAddress"],
	["https://ann:secret@files.example/a.png", "attachment.badAddress"],
	["not an address", "attachment.badAddress"],
])("by address: %s is refused", async (address, code) => {
	const { run, id: conversationId } = await begin();
	const result = await run.core.handlers["attachments.addAddress"]({
		conversationId,
		address,
		type: "image/png",
	});
	expect(result).toMatchObject({ ok: false, error: { code } });
});

test("by address: only the address goes out", async () => {
	const { run, id: conversationId } = await begin({ byAddressOnly: appError("attachment.byAddressOnly") });
	const address = "https://files.example/a%20b.png";
	const input = { conversationId, address, type: "IMAGE/png; q=1" };
	const result = await run.core.handlers["attachments.addAddress"](input);
	if (!result.ok) throw new Error(result.error.code);
	expect(result.value.attachment).toMatchObject({ type: "image/png", bytes: null, state: "file" });
	await send(run, conversationId, [result.value.attachment.id], "look");
	await settle();
	expect(run.world.provider.session.sent).toMatchObject([
		{ text: "look", files: [{ kind: "address", address, type: "image/png" }] },
	]);
});

test("a file that was taken out of the draft is gone, and cannot be sent", async () => {
	const { run, id: conversationId } = await begin();
	const attachmentId = await added(run, conversationId);
	await run.core.handlers["attachments.remove"]({ conversationId, attachmentId });
	expect((await run.conversation("5002")).staged).toEqual([]);
	expect(await run.core.media(attachmentId)).toBeNull();
	expect(await send(run, conversationId, [attachmentId], "x")).toMatchObject({
		ok: false,
		error: { code: "attachment.gone" },
	});
	expect(run.world.provider.session.sent).toEqual([]);
});

test("a text that is taken back gives its files back to the draft", async () => {
	const { run, id } = await begin();
	run.world.change({ undoSendSeconds: 10 });
	const result = await send(run, id, [await added(run, id)], "look");
	const entryId = result.ok ? result.value.entries[0]?.id : undefined;
	if (entryId === undefined) throw new Error("not stored");
	expect(await run.core.handlers["messages.undo"]({ entryId })).toEqual({
		ok: true,
		value: { text: "look" },
	});
	const { staged } = await run.conversation("5002");
	expect(staged).toMatchObject([{ name: "roof.png", state: "here" }]);
	expect(await run.core.media(staged[0]?.id ?? ("" as AttachmentId))).toMatchObject({ type: "image/png" });
	run.world.change({ undoSendSeconds: 0 });
	const again = await run.core.handlers["messages.send"]({
		conversationId: id,
		parts: [{ clientId: "c2" as ClientMessageId, text: "look" }],
		...justText,
		attachments: staged.map((one) => one.id),
	});
	expect(again).toMatchObject({ ok: true });
	await settle();
	expect(run.world.provider.session.sent[0]?.files).toMatchObject([{ bytes: Uint8Array.of(1, 2, 3) }]);
});

test("files go with the first of several texts; a later one must have words", async () => {
	const { run, id: conversationId } = await begin();
	const attachments = [await added(run, conversationId)];
	const parts = ["", ""].map((text, index) => ({ clientId: `p${String(index)}` as ClientMessageId, text }));
	const handlers = run.core.handlers["messages.send"];
	expect(await handlers({ conversationId, parts, ...justText, attachments })).toMatchObject({
		ok: false,
		error: { code: "message.empty" },
	});
	run.world.provider.session.answer = () => accepted;
	const [first, second] = parts;
	if (first === undefined || second === undefined) throw new Error("two parts");
	await handlers({ conversationId, parts: [first, { ...second, text: "b" }], ...justText, attachments });
	await settle();
	expect(run.world.provider.session.sent.map(({ text, files }) => [text, files.length])).toEqual([
		["", 1],
		["b", 0],
	]);
});

// ---------------------------------------------------------------- of messages that came

async function received(source: FileSource["fetch"], type = "image/png") {
	const { run, id } = await begin();
	run.world.provider.session.files = { fetch: source };
	run.world.provider.session.emit({
		type: "message",
		peer: "5002",
		text: "look",
		remoteId: "m1",
		stretch: null,
		at: run.world.clock.now(),
		catchUp: false,
		files: [{ ref: "secret-ref", type, name: "../roof.png", bytes: null, width: null, height: null }],
	});
	await settle();
	const file = async (): Promise<MessageEntry> => {
		const entry = (await run.texts(id)).at(-1);
		if (entry === undefined) throw new Error("no message");
		return entry;
	};
	const entry = await file();
	const attachmentId = entry.details?.attachments[0]?.id ?? ("" as AttachmentId);
	const fetch = () => run.core.handlers["attachments.fetch"]({ entryId: entry.id, attachmentId });
	const now = async () => (await file()).details?.attachments[0];
	return { run, fetch, now, entryId: entry.id, attachmentId };
}

test("a picture is fetched once however many ask, checked, and then shown", async () => {
	const asked: unknown[] = [];
	const it = await received(async (file, most) => {
		asked.push([file, most]);
		await settle(30);
		return { bytes: Uint8Array.of(9), type: null };
	});
	expect(await it.run.core.media(it.attachmentId)).toBeNull();
	expect(await Promise.all([it.fetch(), it.fetch()])).toEqual([
		{ ok: true, value: null },
		{ ok: true, value: null },
	]);
	expect(asked).toEqual([[{ ref: "secret-ref", peer: "5002", messageId: "m1" }, mostFetchedBytes]]);
	expect(await it.now()).toMatchObject({ state: "here", bytes: 1, width: 4, height: 3, problem: null });
	expect(await it.run.core.media(it.attachmentId)).toEqual({ type: "image/png", bytes: Uint8Array.of(9) });
	await it.fetch();
	expect(asked).toHaveLength(1);
	// How it was found stays in main.
	expect(JSON.stringify([it.run.changes, await it.run.snapshot()])).not.toContain("secret-ref");
	expect(JSON.stringify(it.run.world.logger.lines)).not.toContain("secret-ref");
});

test("what is no picture, or none that is safe, is a file and never shown", async () => {
	const it = await received(() => Promise.resolve({ bytes: Uint8Array.of(9), type: "application/pdf" }));
	await it.fetch();
	expect(await it.now()).toMatchObject({ state: "file", type: "application/pdf", bytes: 1 });
	expect(await it.run.core.media(it.attachmentId)).toBeNull();
	const bomb = await received(() => Promise.resolve({ bytes: Uint8Array.of(9), type: "image/png" }));
	const problem = appError("attachment.unsafe");
	bomb.run.world.looksAt = () => ({ type: "image/png", picture: null, problem });
	await bomb.fetch();
	expect(await bomb.now()).toMatchObject({ state: "file", problem });
	expect(await bomb.run.core.media(bomb.attachmentId)).toBeNull();
});

test("only what the server has no more is gone; anything else can be tried again", async () => {
	let failure = appError("network.timeout");
	let fails = true;
	const it = await received(() =>
		fails
			? Promise.reject(new AppFailure(failure))
			: Promise.resolve({ bytes: Uint8Array.of(9), type: "image/png" }),
	);
	expect(await it.fetch()).toEqual({ ok: false, error: failure });
	expect(await it.now()).toMatchObject({ state: "there", problem: { code: "network.timeout" } });
	fails = false;
	expect(await it.fetch()).toMatchObject({ ok: true });
	expect(await it.now()).toMatchObject({ state: "here", problem: null });
	failure = appError("attachment.gone");
	const lost = await received(() => Promise.reject(new AppFailure(failure)));
	expect(await lost.fetch()).toEqual({ ok: false, error: failure });
	expect(await lost.now()).toMatchObject({ state: "gone", problem: failure });
	expect(await lost.fetch()).toEqual({ ok: false, error: failure });
});

test("larger than is taken, or empty: not kept", async () => {
	const huge = new Uint8Array(mostFetchedBytes + 1);
	const it = await received(() => Promise.resolve({ bytes: huge, type: "image/png" }));
	expect(await it.fetch()).toMatchObject({ ok: false, error: { code: "attachment.tooLarge" } });
	expect(await it.now()).toMatchObject({ state: "there", problem: { code: "attachment.tooLarge" } });
	const empty = await received(() => Promise.resolve({ bytes: new Uint8Array(), type: null }));
	expect(await empty.fetch()).toMatchObject({ ok: false, error: { code: "attachment.empty" } });
});

test("without a connection nothing is said of the file", async () => {
	const it = await received(() => Promise.reject(new Error("never asked")));
	const { accounts } = await it.run.snapshot();
	const accountId = accounts[0]?.id;
	if (accountId === undefined) throw new Error("no account");
	await it.run.core.handlers["accounts.signOut"]({ accountId, history: "keep" });
	expect(await it.fetch()).toMatchObject({ ok: false, error: { code: "account.offline" } });
	expect(await it.now()).toMatchObject({ state: "there", problem: null });
});

test("a file is saved under a safe name, fetched first if need be; nobody who changes their mind has it", async () => {
	const it = await received(() => Promise.resolve({ bytes: Uint8Array.of(7, 8), type: "image/png" }));
	const save = () =>
		it.run.core.handlers["attachments.save"]({ entryId: it.entryId, attachmentId: it.attachmentId });
	expect(await save()).toEqual({ ok: true, value: { saved: true } });
	expect([it.run.world.saved, it.run.world.savedName]).toEqual(["<7 8>", ".._roof.png.png"]);
	it.run.world.saves = false;
	expect(await save()).toEqual({ ok: true, value: { saved: false } });
	const unknown = { entryId: "nothing" as EntryId, attachmentId: it.attachmentId };
	expect(await it.run.core.handlers["attachments.save"](unknown)).toMatchObject({
		ok: false,
		error: { code: "message.notFound" },
	});
});

test("a system without files refuses in words", async () => {
	const it = await received(() => Promise.reject(new Error("never asked")));
	it.run.world.provider.session.files = null;
	expect(await it.fetch()).toMatchObject({ ok: false, error: { code: "action.notOffered" } });
});

// ---------------------------------------------------------------- base64

test.each([
	["", []],
	["AA==", [0]],
	["/+8=", [255, 239]],
	["AQID", [1, 2, 3]],
	["A", null],
	["A===", null],
	["AQ=D", null],
	["AQ\u00e9=", null],
	[" AQI", null],
])("base64 %j", (text, bytes) => {
	expect(bytesOfBase64(text)).toEqual(bytes === null ? null : Uint8Array.from(bytes));
});
