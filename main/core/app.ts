import { type AppError, appError, failed, ok, type Result, toAppError } from "../../shared/errors.ts";
import { translator, type Translate } from "../../shared/i18n/translate.ts";
import type { AttachmentId, ConversationId } from "../../shared/ids.ts";
import type { Output, Snapshot } from "../../shared/ipc/contract.ts";
import type { SystemDescription } from "../../shared/systems.ts";
import { provision } from "./accounts/provision.ts";
import { createHandlers } from "./handlers.ts";
import type { Core, CorePorts, Health, ProvisionSource } from "./ports/core.ts";
import { pause } from "./ports/runtime.ts";
import { type PracticeStay, startPractice } from "./practice.ts";
import { ChangeFeed } from "./publish/change-feed.ts";
import { Workspace, type WorkspaceHost } from "./workspace.ts";

/** More notices than this are not read by anybody. */
const mostNotices = 20;
/** After this the window shows that the store is still being opened. */
const longestBlinkMs = 1000;

/** Builds the application on its outside. Nothing happens before `start`. */
export function createCore(ports: CorePorts): Core {
	const app = new App(ports);
	return {
		handlers: createHandlers({
			ports,
			workspace: () => app.workspace,
			translate: () => app.translate(),
			snapshot: () => app.snapshotWhenReady(),
			view: (input) => app.view(input),
			dismiss: (notice) => app.dismiss(notice),
			startPractice: () => app.startPractice(),
			leavePractice: () => app.leavePractice(),
		}),
		start: (options) => app.start(options),
		stop: (deadlineMs) => app.stop(deadlineMs),
		subscribe: (listener) => app.feed.subscribe(listener),
		notice: (error) => app.notice(error),
		provision: (source) => app.provision(source),
		media: (id) => app.media(id),
		health: () => app.health(),
	};
}

/**
 * Which of the two workspaces lives.
 *
 *   (start) --> real <--practice.leave-- practice <-- (start --practice)
 *                 +-----practice.start----->+        refused while an account is set up
 */
