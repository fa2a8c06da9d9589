import { startWith } from "../../main/core/testing/plain.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../main/adapters/electron/system-clock.ts";
import type { Result } from "../../shared/errors.ts";
import { type AccountId, asClientMessageId, type ConversationId } from "../../shared/ids.ts";
import type { Snapshot } from "../../shared/ipc/contract.ts";
import { HeadlessApp } from "../reference/headless-app.ts";
import { headlessBundle } from "../reference/headless-bundle.ts";
import type { HeadlessConfig } from "../reference/headless-protocol.ts";
import { type ReferenceSite, startReferenceSite } from "../reference/http-server.ts";
import type { ReferenceSwitches } from "../reference/switches.ts";
import { seededRandom } from "./check.ts";
import { type FileInspection, inspectProfile } from "./kill/file-inspection.ts";

/** A reference server on a port, a profile, and the bundled app to run on both. */
export class HeadlessDesk {
	readonly site: ReferenceSite;
	readonly config: HeadlessConfig;
	readonly program: string;

	private constructor(site: ReferenceSite, config: HeadlessConfig, program: string) {
		this.site = site;
		this.config = config;
		this.program = program;
	}

	static async start(options: {
		readonly seed: number;
		readonly switches?: Partial<ReferenceSwitches>;
	}): Promise<HeadlessDesk> {
		const program = await headlessBundle();
		const { seed, switches = {} } = options;
		const random = seededRandom(seed);
		const site = await startReferenceSite({ clock: systemClock(), random, switches });
		const { history, keys } = site.server.switches;
		const config: HeadlessConfig = {
			folder: mkdtempSync(join(tmpdir(), "trunkline-desk-")),
			secret: "secret",
			reference: { system: "netsapiens", history, idempotentSend: keys, pollMs: null },
			changes: false,
			log: false,
		};
		return new HeadlessDesk(site, config, program);
	}

	/** Starts the app; it can be asked when this resolves. */
	async launch(): Promise<HeadlessApp> {
		const app = new HeadlessApp(this.program, this.config);
		if ((await app.started) === undefined) throw new Error(`it did not start: ${app.errors}`);
		return app;
	}

	async signIn(app: HeadlessApp): Promise<AccountId> {
		const { accountId } = took(
			await app.invoke("accounts.signIn", {
				system: "netsapiens",
				server: this.site.origin,
				userName: "agent",
				secret: "secret",
				allowUnencrypted: true,
				method: "password",
				code: null,
				options: {},
			}),
		);
		return accountId;
	}

	inspect(): FileInspection {
		return inspectProfile(this.config.folder);
	}

	async close(): Promise<void> {
		await this.site.close();
		rmSync(this.config.folder, { recursive: true, force: true });
	}
}

export async function snapshotOf(app: HeadlessApp): Promise<Snapshot> {
	return took(await app.invoke("app.snapshot", null));
}

/** The conversation with a peer of the first account; made when there is none. */
export async function conversationWith(app: HeadlessApp, address: string): Promise<ConversationId> {
	const [account] = (await snapshotOf(app)).accounts;
	if (account === undefined) throw new Error("nobody is signed in");
	const input = startWith(account.id, address);
	return took(await app.invoke("conversations.start", input)).conversationId;
}

/** As from the composer; resolves once the app says that it has the text. */
export async function sendText(
	app: HeadlessApp,
	conversationId: ConversationId,
	clientId: string,
	text: string,
): Promise<void> {
	const parts = [{ clientId: asClientMessageId(clientId), text }];
	took(await app.invoke("messages.send", { conversationId, parts }));
}

/** Asks again and again until it is so; false: it did not become so in time. */
export async function until(so: () => boolean | Promise<boolean>, patienceMs = 30_000): Promise<boolean> {
	const end = performance.now() + patienceMs;
	while (performance.now() < end) {
		if (await so()) return true;
		await sleep(50);
	}
	return false;
}

export async function untilOnline(app: HeadlessApp): Promise<void> {
	const online = async (): Promise<boolean> =>
		(await snapshotOf(app)).accounts.some(({ connection }) => connection.state === "online");
	if (!(await until(online))) throw new Error("the account did not come online");
}

/** The value of a command; throws what a person would have read, or that the app has ended. */
export function took<T>(result: Result<T> | undefined): T {
	if (result === undefined) throw new Error("the app ended before it answered");
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}
