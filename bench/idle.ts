/**
 * IDLE: what an account costs while nothing happens: requests a minute and bytes (both ways, headers and all) over 30
 * minutes of virtual time, for each system and each attention, against its simulator; compared with a poller that asks at
 * the fixed pauses that the system's sheet recommends. `--minutes N` for a quick look.
 */
import { parseArgs } from "node:util";
import { Desk } from "../tests/contract/kit/desk.ts";
import type { ContractWorld, WorldMaker } from "../tests/contract/kit/world.ts";
import { evovoice } from "../tests/contract/worlds/evovoice.ts";
import { genesys } from "../tests/contract/worlds/genesys.ts";
import { netsapiens } from "../tests/contract/worlds/netsapiens.ts";
import { textus } from "../tests/contract/worlds/textus.ts";
import { CountingRelay } from "./clients/counting-relay.ts";

type Attention = "focused" | "background" | "idle";

interface Cost {
	/** A minute. */
	readonly requests: number;
	readonly sent: number;
	readonly received: number;
}

const { values } = parseArgs({ options: { minutes: { type: "string" } } });
const minutes = Number(values.minutes ?? 30);
const minuteMs = 60_000;

/** Requests a minute of a poller at fixed pauses, seconds. */
const every = (...seconds: readonly number[]): number => seconds.reduce((sum, one) => sum + 60 / one, 0);

/**
 * What the sheets recommend, at the quick end of each range: in front of the window with a conversation open; not in
 * front; nobody at the desk.
 */
const recommended: Readonly<Record<string, Readonly<Record<Attention, number>>>> = {
	// Sheet, 5.3: sessions 8 s, the open one 4 s; 20 s; 60 s.
	netsapiens: { focused: every(8, 4), background: every(20), idle: every(60) },
	// Sheet, 8: messages 5 to 10 s, 30 to 60 s when hidden; conversations 2 to 5 minutes.
	evovoice: { focused: every(5, 120), background: every(30, 120), idle: every(30, 120) },
	// Sheet, 15: filters 10 to 15 s, 30 to 60 s when hidden, every third time the list; the open one 4 to 5 s.
	textus: { focused: every(10, 30, 4), background: every(10, 30), idle: every(30, 90) },
	// Sheet, 8 and row 18: one poll that is held for 30 s, and a look at the agent every 5 to 10 minutes.
	genesys: { focused: every(30, 300), background: every(30, 300), idle: every(30, 300) },
};

/** An account with a past, its agent signed in by way of a relay that counts. */
async function settled(
	world: ContractWorld,
): Promise<{ readonly desk: Desk; readonly relay: CountingRelay }> {
	const [first, second] = world.people;
	await world.past(second, ["a text of before", "and another one"]);
	await world.past(
		first,
		Array.from({ length: 40 }, (_, index) => `what was said, line ${String(index)}`),
	);
	const relay = await CountingRelay.start(world.server.origin);
	const desk = await new Desk(world).start();
	const typed = await desk.signIn({ ...world.signIn, server: relay.origin });
	if (!typed.ok) throw new Error(typed.error.code);
	await desk.ready();
	await world.write(first, "the last one");
	await desk.hears(first, "the last one");
	return { desk, relay };
}

async function measured(maker: WorldMaker, attention: Attention): Promise<Cost> {
	const world = await maker.start();
	const { desk, relay } = await settled(world);
	const [person] = world.people;
	await desk.look(person);
	if (attention !== "focused") await desk.look(null);
	// Long enough for every rhythm to be as slow as it gets, and for nobody to be at the desk any more.
	await world.time.pass(15 * minuteMs);
	const total = { requests: 0, sent: 0, received: 0 };
	// Somebody who is not in front of the window was so a few minutes ago; else nobody is at the desk.
	const pieces = attention === "background" ? Math.ceil(minutes / 4) : 1;
	for (let piece = 0; piece < pieces; piece += 1) {
		if (attention === "background") {
			await desk.look(person);
			await desk.look(null);
			await world.time.pass(minuteMs / 2);
		}
		const before = { sent: relay.sent, received: relay.received, requests: world.traffic.sent.length };
		await world.time.pass((minutes / pieces) * minuteMs);
		total.requests += world.traffic.sent.length - before.requests;
		total.sent += relay.sent - before.sent;
		total.received += relay.received - before.received;
	}
	await desk.stop();
	await relay.close();
	await world.close();
	const { requests, sent, received } = total;
	return { requests: requests / minutes, sent: sent / minutes, received: received / minutes };
}

/**
 * A push service holds its polls in real time, which cannot be hurried: it is measured by the poll, and a poll of 30 s is
 * twice in a minute. Beside it goes a look at the agent every few minutes.
 */
async function measuredByPoll(): Promise<Cost> {
	const world = await genesys.start();
	const { desk, relay } = await settled(world);
	await world.time.pass(3000);
	const polls = (): number => world.server.journal.requests(world.reads).length;
	const before = {
		sent: relay.sent,
		received: relay.received,
		polls: polls(),
		asked: world.traffic.sent.length,
	};
	await world.time.until(() => polls() >= before.polls + 40, 600_000);
	const counted = polls() - before.polls;
	const perPoll = (total: number): number => (total / counted) * 2;
	const cost = {
		requests: perPoll(counted) + every(300),
		sent: perPoll(relay.sent - before.sent),
		received: perPoll(relay.received - before.received),
	};
	await desk.stop();
	await relay.close();
	await world.close();
	return cost;
}

const rows: string[][] = [
	["", "attention", "requests/min", "recommended", "ratio", "sent B/min", "got B/min", ""],
];
/** Not more than recommended; pauses differ by a fifth by chance, so that half an hour differs by a little. */
const goal = 1.1;
const missed: string[] = [];

function report(system: string, attention: Attention, cost: Cost): void {
	const theirs = recommended[system]?.[attention] ?? Number.NaN;
	const figure = Number((cost.requests / theirs).toPrecision(3));
	const pass = figure <= goal;
	if (!pass) missed.push(`${system} ${attention}`);
	const [requests, sent, received] = [cost.requests, cost.sent, cost.received].map((one) =>
		Number(one.toPrecision(4)),
	);
	const about = { comparator: "fixed pauses of the sheet", theirs: Number(theirs.toPrecision(4)), minutes };
	process.stdout.write(
		`${JSON.stringify({ id: `IDLE-${system}-${attention}`, figure, goal, pass, requests, sent, received, ...about })}\n`,
	);
	rows.push([
		system,
		attention,
		String(requests),
		String(about.theirs),
		String(figure),
		String(sent),
		String(received),
		pass ? "met" : "NOT MET",
	]);
}

for (const maker of [netsapiens, evovoice, textus])
	for (const attention of ["focused", "background", "idle"] as const)
		report(maker.system, attention, await measured(maker, attention));
const pushed = await measuredByPoll();
for (const attention of ["focused", "background", "idle"] as const) report("genesys", attention, pushed);

const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? [];
const lines = rows.map((row) =>
	row
		.map((cell, column) => cell.padEnd(widths[column] ?? 0))
		.join("  ")
		.trimEnd(),
);
process.stderr.write(
	`\nAn account in which nothing happens, ${String(minutes)} minutes\n${lines.join("\n")}\n`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
