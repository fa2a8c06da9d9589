import type { AppError } from "../../../../shared/errors.ts";
import type { LineId } from "../../../../shared/ids.ts";
import type { AgentState, Contact, EpochMs, Line } from "../../../../shared/model.ts";
import type {
	OutgoingMessage,
	ProviderContext,
	ProviderEvent,
	ProviderSession,
	SendOutcome,
} from "../../../core/ports/provider.ts";
import { pause } from "../../../core/ports/runtime.ts";
import { AttachedData } from "./attached-data.ts";
import { ChosenLine } from "./chosen-line.ts";
import { ConnectedTime } from "./connected-time.ts";
import type { ContactCentre } from "./contact-centre.ts";
import { suggestLine, type DeviceBook } from "./device-book.ts";
import type { Directory } from "./directory.ts";
import { EventFeed } from "../event-feed.ts";
import { ImDesk } from "./im-desk.ts";
import type { ImOperations } from "./im-operations.ts";
import { KeepAlive } from "./keep-alive.ts";
import { NotificationLink, type NotificationService } from "./notification-link.ts";
import { PresencePoller } from "./presence-poller.ts";
import type { Rest } from "./rest.ts";
import { SessionBook } from "./session-book.ts";
import { StateReader } from "./state-reader.ts";
import { Warnings } from "./warnings.ts";
import { readNotification } from "./wire.ts";

export interface GenesysSessionParts {
	readonly context: ProviderContext;
	readonly rest: Rest;
	readonly im: ImOperations;
	readonly centre: ContactCentre;
	readonly devices: DeviceBook;
	readonly directory: Directory;
	readonly notifications: NotificationService;
}

/** One signed-in agent of Genesys Web Services. */
export class GenesysSession implements ProviderSession {
	readonly #parts: GenesysSessionParts;
	readonly #feed = new EventFeed();
	readonly #book = new SessionBook();
	readonly #warnings = new Warnings();
	readonly #desk: ImDesk;
	readonly #reader: StateReader;
	readonly #link: NotificationLink;
	readonly #line: ChosenLine;
	readonly #presence: PresencePoller;
	/** Attached data of the live sessions (row 26). */
	readonly attached: AttachedData;
	readonly #keepAlive: KeepAlive;
	/** Nothing can be read again (row 10): holes are told as gaps. */
	readonly history = null;
	readonly #named = new Set<string>();
	readonly #ignoredTypes = new Set<string>();
	#firstLines = true;
	#closed = false;
	#lineEnded = false;

