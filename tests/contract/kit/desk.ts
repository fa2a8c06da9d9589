import { memoryStore } from "../../../main/adapters/storage/database/testing/memory-store.ts";
import { createCore } from "../../../main/core/app.ts";
import type { Core } from "../../../main/core/ports/core.ts";
import type { MessageStore } from "../../../main/core/ports/stores.ts";
import { FakeWorld } from "../../../main/core/testing/fake-ports.ts";
import type { Result } from "../../../shared/errors.ts";
import { type AccountId, asClientMessageId, type ConversationId } from "../../../shared/ids.ts";
import type { EntryPage, Snapshot } from "../../../shared/ipc/contract.ts";
import type { Account, Conversation, DeliveryState, Entry, MessageEntry } from "../../../shared/model.ts";
import { portsOf } from "./ports.ts";
import { seenBy } from "./seen.ts";
import type { ContractWorld, SignIn } from "./world.ts";

/** The real core with its real store, HTTP clients and provider, on one world. What it shows is what specs judge by. */
export class Desk {
	readonly world: ContractWorld;
	readonly outside: FakeWorld;
	readonly core: Core;
	readonly store: MessageStore;
	accountId: AccountId | null = null;
	/** The run of the app that came after this one. */
	#next: Desk | null = null;
	#sent = 0;

	constructor(world: ContractWorld, before: Desk | null = null) {
		this.world = world;
		this.store = before?.store ?? memoryStore();
		this.accountId = before?.accountId ?? null;
		this.outside = new FakeWorld(
			{ messages: keptOpen(this.store), practiceMessages: memoryStore },
			before?.outside.kept,
		);
		this.core = createCore(portsOf(world, this.outside));
		this.core.subscribe(({ changes }) => {
			for (const change of changes) if (change.type === "conversation") this.#take(change.conversation);
		});
	}

