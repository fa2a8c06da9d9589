import type { IpcMain, IpcMainInvokeEvent } from "electron/main";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { appError, AppFailure, failed, ok } from "../../../shared/errors.ts";
import { maximumAttachmentBase64 } from "../../../shared/ipc/contract.ts";
import { commandChannel, commandNames, type CommandName } from "../../../shared/ipc/names.ts";
import type { CommandHandlers } from "../../core/ports/commands.ts";
import type { LogFields, Logger } from "../../core/ports/runtime.ts";
import { eventSender, serveCommands, type TrustedPage } from "./ipc-server.ts";

type Listener = (event: IpcMainInvokeEvent, ...input: unknown[]) => unknown;
type Handler = (input: unknown) => Promise<unknown>;

const logged: [string, LogFields | undefined][] = [];
const log = (event: string, fields?: LogFields): void => void logged.push([event, fields]);
const logger: Logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
beforeEach(() => {
	logged.length = 0;
});

const ownPage = { id: 7, isDestroyed: () => false, send: () => undefined };
const event = (more: { sender?: object; senderFrame?: object | null } = {}): IpcMainInvokeEvent =>
	({
		sender: { id: 7 },
		senderFrame: { url: "app://ui/index.html", parent: null },
		...more,
	}) as unknown as IpcMainInvokeEvent;

/** A server whose handlers note that they were reached. */
function server(
	run: (name: CommandName, input: unknown) => unknown = () => ok(null),
	page: TrustedPage = () => ownPage,
) {
	const reached: [CommandName, unknown][] = [];
	const handlers = Object.fromEntries(
		commandNames.map((name): [string, Handler] => [
			name,
			(input) => {
				reached.push([name, input]);
				return Promise.resolve().then(() => run(name, input));
			},
		]),
	) as unknown as CommandHandlers;
	const listeners = new Map<string, Listener>();
	const ipcMain: Pick<IpcMain, "handle" | "removeHandler"> = {
		handle: (channel, listener) => void listeners.set(channel, listener),
		removeHandler: (channel) => void listeners.delete(channel),
	};
	const stop = serveCommands({ ipcMain, page, handlers, logger });
	const invoke = (envelope: unknown, from = event()): Promise<unknown> =>
		Promise.resolve(listeners.get(commandChannel)?.(from, envelope));
	return { reached, invoke, stop, listeners };
}

const invalid = failed(appError("input.invalid"));
const nothing = { name: "app.snapshot", input: null };

test("a command from our page is parsed, run and answered", async () => {
	const { invoke, reached } = server((_name, input) => ok({ got: input }));
	expect(await invoke({ name: "stretch.act", input: { conversationId: "c1", action: "end" } })).toEqual(
		ok({ got: { conversationId: "c1", action: "end" } }),
	);
	expect(reached).toHaveLength(1);
});

const strangers: readonly (readonly [string, Parameters<typeof event>[0]])[] = [
	["no frame", { senderFrame: null }],
	["a frame inside the page", { senderFrame: { url: "app://ui/index.html", parent: {} } }],
	["another host", { senderFrame: { url: "app://evil/index.html", parent: null } }],
	["a host that looks alike", { senderFrame: { url: "app://ui.evil/index.html", parent: null } }],
	["credentials that look like the host", { senderFrame: { url: "app://ui@evil/", parent: null } }],
	["another scheme", { senderFrame: { url: "https://ui/index.html", parent: null } }],
	["no address", { senderFrame: { url: "", parent: null } }],
	["about:blank", { senderFrame: { url: "about:blank", parent: null } }],
	["another window", { sender: { id: 8 } }],
];
test.each(strangers)("every command from %s is refused", async (_who, from) => {
	const { invoke, reached } = server();
	for (const name of commandNames)
		expect(await invoke({ name, input: null }, event(from))).toEqual(invalid);
	expect(reached).toEqual([]);
});

