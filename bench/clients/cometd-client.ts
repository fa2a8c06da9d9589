/**
 * Trunkline's CometD client as a process of its own, printing each message as C1 does: when the batch that holds it
 * is handed over.
 *
 *     node --import ./build/hooks.mjs bench/clients/cometd-client.ts URL CHANNEL
 */
import { randomUUID } from "node:crypto";
import { createCometdClient } from "../../main/adapters/net/cometd-client.ts";
import { createHttpClient } from "../../main/adapters/net/http-client.ts";
import { createTrustStore } from "../../main/adapters/net/trust-store.ts";
import type { Clock } from "../../main/core/ports/runtime.ts";

const [url = "", channel = ""] = process.argv.slice(2);
const clock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	after(delayMs, run) {
		const timer = setTimeout(run, delayMs);
		return () => clearTimeout(timer);
	},
};
const random = { next: () => Math.random(), uuid: () => randomUUID() };
const http = createHttpClient({
	origin: new URL(url).origin,
	clock,
	trust: createTrustStore(),
	resolveProxy: () => Promise.resolve("DIRECT"),
});
const client = createCometdClient({ http, clock, random, url, subscriptions: [channel] });

for await (const batch of client.events(new AbortController().signal)) {
	for (const event of batch) {
		if (event.type === "connected") process.stdout.write("ready\n");
		if (event.type !== "messages") continue;
		for (const { data } of event.messages) {
			process.stdout.write(`${(data as { sent: string }).sent} ${String(process.hrtime.bigint())}\n`);
		}
	}
}