class App {
	readonly feed: ChangeFeed;
	readonly #ports: CorePorts;
	readonly #host: WorkspaceHost;
	#workspace: Workspace;
	#stay: PracticeStay | null = null;
	#realStarted = false;
	readonly #ready = Promise.withResolvers<undefined>();
	#provisioning: ProvisionSource | null = null;
	/** The change between the workspaces that is under way, or was last. */
	#moving: Promise<unknown> = Promise.resolve();
	#stopped = false;
	#viewing: { readonly conversationId: ConversationId | null; readonly atEnd: boolean } = {
		conversationId: null,
		atEnd: false,
	};
	#openFirst: ConversationId | null = null;
	#notices: readonly AppError[] = [];
	#translate: { readonly locale: string; readonly translate: Translate };
	readonly #unsubscribe: (() => void)[] = [];

	constructor(ports: CorePorts) {
		this.#ports = ports;
		this.feed = new ChangeFeed(ports.clock);
		this.#translate = { locale: ports.locale(), translate: translator(ports.locale()) };
		this.#host = {
			ports,
			feed: this.feed,
			translate: () => this.translate(),
			viewing: () => this.#viewing,
			open: (id) => this.#open(id),
			notice: (error) => this.notice(error),
			questionsChanged: () => this.#publishKeychain(),
			storageChanged: (workspace, storage) => {
				if (workspace === this.workspace) this.feed.publish({ type: "storage", storage });
			},
		};
		this.#workspace = new Workspace(this.#host, false, ports.messages);
	}

	get workspace(): Workspace {
		return this.#workspace;
	}

	/** A window that opens quickly waits a moment, in place of showing a first run for a blink; not for a long opening. */
	async snapshotWhenReady(): Promise<Snapshot> {
		await this.#ready.promise;
		return this.snapshot();
	}

	async start(options: {
		readonly practice: boolean;
		readonly provision: ProvisionSource | null;
	}): Promise<void> {
		const { power, settings, secrets, window } = this.#ports;
		this.#unsubscribe.push(
			power.onSuspend(() => this.#workspace.sleep()),
			power.onResume(() => this.#workspace.resumed()),
			power.onOnline(() => this.#workspace.wake()),
			settings.subscribe(() => this.#settingsChanged()),
			secrets.onStatus(() => this.#publishKeychain()),
			window.onFocusChange(() => this.#workspace.viewingChanged()),
		);
		this.#provisioning = options.provision;
		const waited = this.#ports.clock.after(longestBlinkMs, () => this.#ready.resolve(undefined));
		try {
			await this.#begin(options.practice);
		} finally {
			waited();
			this.#ready.resolve(undefined);
		}
	}

	async #begin(practice: boolean): Promise<void> {
		if (practice) {
			// A run begun in practice leaves the real accounts alone until practice is left.
			const practising = await this.#enterPractice();
			if (practising.ok) return;
			this.notice(practising.error);
		}
		await this.#startReal();
	}

	async stop(deadlineMs: number): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		for (const stop of this.#unsubscribe) stop();
		const real = this.#real ?? this.#workspace;
		const leaving = Promise.all([this.#stay?.leave(), real.stop(deadlineMs)]);
		await Promise.race([leaving, pause(this.#ports.clock, deadlineMs)]);
		this.feed.flush();
	}

	notice(error: AppError): void {
		const known = this.#notices.some(
			(other) => other.code === error.code && other.detail === error.detail,
		);
		if (known) return;
		this.#notices = [...this.#notices, error].slice(-mostNotices);
		this.feed.publish({ type: "notices", notices: this.#notices });
	}

	/** Read: it is told again only if it happens again. */
	dismiss({ code, detail }: Pick<AppError, "code"> & { readonly detail: string | null }): void {
		const left = this.#notices.filter(
			(notice) => notice.code !== code || (notice.detail ?? null) !== detail,
		);
		if (left.length === this.#notices.length) return;
		this.#notices = left;
		this.feed.publish({ type: "notices", notices: left });
	}

	snapshot(): Snapshot {
		const { about, settings, secrets, locale } = this.#ports;
		return {
			about,
			systems: this.#systems,
			settings: settings.get(),
			locale: locale(),
			practice: this.#workspace.practice,
			accounts: this.#workspace.manager.views(),
			conversations: this.#workspace.book.views(),
			keychain: secrets.status(),
			keychainQuestions: this.#workspace.manager.questions,
			notices: this.#notices,
			storage: this.#workspace.storage.status,
			openConversation: this.#openFirst,
			revision: this.feed.revision,
		};
	}

	view(input: { readonly conversationId: ConversationId | null; readonly atEnd: boolean }): void {
		this.#viewing = input;
		if (input.conversationId === this.#openFirst) this.#openFirst = null;
		this.#workspace.viewingChanged();
	}

	async startPractice(): Promise<Result<Output<"practice.start">>> {
		const stay = await this.#enterPractice();
		if (!stay.ok) return stay;
		const accountId = await stay.value.signedIn;
		if (accountId !== null) return ok({ accountId });
		await this.leavePractice();
		return failed(appError("practice.failed"));
	}

	#enterPractice(): Promise<Result<PracticeStay>> {
		return this.#move(async () => {
			if (this.#workspace.practice) return failed(appError("practice.active"));
			if (this.#realStarted && this.#workspace.manager.inUse) return failed(appError("account.exists"));
			const stay = await startPractice(this.#host, (workspace) => this.#activate(workspace));
			if (stay.ok) this.#stay = stay.value;
			return stay;
		});
	}

	leavePractice(): Promise<Result<null>> {
		return this.#move(async () => {
			const stay = this.#stay;
			if (stay === null) return ok(null);
			await stay.leave();
			this.#stay = null;
			this.#activate(this.#real ?? this.#workspace);
			await this.#startReal();
			this.#provision();
			return ok(null);
		});
	}

	/** One change between the workspaces after the other: who asks for the next while one goes on waits for it. */
	#move<T>(change: () => Promise<T>): Promise<T> {
		const moved = this.#moving.then(change);
		this.#moving = moved.catch(() => undefined);
		return moved;
	}

	get #systems(): readonly SystemDescription[] {
		return [...this.#ports.providers.values()].map(({ description }) => description);
	}

	/** The real workspace, while the other one is shown. */
	#real: Workspace | null = null;

	#activate(workspace: Workspace): void {
		if (this.#workspace === workspace) return;
		if (workspace.practice) this.#real = this.#workspace;
		this.#workspace = workspace;
		this.#viewing = { conversationId: null, atEnd: false };
		this.#openFirst = null;
		this.feed.publish({ type: "practice", practice: workspace.practice });
		this.feed.publish({ type: "storage", storage: workspace.storage.status });
		workspace.settingsChanged();
	}

	async #startReal(): Promise<void> {
		if (this.#realStarted) return;
		this.#realStarted = true;
		await this.#workspace.start();
		for (const account of this.#workspace.manager.views())
			this.feed.publish({ type: "account", account });
		for (const conversation of this.#workspace.book.views())
			this.feed.publish({ type: "conversation", conversation });
		this.#provision();
	}

	/** During practice it waits until the real accounts start. */
	provision(source: ProvisionSource): void {
		this.#provisioning = source;
		if (this.#realStarted && !this.#workspace.practice) this.#provision();
	}

	/** Of the workspace that is shown; nothing but a picture that was checked. */
	async media(id: AttachmentId): Promise<{ readonly type: string; readonly bytes: Uint8Array } | null> {
		const stored = await this.#workspace.book.store.media(id);
		if (stored === null || stored.bytes === null || stored.attachment.state !== "here") return null;
		return { type: stored.attachment.type, bytes: stored.bytes };
	}

	health(): Health {
		return {
			accounts: this.#workspace.manager.views().map(({ system, connection, encrypted, queued }) => ({
				system,
				connection: connection.state,
				problem: connection.problem?.code ?? null,
				encrypted,
				queued,
			})),
			conversations: this.#workspace.book.views().length,
			keychain: this.#ports.secrets.status().state,
			storage: this.#workspace.storage.status.state,
			notifications: this.#workspace.attention.ledger.tally(),
			practice: this.#workspace.practice,
		};
	}

	/** In the background: the window does not wait for a server. */
	#provision(): void {
		const source = this.#provisioning;
		// The file stays where it is until messages can be stored.
		if (source === null || this.#workspace.storage.status.state === "refused") return;
		this.#provisioning = null;
		const { secrets, logger } = this.#ports;
		const { manager } = this.#workspace;
		const notice = (error: AppError): void => this.notice(error);
		provision(source, { manager, secrets, systems: this.#systems, logger, notice }).catch(
			(thrown: unknown) => {
				this.notice(toAppError(thrown));
			},
		);
	}

	/** A notification was clicked: the window comes to the front, with that conversation. */
	#open(id: ConversationId | null): void {
		const { window } = this.#ports;
		this.#openFirst = id;
		window.show();
		window.navigate(id === null ? { to: "inbox" } : { to: "conversation", conversationId: id });
	}

	#settingsChanged(): void {
		const { settings, locale } = this.#ports;
		this.feed.publish({ type: "settings", settings: settings.get(), locale: locale() });
		this.#workspace.settingsChanged();
	}

	#publishKeychain(): void {
		const { secrets } = this.#ports;
		const { questions } = this.#workspace.manager;
		this.feed.publish({ type: "keychain", keychain: secrets.status(), questions });
	}

	translate(): Translate {
		const locale = this.#ports.locale();
		if (locale !== this.#translate.locale) this.#translate = { locale, translate: translator(locale) };
		return this.#translate.translate;
	}
}
