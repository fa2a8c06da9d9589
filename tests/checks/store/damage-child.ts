import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemClock } from "../../../main/adapters/electron/system-clock.ts";
import { openAccountFile } from "../../../main/adapters/storage/account-file.ts";
import { openSettingsFile } from "../../../main/adapters/storage/settings-file.ts";
import type { Logger } from "../../../main/core/ports/runtime.ts";
import type { StoreOpening } from "../../../main/core/ports/stores.ts";
import { AppFailure } from "../../../shared/errors.ts";
import { asAccountId } from "../../../shared/ids.ts";
import { seededRandom } from "../check.ts";
import type { DamageFigures } from "../r11.ts";
import { fileMark, freshCopy, hostAt, incoming, makeStores, readAll, unsentMark } from "./fixture.ts";

/** Rounds of R11 (see r11.ts): argv is folder, first round, number of rounds, seed. */

const [, , folder = "", fromText = "0", countText = "0", seedText = "1"] = process.argv;
const from = Number(fromText);
const random = seededRandom(Number(seedText) * 100_003 + from);
const whole = (below: number): number => Math.floor(random() * below);

const figures: DamageFigures = {
	rounds: 0,
	opened: 0,
	restored: 0,
	replaced: 0,
	notOpened: 0,
	startLoops: 0,
	wrongErrors: 0,
	unsentIntact: 0,
	unsentKept: 0,
	filesIntact: 0,
	filesKept: 0,
	filesUnsaid: 0,
	originalsLost: 0,
	filesUnusable: 0,
};
type Count = Exclude<keyof DamageFigures, "problem">;
function wrong(name: Count, what: string): void {
	figures[name] += 1;
	figures.problem ??= `${name}: ${what}`;
}

const silent: Logger = {
	debug: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
	child: () => silent,
};

/** Changes one byte, or a run of them, or cuts the file; answers the first byte that changed and what was done. */
function damage(path: string): { readonly at: number; readonly to: number; readonly what: string } {
	const bytes = readFileSync(path);
	const at = whole(bytes.length);
	const kind = whole(3);
	if (kind === 0) {
		writeFileSync(path, bytes.subarray(0, at));
		return { at, to: bytes.length, what: `cut at ${String(at)} of ${String(bytes.length)}` };
	}
	const length = kind === 1 ? 1 : 1 + whole(3000);
	const to = Math.min(bytes.length, at + length);
	for (let position = at; position < to; position++)
		bytes[position] = (bytes[position] ?? 0) ^ (1 + whole(255));
	writeFileSync(path, bytes);
	return { at, to, what: `${String(to - at)} bytes at ${String(at)} of ${String(bytes.length)}` };
}

const pageSize = 4096;

/**
 * Which texts not sent yet (or their files, by the other mark) lie on pages that were not touched, and are found by
 * way of pages that were not: the inner pages of the table (first byte 5) lead to all others.
 */
function intactUnsent(
	before: Buffer,
	touched: { at: number; to: number },
	mark = unsentMark,
): ReadonlySet<string> {
	const marked = new RegExp(`${mark} (u\\d+) `, "g");
	const first = Math.floor(touched.at / pageSize);
	const last = Math.floor((touched.to - 1) / pageSize);
	const names = new Set<string>();
	for (let page = 0; page * pageSize < before.length; page++) {
		const bytes = before.subarray(page * pageSize, (page + 1) * pageSize);
		const isTouched = page >= first && page <= last;
		// The first page can be made anew; its first bytes are not those of a table.
		if (isTouched && page > 0 && bytes[0] === 5) return new Set();
		if (isTouched || bytes[0] !== 0x0d) continue;
		for (const match of bytes.toString("latin1").matchAll(marked))
			if (match[1] !== undefined) names.add(match[1]);
	}
	// One of them on two pages (an old copy in a free part) counts only if it is nowhere touched.
	for (let page = first; page <= last; page++) {
		const bytes = before.subarray(page * pageSize, (page + 1) * pageSize);
		for (const match of bytes.toString("latin1").matchAll(marked)) names.delete(match[1] ?? "");
	}
	return names;
}

const stores = makeStores(join(folder, "stores"), 600);

