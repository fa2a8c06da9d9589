import { Worker } from "node:worker_threads";
import { type AppError, appError, AppFailure } from "../../../../shared/errors.ts";
import type { Logger } from "../../../core/ports/runtime.ts";
import type { MessageStore, StoreOpening } from "../../../core/ports/stores.ts";
import { withBytesOfItsOwn } from "./worker-bytes.ts";
import type { WorkerCall, WorkerOptions, WorkerReport } from "./worker-messages.ts";

export interface WorkerStoreOptions extends WorkerOptions {
	/** The worker's program: beside the main bundle, or the source in tests. */
	readonly program: URL;
	readonly logger: Logger;
}

interface Waiting {
	readonly resolve: (value: unknown) => void;
	readonly reject: (failure: AppFailure) => void;
}

type State =
	| { readonly kind: "idle" }
	| { readonly kind: "running"; readonly worker: Worker; answered: boolean }
	| { readonly kind: "gone"; readonly problem: AppError };

/**
 * The store's port over a thread of its own: every call is one message there and one answer back, so that the main
 * thread never waits for the disk.
 *
 *   idle --first call--> running --close--> gone
 *                         |   ^
 *                         |   | next call, if this thread had answered any
 *                         v   |
 *                         died --otherwise--> gone
 *
 * A thread that dies rejects what it had not answered with `storage.failing`; whether that was written shows when it
 * is written again, because everything in a write is known by an id.
 */
export function workerMessageStore(options: WorkerStoreOptions): MessageStore {
	const store = new WorkerStore(options);
	const call = <K extends keyof MessageStore>(name: K): MessageStore[K] => {
		const method = (...args: readonly unknown[]): Promise<unknown> => store.call(name, args);
		return method as MessageStore[K];
	};
	return {
		open: () => store.open(),
		write: call("write"),
		conversations: call("conversations"),
		page: call("page"),
		media: call("media"),
		mediaOf: call("mediaOf"),
		staged: call("staged"),
		entry: call("entry"),
		byClientIds: call("byClientIds"),
		byRemoteIds: call("byRemoteIds"),
		unsettled: call("unsettled"),
		unclaimed: call("unclaimed"),
		unnamed: call("unnamed"),
		cursors: call("cursors"),
		openGaps: call("openGaps"),
		search: call("search"),
		note: call("note"),
		notifications: call("notifications"),
		prune: call("prune"),
		wipe: call("wipe"),
		close: () => store.close(),
	};
}

class WorkerStore {
	readonly #options: WorkerStoreOptions;
	readonly #waiting = new Map<number, Waiting>();
	#state: State = { kind: "idle" };
	#opened = false;
	#nextNumber = 1;

	constructor(options: WorkerStoreOptions) {
		this.#options = options;
	}

	async open(): Promise<StoreOpening> {
		try {
			const opening = (await this.call("open", [])) as StoreOpening;
			this.#opened = true;
			return opening;
		} catch (error) {
			const problem = error instanceof AppFailure ? error.error : appError("internal");
			// The thread could not even begin: its program or its engine is not there.
			return {
				state: "refused",
				problem: problem.code === "storage.failing" ? appError("storage.noEngine") : problem,
			};
		}
	}

	call(name: WorkerCall["name"], args: readonly unknown[]): Promise<unknown> {
		return new Promise((resolve, reject) => {
			if (this.#state.kind === "gone") {
				reject(new AppFailure(this.#state.problem));
				return;
			}
			const worker = this.#state.kind === "running" ? this.#state.worker : this.#start();
			const { call, transfer } = withBytesOfItsOwn({ number: this.#nextNumber++, name, args });
			this.#waiting.set(call.number, { resolve, reject });
			worker.postMessage(call, transfer);
		});
	}

	async close(): Promise<void> {
		if (this.#state.kind !== "running") {
			this.#state = { kind: "gone", problem: appError("storage.unavailable") };
			return;
		}
		const { worker } = this.#state;
		const ended = new Promise((resolve) => worker.once("exit", resolve));
		await this.call("close", []).catch(() => undefined);
		this.#state = { kind: "gone", problem: appError("storage.unavailable") };
		await ended;
	}

	#start(): Worker {
		const { program, path, temporaryFolder } = this.#options;
		const worker = new Worker(program, { workerData: { path, temporaryFolder } satisfies WorkerOptions });
		this.#state = { kind: "running", worker, answered: false };
		worker.on("message", (message: WorkerReport) => this.#take(worker, message));
		worker.on("error", (error) => this.#died(worker, error instanceof Error ? error.message : "unknown"));
		worker.on("exit", (code) => this.#died(worker, `exit ${String(code)}`));
		// After a restart the application does not open it again: it never knew that it was closed.
		if (this.#opened) worker.postMessage({ number: 0, name: "open", args: [] } satisfies WorkerCall);
		return worker;
	}

	#take(worker: Worker, message: WorkerReport): void {
		if (message.kind === "log") {
			this.#options.logger.info(message.event, message.fields);
			return;
		}
		const waiting = this.#waiting.get(message.number);
		if (waiting === undefined) return;
		this.#waiting.delete(message.number);
		if (message.kind === "failure") {
			waiting.reject(new AppFailure(message.error));
			return;
		}
		if (this.#state.kind === "running" && this.#state.worker === worker) this.#state.answered = true;
		waiting.resolve(message.value);
	}

	#died(worker: Worker, reason: string): void {
		if (this.#state.kind !== "running" || this.#state.worker !== worker) return;
		const problem = appError("storage.failing");
		this.#state = this.#state.answered ? { kind: "idle" } : { kind: "gone", problem };
		if (this.#waiting.size > 0 || this.#state.kind === "gone")
			this.#options.logger.error("storage.threadDied", { reason });
		const waiting = [...this.#waiting.values()];
		this.#waiting.clear();
		for (const { reject } of waiting) reject(new AppFailure(problem));
	}
}
