import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** The server's end of one WebSocket (RFC 6455), text messages only. */
export interface WebSocketPeer {
	send(text: string): void;
	/** Says goodbye and ends the connection. */
	close(): void;
	/** Breaks the connection without a word. */
	destroy(): void;
}

/** What happens on a WebSocket. */
export interface WebSocketEvents {
	message(text: string): void;
	/** The connection is over, however it ended. */
	closed(): void;
}

const opcodes = { more: 0x0, text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
const mostBytes = 1_048_576;

/** Accepts an upgrade; null, and 400 to the client, when it is none of WebSocket. */
export function acceptWebSocket(
	request: IncomingMessage,
	socket: Duplex,
	events: WebSocketEvents,
): WebSocketPeer | null {
	const key = request.headers["sec-websocket-key"];
	if (key === undefined || request.headers.upgrade?.toLowerCase() !== "websocket") {
		socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
		return null;
	}
	const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
	socket.write(
		`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
	);
	const write = (opcode: number, content: Buffer): void => {
		if (!socket.destroyed && socket.writable) socket.write(frame(opcode, content));
	};
	const peer: WebSocketPeer = {
		send: (text) => {
			write(opcodes.text, Buffer.from(text));
		},
		close: () => {
			write(opcodes.close, Buffer.alloc(0));
			socket.end();
		},
		destroy: () => {
			socket.destroy();
		},
	};
	readFrames(socket, (opcode, content) => {
		switch (opcode) {
			case opcodes.text:
				events.message(content.toString("utf8"));
				break;
			case opcodes.ping:
				write(opcodes.pong, content);
				break;
			case opcodes.close:
				peer.close();
				break;
			default:
				break;
		}
	});
	// A connection that breaks is an end like any other.
	socket.on("error", () => undefined);
	socket.once("close", () => {
		events.closed();
	});
	return peer;
}

/** A frame of the server, which is never masked. */
function frame(opcode: number, content: Buffer): Buffer {
	const { length } = content;
	const head =
		length < 126
			? Buffer.from([0x80 | opcode, length])
			: Buffer.from([0x80 | opcode, length < 65_536 ? 126 : 127, ...sizeBytes(length)]);
	return Buffer.concat([head, content]);
}

function sizeBytes(length: number): Buffer {
	if (length < 65_536) return Buffer.from([length >> 8, length & 0xff]);
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64BE(BigInt(length));
	return bytes;
}

/** Calls `take` with every whole message; breaks a connection that sends too much. */
function readFrames(socket: Duplex, take: (opcode: number, content: Buffer) => void): void {
	let waiting: Buffer = Buffer.alloc(0);
	let begun: { opcode: number; pieces: Buffer[] } | null = null;
	const whole = (first: number, content: Buffer): void => {
		const opcode = first & 0x0f;
		const last = (first & 0x80) !== 0;
		if (opcode >= opcodes.close) {
			take(opcode, content);
			return;
		}
		if (opcode !== opcodes.more) begun = { opcode, pieces: [] };
		if (begun === null) return;
		begun.pieces.push(content);
		if (!last) return;
		const { opcode: kind, pieces } = begun;
		begun = null;
		take(kind, Buffer.concat(pieces));
	};
	socket.on("data", (chunk: Buffer) => {
		waiting = Buffer.concat([waiting, chunk]);
		if (waiting.length > mostBytes) {
			socket.destroy();
			return;
		}
		for (;;) {
			const next = oneFrame(waiting);
			if (next === null) return;
			waiting = waiting.subarray(next.length);
			whole(next.first, next.content);
		}
	});
}

interface Frame {
	readonly first: number;
	readonly content: Buffer;
	/** Bytes on the wire. */
	readonly length: number;
}

/** The first frame of the bytes, unmasked; null while it is not all there. */
function oneFrame(bytes: Buffer): Frame | null {
	if (bytes.length < 2) return null;
	const second = bytes.readUInt8(1);
	const short = second & 0x7f;
	const sizeLength = short === 126 ? 2 : short === 127 ? 8 : 0;
	const maskAt = 2 + sizeLength;
	if (bytes.length < maskAt) return null;
	const size =
		sizeLength === 0
			? short
			: sizeLength === 2
				? bytes.readUInt16BE(2)
				: Number(bytes.readBigUInt64BE(2));
	const masked = (second & 0x80) !== 0;
	const start = maskAt + (masked ? 4 : 0);
	if (bytes.length < start + size) return null;
	const content = Buffer.from(bytes.subarray(start, start + size));
	if (masked) {
		for (const [index, byte] of content.entries())
			content[index] = byte ^ bytes.readUInt8(maskAt + (index % 4));
	}
	return { first: bytes.readUInt8(0), content, length: start + size };
}
