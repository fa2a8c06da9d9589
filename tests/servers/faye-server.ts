import { createServer } from "node:http";
import { createRequire } from "node:module";
import { type Listening, listen } from "./listen.ts";

interface FayeAdapter {
	attach(server: unknown): void;
	close(): void;
	on(event: "subscribe", listener: (clientId: string, channel: string) => void): void;
	getClient(): { publish(channel: string, data: unknown): PromiseLike<void> };
}
interface Faye {
	readonly NodeAdapter: new (options: { mount: string; timeout: number }) => FayeAdapter;
}

export interface FayeServer extends Listening {
	readonly url: string;
	publish(channel: string, data: unknown): Promise<void>;
	/** Forgets all clients; the port stays. */
	restart(): Promise<FayeServer>;
}

/** Faye, a Bayeux server that shares no code with CometD. `timeout` is how many seconds it holds a poll. */
export async function startFayeServer(port = 0): Promise<FayeServer> {
	const faye = createRequire(import.meta.url)("faye") as Faye;
	const adapter = new faye.NodeAdapter({ mount: "/bayeux", timeout: 30 });
	const server = createServer();
	adapter.attach(server);
	const listening = await listen(server, port);
	const close = async (): Promise<void> => {
		adapter.close();
		await listening.close();
	};
	return {
		...listening,
		url: `http://localhost:${String(listening.port)}/bayeux`,
		async publish(channel, data) {
			await adapter.getClient().publish(channel, data);
		},
		async restart() {
			await close();
			return startFayeServer(listening.port);
		},
		close,
	};
}
