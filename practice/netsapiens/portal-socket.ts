import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PracticeClock } from "../clock.ts";
import { isJsonObject, type JsonObject, textField } from "../server/json.ts";
import { loopback } from "../server/network.ts";
import { acceptWebSocket, type WebSocketPeer } from "../server/websocket.ts";
import { type User, uidOf } from "./company.ts";
import type { NetsapiensSwitches } from "./switches.ts";
import type { WebTokens } from "./web-tokens.ts";

interface Line {
	readonly peer: WebSocketPeer;
	/** uids whose chat this connection hears. */
	readonly hears: Set<string>;
	cancelPing: () => void;
}

export interface PortalSocketParts {
	readonly clock: PracticeClock;
	readonly switches: NetsapiensSwitches;
	readonly webTokens: WebTokens;
}

const pingInterval = 25_000;
const pingTimeout = 26_000;

/**
 * The portal's Socket.IO (sheet, 5.2), WebSocket transport only: `subscribe` answers with `status`,
 * a subscribed chat with an event whose real name nobody outside knows (Q1). Off by default.
 */
export class PortalSocket {
	readonly #parts: PortalSocketParts;
	readonly #server: Server;
	readonly #lines = new Set<Line>();

	constructor(parts: PortalSocketParts) {
		this.#parts = parts;
		this.#server = createServer((_request, response) => {
			response.writeHead(404).end();
		});
		this.#server.on("upgrade", (request, socket) => {
			const { socketVersion } = parts.switches;
			if (!this.#speaks(request)) {
				// Another version than the server's, or no socket at all (Q2).
				socket.end(
					`HTTP/1.1 ${socketVersion === null ? "404 Not Found" : "400 Bad Request"}\r\nConnection: close\r\n\r\n`,
				);
				return;
			}
			this.#open(request, socket);
		});
	}

	/** `http` address of the socket host, without a slash. */
	get origin(): string {
		return `http://${loopback}:${String((this.#server.address() as AddressInfo).port)}`;
	}

	/** Open connections. */
	get connections(): number {
		return this.#lines.size;
	}

	/** Starts to listen; the real port is 8001. */
	async listen(port: number): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.#server.once("error", reject);
			this.#server.listen(port, loopback, resolve);
		});
	}

	/** For the exchange: something in the chats of these users is new. */
	changed(users: readonly User[], sessionId: string): void {
		const { socketChatEvent } = this.#parts.switches;
		if (socketChatEvent === null) return;
		for (const user of users) {
			for (const line of this.#lines) {
				if (!line.hears.has(uidOf(user))) continue;
				const payload = { domain: user.domain, user: user.user, session_id: sessionId };
				this.#emit(line, socketChatEvent, payload);
			}
		}
	}

	/** Breaks all connections; new ones are welcome. */
	dropConnections(): void {
		for (const { peer } of this.#lines) peer.destroy();
	}

	async close(): Promise<void> {
		this.dropConnections();
		this.#server.closeAllConnections();
		await new Promise<void>((resolve) => {
			this.#server.close(() => {
				resolve();
			});
		});
	}

	#speaks({ url = "" }: IncomingMessage): boolean {
		const asked = URL.parse(url, "http://localhost")?.searchParams;
		const { socketVersion } = this.#parts.switches;
		return (
			socketVersion !== null &&
			asked?.get("transport") === "websocket" &&
			asked.get("EIO") === String(socketVersion)
		);
	}

	#open(request: IncomingMessage, socket: Parameters<typeof acceptWebSocket>[1]): void {
		const peer = acceptWebSocket(request, socket, {
			message: (text) => {
				this.#take(line, text);
			},
			closed: () => {
				line.cancelPing();
				this.#lines.delete(line);
			},
		});
		if (peer === null) return;
		const line: Line = { peer, hears: new Set(), cancelPing: () => undefined };
		this.#lines.add(line);
		const sid = randomBytes(10).toString("hex");
		peer.send(`0${JSON.stringify({ sid, upgrades: [], pingInterval, pingTimeout })}`);
		// Version 3 is connected at once and pings the server; version 4 asks, and is pinged.
		if (this.#parts.switches.socketVersion === 3) peer.send("40");
		else this.#pingLater(line);
	}

	#pingLater(line: Line): void {
		line.cancelPing = this.#parts.clock.after(pingInterval, () => {
			line.peer.send("2");
			this.#pingLater(line);
		});
	}

	#take(line: Line, packet: string): void {
		if (packet.startsWith("2")) line.peer.send(`3${packet.slice(1)}`);
		else if (packet.startsWith("40")) {
			if (this.#parts.switches.socketVersion === 4)
				line.peer.send(`40${JSON.stringify({ sid: randomBytes(10).toString("hex") })}`);
		} else if (packet.startsWith("41") || packet.startsWith("1")) line.peer.close();
		else if (packet.startsWith("42")) this.#event(line, packet.slice(2));
	}

	#event(line: Line, text: string): void {
		const [name, wish] = parsed(text);
		if (name !== "subscribe" || !isJsonObject(wish)) return;
		const refused = this.#subscribe(line, wish);
		this.#emit(line, "status", { status: refused ?? "Subscription Complete" });
	}

	/** Why a subscription is refused; null when it is not. Only `chat` has events here. */
	#subscribe(line: Line, wish: JsonObject): string | null {
		const token = this.#parts.webTokens.find(textField(wish, "bearer") ?? "");
		if (token === null || token.mfaPending) return "Token refused or expired";
		const { user } = token;
		if (wish["domain"] !== user.domain) return "Domain refused";
		if (wish["type"] !== "chat") return null;
		if (wish["user"] !== user.user) return "User refused";
		line.hears.add(uidOf(user));
		return null;
	}

	#emit(line: Line, name: string, payload: JsonObject): void {
		line.peer.send(`42${JSON.stringify([name, payload])}`);
	}
}

function parsed(text: string): readonly unknown[] {
	try {
		const value: unknown = JSON.parse(text);
		return Array.isArray(value) ? (value as readonly unknown[]) : [];
	} catch {
		return [];
	}
}
