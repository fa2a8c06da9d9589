import { type AppError, appError, failed, ok, type Result, toAppError } from "../../shared/errors.ts";
import type { Translate } from "../../shared/i18n/translate.ts";
import type { AccountId, ConversationId } from "../../shared/ids.ts";
import type { Output, Parsed, Snapshot } from "../../shared/ipc/contract.ts";
import type { CommandName } from "../../shared/ipc/names.ts";
import type { AccountSession } from "./accounts/account-session.ts";
import { addAddress, addAttachment, removeAttachment } from "./commands/attachments.ts";
import { assignContact, contactCard } from "./commands/contacts.ts";
import { openConversation, pageOf } from "./commands/conversations.ts";
import { folderPage } from "./commands/folders.ts";
import { checkAgain, discard, requeue, send } from "./commands/messages.ts";
import { linkPeople, unlinkPerson } from "./commands/people.ts";
import { findReplies } from "./commands/replies.ts";
import { saveAttachment } from "./commands/save-attachment.ts";
import { checkNumber, startConversation } from "./commands/start-conversation.ts";
import { actOnThread, renameThread, setArchived, setMembers } from "./commands/thread-deeds.ts";
import { exportConversation } from "./export/export-conversation.ts";
import type { CommandHandlers } from "./ports/commands.ts";
import type { CorePorts } from "./ports/core.ts";
import type { ConversationRecord } from "./ports/stores.ts";
import type { Workspace } from "./workspace.ts";

