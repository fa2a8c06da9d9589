import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock, systemRandom } from "../../main/adapters/electron/system-clock.ts";
import { createCometdClient } from "../../main/adapters/net/cometd-client.ts";
import { mediaInspector, safeName } from "../../main/adapters/media/media-inspector.ts";
import { createHttpClient } from "../../main/adapters/net/http-client.ts";
import { createMediaClient } from "../../main/adapters/net/media-client.ts";
import { createTrustStore } from "../../main/adapters/net/trust-store.ts";
import { createPhoneNumbers } from "../../main/adapters/numbers/phone-numbers.ts";
import { createProviders } from "../../main/adapters/providers/registry.ts";
import { openAccountFile } from "../../main/adapters/storage/account-file.ts";
import { workerMessageStore } from "../../main/adapters/storage/database/worker-message-store.ts";
import { openSettingsFile } from "../../main/adapters/storage/settings-file.ts";
import { openWorkstationFile } from "../../main/adapters/storage/workstation-file.ts";
import type { CorePorts } from "../../main/core/ports/core.ts";
import type { LogFields, Logger } from "../../main/core/ports/runtime.ts";
import type { MessageStore } from "../../main/core/ports/stores.ts";
import type { KeychainStatus } from "../../shared/model.ts";
import { FakeNotifier, FakeWindow } from "../../main/core/testing/fake-ports.ts";
import { appError, AppFailure, failed, ok } from "../../shared/errors.ts";
import { type HeadlessConfig, databaseFile } from "./headless-protocol.ts";
import { ReferenceProvider } from "./provider.ts";

export interface HeadlessOutside {
	readonly ports: CorePorts;
	readonly power: FakePower;
	readonly window: FakeWindow;
}

/** What the app has around it when there is no desktop: real files and network, everything else is a stand-in. */
export async function headlessPorts(config: HeadlessConfig): Promise<HeadlessOutside> {
	const clock = systemClock();
	const logger = config.log ? stderrLogger({}) : silentLogger;
	const { folder } = config;
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const files = { folder, clock, logger };
	const [settings, accounts, workstation] = await Promise.all([
		openSettingsFile(files),
		openAccountFile(files),
		openWorkstationFile({ ...files, workstation: "headless" }),
	]);
	const bundled = !import.meta.url.endsWith(".ts");
	const program = bundled
		? new URL("./database-worker.js", import.meta.url)
		: new URL("../../main/adapters/storage/database/database-worker.ts", import.meta.url);
	const store = (path: string): MessageStore =>
		workerMessageStore({ program, path, temporaryFolder: join(folder, "temporary"), logger });
	const trust = createTrustStore();
	const power = new FakePower();
	const window = new FakeWindow();
	const keychain: KeychainStatus = { state: "working", backend: "Headless", problem: null };
	const { reference } = config;
	const ports: CorePorts = {
		clock,
		random: systemRandom(),
		logger,
		messages: store(join(folder, databaseFile)),
		practiceMessages: () => store(":memory:"),
		accounts,
		workstation,
		settings,
		secrets: {
			probe: () => Promise.resolve(keychain),
			status: () => keychain,
			get: () => Promise.resolve(ok(config.secret)),
			set: () => Promise.resolve(ok(null)),
			delete: () => Promise.resolve(ok(null)),
			onStatus: () => () => undefined,
		},
		notifier: new FakeNotifier(),
		tray: { update: () => undefined, available: () => false, destroy: () => undefined },
		badge: { set: () => undefined },
		window,
		power,
		links: { open: () => Promise.resolve(failed(appError("link.refused"))) },
		files: { save: () => Promise.reject(new AppFailure(appError("export.failed"))) },
		providers: new Map([
			...createProviders({ createCometdClient }),
			[reference.system, new ReferenceProvider(reference)],
		]),
		media: (server) => createMediaClient({ accountOrigin: new URL(server).origin, clock, trust }),
		numbers: createPhoneNumbers(),
		safeFileName: safeName,
		inspector: mediaInspector,
		http: (server) => createHttpClient({ origin: new URL(server).origin, clock, trust }),
		practice: { start: () => Promise.reject(new AppFailure(appError("practice.failed"))) },
		about: {
			version: "0",
			electron: "none",
			chromium: "none",
			node: process.versions.node,
			platform: process.platform,
			standIn: true,
		},
		locale: () => "en",
		quit: () => process.exit(0),
		copyDiagnostics: () => undefined,
	};
	return { ports, power, window };
}

/** Sleep, wake and network as the one who controls the process tells them. */
export class FakePower {
	readonly #listeners = new Map<string, Set<() => void>>();

	readonly onSuspend = (listener: () => void): (() => void) => this.#listen("suspend", listener);
	readonly onResume = (listener: () => void): (() => void) => this.#listen("resume", listener);
	readonly onOnline = (listener: () => void): (() => void) => this.#listen("online", listener);
	readonly isOnline = (): boolean => true;

	tell(what: "suspend" | "resume" | "online"): void {
		for (const listener of this.#listeners.get(what) ?? []) listener();
	}

	#listen(what: string, listener: () => void): () => void {
		const listeners = this.#listeners.get(what) ?? new Set();
		this.#listeners.set(what, listeners.add(listener));
		return () => void listeners.delete(listener);
	}
}

const silentLogger: Logger = {
	debug: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
	child: () => silentLogger,
};

function stderrLogger(base: LogFields): Logger {
	const write =
		(level: string) =>
		(event: string, fields: LogFields = {}): void =>
			void process.stderr.write(`${JSON.stringify({ level, event, ...base, ...fields })}\n`);
	return {
		debug: write("debug"),
		info: write("info"),
		warn: write("warn"),
		error: write("error"),
		child: (fields) => stderrLogger({ ...base, ...fields }),
	};
}
