import type { AccountId, ClientMessageId, ConversationId } from "../../../shared/ids.ts";
import type { Change, Parsed, Snapshot } from "../../../shared/ipc/contract.ts";
import type { Account, Conversation, MessageEntry } from "../../../shared/model.ts";
import { createCore } from "../app.ts";
import type { Core } from "../ports/core.ts";
import type { MessageStore } from "../ports/stores.ts";
import { emptyKept, FakeWorld, type Kept } from "./fake-ports.ts";
import { settle } from "./virtual-clock.ts";

export const agent = {
	system: "genesys",
	server: "https://gws.example",
	userName: "agent1",
	secret: "hunter2",
	allowUnencrypted: false,
	method: "password",
	code: null,
	options: {},
} as const;

/** What goes with a text that is nothing else. */
export const justText = { attachments: [], savedReply: null, at: null };

/** One run of the core on fake surroundings and the real engine; runs over the same `kept` and store follow one another. */
export class CoreRun {
	readonly world: FakeWorld;
	readonly core: Core;
	readonly changes: Change[] = [];

	constructor(
		stores: { readonly messages: MessageStore; readonly practiceMessages: () => MessageStore },
		kept: Kept = emptyKept(),
	) {
		this.world = new FakeWorld(stores, kept);
		this.core = createCore(this.world.ports);
		this.core.subscribe((payload) => this.changes.push(...payload.changes));
	}

	async start(options: Partial<Parameters<Core["start"]>[0]> = {}): Promise<this> {
		await this.core.start({ practice: false, provision: null, ...options });
		await settle();
		return this;
	}

	/** Signs in, brings the account online, and gives its id. */
	async online(more: Partial<Parsed<"accounts.signIn">> = {}): Promise<AccountId> {
		const result = await this.core.handlers["accounts.signIn"]({ ...agent, ...more });
		if (!result.ok) throw new Error(result.error.code);
		this.world.provider.session.online();
		await this.world.clock.advance(20);
		return result.value.accountId;
	}

	async snapshot(): Promise<Snapshot> {
		await settle();
		const result = await this.core.handlers["app.snapshot"](null);
		if (!result.ok) throw new Error(result.error.code);
		return result.value;
	}

	async account(id?: AccountId): Promise<Account> {
		const { accounts } = await this.snapshot();
		const found = id === undefined ? accounts[0] : accounts.find((account) => account.id === id);
		if (found === undefined) throw new Error("no such account");
		return found;
	}

	async conversation(address: string): Promise<Conversation> {
		const found = (await this.snapshot()).conversations.find(({ peer }) => peer.address === address);
		if (found === undefined) throw new Error("no such conversation");
		return found;
	}

	async hear(text: string, peer = "5002", catchUp = false): Promise<ConversationId> {
		this.world.provider.session.emit({
			type: "message",
			peer,
			text,
			remoteId: null,
			stretch: null,
			at: null,
			catchUp,
		});
		return (await this.conversation(peer)).id;
	}

	async send(conversationId: ConversationId, ...texts: string[]): Promise<void> {
		const parts = texts.map((text) => ({ clientId: `client ${text}` as ClientMessageId, text }));
		const result = await this.core.handlers["messages.send"]({
			conversationId,
			parts,
			...justText,
		});
		if (!result.ok) throw new Error(result.error.code);
		await settle();
	}

	async texts(conversationId: ConversationId): Promise<readonly MessageEntry[]> {
		await settle();
		const result = await this.core.handlers["conversations.open"]({
			conversationId,
			around: null,
			wholePerson: false,
		});
		return result.ok ? result.value.entries.filter((entry) => entry.kind === "message") : [];
	}
}
