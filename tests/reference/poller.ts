import { type AppError, toAppError } from "../../shared/errors.ts";
import { type Clock, pause } from "../../main/core/ports/runtime.ts";
import type { ReferenceRest } from "./provider-rest.ts";
import { type WireMessage, changesAnswer } from "./wire.ts";

export interface PollerListener {
	messages(messages: readonly WireMessage[]): void;
	answered(): void;
	failed(error: AppError): void;
}

/** Asks for what is new at a steady pace; what was there before the first question is history's business. */
export class Poller {
	readonly #rest: ReferenceRest;
	readonly #clock: Clock;
	readonly #everyMs: number;
	readonly #listener: PollerListener;
	readonly #over = new AbortController();
	#after: number | null = null;
	#asking: Promise<void> | null = null;

	constructor(rest: ReferenceRest, clock: Clock, everyMs: number, listener: PollerListener) {
		this.#rest = rest;
		this.#clock = clock;
		this.#everyMs = everyMs;
		this.#listener = listener;
	}

	start(signal: AbortSignal): void {
		signal.addEventListener("abort", () => this.stop(), { once: true });
		void this.#run();
	}

	stop(): void {
		this.#over.abort();
	}

	/** One question now, or the one under way. */
	now(): Promise<void> {
		this.#asking ??= this.#ask().finally(() => {
			this.#asking = null;
		});
		return this.#asking;
	}

	async #run(): Promise<void> {
		const { signal } = this.#over;
		while (!signal.aborted) {
			await this.now();
			await pause(this.#clock, this.#everyMs, signal);
		}
	}

	async #ask(): Promise<void> {
		const { signal } = this.#over;
		try {
			for (;;) {
				const path = `/reference/changes?after=${String(this.#after ?? "end")}`;
				const { messages, after } = await this.#rest.read(path, changesAnswer, signal);
				this.#after = after;
				if (messages.length > 0) this.#listener.messages(messages);
				if (messages.length < 200) break;
			}
			this.#listener.answered();
		} catch (thrown) {
			if (!this.#over.signal.aborted) this.#listener.failed(toAppError(thrown));
		}
	}
}
