import { afterEach, expect, test } from "vitest";
import { startPractice, type Practice } from "../../practice/index.ts";
import type { ClientMessageId } from "../../shared/ids.ts";
import type { Snapshot } from "../../shared/ipc/contract.ts";
import type { Entry } from "../../shared/model.ts";
import { systemClock, systemRandom } from "../adapters/electron/system-clock.ts";
import { createCometdClient } from "../adapters/net/cometd-client.ts";
import { createHttpClient } from "../adapters/net/http-client.ts";
import { createTrustStore } from "../adapters/net/trust-store.ts";
import { createProviders } from "../adapters/providers/registry.ts";
import { memoryStore } from "../adapters/storage/database/testing/memory-store.ts";
import { createCore } from "./app.ts";
import type { Core } from "./ports/core.ts";
import { justText } from "./testing/core-run.ts";
import { FakeWorld } from "./testing/fake-ports.ts";

/** Core with the real Genesys provider over real sockets; only the computer around it is fake. */
class Desk {
	readonly world = new FakeWorld({
		messages: memoryStore(),
		practiceMessages: memoryStore,
	});
	readonly core: Core;
	practice: Practice | null = null;
	#changed: () => void = () => undefined;

	constructor() {
		const clock = systemClock();
		const trust = createTrustStore(() => []);
		this.core = createCore({
			...this.world.ports,
			clock,
			random: systemRandom(),
			providers: createProviders({ createCometdClient }),
			http: (server) =>
				createHttpClient({
					origin: new URL(server).origin,
					clock,
					trust,
					resolveProxy: () => Promise.resolve("DIRECT"),
				}),
			practice: {
				start: async () => {
					this.practice = await startPractice({
						systems: ["genesys"],
						seed: 7,
						firstAfterMs: 100,
						disturbances: false,
					});
					return this.practice;
				},
			},
		});
		this.core.subscribe(() => this.#changed());
	}

	async snapshot(): Promise<Snapshot> {
		const result = await this.core.handlers["app.snapshot"](null);
		if (!result.ok) throw new Error(result.error.code);
		return result.value;
	}

	/** Looks after every batch of changes until there is something to give. */
	async until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
		for (;;) {
			const changed = new Promise<void>((resolve) => (this.#changed = resolve));
			const found = await look();
			if (found !== null && found !== undefined && found !== false) return found;
			await changed;
		}
	}
}

let desk: Desk | null = null;
afterEach(async () => {
	await desk?.core.stop(2000);
	desk = null;
});

test("practice: told of a colleague's message, answer it, see it arrive, and be answered", async () => {
	const it = new Desk();
	desk = it;
	await it.core.start({ practice: false, provision: null });
	expect((await it.core.handlers["practice.start"](null)).ok).toBe(true);
	const conversation = await it.until(async () =>
		(await it.snapshot()).conversations.find(({ unread }) => unread > 0),
	);
	expect(it.world.notifier.shown.map(({ key }) => key)).toContain(conversation.id);
	expect(it.world.trays.at(-1)).toMatchObject({
		image: "unread",
		toolTip: "Trunkline (practice): 1 unread",
	});
	it.world.notifier.shown[0]?.click();
	expect(it.world.window.calls).toEqual(["show", `conversation ${conversation.id}`]);
	const account = (await it.snapshot()).accounts[0];
	expect(account?.connection.state).toBe("online");
	expect(account?.lineId).not.toBeNull();

	const thread = async (): Promise<readonly Entry[]> => {
		const opened = await it.core.handlers["conversations.open"]({
			conversationId: conversation.id,
			around: null,
			wholePerson: false,
		});
		return opened.ok ? opened.value.entries : [];
	};
	const before = (await thread()).filter(
		(entry) => entry.kind === "message" && entry.direction === "in",
	).length;
	const clientId = "01890000-0000-7000-8000-000000000001" as ClientMessageId;
	const parts = [{ clientId, text: "Yes, here I am \u{1F44B}" }];
	const sent = await it.core.handlers["messages.send"]({
		conversationId: conversation.id,
		parts,
		...justText,
	});
	expect(
		sent.ok && sent.value.entries.map((entry) => entry.kind === "message" && entry.delivery?.state),
	).toEqual(["sending"]);
	await it.until(async () =>
		(await thread()).some(
			(entry) =>
				entry.kind === "message" &&
				entry.clientId === clientId &&
				entry.delivery?.state === "delivered",
		),
	);
	await it.until(async () => {
		const heard = (await thread()).filter(
			(entry) => entry.kind === "message" && entry.direction === "in",
		);
		return heard.length > before;
	});
	expect(it.practice?.genesys?.ledger.count("Yes, here I am \u{1F44B}")).toBe(1);
	expect((await it.core.handlers["practice.leave"](null)).ok).toBe(true);
	expect(await it.snapshot()).toMatchObject({ practice: false, accounts: [], conversations: [] });
}, 30_000);
