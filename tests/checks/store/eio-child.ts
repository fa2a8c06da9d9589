import { mkdirSync, openSync, readSync, rmdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { StoreOpening, StoreWrite, StoreWritten } from "../../../main/core/ports/stores.ts";
import { AppFailure } from "../../../shared/errors.ts";
import { asEntryId } from "../../../shared/ids.ts";
import type { Delivery } from "../../../shared/model.ts";
import type { EioFigures } from "./eio.ts";
import { freshCopy, hostAt, incoming, makeStores, readAll, unsent, unsentCount } from "./fixture.ts";

/** Runs under fiu-run with failpoint.c (see eio.ts): argv is folder, control file, stride. */

const [, , folder = "", controlPath = "", strideText = "1"] = process.argv;
const control = openSync(controlPath, "r+");
const off = `${controlPath}.off`;
const stride = Number(strideText);

function arm(at: number, all: boolean): void {
	writeSync(control, Int32Array.of(0, at, all ? 1 : 0, 0, 0), 0, 20, 0);
	writeSync(control, Int32Array.of(1), 0, 4, 0);
}

/** How many calls were made to fail. */
function disarm(): number {
	// Making a folder is none of the calls that fail.
	mkdirSync(off);
	writeSync(control, Int32Array.of(0), 0, 4, 0);
	rmdirSync(off);
	const words = new Int32Array(5);
	readSync(control, words, 0, 20, 0);
	return words[4] ?? 0;
}

const figures = {
	callIndexes: 0,
	runs: 0,
	lost: 0,
	falseSent: 0,
	outboxLost: 0,
	notRecovered: 0,
	notReopened: 0,
	wrongErrors: 0,
} satisfies { -readonly [K in keyof EioFigures]: EioFigures[K] };
let problem: string | undefined;

function wrong(name: keyof typeof figures, what: string): void {
	figures[name] += 1;
	problem ??= `${name}: ${what}`;
}

const sent: Delivery = {
	state: "sent",
	since: 5,
	queueReason: null,
	problem: null,
	retryAllowed: false,
	undoUntil: null,
};

/** One life with one fault; answers whether the fault was reached. */
function live(base: string, at: number, all: boolean): boolean {
	const label = `call ${String(at)}${all ? " and all after it" : ""}`;
	const path = freshCopy(base, join(folder, "life"));
	const { host, events } = hostAt(path);
	const acknowledged = new Set<string>();
	const settled = new Set<string>();
	const attempt = (change: StoreWrite): boolean => {
		try {
			const written = host.call("write", [change]) as StoreWritten;
			for (const { id } of written.entries) acknowledged.add(id);
			for (const { id } of written.changed) settled.add(id);
			return true;
		} catch (error) {
			const code = error instanceof AppFailure ? error.error.code : "none";
			if (!/^storage\./.test(code)) wrong("wrongErrors", `${label}: ${code}: ${String(error)}`);
			return false;
		}
	};
	const changes: readonly StoreWrite[] = [
		{ entries: [incoming("n1", 950_000), incoming("n2", 950_001)] },
		{ entries: [unsent("n3", 950_002)] },
		{ deliveries: [{ id: asEntryId("u0"), delivery: sent, remoteId: "r-u0", at: 950_003 }] },
		{ entries: [incoming("n4", 950_004)] },
	];
	const background = (): void => {
		host.indexStep(20);
		host.checkpoint();
	};
	arm(at, all);
	const opening: StoreOpening = host.open();
	for (const change of changes) {
		attempt(change);
		background();
	}
	try {
		readAll(host);
	} catch (error) {
		if (!(error instanceof AppFailure)) wrong("wrongErrors", `${label}: reading: ${String(error)}`);
	}
	host.checkOnce();
	const reached = disarm() > 0;
	// The disk is well again: no restart may be needed, unless nothing was opened at all.
	if (opening.state !== "refused")
		for (const change of changes) if (!attempt(change)) wrong("notRecovered", label);
	host.call("close", []);
	check(path, `${label}: ${events.join(", ")}`, acknowledged, settled);
	return reached;
}

function check(
	path: string,
	label: string,
	acknowledged: ReadonlySet<string>,
	settled: ReadonlySet<string>,
): void {
	const { host } = hostAt(path);
	const opening = host.open();
	figures.runs += 1;
	if (opening.state !== "working" || opening.did.length > 0) {
		wrong("notReopened", `${label}: ${JSON.stringify(opening)}`);
		return;
	}
	const { entries } = readAll(host);
	host.call("close", []);
	const found = new Map(entries.map((entry) => [entry.id as string, entry]));
	for (const id of acknowledged) if (!found.has(id)) wrong("lost", `${label}: ${id}`);
	for (let number = 0; number < unsentCount; number++) {
		const entry = found.get(`u${String(number)}`);
		if (entry?.kind !== "message") wrong("outboxLost", `${label}: u${String(number)}`);
		else if (entry.delivery?.state === "sent" && number > 0) wrong("falseSent", label);
		else if (settled.has(entry.id) && entry.delivery?.state !== "sent")
			wrong("lost", `${label}: outcome`);
	}
}

const { clean, killed } = makeStores(join(folder, "stores"), 200);
for (const base of [clean, killed])
	for (const all of [false, true])
		for (let at = 1; ; at += stride) {
			const reached = live(base, at, all);
			if (!reached) break;
			figures.callIndexes += 1;
		}
process.stdout.write(`${JSON.stringify({ ...figures, ...(problem === undefined ? {} : { problem }) })}\n`);
