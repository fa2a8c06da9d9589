import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { nativeTheme } from "./native-theme.ts";
import { isClaimed } from "./targets.ts";

function text(data: RawData): string {
	return (data as Buffer).toString("utf8");
}

interface Attached {
	readonly method: string;
	readonly params: {
		readonly sessionId: string;
		readonly targetInfo: { readonly targetId: string; readonly type: string; readonly url: string };
	};
}

/**
 * Offers Chromium's debugging socket to a test library, with three corrections: the question before closing a
 * page is ours to answer (a library would accept it); pop-ups that were denied are not shown; and a library that resets the emulated media must not
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
		const hidden = new Set<string>();
		let ownId = -1_000_000;
		/** A pop-up that the app has not allowed: real Electron never makes one, so the library never hears of it. */
		const isHidden = (message: string): boolean => {
			if (message.includes('"Target.attachedToTarget"')) {
				const { method, params } = JSON.parse(message) as Attached;
				if (method !== "Target.attachedToTarget") return false;
				const { sessionId, targetInfo } = params;
				if (targetInfo.type !== "page" || isClaimed(targetInfo)) return false;
				hidden.add(sessionId);
				// This client's attachment holds the page as well; nobody else can let it go.
				upstream.send(
					JSON.stringify({ id: --ownId, method: "Runtime.runIfWaitingForDebugger", sessionId }),
				);
				return true;
			}
			if (message.startsWith('{"id":-1000')) return true;
			return hidden.size > 0 && [...hidden].some((session) => message.includes(session));
		};
		upstream.on("message", (data) => {
			const message = text(data);
			if (isHidden(message)) return;
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
