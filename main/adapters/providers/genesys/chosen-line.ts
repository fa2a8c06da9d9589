import { AppFailure, appError, type AppError } from "../../../../shared/errors.ts";
import type { LineId } from "../../../../shared/ids.ts";
import type { Line } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import { type Clock, pause } from "../../../core/ports/runtime.ts";
import type { ContactCentre } from "./contact-centre.ts";
import type { DeviceBook } from "./device-book.ts";
import type { Warnings } from "./warnings.ts";

/** How long a log-in waits for the notification service, so that its first event is not missed (section 6). */
const subscribedWithinMs = 15_000;

export interface ChosenLineParts {
	readonly devices: DeviceBook;
	readonly centre: ContactCentre;
	readonly warnings: Warnings;
	readonly clock: Clock;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** Reads the agent's devices into the book. */
	readonly readDevices: (signal?: AbortSignal) => Promise<void>;
	/** Resolves when the notification service has subscribed for the first time. */
	readonly subscribed: () => Promise<void>;
}

/**
 * The device that the agent works on: choosing it, logging it in, and again after a sign-in that had expired. It logs
 * in again only what this run had logged in.
 */
export class ChosenLine {
	readonly #parts: ChosenLineParts;
	#startedHere = false;
	#requestsOut = 0;
	#closed = false;

	constructor(parts: ChosenLineParts) {
		this.#parts = parts;
	}

	/** Requests about devices whose reply is still out. */
	get requestsOut(): number {
		return this.#requestsOut;
	}

	/** See ProviderSession.useLine. Rejects with AppFailure. */
	async use(
		id: LineId,
		signal: AbortSignal,
	): Promise<{ readonly started: boolean; readonly warnings: readonly AppError[] }> {
		const { devices } = this.#parts;
		if (devices.device(id) === null) await this.#parts.readDevices(signal);
		const line = devices.lines().find((candidate) => candidate.id === id);
		if (line === undefined) throw new AppFailure(appError("line.unknown"));
		this.#parts.tell(devices.choose(id));
		const warnings: AppError[] = [];
		const started = devices.loggedOut(id);
		if (started) {
			await this.#subscribed(signal);
			warnings.push(...(await this.#start(line, signal)));
		}
		warnings.push(...this.#checkLine());
		this.#parts.tell([{ type: "sendable", peer: null }]);
		return { started, warnings };
	}

	/** After a new sign-in: log in again on the line that this run had logged in, and only then. */
	async restore(): Promise<void> {
		const { devices } = this.#parts;
		await this.#parts.readDevices();
		const line = devices.lines().find((candidate) => candidate.id === devices.chosen);
		if (line !== undefined && this.#startedHere && devices.loggedOut(line.id)) await this.#start(line);
	}

	/** What is still unknown of the devices; a single one is not worth waiting for at sign-in. */
	async readAnnexes(): Promise<void> {
		const { devices, centre } = this.#parts;
		for (const id of devices.withoutAnnex()) {
			const body = await centre.annex(id);
			if (this.#closed) return;
			this.#parts.tell(devices.annex(id, body));
		}
		this.#checkLine();
	}

	/** Does `work`, a request about the devices, counted while its reply is out. */
	async request<T>(work: () => Promise<T>): Promise<T> {
		this.#requestsOut += 1;
		try {
			return await work();
		} finally {
			this.#requestsOut -= 1;
		}
	}

	close(): void {
		this.#closed = true;
	}

	/** A line that is known not to carry messages is used all the same: the server has the last word. */
	#checkLine(): readonly AppError[] {
		const { devices } = this.#parts;
		const line = devices.lines().find((candidate) => candidate.id === devices.chosen);
		const errors =
			line?.canMessage === false
				? [appError("genesys.deviceCannotMessage", { params: { device: line.label } })]
				: [];
		this.#parts.tell(this.#parts.warnings.set("line", errors));
		return errors;
	}

	async #start(line: Line, signal?: AbortSignal): Promise<readonly AppError[]> {
		const warnings = await this.request(() => this.#parts.centre.start(line, signal));
		this.#startedHere = true;
		this.#parts.tell(this.#parts.warnings.set("start", warnings));
		// The push that follows tells the same; without it the state would stay "logged out".
		void this.#parts.readDevices().catch(() => undefined);
		return warnings;
	}

	async #subscribed(signal: AbortSignal): Promise<void> {
		const over = new AbortController();
		await Promise.race([
			this.#parts.subscribed(),
			pause(this.#parts.clock, subscribedWithinMs, AbortSignal.any([signal, over.signal])),
		]);
		over.abort();
	}
}
