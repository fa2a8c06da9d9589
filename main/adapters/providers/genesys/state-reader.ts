import { appError } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import type { Clock, Logger } from "../../../core/ports/runtime.ts";
import type { ContactCentre } from "./contact-centre.ts";
import type { DeviceBook } from "./device-book.ts";
import type { ImOperations } from "./im-operations.ts";
import type { SessionBook } from "./session-book.ts";
import type { Warnings } from "./warnings.ts";

export interface StateReaderParts {
	readonly book: SessionBook;
	readonly im: ImOperations;
	readonly centre: ContactCentre;
	readonly devices: DeviceBook;
	readonly warnings: Warnings;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	readonly afterNews: () => void;
}

/** Reads what can be read again (row 15), and tells the differences. */
export class StateReader {
	readonly #parts: StateReaderParts;
	/** Since when sessions may have begun without our hearing of it; null when every one was told. */
	#blindSince: EpochMs | null;
	#orphansUnderWay = false;

	constructor(parts: StateReaderParts) {
		this.#parts = parts;
		this.#blindSince = parts.clock.now();
	}

	/** After each handshake. Never rejects: what could not be read is read the next time. */
	async readAll(gap: EpochMs | null): Promise<void> {
		if (gap !== null) this.#blindSince ??= gap;
		void this.readServices().catch(() => undefined);
		const results = await Promise.allSettled([this.readSessions(), this.readDevices()]);
		const failed = results.filter((result) => result.status === "rejected").length;
		if (failed > 0) this.#parts.logger.warn("state was not read in full", { failed });
		await this.resolveOrphans();
	}

	/** The session list. Rejects when it cannot be had; the book then stays as it is. */
	async readSessions(signal?: AbortSignal): Promise<void> {
		const { book, im, clock, tell, afterNews } = this.#parts;
		const mark = book.mark();
		const blindSince = this.#blindSince;
		const listed = await im.list(signal);
		if (listed === null) return;
		const { events, opened } = book.reconcile(listed, mark, clock.now());
		const gaps: ProviderEvent[] =
			blindSince === null
				? []
				: opened.map((peer) => ({ type: "gap", peer, from: blindSince, to: clock.now() }));
		if (this.#blindSince === blindSince) this.#blindSince = null;
		tell([...events, ...gaps]);
		afterNews();
	}

	async readDevices(signal?: AbortSignal): Promise<void> {
		const { book, centre, devices, tell } = this.#parts;
		const list = await centre.devices(signal);
		if (list === null) return;
		tell(devices.replace(list));
		book.setOwnNumbers(devices.lines().map((line) => line.address));
	}

	/** The message on `/notifications/services` has no known shape: the resource is read in its place. */
	async readServices(signal?: AbortSignal): Promise<void> {
		const { centre, warnings, tell } = this.#parts;
		const active = await centre.voiceActive(signal);
		if (active !== null) tell(warnings.set("voice", active ? [] : [appError("genesys.voiceInactive")]));
	}

	/** Texts of sessions nobody told us of: the list, then the session itself, then shown as they are. */
	async resolveOrphans(): Promise<void> {
		const { book, im, clock, tell, afterNews } = this.#parts;
		if (this.#orphansUnderWay || book.orphans().length === 0) return;
		this.#orphansUnderWay = true;
		try {
			await this.readSessions();
			for (const key of book.orphans()) {
				const session = await im.read(key);
				if (session !== null) tell(book.seen(session, clock.now(), null));
				tell(book.adoptOrphans(key));
			}
			afterNews();
		} finally {
			this.#orphansUnderWay = false;
		}
	}
}