/** What the handlers need of the app. */
export interface HandlerHost {
	readonly ports: CorePorts;
	readonly workspace: () => Workspace;
	readonly translate: () => Translate;
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
		"accounts.signIn": async (input) => {
			const { practice, storage, manager } = host.workspace();
			if (practice) return failed(appError("practice.active"));
			// Without a store no message could be kept: no account is begun.
			if (storage.status.state === "refused" && storage.problem !== null)
				return failed(storage.problem);
			return await manager.signIn(input, { kind: "ask" });
		},
		"accounts.enterSecret": ({ accountId, ...typed }) =>
			host.workspace().manager.enterSecret(accountId, typed),
		"accounts.signOut": ({ accountId, history }) => host.workspace().manager.signOut(accountId, history),
		"accounts.reconnect": ({ accountId }) =>
			withAccount(accountId, (session) => Promise.resolve(session.reconnect())),
		"accounts.check": ({ accountId }) => host.workspace().manager.check(accountId),
		"accounts.chooseLine": ({ accountId, lineId }) =>
			withAccount(accountId, (session) => session.chooseLine(lineId)),
		"accounts.setAgentState": ({ accountId, stateId }) =>
			withAccount(accountId, (session) => session.setAgentState(stateId)),
		"keychain.choose": ({ accountId, choice }) =>
			Promise.resolve(host.workspace().manager.choose(accountId, choice)),
		"practice.start": () => host.startPractice(),
		"practice.leave": () => host.leavePractice(),
		"conversations.open": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				openConversation(workspace, record, input),
			),
		"conversations.page": (input) =>
			withConversation(input.conversationId, (record, workspace) => pageOf(workspace, record, input)),
		"conversations.markRead": ({ conversationId, upTo }) =>
			withConversation(conversationId, async (_record, { reading }) => {
				await reading.markRead(conversationId, upTo);
				return ok(null);
			}),
		"conversations.markUnread": ({ conversationId, from }) =>
			withConversation(conversationId, async (_record, { reading }) => {
				await reading.markUnread(conversationId, from);
				return ok(null);
			}),
		"conversations.start": (input) => startConversation(host.workspace(), ports, input),
		"conversations.setDraft": ({ conversationId, text }) =>
			withConversation(conversationId, async (_record, { drafts }) => {
				await drafts.set(conversationId, text);
				return ok(null);
			}),
		"conversations.setMuted": ({ conversationId, muted }) =>
			withConversation(conversationId, async (_record, { book }) => {
				await book.change(() => ({ patches: [{ id: conversationId, patch: { muted } }] }));
				return ok(null);
			}),
		"conversations.setArchived": ({ conversationId, archived }) =>
			withConversation(conversationId, (record, workspace) => setArchived(workspace, record, archived)),
		"conversations.act": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				actOnThread(workspace, record, input),
			),
		"conversations.rename": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				renameThread(workspace, record, input),
			),
		"conversations.setMembers": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				setMembers(workspace, record, input),
			),
		"numbers.check": (input) => Promise.resolve(checkNumber(host.workspace(), ports, input)),
		"folders.page": (input) => folderPage(host.workspace(), ports, input),
		"people.link": (input) => linkPeople(host.workspace(), ports.random, input),
		"people.unlink": ({ conversationId }) =>
			withConversation(conversationId, (record, workspace) => unlinkPerson(workspace, record)),
		"attachments.add": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				addAttachment(workspace, ports, record, input),
			),
		"attachments.addAddress": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				addAddress(workspace, ports, record, input),
			),
		"attachments.remove": ({ conversationId, attachmentId }) =>
			withConversation(conversationId, (record, workspace) =>
				removeAttachment(workspace, record, attachmentId),
			),
		"attachments.fetch": ({ entryId, attachmentId }) =>
			host.workspace().attachments.fetch(entryId, attachmentId),
		"attachments.save": (input) => saveAttachment(host.workspace(), ports, host.translate(), input),
		"replies.find": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				findReplies(workspace, ports, record, input),
			),
		"contacts.card": ({ conversationId }) =>
			withConversation(conversationId, (record, workspace) => contactCard(workspace, record)),
		"contacts.assign": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				assignContact(workspace, record, input),
			),
		"conversations.export": ({ conversationId, format }) =>
			withConversation(conversationId, async (_record, { book }) => {
				const conversation = book.view(conversationId);
				if (conversation === null) return failed(appError("conversation.notFound"));
				const { files, clock, providers } = ports;
				const systemName =
					providers.get(conversation.system)?.description.name ?? conversation.system;
				const outside = { store: book.store, files, clock, translate: host.translate(), systemName };
				return await exportConversation(outside, conversation, format);
			}),
		"stretch.act": ({ conversationId, action }) =>
			withConversation(conversationId, (record) =>
				withAccount(record.accountId, (session) => session.act(record.peer, action)),
			),
		"messages.send": (input) =>
			withConversation(input.conversationId, (record, workspace) =>
				send(workspace, ports.clock, record, input),
			),
		"messages.retry": ({ entryId }) => requeue(host.workspace(), entryId, "retry"),
		"messages.sendAgain": ({ entryId }) => requeue(host.workspace(), entryId, "sendAgain"),
		"messages.checkAgain": ({ entryId }) => checkAgain(host.workspace(), entryId),
		"messages.discard": ({ entryId }) => discard(host.workspace(), entryId),
		"messages.undo": ({ entryId }) => host.workspace().outbox.undo(entryId),
		"search.messages": async (query) => ok(await host.workspace().book.store.search(query)),
		"notifications.history": async ({ conversationId, before, limit }) => {
			const { attention, book } = host.workspace();
			await attention.ledger.flush();
			return ok(await book.store.notifications(conversationId, before, limit));
		},
		"storage.retry": () => {
			const { storage } = host.workspace();
			if (storage.status.state === "refused" && storage.problem !== null)
				return Promise.resolve(failed(storage.problem));
			storage.retry();
			return done();
		},
		"directory.search": ({ accountId, query }) =>
			withAccount(accountId, async (session) => {
				const can = host.workspace().manager.provider(accountId)?.capabilities.abilities;
				return can?.directory === true
					? await session.search(query)
					: failed(appError("action.notOffered"));
			}),
		"directory.watch": ({ accountId, addresses }) =>
			withAccount(accountId, (session) => {
				session.watch(addresses);
				return done();
			}),
		"settings.patch": async (patch) => ok(await ports.settings.patch(patch)),
		"links.open": ({ url }) => ports.links.open(url),
	};
	return guarded(handlers, {
		came: () => host.workspace().retention.disturbed(),
		refused: (name, error) => ports.logger.info("command.refused", { command: name, error }),
		threw: (name, thrown) => {
			const error = toAppError(thrown);
			ports.logger.error("command.failed", { command: name, error });
			return error;
		},
	});
}

/** The same handlers, none of which rejects; whatever the person is told is in the log as well. */
function guarded(
	handlers: Handlers,
	watch: {
		readonly came: () => void;
		readonly refused: (name: CommandName, error: AppError) => void;
		readonly threw: (name: CommandName, thrown: unknown) => AppError;
	},
): CommandHandlers {
	const wrap =
		<C extends CommandName>(name: C) =>
		async (input: Parsed<C>): Promise<Result<Output<C>>> => {
			watch.came();
			try {
				const result: Result<Output<C>> = await handlers[name](input);
				if (!result.ok) watch.refused(name, result.error);
				return result;
			} catch (thrown) {
				return failed(watch.threw(name, thrown));
			}
		};
	const entries = (Object.keys(handlers) as CommandName[]).map((name) => [name, wrap(name)] as const);
	return Object.fromEntries(entries) as unknown as CommandHandlers;
}
