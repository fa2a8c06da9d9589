import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

export interface WireMessage {
	readonly id?: string;
	readonly channel: string;
	readonly clientId?: string;
	readonly subscription?: string;
	readonly advice?: { readonly timeout?: number };
}

/** One POST to a Bayeux server. */
export interface BayeuxRequest {
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly messages: readonly WireMessage[];
}

export type RequestKind = "handshake" | "connect" | "subscribe" | "unsubscribe" | "disconnect" | "other";

export function kindOf(request: BayeuxRequest): RequestKind {
	const channel = request.messages[0]?.channel ?? "";
	const kind = /^\/meta\/(handshake|connect|subscribe|unsubscribe|disconnect)$/.exec(channel)?.[1];
	return (kind as RequestKind | undefined) ?? "other";
}

/** What a server was asked, and a way to wait for more of it without polling. */
export class RequestJournal {
	readonly requests: BayeuxRequest[] = [];
	readonly #waiting = new Set<() => void>();

	add(request: BayeuxRequest): void {
		this.requests.push(request);
		for (const look of [...this.#waiting]) look();
	}

	of(kind: RequestKind): readonly BayeuxRequest[] {
		return this.requests.filter((request) => kindOf(request) === kind);
	}

	kinds(): readonly RequestKind[] {
		return this.requests.map(kindOf);
	}

	/** Resolves when `count` requests of a kind have arrived. */
	async arrived(kind: RequestKind, count = 1): Promise<BayeuxRequest> {
		for (;;) {
			const found = this.of(kind)[count - 1];
			if (found !== undefined) return found;
			await new Promise<void>((resolve) => {
				const look = (): void => {
					this.#waiting.delete(look);
					resolve();
				};
				this.#waiting.add(look);
			});
		}
	}

	/** Resolves when a poll that the server is to hold has arrived after the first `already` of them. */
	async held(already = 0): Promise<BayeuxRequest> {
		for (let count = 1; ; count++) {
			await this.arrived("connect", count);
			const held = this.of("connect").filter((request) => request.messages[0]?.advice?.timeout !== 0);
			const found = held[already];
			if (found !== undefined) return found;
		}
	}
}

/** The whole body of a request; undefined if the client hung up. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
	const chunks: Buffer[] = [];
	try {
		for await (const chunk of request) chunks.push(chunk as Buffer);
	} catch {
		return undefined;
	}
	return Buffer.concat(chunks).toString("utf8");
}
