import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import { createFileLogger } from "./logger.ts";

let folder: string;
const clock = new VirtualClock(Date.UTC(2026, 0, 2, 3, 4, 5));
beforeEach(() => {
	folder = join(mkdtempSync(join(tmpdir(), "log-")), "logs");
});
afterEach(() => {
	rmSync(join(folder, ".."), { recursive: true, force: true });
});

const lines = (name = "trunkline.log"): Record<string, unknown>[] =>
	readFileSync(join(folder, name), "utf8")
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Record<string, unknown>);

test("a line is one JSON object with time, level, event and the fields of its logger and its child", () => {
	const logger = createFileLogger({ folder, clock });
	logger
		.child({ account: "a1" })
		.child({ system: "genesys" })
		.info("session.online", { attempt: 2, event: "x" });
	logger.close();
	expect(lines()).toEqual([
		{
			time: new Date(clock.now()).toISOString(),
			level: "info",
			event: "session.online",
			account: "a1",
			system: "genesys",
			attempt: 2,
			event_: "x",
		},
	]);
});

test("fields are redacted, errors included; a line break in a field stays inside its line", () => {
	const logger = createFileLogger({ folder, clock });
	logger.warn("sign-in", {
		user: "anna@example.org",
		password: "sesame",
		note: "a\nb",
		problem: appError("network.refused", { detail: "https://anna:sesame@host" }),
	});
	logger.close();
	expect(lines()).toHaveLength(1);
	expect(lines()[0]).toMatchObject({ user: "[email]", password: "[removed]", note: "a\nb" });
	expect(readFileSync(join(folder, "trunkline.log"), "utf8")).not.toContain("sesame");
});

test("debug lines are written only when asked for", () => {
	const quiet = createFileLogger({ folder, clock });
	quiet.debug("a");
	quiet.info("b");
	quiet.close();
	const loud = createFileLogger({ folder, clock, level: "debug" });
	loud.debug("c");
	loud.close();
	expect(lines().map((line) => line["event"])).toEqual(["b", "c"]);
});

test("information waits up to half a second, a warning takes everything before it along at once", async () => {
	const own = new VirtualClock();
	const logger = createFileLogger({ folder, clock: own });
	logger.info("a");
	expect(existsSync(join(folder, "trunkline.log"))).toBe(false);
	await own.advance(500);
	expect(lines()).toHaveLength(1);
	logger.info("b");
	logger.error("c");
	expect(lines().map((line) => line["event"])).toEqual(["a", "b", "c"]);
	logger.close();
	logger.error("after close");
	expect(lines()).toHaveLength(3);
});

test("files are put aside at their size, and only as many as were asked for are kept", () => {
	const logger = createFileLogger({ folder, clock, maximumBytes: 1000, keep: 2 });
	for (let index = 0; index < 100; index++) logger.warn("line", { index });
	logger.close();
	expect(readdirSync(folder).sort()).toEqual(["trunkline.1.log", "trunkline.2.log", "trunkline.log"]);
	for (const name of readdirSync(folder))
		expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000);
	expect(lines().at(-1)?.["index"]).toBe(99);
	const kept = [...lines("trunkline.2.log"), ...lines("trunkline.1.log"), ...lines()].map(
		(line) => line["index"],
	);
	expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 100 - kept.length + index));
});

test.skipIf(process.platform === "win32")(
	"only the owner can read it, even if the file was there before",
	() => {
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "trunkline.log"), "");
		chmodSync(join(folder, "trunkline.log"), 0o644);
		const logger = createFileLogger({ folder, clock });
		logger.warn("a");
		logger.close();
		expect(statSync(join(folder, "trunkline.log")).mode & 0o777).toBe(0o600);
	},
);

test("lines that the disk refused are counted, and the count is written once it works again", () => {
	writeFileSync(folder, "a file where the folder should be");
	const logger = createFileLogger({ folder, clock });
	logger.warn("lost 1");
	logger.warn("lost 2");
	rmSync(folder);
	logger.warn("kept");
	logger.close();
	expect(lines().map((line) => [line["event"], line["count"]])).toEqual([
		["kept", undefined],
		["log.linesDropped", 2],
	]);
});

test("what is echoed is redacted too", () => {
	const seen: string[] = [];
	const logger = createFileLogger({ folder, clock, echo: (line) => seen.push(line) });
	logger.info("x", { number: "+15550100199" });
	logger.close();
	expect(seen).toEqual([expect.stringContaining("***199")]);
});
