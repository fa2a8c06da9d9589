import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type Listening, listen } from "../servers/listen.ts";
import { bodyOf } from "../servers/request-journal.ts";
import { ReferenceServer, type ReferenceServerOptions } from "./server.ts";

export interface ReferenceSite {
	/** Scheme, host and port; the same after `down` and `up`. */
	readonly origin: string;
	readonly server: ReferenceServer;
	/** Cuts every connection without a farewell. */
	cut(): void;
	/** Nobody listens any more; the server's memory stays. */
	down(): Promise<void>;
	up(): Promise<void>;
	close(): Promise<void>;
}

/** The reference server on a free loopback port. */
export async function startReferenceSite(options: ReferenceServerOptions): Promise<ReferenceSite> {
	const server = new ReferenceServer(options);
	const open = (port: number): Promise<Listening> =>
		listen(
			createServer((request, response) => void answer(server, request, response)),
			port,
		);
	let listening: Listening | null = await open(0);
	const { port } = listening;
	return {
		origin: `http://127.0.0.1:${String(port)}`,
		server,
		cut: () => listening?.cut(),
		async down() {
			const closing = listening;
			listening = null;
			await closing?.close();
		},
		async up() {
			listening ??= await open(port);
		},
		async close() {
			server.close();
			await listening?.close();
		},
	};
}

async function answer(
	server: ReferenceServer,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const gone = new AbortController();
	response.once("close", () => gone.abort());
	const body = await bodyOf(request);
	if (body === undefined) return;
	const headers: Record<string, string | undefined> = {};
	for (const [name, value] of Object.entries(request.headers))
		headers[name] = Array.isArray(value) ? value.join(",") : value;
	const { method = "GET", url = "/" } = request;
	const made = await server.handle({ method, url, headers, body, gone: gone.signal });
	if (made === null) response.destroy();
	else response.writeHead(made.status, made.headers).end(made.body);
}
