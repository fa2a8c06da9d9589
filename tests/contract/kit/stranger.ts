import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that is none of the systems: says the same to everybody. */
export class Stranger {
	/** What was asked of it, for example "GET /api". */
	readonly asked: string[] = [];
	readonly #server: Server;

	private constructor(say: (response: ServerResponse) => void) {
		this.#server = createServer((request, response) => {
			this.asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
			say(response);
		});
	}

	static async start(say: (response: ServerResponse) => void): Promise<Stranger> {
		const stranger = new Stranger(say);
		await new Promise<void>((resolve) => stranger.#server.listen(0, "127.0.0.1", resolve));
		return stranger;
	}

	get origin(): string {
		return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}

/** Answers with a text. */
export function says(status: number, type: string, text: string): (response: ServerResponse) => void {
	return (response) => {
		response.writeHead(status, { "Content-Type": type }).end(text);
	};
}