	constructor(parts: GenesysSessionParts) {
		this.#parts = parts;
		const { context, rest, im, centre, devices, directory, notifications } = parts;
		const { clock, random, logger } = context;
		const tell = (events: readonly ProviderEvent[]): void => this.#tell(events);
		const connected = new ConnectedTime(clock);
		this.#reader = new StateReader({
			book: this.#book,
			im,
			centre,
			devices,
			warnings: this.#warnings,
			clock,
			logger,
			tell,
			afterNews: () => this.#desk.afterNews(),
		});
		this.#desk = new ImDesk({
			book: this.#book,
			im,
			devices,
			clock,
			logger,
			connected,
			online: () => this.#link.online(),
			holdBackMs: () => rest.holdBackMs(),
			tell,
			readSessions: (signal) => this.#reader.readSessions(signal),
		});
		this.#link = new NotificationLink({
			service: notifications,
			rest,
			clock,
			logger,
			connected,
			tell,
			resume: async (gap) => {
				await this.#reader.readAll(gap);
				void this.#line.readAnnexes();
			},
			incoming: (channel, data) => this.#incoming(channel, data, connected.now()),
			unreadable: () => void this.#reader.readSessions().catch(() => undefined),
			signedOut: (error) => this.signedOut(error),
		});
		this.#line = new ChosenLine({
			devices,
			centre,
			warnings: this.#warnings,
			clock,
			tell,
			readDevices: (signal) => this.#reader.readDevices(signal),
			subscribed: () => this.#link.firstConnected(),
		});
		this.#presence = new PresencePoller({ directory, clock, random, logger, tell });
		this.#book.setOwnNumbers(devices.lines().map((line) => line.address));
		this.attached = new AttachedData(this.#book, im);
		this.#keepAlive = new KeepAlive(rest, clock, random);
	}

	events(signal: AbortSignal): AsyncIterable<readonly ProviderEvent[]> {
		const { notifications } = this.#parts;
		return this.#feed.batches(notifications.events(signal), (batch) => this.#link.read(batch), signal);
	}

	async lines(signal: AbortSignal): Promise<readonly Line[]> {
		if (!this.#firstLines) await this.#reader.readDevices(signal);
		this.#firstLines = false;
		return this.#parts.devices.lines();
	}

	suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null {
		return suggestLine(lines, remembered);
	}

	async useLine(
		id: LineId,
		signal: AbortSignal,
	): Promise<{ readonly started: boolean; readonly warnings: readonly AppError[] }> {
		return await this.#line.use(id, signal);
	}

	async agentStates(signal: AbortSignal): Promise<readonly AgentState[]> {
		const states = await this.#parts.centre.states(signal);
		this.#tell(this.#parts.devices.setStates(states));
		return states.map(({ id, label, kind }) => ({ id, label, kind }));
	}

	async setAgentState(id: string, signal: AbortSignal): Promise<void> {
		await this.#line.request(() => this.#parts.centre.setState(id, signal));
	}

	send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		return this.#desk.send(message, signal);
	}

	async act(peer: string, action: "accept" | "reject" | "end", signal: AbortSignal): Promise<void> {
		await this.#desk.act(peer, action, signal);
	}

	search(
		query: string,
		signal: AbortSignal,
	): Promise<{ readonly contacts: readonly Contact[]; readonly more: boolean }> {
		return this.#parts.directory.search(query, signal);
	}

	watch(addresses: readonly string[]): void {
		this.#presence.watch(addresses);
	}

	async check(signal: AbortSignal): Promise<void> {
		await Promise.all([
			this.#reader.readDevices(signal),
			this.#reader.readSessions(signal),
			this.#reader.readServices(signal),
		]);
	}

	forgetSecret(): void {
		this.#parts.rest.forgetSecret();
	}

	wake(): void {
		this.#parts.notifications.wake();
	}

	reconnect(): void {
		this.#link.reconnect();
	}

	/** Of the notification service: a server that answers requests, but sends no messages, is not received from. */
	lastSign(): EpochMs | null {
		return this.#parts.notifications.lastSign() ?? this.#parts.rest.lastSign();
	}

	lineEnded(): boolean {
		return this.#lineEnded;
	}

	quietMs(): number {
		return this.#parts.notifications.quietMs();
	}

	/** Unsubscribe, `/meta/disconnect`, and EndContactCenterSession last, because it ends the HTTP session. */
	async close(options: { readonly endLine: boolean; readonly deadlineMs: number }): Promise<void> {
		const { notifications, centre, context } = this.#parts;
		const { clock, http, logger } = context;
		const until = clock.monotonic() + options.deadlineMs;
		const left = (): number => Math.max(0, until - clock.monotonic());
		this.#stop();
		// A server that does not answer must not use up the time that the log-out needs.
		await notifications.disconnect(options.endLine ? left() / 2 : left()).catch(() => undefined);
		if (options.endLine) {
			const over = new AbortController();
			const ended = centre.end(over.signal).then(
				() => {
					this.#lineEnded = true;
					logger.info("device logged out");
				},
				() => logger.warn("device was not logged out"),
			);
			await Promise.race([ended, pause(clock, left(), over.signal)]);
			over.abort();
		}
		await http.clearCookies().catch(() => undefined);
		this.#feed.end();
	}

	// ------------------------------------------------------------ beyond the port

	/** Told by rest.ts: the server wants the password and the held one did not help. */
	signedOut(error: AppError): void {
		if (this.#closed) return;
		this.#tell([{ type: "signedOut", error }]);
		this.#stop();
		this.#feed.end();
	}

	/** Told by rest.ts: another sign-in took the place of one that had expired; the device may have been logged out. */
	renewed(): void {
		void this.#line.restore().catch(() => this.#parts.context.logger.warn("the line was not restored"));
	}

	// ------------------------------------------------------------ inside

	#incoming(channel: string, data: unknown, connectedMs: number): void {
		const { devices, context } = this.#parts;
		const notification = readNotification(channel, data);
		switch (notification.kind) {
			case "imSession":
				this.#tell(this.#book.seen(notification.session, context.clock.now(), notification.at));
				this.#desk.afterNews();
				break;
			case "imText": {
				const { key, text, at } = notification;
				this.#tell(this.#book.text(key, text, at, connectedMs, false));
				if (this.#book.orphans().length > 0)
					void this.#reader.resolveOrphans().catch(() => undefined);
				break;
			}
			case "devices":
				this.#tell(devices.merge(notification.devices));
				this.#book.setOwnNumbers(devices.lines().map((line) => line.address));
				break;
			case "services":
				void this.#reader.readServices().catch(() => undefined);
				break;
			case "failure": {
				const { key, devicePath, words } = notification;
				this.#desk.failure(key, devicePath, words, this.#line.requestsOut);
				void this.#reader.readSessions().catch(() => undefined);
				if (devicePath !== null) void this.#reader.readDevices().catch(() => undefined);
				break;
			}
			case "ignored":
				this.#ignored(channel, notification.messageType ?? "none");
		}
	}

	/** Row 27: each kind is logged once, so that a server that speaks of other things often does not fill the log. */
	#ignored(channel: string, type: string): void {
		if (this.#ignoredTypes.has(type) || this.#ignoredTypes.size >= 100) return;
		this.#ignoredTypes.add(type);
		this.#parts.context.logger.info("notification ignored", { channel, type });
	}

	/** Everything that is told goes through here: a peer that appears is looked up once. */
	#tell(events: readonly ProviderEvent[]): void {
		this.#feed.push(events);
		for (const event of events)
			if (
				event.type === "message" ||
				event.type === "stretch" ||
				(event.type === "live" && event.live !== null)
			)
				this.#nameOf(event.peer);
	}

	#nameOf(peer: string): void {
		if (this.#named.has(peer) || this.#closed) return;
		this.#named.add(peer);
		void this.#parts.directory.name(peer).then((name) => {
			if (name !== null) this.#feed.push([{ type: "peerName", peer, name }]);
			// Asked again when the peer next appears; the directory decides when that is a request.
			else this.#named.delete(peer);
		});
	}

	#stop(): void {
		this.#closed = true;
		this.#line.close();
		this.#keepAlive.stop();
		this.#presence.close();
		this.#desk.close();
		this.#link.close();
	}
}
