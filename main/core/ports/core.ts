import type { AppError } from "../../../shared/errors.ts";
import type { AccountId, AttachmentId } from "../../../shared/ids.ts";
import type { About, Payloads } from "../../../shared/ipc/contract.ts";
import type { SecretKind } from "../../../shared/systems.ts";
import type { ConnectionState, KeychainState, StorageState, SystemId } from "../../../shared/model.ts";
import type { CommandHandlers } from "./commands.ts";
import type { MediaClient, MediaInspector, SafeFileName } from "./media.ts";
import type { Numbers } from "./numbers.ts";
import type { Provider, SystemOptions } from "./provider.ts";
import type { Clock, HttpClient, Logger, Random } from "./runtime.ts";
import type { AccountStore, MessageStore, SettingsStore, WorkstationStore } from "./stores.ts";
import type {
	Badge,
	ExternalLinks,
	FileSaver,
	Notifier,
	PowerAndNetwork,
	Secrets,
	TrayView,
	WindowView,
} from "./system.ts";

/** One account of the simulated systems, with what signs it in. */
export interface PracticeAccount {
	readonly system: SystemId;
	/** Base URL on loopback. */
	readonly server: string;
	readonly userName: string;
	readonly secret: string;
	readonly method: SecretKind;
	/** The line that practice begins with, so that nothing has to be asked first. */
	readonly line?: string | null;
	/** Fields of the sign-in form, where it needs some. */
	readonly options?: SystemOptions;
}

/** The simulated systems: loaded and started on demand only. */
export interface PracticeHost {
	/** Starts the simulators; rejects when they cannot listen. */
	start(): Promise<{ readonly accounts: readonly PracticeAccount[]; close(): Promise<void> }>;
}

/** The file of `--provision`, read once and removed once its secret is safe. */
export interface ProvisionSource {
	/** The whole text; rejects when it cannot be read. */
	read(): Promise<string>;
	/** Deletes the file; rejects when it cannot. */
	remove(): Promise<void>;
}

/** Everything that core needs of the outside; `compose.ts` builds it. */
export interface CorePorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	/** The store of the real accounts; opened by core at its start. */
	readonly messages: MessageStore;
	/** A fresh, empty store for one stay in practice mode. */
	readonly practiceMessages: () => MessageStore;
	readonly accounts: AccountStore;
	readonly workstation: WorkstationStore;
	readonly settings: SettingsStore;
	readonly secrets: Secrets;
	readonly notifier: Notifier;
	readonly tray: TrayView;
	readonly badge: Badge;
	readonly window: WindowView;
	readonly power: PowerAndNetwork;
	readonly links: ExternalLinks;
	readonly files: FileSaver;
	readonly safeFileName: SafeFileName;
	readonly inspector: MediaInspector;
	/** In the order in which they are offered. */
	readonly providers: ReadonlyMap<SystemId, Provider>;
	/** A client of one account, bound to the origin of `server`. */
	readonly http: (server: string, accountId: AccountId) => HttpClient;
	/** What fetches files of an account on this server, also from other hosts. */
	readonly media: (server: string) => MediaClient;
	readonly numbers: Numbers;
	readonly practice: PracticeHost;
	readonly about: About;
	/** The catalogue to use now, resolved from settings and system. */
	readonly locale: () => string;
	readonly quit: () => void;
	readonly copyDiagnostics: () => void;
}

/** The application without its outside. */
export interface Core {
	readonly handlers: CommandHandlers;
	/** Accounts sign in in the background; resolves as soon as a snapshot can be painted. */
	start(options: { readonly practice: boolean; readonly provision: ProvisionSource | null }): Promise<void>;
	/** Leaves every session in the documented order; resolves at the latest after `deadlineMs`. */
	stop(deadlineMs: number): Promise<void>;
	/** Batches of changes, at most one a frame. */
	subscribe(listener: (payload: Payloads["changes"]) => void): () => void;
	/** Something to tell the person once (settings file set aside, for example). */
	notice(error: AppError): void;
	/** Sets up an account from a file while running (handed over by a second start). */
	provision(source: ProvisionSource): void;
	/** The bytes of a picture that was checked (`Attachment.state` "here"); null: there is none, or it is not to be shown. */
	media(id: AttachmentId): Promise<{ readonly type: string; readonly bytes: Uint8Array } | null>;
	/** What may be passed on for support: states and counts, no names, numbers or texts. */
	health(): Health;
}

/** A picture of how things are, without anything of the people who write. */
export interface Health {
	readonly accounts: readonly {
		readonly system: SystemId;
		readonly connection: ConnectionState;
		readonly problem: AppError["code"] | null;
		readonly encrypted: boolean;
		readonly queued: number;
	}[];
	readonly conversations: number;
	readonly keychain: KeychainState;
	readonly storage: StorageState;
	/** The last notifications by what became of them: "shown", or why not. */
	readonly notifications: Readonly<Record<string, number>>;
	readonly practice: boolean;
}