	/** Whoever calls is answered, where calls have to be. */
	#take({ id: conversationId, live }: Conversation): void {
		if (live?.phase !== "alerting" || !live.actions.includes("accept")) return;
		this.core.handlers["stretch.act"]({ conversationId, action: "accept" }).catch(() => undefined);
	}

	/** Starts the app; nobody is signed in. */
	async start(): Promise<this> {
		await this.passing(this.core.start({ practice: false, provision: null }));
		return this;
	}

	async signIn(typed: SignIn = this.world.signIn): Promise<Result<{ readonly accountId: AccountId }>> {
		const result = await this.passing(
			this.core.handlers["accounts.signIn"]({
				...typed,
				system: this.world.system,
				allowUnencrypted: true,
				code: null,
			}),
		);
		if (result.ok) this.accountId = result.value.accountId;
		return result;
	}

	/** Signs in and waits until texts can be sent. */
	async online(): Promise<this> {
		orThrow(await this.signIn());
		await this.ready();
		return this;
	}

	/** Where several lines could be used, the suggested or the first is chosen, as a person would. */
	async ready(): Promise<void> {
		await this.must("the account is online with a line", async () => {
			const { connection, lineId, lineQuestion, lines } = await this.account();
			const choice = lineQuestion?.suggested ?? lines[0]?.id;
			if (lineQuestion !== null && choice !== undefined && this.accountId !== null) {
				const chosen = { accountId: this.accountId, lineId: choice };
				void this.core.handlers["accounts.chooseLine"](chosen);
			}
			return connection.state === "online" && lineId !== null;
		});
	}

	/** Time passes until everything that could still come has come. */
	async rest(): Promise<void> {
		await this.world.time.pass(this.world.facts.restMs);
	}

	/** `work`, with time passing until it is done. */
	async passing<T>(work: Promise<T>): Promise<T> {
		const state = { done: false };
		const watched = work.finally(() => {
			state.done = true;
		});
		watched.catch(() => undefined);
		if (!(await this.world.time.until(() => state.done))) throw new Error("it did not end");
		return await watched;
	}

	/** Time passes until it is so; throws with what is seen when it does not become so. */
	async must(what: string, so: () => boolean | Promise<boolean>, limitMs?: number): Promise<void> {
		if (await this.world.time.until(so, limitMs)) return;
		throw new Error(`it did not become so: ${what}; ${await seenBy(this)}`);
	}

	async snapshot(): Promise<Snapshot> {
		return orThrow(await this.core.handlers["app.snapshot"](null));
	}

	async account(): Promise<Account> {
		const found = (await this.snapshot()).accounts.find(({ id }) => id === this.accountId);
		if (found === undefined) throw new Error("nobody is signed in");
		return found;
	}

	/** Conversations with somebody; more than one is a doubled one. */
	async conversations(person: string): Promise<readonly Conversation[]> {
		const wanted = digitsOf(person);
		const { conversations } = await this.snapshot();
		return conversations.filter(({ peer }) => digitsOf(peer.address).endsWith(wanted));
	}

	async conversation(person: string): Promise<Conversation> {
		const [found, ...doubled] = await this.conversations(person);
		if (found === undefined) throw new Error(`no conversation with ${person}; ${await seenBy(this)}`);
		if (doubled.length > 0) throw new Error(`${person} has ${String(doubled.length + 1)} conversations`);
		return found;
	}

	/** The conversation with somebody; begun where there is none. */
	async begin(person: string): Promise<ConversationId> {
		const [known] = await this.conversations(person);
		if (known !== undefined) return known.id;
		const accountId = this.accountId;
		if (accountId === null) throw new Error("nobody is signed in");
		return orThrow(
			await this.passing(
				this.core.handlers["conversations.start"]({
					accountId,
					addresses: [person],
					name: null,
					lineId: null,
					title: null,
				}),
			),
		).conversationId;
	}

	/** As from the composer; resolves once the text is in the store. */
	async send(person: string, text: string): Promise<MessageEntry> {
		const [entry] = orThrow(await this.trySending(person, text)).entries;
		if (entry?.kind !== "message") throw new Error("no bubble was made");
		return entry;
	}

	async trySending(
		person: string,
		text: string,
		more: { readonly savedReply?: string; readonly at?: number } = {},
	): Promise<Result<{ readonly entries: readonly Entry[] }>> {
		const conversationId = await this.begin(person);
		this.#sent += 1;
		return await this.passing(
			this.core.handlers["messages.send"]({
				conversationId,
				parts: [{ clientId: asClientMessageId(`client ${String(this.#sent)}`), text }],
				attachments: [],
				savedReply: more.savedReply ?? null,
				at: more.at ?? null,
			}),
		);
	}

	/** One text, as it is now. */
	async entry({ id }: Pick<Entry, "id">): Promise<MessageEntry> {
		const found = await this.store.entry(id);
		if (found?.kind !== "message") throw new Error("the text is gone");
		return found;
	}

	/** Time passes until a text is in one of these states. */
	async settles(entry: Pick<Entry, "id">, ...states: readonly DeliveryState[]): Promise<MessageEntry> {
		await this.must(`a text is ${states.join(" or ")}`, async () =>
			(states as readonly (DeliveryState | undefined)[]).includes(
				(await this.entry(entry)).delivery?.state,
			),
		);
		return await this.entry(entry);
	}

	/** Time passes until a text of somebody is here. */
	async hears(person: string, text: string): Promise<void> {
		await this.must(`"${text.slice(0, 60)}" is here`, async () =>
			(await this.messages(person)).some(
				(message) => message.direction === "in" && message.text === text,
			),
		);
	}

	/** Everything that is stored of somebody's conversations, oldest first; the app is not asked. */
	async stored(person: string): Promise<readonly Entry[]> {
		const entries: Entry[] = [];
		for (const { id } of await this.conversations(person)) {
			let page = await this.store.page(id, { kind: "newest" }, 200);
			const pages = [page.entries];
			while (page.hasOlder && page.entries[0] !== undefined) {
				page = await this.store.page(id, { kind: "older", than: page.entries[0].order }, 200);
				pages.push(page.entries);
			}
			entries.push(...pages.reverse().flat());
		}
		return entries;
	}

	async messages(person: string): Promise<readonly MessageEntry[]> {
		return (await this.stored(person)).filter((entry) => entry.kind === "message");
	}

	/** Texts that somebody wrote, as stored. */
	async heard(person: string): Promise<readonly string[]> {
		return (await this.messages(person))
			.filter(({ direction }) => direction === "in")
			.map(({ text }) => text);
	}

	/** The timeline as the window shows it, scrolled up to its beginning. */
	async scrolled(person: string): Promise<readonly Entry[]> {
		const { id: conversationId } = await this.conversation(person);
		const { handlers } = this.core;
		orThrow(
			await this.passing(
				handlers["conversations.open"]({ conversationId, around: null, wholePerson: false }),
			),
		);
		const page = async (direction: "newest" | "older", from: string): Promise<EntryPage> =>
			orThrow(
				await this.passing(
					handlers["conversations.page"]({
						conversationId,
						direction,
						from,
						limit: 30,
						wholePerson: false,
					}),
				),
			);
		let { entries, hasOlder } = await page("newest", "");
		for (let pages = 0; hasOlder && pages < 100; pages += 1) {
			const older = await page("older", entries[0]?.order ?? "");
			entries = [...older.entries, ...entries];
			({ hasOlder } = older);
		}
		return entries;
	}

	/** The person is in front of the window and looks at this conversation, or at none. */
	async look(person: string | null): Promise<void> {
		const conversationId = person === null ? null : (await this.conversation(person)).id;
		this.outside.window.focus(person !== null);
		orThrow(await this.core.handlers["window.viewing"]({ conversationId, atEnd: true }));
	}

	/** Notifications of messages that were shown. */
	get rung(): number {
		return this.outside.notifier.shown.length;
	}

	/** Quits the app and starts it again on what it has stored; it signs in by itself. */
	async again(): Promise<Desk> {
		await this.passing(this.core.stop(3000));
		this.#next = await new Desk(this.world, this).start();
		return this.#next;
	}

	async stop(): Promise<void> {
		if (this.#next !== null) await this.#next.stop();
		else await this.passing(this.core.stop(3000));
	}
}

/** The value; throws what a person would have read. */
export function orThrow<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	throw new Error(JSON.stringify(result.error));
}

/** A store in memory would be gone with its database. */
function keptOpen(store: MessageStore): MessageStore {
	return { ...store, close: () => Promise.resolve() };
}

function digitsOf(address: string): string {
	return address.replaceAll(/\D/g, "");
}
