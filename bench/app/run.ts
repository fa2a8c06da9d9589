/** Starts the bench app with an account of the reference system, and listens to its probe. */
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "playwright-core";
import { launchApp, type RunningApp } from "../../tests/support/launch.ts";
import type { DesktopSession } from "../../tests/support/session.ts";
import { benchApp } from "./build.ts";
import type { LoopDelay } from "./probe.ts";

export interface BenchRun {
	readonly app: RunningApp;
	readonly page: Page;
	/** Measures the event loop of main from now on. */
	startLoop(): void;
	/** What it was since `startLoop`. */
	stopLoop(): Promise<LoopDelay>;
	/** Messages committed in this run, as soon as there are `wanted` of them, or after `atMostMs`. */
	committed(wanted: number, atMostMs: number): Promise<number>;
	close(): Promise<void>;
}

export interface BenchAccount {
	readonly server: string;
	readonly userName: string;
	readonly secret: string;
}

/** `profile`: one that holds the account already; else a fresh one is provisioned. */
export async function runBenchApp(
	session: DesktopSession,
	account: BenchAccount,
	options: { readonly profile?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<BenchRun> {
	const folder = await mkdtemp(join(session.folder, "bench-"));
	const path = join(folder, "probe.sock");
	const listening = createServer().listen(path);
	await once(listening, "listening");
	const connected = once(listening, "connection") as Promise<[Socket]>;
	const provision = join(folder, "account.json");
	const { server, userName, secret } = account;
	await writeFile(
		provision,
		JSON.stringify({ system: "genesys", server, userName, secretKind: "password", secret }),
		{ mode: 0o600 },
	);
	const app = await launchApp({
		session,
		app: benchApp,
		...(options.profile === undefined ? {} : { profile: options.profile }),
		args: options.profile === undefined ? [`--provision=${provision}`] : [],
		env: { ...options.env, TRUNKLINE_BENCH_SOCKET: path },
	});
	const [socket] = await connected;
	const lines: Interface = createInterface({ input: socket });
	const ask = async (question: string): Promise<unknown> => {
		const answer = once(lines, "line") as Promise<[string]>;
		socket.write(`${question}\n`);
		return JSON.parse((await answer)[0]);
	};
	return {
		app,
		page: await app.window(),
		startLoop: () => void socket.write("start\n"),
		stopLoop: async () => (await ask("stop")) as LoopDelay,
		committed: async (wanted, atMostMs) => {
			const until = performance.now() + atMostMs;
			for (;;) {
				const { messages } = (await ask("count")) as { readonly messages: number };
				if (messages >= wanted || performance.now() > until) return messages;
				await wait(10);
			}
		},
		close: async () => {
			await app.close();
			listening.close();
		},
	};
}