test("while there is no page of ours, nobody is trusted", async () => {
	const { invoke, reached } = server(undefined, () => null);
	expect(await invoke(nothing)).toEqual(invalid);
	expect(reached).toEqual([]);
});

test("the frame is read at once: it may be gone a moment later", async () => {
	let reads = 0;
	const vanishing = {
		sender: { id: 7 },
		get senderFrame() {
			return reads++ === 0 ? { url: "app://ui/", parent: null } : null;
		},
	} as unknown as IpcMainInvokeEvent;
	const { invoke } = server();
	expect(await invoke(nothing, vanishing)).toEqual(ok(null));
	expect(reads).toBe(1);
});

test.each([
	["a thrown error", () => Promise.reject(new Error("canary at /home/anna")), "internal"],
	["something thrown that is no error", () => Promise.reject(Object.create(null) as Error), "internal"],
	[
		"a thrown failure of ours",
		() => Promise.reject(new AppFailure(appError("account.notFound"), { cause: new Error("canary") })),
		"account.notFound",
	],
	["a value that cannot be copied", () => ok({ canary: 1n }), "internal"],
	[
		"a value that refers to itself",
		() => {
			const value: Record<string, unknown> = { canary: 1 };
			value["self"] = value;
			return ok(value);
		},
		"internal",
	],
	["nothing at all", () => undefined, "internal"],
])("%s crosses as a code, never as its words", async (_what, run, code) => {
	const { invoke } = server(run);
	const result = await invoke(nothing);
	expect(result).toEqual({ ok: false, error: { code } });
	expect(JSON.stringify(result)).not.toContain("canary");
	expect(logged.map(([name]) => name)).toEqual(["ipc.handlerFailed"]);
});

test("only JSON crosses: no undefined, no dates, no functions", async () => {
	const { invoke } = server(() =>
		ok({ a: undefined, b: new Date(0), c: () => 1, d: [undefined], e: null }),
	);
	expect(await invoke(nothing)).toEqual(ok({ b: "1970-01-01T00:00:00.000Z", d: [null], e: null }));
	expect(await server(() => ok(undefined)).invoke(nothing)).toEqual(ok(null));
});

test("a refused input is logged by its place, never by its content", async () => {
	const { invoke } = server();
	await invoke({
		name: "messages.send",
		input: { conversationId: "c", parts: [{ clientId: "x", text: 5 }], canary: "canary" },
	});
	await invoke({ name: "accounts.enterSecret", input: { accountId: "a", secret: ["canary"] } });
	expect(JSON.stringify(logged)).not.toContain('canary"');
	expect(logged.map(([, fields]) => fields?.["path"])).toEqual(["parts.0.text", "secret"]);
});

