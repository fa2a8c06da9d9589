/* eslint-disable no-restricted-globals -- sockets take real time */
import { startTextusSimulator, type TextusSimulator } from "../../../../../practice/textus/simulator.ts";
import type { TextusSwitches } from "../../../../../practice/textus/switches.ts";
import { asClientMessageId, type ConversationId } from "../../../../../shared/ids.ts";
import type { Conversation, MessageEntry } from "../../../../../shared/model.ts";
import { createCore } from "../../../../core/app.ts";
import type { Core } from "../../../../core/ports/core.ts";
import type { HttpClient } from "../../../../core/ports/runtime.ts";
import type { MessageStore } from "../../../../core/ports/stores.ts";
import { emptyKept, FakeWorld } from "../../../../core/testing/fake-ports.ts";
import { sendWith } from "../../../../core/testing/plain.ts";
import { settle } from "../../../../core/testing/virtual-clock.ts";
import { systemClock } from "../../../electron/system-clock.ts";
import { createHttpClient } from "../../../net/http-client.ts";
import { createMediaClient } from "../../../net/media-client.ts";
import { createTrustStore } from "../../../net/trust-store.ts";
import { createPhoneNumbers } from "../../../numbers/phone-numbers.ts";
import { memoryStore } from "../../../storage/database/testing/memory-store.ts";
import { TextusProvider } from "../provider.ts";

const trust = createTrustStore(() => []);

/** The whole core over the real store, with TextUs behind it: what ends in the timeline is looked at. */
export class App {
	readonly simulator: TextusSimulator;
	readonly store: MessageStore;
	readonly world: FakeWorld;
	readonly core: Core;
	#underWay = 0;

	constructor(simulator: TextusSimulator, world: FakeWorld, store: MessageStore) {
		this.simulator = simulator;
		this.world = world;
		this.store = store;
		this.core = createCore({
			...world.ports,
			numbers: createPhoneNumbers(),
			providers: new Map([["textus", new TextusProvider()]]),
			http: (server) =>
				this.#watched(createHttpClient({ origin: server, clock: systemClock(), trust })),
			media: (server) => createMediaClient({ accountOrigin: server, clock: systemClock(), trust }),
		});
	}

	async start(): Promise<void> {
		await this.core.start({ practice: false, provision: null });
		if (this.world.kept.accounts.size === 0) await this.#signIn();
		await this.until(async () => (await this.snapshot()).accounts[0]?.connection.state === "online");
		await this.pass(2000);
	}

	async snapshot() {
		const result = await this.core.handlers["app.snapshot"](null);
		if (!result.ok) throw new Error(result.error.code);
		return result.value;
	}

	async conversation(number: string): Promise<Conversation> {
		const found = (await this.snapshot()).conversations.find(({ peer }) => peer.address === number);
		if (found === undefined) throw new Error("no such conversation");
		return found;
	}

	async begin(...addresses: readonly string[]): Promise<ConversationId> {
		const [account] = (await this.snapshot()).accounts;
		if (account === undefined) throw new Error("no account");
		const result = await this.core.handlers["conversations.start"]({
			accountId: account.id,
			lineId: account.lines[0]?.id ?? null,
			addresses: [...addresses],
			title: null,
			name: null,
		});
		if (!result.ok) throw new Error(JSON.stringify(result.error));
		return result.value.conversationId;
	}

	async send(id: ConversationId, clientId: string, text: string): Promise<void> {
		const parts = [{ clientId: asClientMessageId(clientId), text }];
		const result = await this.core.handlers["messages.send"](sendWith(id, parts));
		if (!result.ok) throw new Error(JSON.stringify(result.error));
	}

	/** Messages of a conversation as stored, oldest first. */
	async messages(id: ConversationId): Promise<readonly MessageEntry[]> {
		const { entries } = await this.store.page(id, { kind: "newest" }, 200);
		return entries.filter((entry) => entry.kind === "message");
	}

	/** Text and state of each: "in" for the customer's. */
	async shown(id: ConversationId): Promise<readonly string[]> {
		return (await this.messages(id)).map(({ text, delivery }) => `${text}: ${delivery?.state ?? "in"}`);
	}

	async pass(ms: number, step = 200): Promise<void> {
		for (let passed = 0; passed < ms; passed += step) {
			await this.quiet();
			await this.world.clock.advance(step);
		}
		await this.quiet();
	}

	async until(so: () => Promise<boolean>, ms = 120_000): Promise<void> {
		for (let passed = 0; passed <= ms; passed += 200) {
			await this.quiet();
			if (await so()) return;
			await this.world.clock.advance(200);
		}
		throw new Error("it did not become so");
	}

	async quiet(): Promise<void> {
		for (let calm = 0; calm < 2;) {
			await new Promise((resolve) => setImmediate(resolve));
			await settle(100);
			calm = this.#underWay === 0 ? calm + 1 : 0;
		}
	}

	async stop(): Promise<void> {
		await this.core.stop(1000);
	}

	async #signIn(): Promise<void> {
		const result = this.core.handlers["accounts.signIn"]({
			system: "textus",
			server: this.simulator.origin,
			userName: "",
			secret: "ann-token",
			allowUnencrypted: true,
			method: "token",
			code: null,
			options: {},
		});
		const state = { done: false };
		void result.finally(() => {
			state.done = true;
		});
		await this.until(() => Promise.resolve(state.done));
		const signedIn = await result;
		if (!signedIn.ok) throw new Error(JSON.stringify(signedIn.error));
	}

	#watched(http: HttpClient): HttpClient {
		return {
			send: async (request) => {
				this.#underWay += 1;
				try {
					return await http.send(request);
				} finally {
					this.#underWay -= 1;
				}
			},
			clearCookies: () => http.clearCookies(),
			close: () => http.close(),
		};
	}
}

const closers: (() => Promise<unknown>)[] = [];

/** Starts TextUs and the app on one time. */
export async function openApp(
	options: {
		readonly switches?: Partial<TextusSwitches>;
		readonly before?: (simulator: TextusSimulator) => unknown;
	} = {},
): Promise<App> {
	const { switches = {}, before } = options;
	const store = memoryStore();
	const world = new FakeWorld({ messages: store, practiceMessages: memoryStore }, emptyKept());
	const simulator = await startTextusSimulator({ seed: 7, clock: world.clock, switches });
	closers.push(() => simulator.close());
	await before?.(simulator);
	await world.clock.advance(1000);
	const app = new App(simulator, world, store);
	closers.unshift(() => app.stop());
	await app.start();
	return app;
}

export async function closeApps(): Promise<void> {
	for (const close of closers.splice(0)) await close();
}
