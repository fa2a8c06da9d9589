import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** `refuse`: nobody listens. `reset`: connections are accepted and reset. `silence`: accepted, never answered. */
export type Outage = "refuse" | "reset" | "silence";

/** Key and certificate, PEM, for tests of untrusted certificates. */
export interface TlsMaterial {
	readonly key: string;
	readonly cert: string;
}

export const loopback = "127.0.0.1";

/**
 * The simulator's connection to the world, and its outages:
 *
 *   down --listen--> up --cut--> out --restore--> up --close--> down
 */
export class Network {
	readonly #server: Server;
	readonly #scheme: "http" | "https";
	readonly #sockets = new Set<Socket>();
	#outage: Outage | null = null;
	#port = 0;

	constructor(listener: RequestListener, tls?: TlsMaterial) {
		const whenUp: RequestListener = (request, response) => {
			if (this.#outage === null) listener(request, response);
		};
		this.#server = tls === undefined ? createServer(whenUp) : createTlsServer(tls, whenUp);
		this.#scheme = tls === undefined ? "http" : "https";
		// jetty.idleTimeout
		this.#server.keepAliveTimeout = 30_000;
		this.#server.on("connection", (socket: Socket) => {
			if (this.#outage === "reset") {
				socket.resetAndDestroy();
				return;
			}
			this.#sockets.add(socket);
			socket.once("close", () => this.#sockets.delete(socket));
		});
	}

	/** Scheme, host and port, without a slash. */
	get origin(): string {
		return `${this.#scheme}://${loopback}:${String(this.#port)}`;
	}

	get outage(): Outage | null {
		return this.#outage;
	}

	/** Starts to listen, on any free port for 0. */
	async listen(port: number): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.#server.once("error", reject);
			this.#server.listen(port, loopback, () => {
				this.#server.off("error", reject);
				resolve();
			});
		});
		this.#port = (this.#server.address() as AddressInfo).port;
	}

	/** Breaks all connections and stays out until `restore`. */
	async cut(outage: Outage = "refuse"): Promise<void> {
		if (this.#outage !== null) await this.restore();
		this.#outage = outage;
		if (outage === "refuse") await this.#stop();
		else this.dropConnections();
	}

	/** Back on the same port. */
	async restore(): Promise<void> {
		if (this.#outage === null) return;
		const wasRefusing = this.#outage === "refuse";
		this.#outage = null;
		this.dropConnections();
		if (wasRefusing) await this.listen(this.#port);
	}

	/** Breaks all connections; new ones are welcome. */
	dropConnections(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
		this.#sockets.clear();
	}

	async close(): Promise<void> {
		if (this.#server.listening) await this.#stop();
	}

	#stop(): Promise<void> {
		return new Promise((resolve) => {
			this.#server.close(() => {
				resolve();
			});
			this.dropConnections();
		});
	}
}
