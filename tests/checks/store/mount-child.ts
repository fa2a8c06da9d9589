import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StoreOpening, StoreWrite } from "../../../main/core/ports/stores.ts";
import { AppFailure } from "../../../shared/errors.ts";
import type { DatabaseHost } from "../../../main/adapters/storage/database/database-host.ts";
import type { NewEntry } from "../../../main/core/ports/stores.ts";
import { hostAt, incoming, makeStores, readAll, unsent, unsentCount } from "./fixture.ts";

/** Runs in a mount namespace of its own (see r10.ts): argv is the folder. */

const [, , folder = ""] = process.argv;
const wrong: string[] = [];
let stored = 0;

function expect(what: string, found: unknown, wanted: unknown): void {
	if (JSON.stringify(found) !== JSON.stringify(wanted))
		wrong.push(`${what}: ${JSON.stringify(found)} in place of ${JSON.stringify(wanted)}`);
}

/** The code of the failure; null: it worked. */
function codeOf(work: () => unknown): string | null {
	try {
		work();
		return null;
	} catch (error) {
		return error instanceof AppFailure ? error.error.code : String(error);
	}
}

const write = (host: DatabaseHost, ...entries: NewEntry[]): string | null =>
	codeOf(() => host.call("write", [{ entries } satisfies StoreWrite]));
const countOf = (host: DatabaseHost): number => readAll(host).entries.length;
const unsentOf = (host: DatabaseHost): number => readAll(host).unsettled.length;

/** A disk of 16 MiB with the store on it. */
function mountDisk(name: string): string {
	const disk = join(folder, name);
	mkdirSync(disk);
	execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", disk], { stdio: "pipe" });
	cpSync(dirname(stores.clean), join(disk, "store"), { recursive: true });
	return disk;
}

function fillDisk(disk: string): void {
	for (const size of [1 << 20, 1 << 16, 1 << 12])
		for (let number = 0; ; number++)
			try {
				writeFileSync(join(disk, `ballast-${String(size)}-${String(number)}`), Buffer.alloc(size, 1));
			} catch {
				break;
			}
}

function emptyDisk(disk: string): void {
	execFileSync("sh", ["-c", 'rm -f "$0"/ballast-*', disk]);
}

const stores = makeStores(join(folder, "stores"), 200);
const before = 200 + unsentCount + 1;

function fullWhileWorking(): void {
	const disk = mountDisk("full-while-working");
	writeFileSync(join(disk, "ballast-0"), Buffer.alloc(4 << 20));
	const path = join(disk, "store", "messages.db");
	const { host } = hostAt(path);
	expect("opening on a small disk", host.open().state, "working");
	let refusal: string | null = null;
	for (let number = 0; refusal === null && number < 5000; number++) {
		const entries = Array.from({ length: 10 }, (_, index) =>
			incoming(
				`f${String(number)}-${String(index)}`,
				910_000 + number * 10 + index,
				"a longer text to fill it",
			),
		);
		refusal = write(host, ...entries);
		if (refusal === null) stored += entries.length;
		host.indexStep(5);
	}
	expect("writing on a full disk", refusal, "storage.full");
	const had = countOf(host);
	expect("messages on the full disk", had, before + stored);
	expect("a new text on the full disk", write(host, unsent("full", 990_000)), "storage.full");
	host.checkpoint();
	host.indexStep(50);
	expect("texts that wait, on the full disk", unsentOf(host), unsentCount);
	emptyDisk(disk);
	rmSync(join(disk, "ballast-0"), { force: true });
	expect("writing when there is room again", write(host, unsent("full", 990_000)), null);
	expect("texts that wait, then", unsentOf(host), unsentCount + 1);
	// Full again, and closed like that.
	fillDisk(disk);
	host.call("close", []);
	const { host: next } = hostAt(path);
	expect("the next start on a full disk can be read", next.open().state !== "refused", true);
	expect("messages at the next start", countOf(next), before + stored + 1);
	emptyDisk(disk);
	expect("writing at the next start", write(next, incoming("later", 995_000)), null);
	next.call("close", []);
}