function databaseRound(round: number): void {
	const inJournal = round % 5 === 3;
	const path = freshCopy(inJournal || round % 5 === 4 ? stores.killed : stores.clean, join(folder, "life"));
	const target = inJournal ? `${path}-wal` : path;
	const before = readFileSync(path);
	const done = damage(target);
	const label = `round ${String(round)}, ${inJournal ? "journal" : "database"}: ${done.what}`;
	const expected = inJournal ? allUnsent : intactUnsent(before, done);
	const expectedFiles = inJournal ? allFiles : intactFiles(before, done, expected);
	let found: ReadonlySet<string> = new Set();
	let foundFiles: ReadonlySet<string> = new Set();
	let restoredOnce = false;
	// The first start finds it, at the latest the third is like any other.
	for (let start = 1; start <= 4; start++) {
		const { host, events } = hostAt(path);
		const opening: StoreOpening = host.open();
		if (opening.state !== "working") {
			wrong(
				"notOpened",
				`${label}, start ${String(start)}: ${JSON.stringify(opening)} ${events.join(", ")}`,
			);
			return;
		}
		for (const { code } of opening.did) {
			restoredOnce = true;
			figures[code === "storage.restored" ? "restored" : "replaced"] += 1;
			if (start === 4) wrong("startLoops", label);
		}
		for (let turn = 0; turn < 3; turn++)
			try {
				const { unsettled, files } = readAll(host);
				const id = `new-${String(round)}-${String(start)}`;
				if (host.call("conversations", []) instanceof Array && hasConversations(host))
					host.call("write", [{ entries: [incoming(id, 990_000 + start)] }]);
				found = new Set(unsettled.map(({ text }) => text.split(" ")[1] ?? ""));
				foundFiles = new Set(
					files.flatMap(({ bytes }) =>
						bytes === null ? [] : [Buffer.from(bytes).toString("latin1").split(" ")[1] ?? ""],
					),
				);
				// A text never leaves without its file unnoticed: after a salvage it has one, perhaps one that is
				// gone, or does not leave by itself.
				const has = new Set(files.map(({ entryId }) => entryId));
				if (
					restoredOnce &&
					unsettled.some((one) => !has.has(one.id) && one.delivery?.state !== "unknown")
				)
					wrong("filesUnsaid", label);
				break;
			} catch (error) {
				const code = error instanceof AppFailure ? error.error.code : String(error);
				if (!code.startsWith("storage."))
					wrong("wrongErrors", `${label}: ${code}: ${events.join(", ")}`);
				// A first failure marks the file, and the next call mends it, whenever the damage is met.
				else if (start === 4 && turn === 2)
					wrong("wrongErrors", `${label}: for ever ${code}: ${events.join(", ")}`);
			}
		// What the idle time of this run does.
		host.indexStep(20);
		host.checkOnce();
		host.call("close", []);
	}
	if (!restoredOnce) figures.opened += 1;
	else if (!readdirSync(dirname(path)).some((name) => name.startsWith("messages-damaged-")))
		wrong("originalsLost", label);
	figures.unsentIntact += expected.size;
	const kept = [...expected].filter((name) => found.has(name)).length;
	figures.unsentKept += kept;
	figures.filesIntact += expectedFiles.size;
	const keptFiles = [...expectedFiles].filter((name) => foundFiles.has(name)).length;
	figures.filesKept += keptFiles;
	if (keptFiles < expectedFiles.size)
		figures.problem ??= `${label}: ${String(expectedFiles.size - keptFiles)} files not kept`;
	if (kept < expected.size) figures.problem ??= `${label}: ${String(expected.size - kept)} texts not kept`;
}

/**
 * Files whose text is intact and that lie on pages that were not touched. With the first page, the place of their
 * table may be lost (open/first-page.ts).
 */
function intactFiles(
	before: Buffer,
	touched: { at: number; to: number },
	texts: ReadonlySet<string>,
): ReadonlySet<string> {
	if (touched.at < pageSize) return new Set();
	return new Set([...intactUnsent(before, touched, fileMark)].filter((name) => texts.has(name)));
}

const allFiles = intactUnsent(readFileSync(stores.clean), { at: -1, to: 0 }, fileMark);
const allUnsent = intactUnsent(readFileSync(stores.clean), { at: -1, to: 0 });

function hasConversations(host: ReturnType<typeof hostAt>["host"]): boolean {
	return (host.call("conversations", []) as readonly unknown[]).length === 4;
}

async function fileRound(round: number): Promise<void> {
	const life = join(folder, "files");
	rmSync(life, { recursive: true, force: true });
	const options = { folder: life, clock: systemClock(), logger: silent };
	const settings = await openSettingsFile(options);
	await settings.patch({ undoSendSeconds: 5 });
	await settings.patch({ undoSendSeconds: 10 });
	const accounts = await openAccountFile(options);
	for (const id of ["one", "two"])
		await accounts.save({
			id: asAccountId(id),
			system: "genesys",
			server: "https://gws.example",
			userName: id,
			encrypted: true,
			options: {},
			method: "password",
			secretKeeping: "keychain",
		});
	const name = round % 2 === 0 ? "settings.json" : "accounts.json";
	const { what } = damage(join(life, name));
	for (let start = 1; start <= 2; start++)
		try {
			const after = await openSettingsFile(options);
			await after.patch({ undoSendSeconds: 5 });
			const listed = await (await openAccountFile(options)).list();
			// What one byte changed in a text cannot be seen; a whole file that is gone can.
			if (
				listed.length === 0 &&
				name === "accounts.json" &&
				!existsSync(join(life, "accounts.json.bad"))
			)
				wrong("filesUnusable", `round ${String(round)}, ${name}: ${what}: no account left`);
		} catch (error) {
			wrong("filesUnusable", `round ${String(round)}, ${name}: ${what}: ${String(error)}`);
		}
}

for (let round = from; round < from + Number(countText); round++) {
	if (round % 5 === 2) await fileRound(round);
	else databaseRound(round);
	figures.rounds += 1;
}
process.stdout.write(`${JSON.stringify(figures)}\n`);
