/**
 * G3, and G13 under it: 5 000 messages a second for 60 s over 50 conversations, one of them open. Every one is on the
 * disk, the open conversation, the list and the unread counts are painted. C5 is the naive client: what it holds at
 * the same quality of frames. `--seconds N`, `--rate N` for a quick look (no verdict then). Linux.
 */
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launchApp } from "../tests/support/launch.ts";
import { type DesktopSession, startSession } from "../tests/support/session.ts";
import { buildBenchApp } from "./app/build.ts";
import { storedMessages } from "./app/database.ts";
import { type FrameReport, startFrames, stopFrames } from "./app/frames.ts";
import { runBenchApp } from "./app/run.ts";
import { account, startServer, tokenOf } from "./app/server-process.ts";

const { values } = parseArgs({
	options: { seconds: { type: "string" }, rate: { type: "string" }, "no-c5": { type: "boolean" } },
});
const seconds = Number(values.seconds ?? 60);
const rate = Number(values.rate ?? 5000);
const peers = 50;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const good = ({ over25, over50 }: FrameReport): boolean => over25 <= 0.01 && over50 === 0;
const told = ({ frames, over25, over50, longest }: FrameReport): string =>
	`${String(frames)} frames, ${(over25 * 100).toFixed(2)} % over 25 ms, ${String(over50)} over 50 ms, longest ${longest.toFixed(1)} ms`;

interface Ours {
	readonly frames: FrameReport;
	readonly stored: number;
	readonly sent: number;
	/** From the last message's departure until all were on the disk, ms. */
	readonly lag: number;
	readonly loop: { readonly p50: number; readonly p99: number; readonly max: number };
}

async function ours(session: DesktopSession, perSecond: number, forMs: number): Promise<Ours> {
	const server = await startServer();
	const run = await runBenchApp(session, { server: server.origin, ...account });
	try {
		const { page } = run;
		// One message a conversation, so that the list is there, and one of them open.
		let total = await server.order({ do: "burst", peers, count: peers, tell: true });
		await openFirst(page);
		await run.committed(total, 10_000);
		await server.order({ do: "stream", peers, perSecond: Math.min(perSecond, 500), forMs: 2000 });
		await startFrames(page);
		run.startLoop();
		total = await server.order({ do: "stream", peers, perSecond, forMs });
		const ended = performance.now();
		await run.committed(total, 30_000);
		const lag = performance.now() - ended;
		const loop = await run.stopLoop();
		const frames = await stopFrames(page);
		await run.close();
		return { frames, stored: storedMessages(run.app.profile), sent: total, lag, loop };
	} finally {
		await run.close();
		server.stop();
	}
}

async function openFirst(page: Page): Promise<void> {
	const list = page.getByRole("listbox", { name: "Conversations" });
	await list.getByRole("option").first().click();
	await page.getByRole("list", { name: "Messages" }).waitFor();
}

/** What the naive client makes of a rate. */
async function naive(session: DesktopSession, perSecond: number, forMs: number): Promise<boolean> {
	const server = await startServer();
	const profile = await mkdtemp(join(session.folder, "c5-"));
	const app = await launchApp({
		session,
		app: join(import.meta.dirname, "comparators", "c5"),
		profile,
		args: [
			`--bayeux=${server.origin}/reference/bayeux`,
			"--channel=/reference/messages",
			`--token=${await tokenOf(server.origin)}`,
		],
	});
	try {
		const page = await app.window();
		await page.getByRole("heading", { name: "Naive" }).waitFor();
		await server.order({ do: "stream", peers, perSecond: 50, forMs: 1000 });
		await startFrames(page);
		await server.order({ do: "stream", peers, perSecond, forMs });
		const frames = await stopFrames(page);
		say(`C5 at ${String(perSecond)}/s: ${told(frames)}`);
		return good(frames);
	} finally {
		await app.close();
		server.stop();
	}
}

await buildBenchApp();
const session = await startSession({ keyring: "unlocked" });
try {
	const result = await ours(session, rate, seconds * 1000);
	say(`Trunkline at ${String(rate)}/s for ${String(seconds)} s: ${told(result.frames)}`);
	say(
		`stored ${String(result.stored)} of ${String(result.sent)}, ${result.lag.toFixed(0)} ms after the last`,
	);
	const { p50, p99, max } = result.loop;
	say(`event loop of main: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms late`);
	let held = 0;
	if (values["no-c5"] !== true) {
		for (const perSecond of [100, 200, 400, 600, 800, 1000, 1500, 2000, 3000]) {
			if (!(await naive(session, perSecond, 10_000))) break;
			held = perSecond;
		}
	}
	const whole = result.stored === result.sent && result.lag <= 1000;
	const pass = whole && good(result.frames) && rate >= 5 * held;
	const figures = [
		{
			id: "G3",
			figure: held === 0 ? null : rate / held,
			goal: 5,
			pass,
			comparator: `C5 held ${String(held)}/s`,
			ci: null,
			over25: result.frames.over25,
			over50: result.frames.over50,
			stored: result.stored,
			sent: result.sent,
		},
		{ id: "G13-G3", figure: p99, goal: 10, pass: p99 <= 10, comparator: "idle", ci: null, max },
	];
	for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`);
	process.exitCode = figures.every((figure) => figure.pass) ? 0 : 1;
} finally {
	await session.stop();
}
