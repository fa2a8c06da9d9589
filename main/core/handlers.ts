import { type AppError, appError, failed, ok, type Result, toAppError } from "../../shared/errors.ts";
import type { AccountId, ConversationId, EntryId } from "../../shared/ids.ts";
import type { Output, Parsed, Snapshot } from "../../shared/ipc/contract.ts";
import type { CommandName } from "../../shared/ipc/names.ts";
import type { Entry, MessageEntry } from "../../shared/model.ts";
import type { AccountSession } from "./accounts/account-session.ts";
import { previewOf } from "./conversations/conversation-view.ts";
import type { CommandHandlers } from "./ports/commands.ts";
import type { CorePorts } from "./ports/core.ts";
import type { ConversationRecord, NewEntry } from "./ports/stores.ts";
import type { Workspace } from "./workspace.ts";

/** Entries of the page that opening a conversation gives. */
const openingPage = 60;

/** What the handlers need of the app. */
export interface HandlerHost {
	readonly ports: CorePorts;
	readonly workspace: () => Workspace;
	/** Waits until there is something to paint. */
	readonly snapshot: () => Promise<Snapshot>;
	readonly view: (input: Parsed<"window.viewing">) => void;
	readonly dismiss: (notice: Parsed<"notices.dismiss">) => void;
	readonly startPractice: () => Promise<Result<Output<"practice.start">>>;
	readonly leavePractice: () => Promise<Result<null>>;
}

type Handlers = { readonly [C in CommandName]: (input: Parsed<C>) => Promise<Result<Output<C>>> };

/** Every command of the contract. A handler that throws answers `internal`, and the log says where. */
export function createHandlers(host: HandlerHost): CommandHandlers {
	const { ports } = host;
	const done = (): Promise<Result<null>> => Promise.resolve(ok(null));

	async function withAccount<T>(
		id: AccountId,
		run: (session: AccountSession) => Promise<Result<T>>,
	): Promise<Result<T>> {
		const session = host.workspace().manager.get(id);
		return session === null ? failed(appError("account.notFound")) : await run(session);
	}

	async function withConversation<T>(
		id: ConversationId,
		run: (record: ConversationRecord, workspace: Workspace) => Promise<Result<T>>,
	): Promise<Result<T>> {
		const workspace = host.workspace();
		const record = workspace.book.get(id);
		return record === null ? failed(appError("conversation.notFound")) : await run(record, workspace);
	}

	const handlers: Handlers = {
		"app.snapshot": async () => ok(await host.snapshot()),
		"app.quit": () => {
			ports.quit();
			return done();
		},
		"app.copyDiagnostics": () => {
			ports.copyDiagnostics();
			return done();
		},
		"window.viewing": (input) => {
			host.view(input);
			return done();
		},
		"notices.dismiss": (notice) => {
			host.dismiss(notice);
			return done();
		},
		"accounts.signIn": async ({ genesys, ...input }) => {
			const workspace = host.workspace();
			if (workspace.practice) return failed(appError("practice.active"));
			const options = input.system === "genesys" ? { genesys } : {};
			return await workspace.manager.signIn({ ...input, options }, { kind: "ask" });
		},
		"accounts.enterSecret": ({ accountId, secret }) =>
			host.workspace().manager.enterSecret(accountId, secret),
		"accounts.signOut": ({ accountId }) => host.workspace().manager.signOut(accountId),
		"accounts.reconnect": ({ accountId }) =>
			withAccount(accountId, (session) => Promise.resolve(session.reconnect())),
		"accounts.check": ({ accountId }) => withAccount(accountId, (session) => session.check()),
		"accounts.chooseLine": ({ accountId, lineId }) =>
			withAccount(accountId, (session) => session.chooseLine(lineId)),
		"accounts.setAgentState": ({ accountId, stateId }) =>
			withAccount(accountId, (session) => session.setAgentState(stateId)),
		"keychain.choose": ({ accountId, choice }) =>
			Promise.resolve(host.workspace().manager.choose(accountId, choice)),
		"practice.start": () => host.startPractice(),
		"practice.leave": () => host.leavePractice(),
		"conversations.open": ({ conversationId }) =>
			withConversation(conversationId, async (_record, { book }) => {
				const page = await book.store.page(conversationId, null, openingPage);
				const conversation = book.view(conversationId);
				return conversation === null
					? failed(appError("conversation.notFound"))
					: ok({ conversation, ...page });
			}),
		"conversations.older": ({ conversationId, before, limit }) =>
			withConversation(conversationId, async (_record, { book }) =>
				ok(await book.store.page(conversationId, before, limit)),
			),
		"conversations.markRead": ({ conversationId, upTo }) =>
			withConversation(conversationId, async (_record, workspace) => {
				await workspace.markRead(conversationId, upTo);
				return ok(null);
			}),
		"conversations.markUnread": ({ conversationId }) =>
			withConversation(conversationId, async (_record, workspace) => {
				await workspace.markUnread(conversationId);
				return ok(null);
			}),
		"conversations.start": (input) => startConversation(host, input),
		"conversations.setDraft": ({ conversationId, text }) =>
			withConversation(conversationId, async (_record, { book }) => {
				await book.change(() => ({ patches: [{ id: conversationId, patch: { draft: text } }] }));
				return ok(null);
			}),
		"conversations.setMuted": ({ conversationId, muted }) =>
			withConversation(conversationId, async (_record, { book }) => {
				await book.change(() => ({ patches: [{ id: conversationId, patch: { muted } }] }));
				return ok(null);
			}),
		"stretch.act": ({ conversationId, action }) =>
			withConversation(conversationId, (record) =>
				withAccount(record.accountId, (session) => session.act(record.address, action)),
			),
		"messages.send": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				send(record, workspace, input),
			),
		"messages.retry": ({ entryId }) => requeue(host.workspace(), entryId, "retry"),
		"messages.sendAgain": ({ entryId }) => requeue(host.workspace(), entryId, "sendAgain"),
		"messages.checkAgain": ({ entryId }) => checkAgain(host.workspace(), entryId),
		"messages.discard": ({ entryId }) => discard(host.workspace(), entryId),
		"directory.search": ({ accountId, query }) =>
			withAccount(accountId, (session) => session.search(query)),
		"directory.watch": ({ accountId, addresses }) =>
			withAccount(accountId, (session) => {
				session.watch(addresses);
				return done();
			}),
		"settings.patch": async (patch) => ok(await ports.settings.patch(patch)),
		"links.open": ({ url }) => ports.links.open(url),
	};
	return guarded(handlers, {
		refused: (name, error) => ports.logger.info("command.refused", { command: name, error }),
		threw: (name, thrown) => {
			const error = toAppError(thrown);
			ports.logger.error("command.failed", { command: name, error });
			return error;
		},
	});
}

