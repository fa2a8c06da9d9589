import { sendWith, startWith } from "../../main/core/testing/plain.ts";
import { createCore } from "../../main/core/app.ts";
import type { Random } from "../../main/core/ports/runtime.ts";
import type { Core } from "../../main/core/ports/core.ts";
import type { MessageStore } from "../../main/core/ports/stores.ts";
import { emptyKept, FakeWorld, type Kept } from "../../main/core/testing/fake-ports.ts";
import { settle } from "../../main/core/testing/virtual-clock.ts";
import type { Result } from "../../shared/errors.ts";
import { type AccountId, asClientMessageId, type ConversationId } from "../../shared/ids.ts";
import type { Snapshot } from "../../shared/ipc/contract.ts";
import type { Conversation, Entry, MessageEntry } from "../../shared/model.ts";
import { seededRandom } from "../checks/check.ts";
import { Mortal, type StoreHooks } from "./mortal.ts";
import type { ReferenceProviderOptions } from "./provider.ts";
import type { ReferenceSwitches } from "./switches.ts";
import { ReferenceWorld } from "./testing.ts";

export interface AppWorldOptions {
	/** The store that outlives the lives of the app; it is opened already. */
	readonly store: MessageStore;
	readonly seed?: number;
	readonly switches?: Partial<ReferenceSwitches>;
	readonly provider?: ReferenceProviderOptions;
	readonly hooks?: StoreHooks;
}

/** One run of the app. */
export interface Life {
	readonly core: Core;
	readonly outside: FakeWorld;
	readonly mortal: Mortal;
}

/**
 * The real core on the reference server, in this process and on time that moves when told to. It can be killed and
 * started again over the same store as often as wished; a seed gives the same run each time.
 */
export class AppWorld extends ReferenceWorld {
	readonly kept: Kept = emptyKept();
	readonly store: MessageStore;
	readonly #hooks: StoreHooks;
	readonly #seed: number;
	#life: Life | null = null;
	#lives = 0;

	constructor(options: AppWorldOptions) {
		const { store, hooks, seed, ...world } = options;
		super({ ...world, seed: seed ?? 1 });
		this.store = store;
		this.#hooks = hooks ?? {};
		this.#seed = seed ?? 1;
	}

	get life(): Life {
		if (this.#life === null) throw new Error("the app is not running");
		return this.#life;
	}

	get core(): Core {
		return this.life.core;
	}

	/** Starts the app; the first life signs in, later ones do so by themselves. Time passes until it is online. */
	async start(options: { readonly untilOnline?: boolean } = {}): Promise<Life> {
		this.#lives += 1;
		const mortal = new Mortal();
		const messages = mortal.store(this.store, this.#hooks);
		const outside = new FakeWorld({ messages, practiceMessages: () => messages }, this.kept);
		const core = createCore({
			...outside.ports,
			clock: mortal.clock(this.clock),
			random: randomOf(this.#seed, this.#lives),
			providers: new Map([...outside.ports.providers, [this.provider.system, this.provider]]),
			http: () => mortal.http(this.network.client()),
		});
		this.#life = { core, outside, mortal };
		const starting = core.start({ practice: false, provision: null });
		await this.clock.advance(0);
		if (mortal.dead) return this.#life;
		await starting;
		if (this.kept.accounts.size === 0) await this.#signIn();
		if (options.untilOnline ?? true) await this.untilOnline();
		return this.#life;
	}

	/** As `kill -9`: nothing is said goodbye to. */
	kill(): void {
		this.life.mortal.die();
		this.#life = null;
	}

	/** Lets the app quit in order. */
	async quit(deadlineMs = 2000): Promise<void> {
		await this.passing(this.core.stop(deadlineMs));
		this.kill();
	}

	get accountId(): AccountId {
		const [id] = this.kept.accounts.keys();
		if (id === undefined) throw new Error("nobody has signed in");
		return id;
	}

	/** Time passes until the account is online (or the app has died). */
	async untilOnline(ms = 120_000): Promise<void> {
		const done = await this.until(async () => {
			if (this.life.mortal.dead) return true;
			const snapshot = await this.snapshot();
			return snapshot.accounts.some(({ connection }) => connection.state === "online");
		}, ms);
		if (!done) throw new Error("the account did not come online");
	}

	/** Time passes in small steps until it is so; false: it did not become so. */
	async until(so: () => boolean | Promise<boolean>, ms = 120_000): Promise<boolean> {
		for (let passed = 0; passed <= ms; passed += 100) {
			if (await so()) return true;
			await this.clock.advance(100);
		}
		return false;
	}

	/** `work`, with time passing until it is done. */
	async passing<T>(work: Promise<T>, ms = 120_000): Promise<T> {
		const state = { done: false };
		const watched = work.finally(() => {
			state.done = true;
		});
		watched.catch(() => undefined);
		await this.until(() => state.done, ms);
		if (!state.done) throw new Error("it did not end");
		return await watched;
	}

	async snapshot(): Promise<Snapshot> {
		return orThrow(await this.core.handlers["app.snapshot"](null));
	}

	/** The conversation with a peer; made when there is none. */
	async conversation(peer: string): Promise<ConversationId> {
		const { accountId } = this;
		const input = startWith(accountId, peer);
		return orThrow(await this.passing(this.core.handlers["conversations.start"](input))).conversationId;
	}

	async view(peer: string): Promise<Conversation | undefined> {
		return (await this.snapshot()).conversations.find((one) => one.peer.address === peer);
	}

	/** As from the composer; resolves once the text is in the store. */
	async send(peer: string, clientId: string, text: string): Promise<readonly Entry[]> {
		const conversationId = await this.conversation(peer);
		const parts = [{ clientId: asClientMessageId(clientId), text }];
		return orThrow(
			await this.passing(this.core.handlers["messages.send"](sendWith(conversationId, parts))),
		).entries;
	}

	/** What the store has of a conversation, oldest first; the app is not asked. */
	async stored(id: ConversationId): Promise<readonly Entry[]> {
		const found: (readonly Entry[])[] = [];
		let page = await this.store.page(id, { kind: "newest" }, 200);
		for (;;) {
			found.push(page.entries);
			const [oldest] = page.entries;
			if (!page.hasOlder || oldest === undefined) return found.reverse().flat();
			page = await this.store.page(id, { kind: "older", than: oldest.order }, 200);
		}
	}

	/** Its messages only. */
	async storedMessages(id: ConversationId): Promise<readonly MessageEntry[]> {
		return (await this.stored(id)).filter((entry) => entry.kind === "message");
	}

	async #signIn(): Promise<void> {
		const { origin, provider } = this;
		const signingIn = this.core.handlers["accounts.signIn"]({
			system: provider.system,
			server: origin,
			userName: "agent",
			secret: "secret",
			allowUnencrypted: true,
			method: "password",
			code: null,
			options: {},
		});
		orThrow(await this.passing(signingIn));
		await settle();
	}
}

/** Numbers and ids of one life: the same for the same seed, and no id twice over the lives. */
function randomOf(seed: number, life: number): Random {
	const next = seededRandom(seed * 100_003 + life);
	let ids = 0;
	const digits = (number: number, length: number): string => String(number).padStart(length, "0");
	return {
		next,
		uuid: () => {
			ids += 1;
			return `00000000-0000-7${digits(life % 1000, 3)}-8000-${digits(ids, 12)}`;
		},
	};
}

/** The value; throws what a person would have read. */
export function orThrow<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	throw new Error(JSON.stringify(result.error));
}
