import type { Server, Socket } from "node:net";

/** A test server on a free loopback port. */
export interface Listening {
	readonly port: number;
	/** Cuts every connection without a farewell. */
	cut(): void;
	/** Cuts every connection and stops listening. */
	close(): Promise<void>;
}

/** Starts `server` on 127.0.0.1; `port` 0 takes a free one. */
export async function listen(server: Server, port = 0): Promise<Listening> {
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.on("error", () => undefined);
		socket.on("close", () => sockets.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("not listening on a port");
	const cut = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		port: address.port,
		cut,
		close: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				cut();
			}),
	};
}
