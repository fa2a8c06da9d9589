import { appError, AppFailure } from "../../../../shared/errors.ts";
import { plainThread, textsOnly } from "../../../../shared/threads.ts";
import type {
	Capabilities,
	Credentials,
	NewThread,
	Provider,
	ProviderContext,
	ProviderSession,
	Thread,
} from "../../../core/ports/provider.ts";
import type { CometdClient, CometdClientOptions } from "../../net/cometd-client.ts";
import { basicAuthenticator, type Authenticator } from "./authenticator.ts";
import { description } from "./description.ts";
import { ContactCentre } from "./contact-centre.ts";
import { DeviceBook } from "./device-book.ts";
import { Directory } from "./directory.ts";
import { ImOperations } from "./im-operations.ts";
import { optionalTopics, topics } from "./notification-link.ts";
import { Rest } from "./rest.ts";
import { GenesysSession } from "./session.ts";
import { signIn } from "./sign-in.ts";

export interface GenesysProviderOptions {
	/** Makes the account's notification service: `createCometdClient` of main/adapters/net. */
	readonly createCometdClient: (options: CometdClientOptions) => CometdClient;
	/** Row 24: Basic unless a site needs another way to sign in. */
	readonly authenticate?: (credentials: Credentials) => Authenticator;
	/** Row 12: channels named in StartContactCenterSession; default `["voice"]`. */
	readonly channels?: readonly string[];
	/** Row 25: REST requests that may begin in one second; default 5. */
	readonly requestsPerSecond?: number;
}

const capabilities: Capabilities = {
	sessionless: false,
	// There is no transcript on the server (row 10) and no id of a message (section 9.4).
	history: false,
	idempotentSend: false,
	mode: "push",
	agentStates: true,
	// Row 8: about 1 000, set in the settings.
	softLimit: "setting",
	abilities: { ...textsOnly, directory: true },
	retries: false,
	readMarks: false,
};

const defaultNotificationsPath = "/api/v2/notifications";
/** So many devices are asked whether they can carry messages. */
const annexesRead = 8;

/** Genesys Web Services v2 (8.5.x, 8.6.0): REST with CometD notifications. */
export class GenesysProvider implements Provider {
	readonly system = description.id;
	readonly description = description;
	readonly capabilities = capabilities;
	readonly #options: GenesysProviderOptions;

	constructor(options: GenesysProviderOptions) {
		this.#options = options;
	}

	/** Each number has one conversation, whatever the device it goes out by: the number is the key. */
	begin({ addresses }: NewThread): Thread {
		const [address] = addresses;
		if (address === undefined || address.trim() === "") throw new AppFailure(appError("peer.badAddress"));
		if (addresses.length > 1) throw new AppFailure(appError("peer.tooMany", { params: { count: 1 } }));
		const peer = address.trim();
		return { peer, address: peer, formatted: peer, facts: plainThread("im") };
	}

	/** Version probe, sign-in, feature gate, annexes; the notification service connects when events are read. */
	async open(
		credentials: Credentials,
		context: ProviderContext,
		signal: AbortSignal,
	): Promise<ProviderSession> {
		return this.openGenesys(credentials, context, signal);
	}

	/** As `open`, with what only Genesys has (attached data). */
	async openGenesys(
		credentials: Credentials,
		context: ProviderContext,
		signal: AbortSignal,
	): Promise<GenesysSession> {
		const { http, clock, random, logger } = context;
		const { userName, secret, server, options, forgetSecret } = credentials;
		const authenticator =
			this.#options.authenticate?.(credentials) ?? basicAuthenticator(userName, secret);
		const listeners: { session: GenesysSession | null } = { session: null };
		const rest = new Rest({
			server,
			http,
			clock,
			random,
			logger,
			authenticator,
			requestsPerSecond: this.#options.requestsPerSecond,
			onSignedOut: (error) => listeners.session?.signedOut(error),
			onRenewed: () => listeners.session?.renewed(),
		});
		const { user, version } = await signIn(rest, hostOf(server), signal);
		logger.info("signed in", { version, devices: user.devices?.length ?? null });
		if (forgetSecret === true) rest.forgetSecret();

		const centre = new ContactCentre(rest, {
			place: options["place"] ?? null,
			loginCode: options["loginCode"] ?? null,
			queue: options["queue"] ?? null,
			...(this.#options.channels === undefined ? {} : { channels: this.#options.channels }),
		});
		const devices = new DeviceBook();
		const assigned = user.devices ?? (await centre.devices(signal)) ?? [];
		devices.replace(assigned);
		// One device is taken anyway; which of several is the best guess depends on their annexes (row 13).
		if (assigned.length > 1)
			await Promise.all(
				assigned
					.slice(0, annexesRead)
					.map(async (device) => devices.annex(device.id, await centre.annex(device.id, signal))),
			);
		const notifications = this.#options.createCometdClient({
			http,
			clock,
			random,
			url: notificationsUrl(rest.base, options["notificationsPath"] ?? null),
			subscriptions: topics,
			optionalSubscriptions: optionalTopics,
			headers: () => rest.headers(),
			log: logger,
		});
		const session = new GenesysSession({
			context,
			rest,
			im: new ImOperations(rest),
			centre,
			devices,
			directory: new Directory(rest, clock, user.id),
			notifications,
		});
		listeners.session = session;
		return session;
	}
}

/** The CometD endpoint: the default, or the path that the account names (section 16: configurable). */
function notificationsUrl(base: string, path: string | null): string {
	const wanted = path?.trim() ?? "";
	const root = base.slice(0, -"/api/v2".length);
	return `${root}/${(wanted === "" ? defaultNotificationsPath : wanted).replace(/^\/+|\/+$/g, "")}`;
}

function hostOf(server: string): string {
	return URL.parse(server)?.host ?? server;
}
