import { type AppError, appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { AccountId, LineId } from "../../../shared/ids.ts";
import type { KeychainStatus } from "../../../shared/model.ts";
import { defaultSettings, type Settings, type SettingsPatch } from "../../../shared/settings.ts";
import type { MediaInspector } from "../ports/media.ts";
import type { Numbers } from "../ports/numbers.ts";
import type { CorePorts, PracticeAccount } from "../ports/core.ts";
import type { AccountRecord, MessageStore } from "../ports/stores.ts";
import type { NotificationContent, Notifier, Secrets, TrayModel, WindowView } from "../ports/system.ts";
import { FakeProvider } from "./fake-provider.ts";
import { RecordingLogger, SeededRandom, VirtualClock } from "./virtual-clock.ts";

/** A keychain in memory that can be made to refuse or to say nothing. */
export class FakeSecrets implements Secrets {
	readonly items = new Map<AccountId, string>();
	/** Not null: every request fails with it. */
	refusal: AppError | null = null;
	/** True: requests wait until `speak`. */
	silent = false;
	#waiting: (() => void)[] = [];

	speak(): void {
		this.silent = false;
		for (const go of this.#waiting) go();
		this.#waiting = [];
	}

	probe(): Promise<KeychainStatus> {
		return Promise.resolve(this.status());
	}
	status(): KeychainStatus {
		return {
			state: this.refusal === null ? "working" : "unavailable",
			backend: "Test keychain",
			problem: this.refusal,
		};
	}
	async get(account: AccountId): Promise<Result<string | null>> {
		return await this.#answer(() => this.items.get(account) ?? null);
	}
	async set(account: AccountId, secret: string): Promise<Result<null>> {
		return await this.#answer(() => {
			this.items.set(account, secret);
			return null;
		});
	}
	async delete(account: AccountId): Promise<Result<null>> {
		return await this.#answer(() => {
			this.items.delete(account);
			return null;
		});
	}
	onStatus(): () => void {
		return () => undefined;
	}

	async #answer<T>(run: () => T): Promise<Result<T>> {
		if (this.silent) await new Promise<void>((resolve) => this.#waiting.push(resolve));
		return this.refusal === null ? ok(run()) : failed(this.refusal);
	}
}

export class FakeNotifier implements Notifier {
	readonly shown: {
		readonly key: string;
		readonly content: NotificationContent;
		readonly click: () => void;
	}[] = [];
	readonly closed: string[] = [];
	answer: "shown" | "superseded" | "denied" | "noDaemon" | "failed" = "shown";

	show(key: string, content: NotificationContent, click: () => void): Promise<typeof this.answer> {
		if (this.answer === "shown") this.shown.push({ key, content, click });
		return Promise.resolve(this.answer);
	}
	close(key: string): void {
		this.closed.push(key);
	}
	closeAll(): void {
		this.closed.push("*");
	}
}

export class FakeWindow implements WindowView {
	focused = false;
	readonly calls: string[] = [];
	title = "";
	readonly #listeners = new Set<(focused: boolean) => void>();

	isFocused(): boolean {
		return this.focused;
	}
	show(): void {
		this.calls.push("show");
	}
	setTitle(title: string): void {
		this.title = title;
	}
	navigate(target: Parameters<WindowView["navigate"]>[0]): void {
		this.calls.push(target.to === "conversation" ? `conversation ${target.conversationId}` : target.to);
	}
	onFocusChange(listener: (focused: boolean) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}
	focus(focused: boolean): void {
		this.focused = focused;
		for (const listener of this.#listeners) listener(focused);
	}
}

/** Everything outside core, in memory; two `FakeWorld`s over the same `kept` are two runs of the app. */
export class FakeWorld {
	readonly clock = new VirtualClock();
	readonly random: SeededRandom;
	readonly logger = new RecordingLogger();
	readonly provider = new FakeProvider();
	readonly secrets: FakeSecrets;
	readonly notifier = new FakeNotifier();
	readonly window = new FakeWindow();
	readonly trays: TrayModel[] = [];
	readonly kept: Kept;
	readonly ports: CorePorts;
	badge = 0;
	/** What was saved last; `saves` false: the person changes their mind. */
	saved = "";
	saves = true;
	savedName = "";
	/** By default bytes are what they claim to be, and pictures are 4 by 3. */
	looksAt: MediaInspector["inspect"] = (_bytes, claimed) => ({
		type: claimed ?? "application/octet-stream",
		picture: claimed?.startsWith("image/") === true ? { width: 4, height: 3 } : null,
		problem: null,
	});
	network = true;
	settings: Settings = defaultSettings;
	practiceAccounts: readonly PracticeAccount[] = [
		{
			system: "genesys",
			server: "http://127.0.0.1:9",
			userName: "practice",
			secret: "practice",
			method: "password",
		},
	];
	practiceFails = false;
	practiceClosed = 0;
	httpClosed = 0;
	suspend: () => void = () => undefined;
	resume: () => void = () => undefined;
	networkBack: () => void = () => undefined;
	readonly #settingsListeners = new Set<(settings: Settings) => void>();