async function startConversation(
	host: HandlerHost,
	{ accountId, address, name }: Parsed<"conversations.start">,
): Promise<Result<Output<"conversations.start">>> {
	const { book, manager } = host.workspace();
	const provider = manager.provider(accountId);
	if (provider === null) return failed(appError("account.notFound"));
	const peer = address.trim();
	if (peer === "") return failed(appError("peer.badAddress"));
	await book.change(() => {
		if (book.byAddress(accountId, peer) !== null) return null;
		const record: ConversationRecord = {
			id: host.ports.random.uuid() as ConversationId,
			accountId,
			system: provider.system,
			address: peer,
			name,
			lastActivity: host.ports.clock.now(),
			unread: 0,
			firstUnread: null,
			draft: "",
			muted: false,
			preview: null,
		};
		return { conversations: [record] };
	});
	const record = book.byAddress(accountId, peer);
	return record === null ? failed(appError("internal")) : ok({ conversationId: record.id });
}

async function send(
	record: ConversationRecord,
	{ outbox }: Workspace,
	{ parts }: Parsed<"messages.send">,
): Promise<Result<Output<"messages.send">>> {
	if (parts.some(({ text }) => text.trim() === "")) return failed(appError("message.empty"));
	return ok({ entries: await outbox.write(record, parts) });
}

async function requeue(
	{ outbox, book }: Workspace,
	id: EntryId,
	kind: "retry" | "sendAgain",
): Promise<Result<null>> {
	if ((await book.store.entry(id)) === null) return failed(appError("message.notFound"));
	return (await outbox.requeue(id, kind)) ? ok(null) : failed(appError("message.alreadySettled"));
}

/** Asks the server; what it says comes as an event. If it says nothing, the text stays in doubt. */
async function checkAgain({ manager, book }: Workspace, id: EntryId): Promise<Result<null>> {
	const entry = await book.store.entry(id);
	const record = entry === null ? null : book.get(entry.conversationId);
	if (entry?.kind !== "message" || record === null) return failed(appError("message.notFound"));
	if (entry.delivery?.state !== "unknown") return failed(appError("message.alreadySettled"));
	const session = manager.get(record.accountId);
	return session === null ? failed(appError("account.notFound")) : await session.check();
}

const discardable: ReadonlySet<string> = new Set(["queued", "waiting", "failed", "unknown"]);

async function discard(workspace: Workspace, id: EntryId): Promise<Result<null>> {
	const { book, outbox } = workspace;
	let found: Entry | null = null;
	const written = await book.change(async () => {
		const entry = await book.store.entry(id);
		found = entry;
		if (entry?.kind !== "message" || !discardable.has(entry.delivery?.state ?? "")) return null;
		const { entries } = await book.store.page(entry.conversationId, null, 50);
		const before = entries.findLast((other) => other.id !== id && other.kind === "message");
		const preview = before === undefined ? null : previewOf(before);
		return { removed: [id], patches: [{ id: entry.conversationId, patch: { preview } }] };
	});
	const entry = found as Entry | null;
	if (entry === null) return failed(appError("message.notFound"));
	if (written === null) return failed(appError("message.alreadySettled"));
	outbox.withdraw(entry.conversationId, id);
	return ok(null);
}

/** The same handlers, none of which rejects; whatever the person is told is in the log as well. */
function guarded(
	handlers: Handlers,
	log: {
		readonly refused: (name: CommandName, error: AppError) => void;
		readonly threw: (name: CommandName, thrown: unknown) => AppError;
	},
): CommandHandlers {
	const wrap =
		<C extends CommandName>(name: C) =>
		async (input: Parsed<C>): Promise<Result<Output<C>>> => {
			try {
				const result: Result<Output<C>> = await handlers[name](input);
				if (!result.ok) log.refused(name, result.error);
				return result;
			} catch (thrown) {
				return failed(log.threw(name, thrown));
			}
		};
	const entries = (Object.keys(handlers) as CommandName[]).map((name) => [name, wrap(name)] as const);
	return Object.fromEntries(entries) as unknown as CommandHandlers;
}
