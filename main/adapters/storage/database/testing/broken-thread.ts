import { parentPort } from "node:worker_threads";
import type { WorkerCall } from "../worker-messages.ts";

/** A store's thread for tests: dies when it is asked for an entry, answers its own start to anything else. */
const started = performance.now();
parentPort?.on("message", ({ number, name, args }: WorkerCall) => {
	if (name === "entry" && args[0] === "die") throw new Error("died as asked");
	if (name === "entry") return;
	parentPort?.postMessage({ kind: "value", number, value: name === "open" ? "opened" : started });
	if (name === "close") parentPort?.close();
});
