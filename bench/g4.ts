/**
 * G4: from the key to the bytes on the wire, the text on the disk before, against C2, a bare page that hands the text
 * to a WebSocket. Each has a display of its own; the key is a real one (XTest). Linux, with xdotool.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "playwright-core";
import { launchApp } from "../tests/support/launch.ts";
import { type DesktopSession, startSession } from "../tests/support/session.ts";
import { buildBenchApp } from "./app/build.ts";
import { runBenchApp } from "./app/run.ts";
import { account, startServer } from "./app/server-process.ts";
import { type Figures, type Variant, compare, interleave, percentile, report } from "./harness.ts";

/** A round is so many texts, so far apart. */
const texts = 25;
const gapMs = 200;

/** Presses keys on one display without a new process for each. */
function keyboard(session: DesktopSession): { press(key: string): void; stop(): void } {
	const child: ChildProcess = spawn("xdotool", ["-"], {
		env: session.env,
		stdio: ["pipe", "ignore", "inherit"],
	});
	return {
		press: (key) => void child.stdin?.write(`key ${key}\n`),
		stop: () => void child.kill(),
	};
}

function variant(
	name: string,
	page: Page,
	keys: { press(key: string): void },
	arrivals: (listener: (at: bigint) => void) => void,
): Variant {
	let arrived = (_at: bigint): void => undefined;
	arrivals((at) => arrived(at));
	let made = 0;
	return {
		name,
		async round(): Promise<Figures> {
			const box = page.getByRole("textbox", { name: "Message" });
			const took: number[] = [];
			for (let number = 0; number < texts; number++) {
				made += 1;
				await box.fill(`Your parcel is on its way, number ${String(made)}.`);
				await box.focus();
				const at = new Promise<bigint>((resolve) => (arrived = resolve));
				const pressed = process.hrtime.bigint();
				keys.press("Return");
				took.push(Number((await at) - pressed) / 1e6);
				await wait(gapMs);
			}
			return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
		},
	};
}

await buildBenchApp();
const sessions = await Promise.all([
	startSession({ keyring: "unlocked" }),
	startSession({ keyring: "absent" }),
]);
const server = await startServer();
const sockets = fork(join(import.meta.dirname, "clients", "socket-server.ts"), { stdio: "inherit" });
const listening = new Promise<number>((resolve) =>
	sockets.once("message", (news) => resolve((news as { port: number }).port)),
);
try {
	const [mine, bare] = sessions;
	await server.order({ do: "burst", peers: 1, count: 1, tell: true });
	const run = await runBenchApp(mine, { server: server.origin, ...account });
	const { page } = run;
	// The message that was there before is fetched from the history.
	const row = page.getByRole("listbox", { name: "Conversations" }).getByRole("option").first();
	await row.click();
	await page.getByRole("textbox", { name: "Message" }).waitFor();

	const port = await listening;
	const blank = await launchApp({
		session: bare,
		app: join(import.meta.dirname, "comparators", "c2"),
		args: [`--page=http://127.0.0.1:${String(port)}/`],
	});
	const page2 = blank.electron.windows()[0] ?? (await blank.electron.firstWindow());
	await page2.getByRole("textbox", { name: "Message" }).waitFor();
	await wait(1000);

	const keys = sessions.map(keyboard);
	const [myKeys, bareKeys] = keys;
	if (myKeys === undefined || bareKeys === undefined) throw new Error("no keyboard");
	const results = await interleave(
		variant("Trunkline", page, myKeys, (listener) => server.onSend(listener)),
		variant("C2", page2, bareKeys, (listener) => {
			sockets.on("message", (news) => {
				const { sent } = news as { sent?: string };
				if (sent !== undefined) listener(BigInt(sent));
			});
		}),
		{ rounds: 9 },
	);
	const about = { comparator: "C2", unit: "ms" };
	const met = report(`Key to wire: ${String(texts)} texts a round`, [
		compare("G4-p50", "p50", results, { ...about, goal: 2 }),
		compare("G4-p99", "p99", results, { ...about, goal: 3 }),
	]);
	process.exitCode = met ? 0 : 1;
	for (const one of keys) one.stop();
	await blank.close();
	await run.close();
} finally {
	sockets.kill();
	server.stop();
	for (const session of sessions) await session.stop();
}
