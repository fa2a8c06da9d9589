import { parentPort, workerData } from "node:worker_threads";
import { toAppError } from "../../../../shared/errors.ts";
import { DatabaseHost } from "./database-host.ts";
import { IdleWork } from "./idle-work.ts";
import { sizeOf } from "./open/file-state.ts";
import { type OpenStoreOptions, reasonOf } from "./open/open-store.ts";
import { migrations } from "./schema/migrations.ts";
import { IndexSchedule } from "./search/index-schedule.ts";
import { bytesOf } from "./worker-bytes.ts";
import type { WorkerCall, WorkerOptions, WorkerReport } from "./worker-messages.ts";

/** The thread in which the store's database lives: one call after another, and idle work in between. */

/** An instance that is quitting may still hold the file. */
const patienceMs = 2_000;
/** A journal longer than this is put away even while calls come in. */
const longJournal = 16 * 1024 * 1024;

function serve(port: NonNullable<typeof parentPort>, options: WorkerOptions): void {
	const report = (message: WorkerReport, transfer: readonly ArrayBuffer[] = []): void =>
		port.postMessage(message, transfer);
	const log: OpenStoreOptions["log"] = (event, fields) => report({ kind: "log", event, fields });
	const host = new DatabaseHost({ ...options, steps: migrations, now: () => Date.now(), patienceMs, log });
	const after = (delayMs: number, run: () => void): (() => void) => {
		const timer = setTimeout(run, delayMs);
		return () => clearTimeout(timer);
	};
	const idle = new IdleWork(
		{
			checkpoint: () => host.checkpoint(),
			checkpointDue: () => options.path !== ":memory:" && sizeOf(`${options.path}-wal`) > longJournal,
			check: () => host.checkOnce(),
		},
		{ after },
	);
	const index = new IndexSchedule({
		step(budgetMs) {
			const more = host.indexStep(budgetMs);
			idle.committed();
			return more;
		},
		monotonic: () => performance.now(),
		after,
		failed: (error) => log("storage.indexFailed", { reason: reasonOf(error) }),
	});

	const answer = ({ number, name, args }: WorkerCall): void => {
		try {
			const value = name === "open" ? host.open() : host.call(name, args);
			report({ kind: "value", number, value }, bytesOf(name, value));
		} catch (error) {
			report({ kind: "failure", number, error: toAppError(error) });
		}
		if (name === "close") {
			idle.stop();
			index.stop();
			port.close();
			return;
		}
		idle.called();
		if (!changing.has(name)) return;
		idle.committed();
		index.changed();
	};
	// What comes before `open` waits for it.
	const early: WorkerCall[] = [];
	let opened = false;
	port.on("message", (call: WorkerCall) => {
		opened ||= call.name === "open" || call.name === "close";
		if (!opened) {
			early.push(call);
			return;
		}
		answer(call);
		for (const waiting of early.splice(0)) answer(waiting);
	});
}

const changing: ReadonlySet<WorkerCall["name"]> = new Set(["open", "write", "note", "prune", "wipe"]);

if (parentPort !== null) serve(parentPort, workerData as WorkerOptions);
