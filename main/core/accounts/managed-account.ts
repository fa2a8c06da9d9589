import type { AccountId } from "../../../shared/ids.ts";
import type { SecretKeeping } from "../../../shared/model.ts";
import type { Provider, ProviderEvent } from "../ports/provider.ts";
import type { MediaClient } from "../ports/media.ts";
import type { Numbers } from "../ports/numbers.ts";
import type { Clock, HttpClient, Logger, Random } from "../ports/runtime.ts";
import type { AccountRecord, ConversationRecord, StoreWrite, WorkstationStore } from "../ports/stores.ts";
import type { Result } from "../../../shared/errors.ts";
import type { ReceptionListener } from "../sync/backfill.ts";
import { AccountSession } from "./account-session.ts";

/** One account that is set up. */
export interface Managed {
	record: AccountRecord;
	readonly provider: Provider;
	readonly http: HttpClient;
	readonly media: MediaClient;
	readonly session: AccountSession;
	keeping: SecretKeeping;
	/** What its sessions want kept beside the secret, as said last in this run; null: nothing was said. */
	kept: Readonly<Record<string, string>> | null;
	/** Whether the account is in the account store: not in practice, nor provisioned without a keychain. */
	stored: boolean;
}

/** What was stored of an account's conversations, and how to add to it. */
export interface AccountConversations {
	readonly records: (id: AccountId) => readonly ConversationRecord[];
	readonly cursors: (id: AccountId) => Promise<Readonly<Record<string, string>>>;
	readonly write: (write: StoreWrite) => Promise<unknown>;
}

export interface BuildPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly workstation: WorkstationStore;
	readonly http: (server: string, accountId: AccountId) => HttpClient;
	readonly media: (server: string) => MediaClient;
	readonly numbers: Numbers;
	readonly hasNetwork: () => boolean;
	/** Stores a batch, and `extra` in the same transaction. */
	readonly apply: (
		record: AccountRecord,
		batch: readonly ProviderEvent[],
		extra: StoreWrite | null,
	) => Promise<void>;
	readonly conversations: AccountConversations;
	readonly catchUp: ReceptionListener;
	readonly changed: (id: AccountId) => void;
	/** Its session is gone; what was live is not known to be. */
	readonly parted: (id: AccountId) => void;
	readonly secret: (managed: Managed) => Promise<Result<string>>;
	/** Its session wants something kept beside the secret. */
	readonly keep: (managed: Managed, kept: Readonly<Record<string, string>>) => void;
	/** The account is set up, and this one is it. */
	readonly known: (managed: Managed) => boolean;
}

/** An account that can sign in; it is nobody's yet. */
export function buildAccount(
	record: AccountRecord,
	provider: Provider,
	keeping: SecretKeeping,
	ports: BuildPorts,
): Managed {
	const { clock, random, logger, workstation, hasNetwork, conversations, catchUp } = ports;
	const { id } = record;
	const http = ports.http(record.server, id);
	const media = ports.media(record.server);
	const session: AccountSession = new AccountSession(record, {
		clock,
		random,
		logger: logger.child({ account: id, system: record.system }),
		provider,
		http,
		media,
		numbers: ports.numbers,
		keep: (kept) => ports.keep(managed, kept),
		workstation,
		hasNetwork,
		secret: () => ports.secret(managed),
		holdsNothing: () => managed.keeping === "askEachTime",
		apply: (batch, extra) => ports.apply(record, batch, extra),
		reception: {
			records: () => conversations.records(id),
			cursors: () => conversations.cursors(id),
			write: conversations.write,
			listener: catchUp,
		},
		changed: () => {
			if (ports.known(managed)) ports.changed(id);
		},
		parted: () => ports.parted(id),
	});
	const managed: Managed = { record, provider, http, media, session, keeping, kept: null, stored: false };
	return managed;
}

/** Its connections, once nobody uses it any more. */
export async function closeAccount({ http, media }: Pick<Managed, "http" | "media">): Promise<void> {
	await Promise.all([http.close(), media.close()]);
}