const right: { readonly [C in CommandName]: unknown } = {
	"app.snapshot": null,
	"app.quit": null,
	"app.copyDiagnostics": null,
	"window.viewing": { conversationId: null, atEnd: true },
	"notices.dismiss": { code: "notifications.unavailable", detail: null },
	"accounts.signIn": {
		system: "genesys",
		server: "s",
		userName: "u",
		secret: "p",
		allowUnencrypted: false,
		method: "password",
		code: null,
		options: { place: "p" },
	},
	"accounts.enterSecret": { accountId: "a", secret: "s", code: null, options: { clientSecret: "c" } },
	"accounts.signOut": { accountId: "a", history: "keep" },
	"accounts.reconnect": { accountId: "a" },
	"accounts.check": { accountId: "a" },
	"accounts.chooseLine": { accountId: "a", lineId: "l" },
	"accounts.setAgentState": { accountId: "a", stateId: "Ready" },
	"keychain.choose": { accountId: "a", choice: "thisRun" },
	"practice.start": null,
	"practice.leave": null,
	"conversations.open": { conversationId: "c", around: null, wholePerson: true },
	"conversations.page": {
		conversationId: "c",
		direction: "older",
		from: "",
		limit: 50,
		wholePerson: false,
	},
	"conversations.markRead": { conversationId: "c", upTo: "e" },
	"conversations.markUnread": { conversationId: "c", from: null },
	"conversations.start": { accountId: "a", addresses: ["5001"], name: null, lineId: null, title: null },
	"conversations.setArchived": { conversationId: "c", archived: true },
	"conversations.act": { conversationId: "c", action: "close" },
	"conversations.rename": { conversationId: "c", title: "Team" },
	"conversations.setMembers": { conversationId: "c", addresses: ["5001"] },
	"numbers.check": { accountId: "a", lineId: null, text: "555 0100" },
	"folders.page": { accountId: "a", folderId: "all", next: null },
	"people.link": { conversationIds: ["c", "d"] },
	"people.unlink": { conversationId: "c" },
	"attachments.add": { conversationId: "c", name: "a.png", type: "image/png", data: "AA==" },
	"attachments.addAddress": { conversationId: "c", address: "https://a.example/a.png", type: "image/png" },
	"attachments.remove": { conversationId: "c", attachmentId: "f" },
	"attachments.fetch": { entryId: "e", attachmentId: "f" },
	"attachments.save": { entryId: "e", attachmentId: "f" },
	"replies.find": { conversationId: "c", query: "hello" },
	"contacts.card": { conversationId: "c" },
	"contacts.assign": { conversationId: "c", contactId: "k" },
	"conversations.setDraft": { conversationId: "c", text: "x" },
	"conversations.setMuted": { conversationId: "c", muted: true },
	"conversations.export": { conversationId: "c", format: "text" },
	"messages.undo": { entryId: "e" },
	"search.messages": { query: "x", conversationId: null, before: null, limit: 20 },
	"notifications.history": { conversationId: null, before: null, limit: 20 },
	"storage.retry": null,
	"stretch.act": { conversationId: "c", action: "accept" },
	"messages.send": {
		conversationId: "c",
		parts: [{ clientId: "m", text: "hello" }],
		attachments: ["f"],
		savedReply: null,
		at: 1,
	},
	"messages.retry": { entryId: "e" },
	"messages.checkAgain": { entryId: "e" },
	"messages.sendAgain": { entryId: "e" },
	"messages.discard": { entryId: "e" },
	"directory.search": { accountId: "a", query: "an" },
	"directory.watch": { accountId: "a", addresses: ["5001"] },
	"settings.patch": { theme: "dark" },
	"links.open": { url: "https://example.org" },
};

test.each(commandNames)("%s: a right input reaches its handler", async (name) => {
	const { invoke, reached } = server();
	expect(await invoke({ name, input: right[name] })).toEqual(ok(null));
	expect(reached.map(([reachedName]) => reachedName)).toEqual([name]);
});

/** Objects that have right parts and a wrong one: closer to a real attack than noise. */
const wrongValue = fc.oneof(
	fc.anything({
		maxDepth: 2,
		maxKeys: 3,
		withBigInt: true,
		withDate: true,
		withMap: true,
		withSet: true,
		withNullPrototype: true,
	}),
	fc.constantFrom(
		"x".repeat(100_001),
		Array.from({ length: 201 }, () => "x"),
		undefined,
		Number.NaN,
		-1,
		1.5,
		Number.POSITIVE_INFINITY,
		"__proto__",
		"constructor",
		() => 1,
		Symbol("s"),
	),
);
function broken(name: CommandName): fc.Arbitrary<unknown> {
	const valid = right[name];
	if (valid === null || typeof valid !== "object") return wrongValue;
	const keys = Object.keys(valid);
	return fc.oneof(
		wrongValue,
		fc.tuple(fc.constantFrom(...keys), wrongValue).map(([key, value]) => ({ ...valid, [key]: value })),
		fc
			.constantFrom(...keys)
			.map((key) => Object.fromEntries(Object.entries(valid).filter(([other]) => other !== key))),
		fc
			.tuple(fc.string(), wrongValue)
			.map(([key, value]) => Object.assign(Object.create(null) as object, valid, { [key]: value })),
		fc.constant(Object.defineProperty({}, "accountId", { enumerable: true, get: () => "a" })),
	);
}

