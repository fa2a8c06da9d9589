import { appError } from "../../shared/errors.ts";
import {
	type Clock,
	type HttpClient,
	type HttpRequest,
	TransportFailure,
} from "../../main/core/ports/runtime.ts";
import type { ReferenceServer } from "./server.ts";

/**
 * A way to the server without sockets: time is the injected clock's, so that a day passes in a moment and a seed gives
 * the same run each time.
 */
export class InProcessNetwork {
	readonly server: ReferenceServer;
	readonly #clock: Clock;
	readonly #latencyMs: () => number;
	/** "refused": certainly not reached. "hole": nothing arrives and nothing comes back. */
	#state: "up" | "refused" | "hole" = "up";
	readonly #underWay = new Set<() => void>();

	constructor(server: ReferenceServer, clock: Clock, latencyMs: () => number = () => 0) {
		this.server = server;
		this.#clock = clock;
		this.#latencyMs = latencyMs;
	}

	get state(): "up" | "refused" | "hole" {
		return this.#state;
	}

	/** In a hole, what is under way stays so; "refused" cuts it. */
	set(state: "up" | "refused" | "hole"): void {
		this.#state = state;
		if (state === "refused") this.cut();
	}

	/** Cuts every connection: whether the server acted is not known. */
	cut(): void {
		for (const cut of [...this.#underWay]) cut();
	}

	/** One account's client, as `main/adapters/net` makes it. */
	client(): HttpClient {
		const own = new Set<() => void>();
		let closed = false;
		return {
			send: (request) => {
				if (closed || request.signal?.aborted === true)
					return Promise.reject(new TransportFailure(appError("cancelled"), "no"));
				return this.#exchange(request, own);
			},
			clearCookies: () => Promise.resolve(),
			close: () => {
				closed = true;
				for (const cut of [...own]) cut();
				return Promise.resolve();
			},
		};
	}

	#exchange(request: HttpRequest, own: Set<() => void>): ReturnType<HttpClient["send"]> {
		if (this.#state === "refused") return Promise.reject(failure("network.refused", "no"));
		return new Promise((resolve, reject) => {
			const gone = new AbortController();
			const over = (): void => {
				stop();
				this.#underWay.delete(cut);
				own.delete(cut);
				request.signal?.removeEventListener("abort", abort);
			};
			const fail = (reason: TransportFailure): void => {
				over();
				gone.abort();
				reject(reason);
			};
			const cut = (): void => fail(failure("network.interrupted", "maybe"));
			const abort = (): void => fail(failure("cancelled", "maybe"));
			const stop = this.#clock.after(request.timeoutMs ?? 30_000, () =>
				fail(failure("network.timeout", "maybe")),
			);
			this.#underWay.add(cut);
			own.add(cut);
			request.signal?.addEventListener("abort", abort, { once: true });
			void this.#arrive(request, gone.signal).then((answer) => {
				if (gone.signal.aborted || answer === "lost") return;
				if (answer === null) {
					cut();
					return;
				}
				over();
				resolve({ status: answer.status, headers: answer.headers, text: answer.body });
			});
		});
	}

	async #arrive(
		request: HttpRequest,
		gone: AbortSignal,
	): Promise<Awaited<ReturnType<ReferenceServer["handle"]>> | "lost"> {
		await this.#travel();
		if (this.#state !== "up" || gone.aborted) return "lost";
		const url = new URL(request.url);
		const answer = await this.server.handle({
			method: request.method,
			url: url.pathname + url.search,
			headers: request.headers ?? {},
			body: request.body ?? "",
			gone,
		});
		await this.#travel();
		// Read after the wait: the way may have closed meanwhile.
		return this.state === "up" ? answer : "lost";
	}

	#travel(): Promise<void> {
		const latency = this.#latencyMs();
		return latency <= 0
			? Promise.resolve()
			: new Promise((resolve) => {
					this.#clock.after(latency, resolve);
				});
	}
}

function failure(
	code: "network.refused" | "network.interrupted" | "network.timeout" | "cancelled",
	reached: "no" | "maybe",
): TransportFailure {
	return new TransportFailure(appError(code, { params: { host: "reference" } }), reached);
}
