/** The Bayeux server of the benches, in a process of its own: publishes what the parent orders over IPC. */
import { startCometdServer } from "../../tests/servers/cometd-server.ts";

/** `count` messages on a channel, `gapsMs` apart in turn; without gaps all at once. */
export interface Order {
	readonly channel: string;
	readonly count: number;
	readonly gapsMs: readonly number[];
}

const server = await startCometdServer({ maxSessionsPerBrowser: -1 });
const text = "Good morning, my parcel has not arrived. Could you have a look? 📦";

function publish(channel: string, sequence: number): void {
	server.publish(channel, { sent: String(process.hrtime.bigint()), sequence, text });
}

process.on("message", (order: Order) => {
	const { channel, count, gapsMs } = order;
	if (gapsMs.length === 0) {
		for (let sequence = 0; sequence < count; sequence++) publish(channel, sequence);
		return;
	}
	const next = (sequence: number): void => {
		if (sequence >= count) return;
		publish(channel, sequence);
		setTimeout(() => next(sequence + 1), gapsMs[sequence % gapsMs.length]);
	};
	next(0);
});
process.on("disconnect", () => process.exit(0));
process.send?.({ url: server.url });
