/** The reference server of a bench, seen from the bench. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { account } from "./account.ts";
import type { ServerNews, ServerOrder } from "../clients/reference-server.ts";

export interface ServerProcess {
	readonly origin: string;
	/** Resolves with the number of messages the server has when the order is carried out. */
	order(order: ServerOrder): Promise<number>;
	/** Called for each send that reaches the server. */
	onSend(listener: (at: bigint, text: string) => void): void;
	/** When it first answers a page of history after it was away, milliseconds since 1970. */
	firstPage(): Promise<number>;
	stop(): void;
}

export { account } from "./account.ts";

export async function startServer(): Promise<ServerProcess> {
	const hooks = new URL("../../build/hooks.mjs", import.meta.url).href;
	const child: ChildProcess = fork(join(import.meta.dirname, "..", "clients", "reference-server.ts"), {
		execArgv: ["--import", hooks],
		stdio: "inherit",
	});
	const waiting = new Map<string, (total: number) => void>();
	let onPage = (_at: number): void => undefined;
	let onSend = (_at: bigint, _text: string): void => undefined;
	const origin = await new Promise<string>((resolve, reject) => {
		child.once("exit", (code) => reject(new Error(`the server ended with ${String(code)}`)));
		child.on("message", (news: ServerNews) => {
			if ("origin" in news) resolve(news.origin);
			else if ("firstPage" in news) onPage(news.firstPage);
			else if ("sent" in news) onSend(BigInt(news.sent), news.text);
			else waiting.get(news.done)?.(news.total);
		});
	});
	return {
		origin,
		order: (order) =>
			new Promise((resolve) => {
				waiting.set(order.do, resolve);
				child.send(order);
			}),
		firstPage: () => new Promise((resolve) => (onPage = resolve)),
		onSend: (listener) => (onSend = listener),
		stop: () => void child.kill(),
	};
}

/** A token for a client that does not sign in by itself (C1, C5). */
export async function tokenOf(origin: string): Promise<string> {
	const response = await fetch(`${origin}/reference/token`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ user: account.userName, password: account.secret }),
	});
	const { token } = (await response.json()) as { token: string };
	return token;
}
