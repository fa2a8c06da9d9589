import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { nativeTheme } from "./native-theme.ts";

function text(data: RawData): string {
	return (data as Buffer).toString("utf8");
}

/**
 * Offers Chromium's debugging socket to a test library, with two corrections: the question before closing a
 * page is ours to answer (a library would accept it), and a library that resets the emulated media must not
 * undo `nativeTheme.themeSource`.
 */
export async function offerDebugging(chromiumUrl: string): Promise<string> {
	const path = `/devtools/browser/${randomUUID()}`;
	const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path, perMessageDeflate: false });
	server.on("connection", (client) => {
		const upstream = new WebSocket(chromiumUrl, {
			perMessageDeflate: false,
			maxPayload: 512 * 1024 * 1024,
		});
		const early: string[] = [];
		const mediaRequests = new Set<string>();
		upstream.on("open", () => {
			for (const message of early.splice(0)) upstream.send(message);
		});
		client.on("message", (data) => {
			const message = text(data);
			if (message.includes('"Emulation.setEmulatedMedia"')) {
				const { id, sessionId } = JSON.parse(message) as { id: number; sessionId?: string };
				mediaRequests.add(`${String(id)}|${sessionId ?? ""}`);
			}
			if (upstream.readyState === WebSocket.OPEN) upstream.send(message);
			else early.push(message);
		});
		upstream.on("message", (data) => {
			const message = text(data);
			if (message.includes('"Page.javascriptDialog') && message.includes('"beforeunload"')) return;
			if (message.includes('"Page.javascriptDialogClosed"')) return;
			if (mediaRequests.size > 0 && message.startsWith('{"id":')) {
				const { id, sessionId } = JSON.parse(message) as { id: number; sessionId?: string };
				if (mediaRequests.delete(`${String(id)}|${sessionId ?? ""}`))
					nativeTheme.libraryChangedMedia();
			}
			client.send(message);
		});
		const end = (): void => {
			client.close();
			upstream.close();
		};
		client.on("close", end);
		upstream.on("close", end);
		client.on("error", end);
		upstream.on("error", end);
	});
	await new Promise((resolve) => server.once("listening", resolve));
	(server as unknown as { _server?: { unref(): void } })._server?.unref();
	return `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`;
}
