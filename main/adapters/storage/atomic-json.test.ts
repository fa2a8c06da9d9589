import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Logger } from "../../core/ports/runtime.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import { checkObject, JsonFile, type JsonFileSystem } from "./atomic-json.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

let folder: string;
let path: string;
const clock = new VirtualClock();
const logged: string[] = [];
const logger: Logger = {
	debug: () => undefined,
	info: () => undefined,
	warn: (event) => void logged.push(event),
	error: (event) => void logged.push(event),
	child: () => logger,
};
beforeEach(async () => {
	folder = await fs.mkdtemp(join(tmpdir(), "json-"));
	path = join(folder, "profile", "x.json");
	logged.length = 0;
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const file = (files?: JsonFileSystem): JsonFile =>
	new JsonFile({ path, clock, logger, check: checkObject, ...(files === undefined ? {} : { files }) });
const failure = (code: string): Error => Object.assign(new Error(code), { code });

test("what was written is read, by this run and the next", async () => {
	const first = file();
	expect(await first.read()).toEqual({ kind: "missing" });
	await first.write({ a: 1 });
	expect(await first.read()).toEqual({ kind: "read", value: { a: 1 } });
	expect(await file().read()).toEqual({ kind: "read", value: { a: 1 } });
	expect(await fs.readdir(join(folder, "profile"))).toEqual(["x.json"]);
});

test.skipIf(process.platform === "win32")("file and folder are the owner's only", async () => {
	await file().write({});
	expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
	expect((await fs.stat(join(folder, "profile"))).mode & 0o777).toBe(0o700);
});

test("a broken file is put aside and the last good copy stands in", async () => {
	const first = file();
	await first.write({ a: 1 });
	await first.write({ a: 2 });
	await fs.writeFile(path, '{"a": 3');
	const second = file();
	expect(await second.read()).toEqual({ kind: "restored", value: { a: 1 } });
	expect(await fs.readFile(`${path}.bad`, "utf8")).toBe('{"a": 3');
	expect(logged).toEqual(["file.broken"]);
	await second.write({ a: 4 });
	expect(await file().read()).toEqual({ kind: "read", value: { a: 4 } });
	// The broken content never became the last good copy.
	expect(JSON.parse(await fs.readFile(`${path}.last-good`, "utf8"))).toEqual({ a: 1 });
});

test.each([["[]"], ["null"], ["1"], [""], ["\0\0\0\0"]])("content %j is broken", async (content) => {
	await fs.mkdir(join(folder, "profile"));
	await fs.writeFile(path, content);
	expect(await file().read()).toEqual({ kind: "broken" });
	expect(await file().read()).toEqual({ kind: "missing" });
});

test("a byte order mark is no damage", async () => {
	await fs.mkdir(join(folder, "profile"));
	await fs.writeFile(path, '\uFEFF{"a": 1}');
	expect(await file().read()).toEqual({ kind: "read", value: { a: 1 } });
});

test("writes at the same time happen one after another, the last one stays", async () => {
	const one = file();
	await Promise.all(Array.from({ length: 20 }, (_, index) => one.write({ index })));
	expect(await file().read()).toEqual({ kind: "read", value: { index: 19 } });
	expect((await fs.readdir(join(folder, "profile"))).sort()).toEqual(["x.json", "x.json.last-good"]);
});

test("a full disk leaves the old content, no rubbish, and the next write works", async () => {
	let full = false;
	const files: JsonFileSystem = {
		...fs,
		open: async (...parameters: Parameters<typeof fs.open>) => {
			const handle = await fs.open(...parameters);
			if (full) handle.writeFile = () => Promise.reject(failure("ENOSPC"));
			return handle;
		},
	};
	const one = file(files);
	await one.write({ a: 1 });
	full = true;
	await expect(one.write({ a: 2 })).rejects.toThrow("ENOSPC");
	expect(await file().read()).toEqual({ kind: "read", value: { a: 1 } });
	full = false;
	await one.write({ a: 3 });
	expect(await file().read()).toEqual({ kind: "read", value: { a: 3 } });
	expect((await fs.readdir(join(folder, "profile"))).filter((name) => name.endsWith(".new"))).toEqual([]);
});

test("a file held open by another program is waited for, with a limit", async () => {
	let held = 2;
	const files: JsonFileSystem = {
		...fs,
		rename: (from, to) => (held-- > 0 ? Promise.reject(failure("EBUSY")) : fs.rename(from, to)),
	};
	const own = new VirtualClock();
	const one = new JsonFile({ path, clock: own, logger, files });
	const written = one.write({ a: 1 });
	await own.untilPending(20, 20);
	await own.advance(20);
	await own.untilPending(60, 60);
	await own.advance(60);
	await written;
	expect(await file().read()).toEqual({ kind: "read", value: { a: 1 } });

	held = Number.POSITIVE_INFINITY;
	const refused = expect(one.write({ a: 2 })).rejects.toThrow("EBUSY");
	// Twice: the last good copy is tried and given up first.
	for (const delay of [20, 60, 180, 540, 20, 60, 180, 540]) {
		await own.untilPending(delay, delay);
		await own.advance(delay);
	}
	await refused;
	expect(await file().read()).toEqual({ kind: "read", value: { a: 1 } });
});

test("where there are no hard links the last good copy is a copy", async () => {
	const one = file({ ...fs, link: () => Promise.reject(failure("EPERM")) });
	await one.write({ a: 1 });
	await one.write({ a: 2 });
	expect(JSON.parse(await fs.readFile(`${path}.last-good`, "utf8"))).toEqual({ a: 1 });
});

test("content is flushed before the rename, and the folder after it", async () => {
	const steps: string[] = [];
	const files: JsonFileSystem = {
		...fs,
		open: async (...parameters: Parameters<typeof fs.open>) => {
			const handle = await fs.open(...parameters);
			const sync = handle.sync.bind(handle);
			handle.sync = () => {
				steps.push(`sync ${parameters[1] === "r" ? "folder" : "file"}`);
				return sync();
			};
			return handle;
		},
		rename: (from, to) => {
			steps.push("rename");
			return fs.rename(from, to);
		},
	};
	await file(files).write({});
	expect(steps).toEqual(["sync file", "rename", "sync folder"]);
});

test(
	"stopped between any two steps, a reader finds the old or the new content, never less",
	async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 0, max: 12 }),
				fc.integer({ min: 1, max: 3 }),
				async (stopAfter, writes) => {
					await fs.rm(join(folder, "profile"), { recursive: true, force: true });
					await file().write({ number: 0 });
					let steps = 0;
					// After the given step nothing reaches the disk any more: the process is gone.
					const stop =
						<A extends unknown[], R>(run: (...parameters: A) => Promise<R>) =>
						(...parameters: A): Promise<R> =>
							steps++ < stopAfter ? run(...parameters) : Promise.reject(failure("EIO"));
					const files = {
						...fs,
						open: stop(fs.open),
						rename: stop(fs.rename),
						link: stop(fs.link),
						copyFile: stop(fs.copyFile),
						rm: stop(fs.rm),
					} as JsonFileSystem;
					const crashing = file(files);
					await crashing.read();
					let done = 0;
					for (let number = 1; number <= writes; number++)
						await crashing.write({ number }).then(
							() => (done = number),
							() => undefined,
						);
					const found = await file().read();
					expect(found.kind).toBe("read");
					const { number } = (found as { value: { number: number } }).value;
					expect(number).toBeGreaterThanOrEqual(done);
					expect(number).toBeLessThanOrEqual(done + 1);
				},
			),
			{ numRuns: 150 },
		);
	},
	propertyLimitMs,
);