	constructor(
		stores: { messages: MessageStore; practiceMessages: () => MessageStore },
		kept: Kept = emptyKept(),
	) {
		this.kept = kept;
		this.random = kept.random;
		this.secrets = kept.secrets;
		this.ports = {
			...stores,
			clock: this.clock,
			random: this.random,
			logger: this.logger,
			secrets: kept.secrets,
			notifier: this.notifier,
			window: this.window,
			accounts: {
				list: () => Promise.resolve([...kept.accounts.values()]),
				save: (account) => Promise.resolve(void kept.accounts.set(account.id, account)),
				remove: (id) => Promise.resolve(void kept.accounts.delete(id)),
			},
			workstation: {
				line: (id) => Promise.resolve(kept.lines.get(id) ?? null),
				setLine: (id, chosen) => {
					if (chosen === null) kept.lines.delete(id);
					else kept.lines.set(id, chosen);
					return Promise.resolve();
				},
				startedHere: (id) => Promise.resolve(kept.started.has(id)),
				setStartedHere: (id, here) => {
					if (here) kept.started.add(id);
					else kept.started.delete(id);
					return Promise.resolve();
				},
			},
			settings: {
				get: () => this.settings,
				patch: (patch) => Promise.resolve(this.change(patch)),
				subscribe: (listener) => {
					this.#settingsListeners.add(listener);
					return () => void this.#settingsListeners.delete(listener);
				},
			},
			tray: {
				update: (model) => void this.trays.push(model),
				available: () => true,
				destroy: () => undefined,
			},
			badge: { set: (count) => void (this.badge = count) },
			power: {
				onSuspend: (listener) => this.#hold("suspend", listener),
				onResume: (listener) => this.#hold("resume", listener),
				onOnline: (listener) => this.#hold("networkBack", listener),
				isOnline: () => this.network,
			},
			files: {
				save: async ({ pieces, suggestedName, extension }) => {
					this.savedName = `${suggestedName}.${extension}`;
					if (!this.saves) return null;
					this.saved = "";
					for await (const piece of pieces)
						this.saved += typeof piece === "string" ? piece : `<${[...piece].join(" ")}>`;
					return "saved";
				},
			},
			links: { open: () => Promise.resolve(failed(appError("link.refused"))) },
			providers: new Map([[this.provider.system, this.provider]]),
			media: () => ({
				fetch: () => Promise.reject(new Error("the fake provider fetches nothing")),
				close: () => Promise.resolve(),
			}),
			numbers: plainNumbers,
			inspector: { inspect: (bytes, claimed) => this.looksAt(bytes, claimed) },
			safeFileName: (name, type) => ({
				name: (name ?? "file").replaceAll(/[^\w.-]/gu, "_"),
				extension: type.split("/").at(-1) ?? "bin",
			}),
			http: () => ({
				send: () => Promise.reject(new Error("the fake provider makes no requests")),
				clearCookies: () => Promise.resolve(),
				close: () => Promise.resolve(void (this.httpClosed += 1)),
			}),
			practice: {
				start: () =>
					this.practiceFails
						? Promise.reject(new Error("cannot listen"))
						: Promise.resolve({
								accounts: this.practiceAccounts,
								close: () => Promise.resolve(void (this.practiceClosed += 1)),
							}),
			},
			about: { version: "0", electron: "0", chromium: "0", node: "0", platform: "test", standIn: true },
			locale: () => "en",
			quit: () => undefined,
			copyDiagnostics: () => undefined,
		};
	}

	change(patch: SettingsPatch): Settings {
		this.settings = { ...this.settings, ...patch } as Settings;
		for (const listener of this.#settingsListeners) listener(this.settings);
		return this.settings;
	}

	#hold(name: "suspend" | "resume" | "networkBack", listener: () => void): () => void {
		this[name] = listener;
		return () => void (this[name] = () => undefined);
	}
}

/** Numbers as they are typed: digits, and nothing known of countries. */
export const plainNumbers: Numbers = {
	parse: (text) => {
		const digits = text.replace(/[\s().-]/gu, "");
		if (!/^\+?\d{3,15}$/u.test(digits)) return null;
		return { e164: digits, national: digits, international: digits, country: null, shortCode: false };
	},
	format: (address) => address,
	same: (one, other) => one === other,
};

/** What outlives a run. */
export interface Kept {
	readonly accounts: Map<AccountId, AccountRecord>;
	readonly lines: Map<AccountId, LineId>;
	readonly started: Set<AccountId>;
	readonly secrets: FakeSecrets;
	/** No id comes twice, also not in the next run. */
	readonly random: SeededRandom;
}

export function emptyKept(): Kept {
	return {
		accounts: new Map(),
		lines: new Map(),
		started: new Set(),
		secrets: new FakeSecrets(),
		random: new SeededRandom(),
	};
}