function fullAtStart(): void {
	for (const kind of ["clean", "killed"] as const) {
		const disk = mountDisk(`full-at-start-${kind}`);
		if (kind === "killed") {
			rmSync(join(disk, "store"), { recursive: true });
			cpSync(dirname(stores.killed), join(disk, "store"), { recursive: true });
		}
		fillDisk(disk);
		const { host } = hostAt(join(disk, "store", "messages.db"));
		const opening = host.open();
		expect(`full at the start, ${kind}: can be read`, opening.state !== "refused", true);
		expect(`full at the start, ${kind}: messages`, countOf(host), before);
		// What a killed app left of its journal may have room in it for one text more.
		const refusal = write(host, unsent("n", 990_000));
		if (kind === "clean" || refusal !== null)
			expect(`full at the start, ${kind}: writing`, refusal, "storage.full");
		emptyDisk(disk);
		expect(`full at the start, ${kind}: writing with room`, write(host, unsent("n", 990_000)), null);
		expect(`full at the start, ${kind}: texts that wait`, unsentOf(host), unsentCount + 1);
		host.call("close", []);
	}
	const disk = mountDisk("full-and-new");
	rmSync(join(disk, "store"), { recursive: true });
	fillDisk(disk);
	const { host } = hostAt(join(disk, "store", "messages.db"));
	const opening = host.open();
	expect("full and new: says why", problemOf(opening), "storage.full");
	expect(
		"full and new: nothing to read",
		codeOf(() => readAll(host)),
		null,
	);
	emptyDisk(disk);
	expect(
		"full and new: works with room",
		codeOf(() => host.call("write", [{ cursors: [] }])),
		null,
	);
	host.call("close", []);
}

function problemOf(opening: StoreOpening): string | null {
	return opening.problem?.code ?? null;
}

function readOnly(): void {
	for (const kind of ["clean", "killed"] as const) {
		const mount = join(folder, `read-only-${kind}`);
		cpSync(dirname(stores[kind]), mount, { recursive: true });
		execFileSync("mount", ["--bind", mount, mount], { stdio: "pipe" });
		execFileSync("mount", ["-o", "remount,bind,ro", mount], { stdio: "pipe" });
		const path = join(mount, "messages.db");
		const { host } = hostAt(path, join(folder, "temporary"));
		const opening = host.open();
		expect(
			`read-only, ${kind}: opening`,
			[opening.state, problemOf(opening)],
			["readOnly", "storage.readOnly"],
		);
		expect(`read-only, ${kind}: messages`, countOf(host), before);
		expect(`read-only, ${kind}: texts that wait`, unsentOf(host), unsentCount);
		expect(`read-only, ${kind}: writing`, write(host, unsent("n", 990_000)), "storage.readOnly");
		expect(
			`read-only, ${kind}: the ledger`,
			codeOf(() => host.call("note", [[]])),
			"storage.readOnly",
		);
		expect(`read-only, ${kind}: messages still`, countOf(host), before);
		execFileSync("mount", ["-o", "remount,bind,rw", mount], { stdio: "pipe" });
		expect(`read-only, ${kind}: writing when it may`, write(host, unsent("n", 990_000)), null);
		expect(`read-only, ${kind}: texts that wait then`, unsentOf(host), unsentCount + 1);
		host.call("close", []);
	}
	const mount = join(folder, "read-only-new");
	mkdirSync(mount);
	execFileSync("mount", ["--bind", mount, mount], { stdio: "pipe" });
	execFileSync("mount", ["-o", "remount,bind,ro", mount], { stdio: "pipe" });
	for (const path of [join(mount, "messages.db"), join(mount, "deeper", "messages.db")]) {
		const { host } = hostAt(path, join(folder, "temporary"));
		const opening = host.open();
		expect(
			"read-only and new: opening",
			[opening.state, problemOf(opening)],
			["readOnly", "storage.readOnly"],
		);
		expect("read-only and new: empty", countOf(host), 0);
		host.call("close", []);
	}
}

fullWhileWorking();
fullAtStart();
readOnly();
process.stdout.write(`${JSON.stringify({ stored, wrong })}\n`);