/** What the contract says of an input, told apart from the server: caps, types and keys as listed there. */
test("20 000 hostile envelopes: none throws, and no handler gets what its schema would not give", async () => {
	const { invoke, reached } = server();
	const envelope = fc.oneof(
		{
			weight: 8,
			arbitrary: fc.oneof(
				...commandNames.map((name) => broken(name).map((input) => ({ name, input }))),
			),
		},
		{ weight: 1, arbitrary: wrongValue },
		{
			weight: 1,
			arbitrary: fc.record({
				name: fc.oneof(
					fc.string(),
					fc.constantFrom("__proto__", "toString", "constructor", "hasOwnProperty"),
				),
				input: wrongValue,
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				name: fc.constantFrom(...commandNames),
				input: fc.constant(null),
				more: wrongValue,
			}),
		},
	);
	const envelopeKeysOf = (value: unknown): string[] =>
		typeof value === "object" && value !== null ? Object.keys(value) : [];
	const before = Object.getOwnPropertyNames(Object.prototype).length;
	let refused = 0;
	await fc.assert(
		fc.asyncProperty(envelope, async (value) => {
			reached.length = 0;
			logged.length = 0;
			const result = await invoke(value);
			if (reached.length === 0) {
				refused++;
				expect(result).toEqual(invalid);
				return;
			}
			expect(result).toEqual(ok(null));
			for (const [name, input] of reached) {
				expect(name).toBe((value as { name: unknown }).name);
				expect(envelopeKeysOf(value).sort()).toEqual(["input", "name"]);
				expectWithinContract(name, input);
			}
		}),
		{ numRuns: 20_000 },
	);
	expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(before);
	expect(refused).toBeGreaterThan(10_000);
}, 60_000);

function expectWithinContract(name: CommandName, input: unknown): void {
	const model = right[name];
	if (model === null) {
		expect(input).toBeNull();
		return;
	}
	const given = input as Record<string, unknown>;
	const optional = name === "settings.patch";
	const settingKeys = [
		"theme",
		"notificationContent",
		"notificationSound",
		"sendKey",
		"locale",
		"closeToTray",
		"softLimit",
		"templates",
		"undoSendSeconds",
		"keepHistoryDays",
	];
	expect(optional ? settingKeys : Object.keys(model as object)).toEqual(
		expect.arrayContaining(Object.keys(given)),
	);
	if (!optional)
		for (const key of Object.keys(model as object)) expect(Object.hasOwn(given, key)).toBe(true);
	// Plain data all the way down, and no string longer than the longest cap.
	const text = JSON.stringify(given, (_key, value: unknown) => {
		if (typeof value === "string")
			expect(value.length).toBeLessThanOrEqual(
				name === "attachments.add" ? maximumAttachmentBase64 : 100_000,
			);
		expect(["string", "number", "boolean", "object"]).toContain(typeof value);
		return value;
	});
	expect(text).toBeTypeOf("string");
}

test("stopping takes the handler away", () => {
	const { stop, listeners } = server();
	stop();
	expect([...listeners]).toEqual([]);
});

test("events reach the page as JSON, and nobody when there is no page", () => {
	const sent: unknown[][] = [];
	let page: ReturnType<TrustedPage> = {
		id: 1,
		isDestroyed: () => false,
		send: (...all: unknown[]) => void sent.push(all),
	};
	const send = eventSender(() => page, logger);
	send("navigate", { to: "settings" });
	page = { ...page, isDestroyed: () => true };
	send("navigate", { to: "about" });
	page = null;
	send("navigate", { to: "about" });
	expect(sent).toEqual([["trunkline:event:navigate", { to: "settings" }]]);
	page = {
		id: 1,
		isDestroyed: () => false,
		send: () => {
			throw new Error("Render frame was disposed");
		},
	};
	send("navigate", { to: "about" });
	expect(logged.map(([name]) => name)).toEqual(["ipc.eventNotSent"]);
});
