import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A way to a server on this computer that counts what passes, headers and all. */
export class CountingRelay {
	/** Bytes that the client sent and got. */
	sent = 0;
	received = 0;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();

	private constructor(to: URL) {
		this.#server = createServer((client) => {
			const server = connect(Number(to.port), to.hostname);
			for (const socket of [client, server]) {
				this.#sockets.add(socket);
				socket.on("close", () => this.#sockets.delete(socket));
				socket.on("error", () => socket.destroy());
			}
			client.on("data", (bytes) => (this.sent += bytes.length));
			server.on("data", (bytes) => (this.received += bytes.length));
			client.on("close", () => server.destroy());
			server.on("close", () => client.destroy());
			client.pipe(server).pipe(client);
		});
	}

	static async start(origin: string): Promise<CountingRelay> {
		const relay = new CountingRelay(new URL(origin));
		await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
		return relay;
	}

	get origin(): string {
		return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}
