import type { BrowserWindow, SaveDialogOptions, SaveDialogReturnValue } from "electron/main";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppFailure, appError } from "../../../shared/errors.ts";
import { translator } from "../../../shared/i18n/translate.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import { createFileSaver } from "./file-saver.ts";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "trunkline-export-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const quiet = (): Logger => {
	const logger: Logger = {
		debug: () => undefined,
		info: () => undefined,
		warn: () => undefined,
		error: () => undefined,
		child: () => logger,
	};
	return logger;
};

async function* of(...pieces: readonly string[]): AsyncIterable<string> {
	for (const piece of pieces) yield await Promise.resolve(piece);
}

/** A saver whose dialog answers with `path`; null: dismissed. */
function saver(path: string | null) {
	const asked: { window: unknown; options: SaveDialogOptions }[] = [];
	const window = {} as unknown as BrowserWindow;
	const files = createFileSaver({
		dialog: {
			showSaveDialog(...given: unknown[]): Promise<SaveDialogReturnValue> {
				asked.push({ window: given[0], options: given.at(-1) as SaveDialogOptions });
				return Promise.resolve({ canceled: path === null, filePath: path ?? "" });
			},
		},
		window: () => window,
		folder: () => folder,
		translate: translator("en"),
		logger: quiet(),
	});
	const save = (pieces: AsyncIterable<string>): Promise<"saved" | null> =>
		files.save({ title: "Export", suggestedName: "Ana: 2026/03", extension: "txt", pieces });
	return { save, asked, window };
}

test("asks on the window, for a safe name in the documents, and writes every piece in order", async () => {
	const path = join(folder, "ana.txt");
	const { save, asked, window } = saver(path);
	expect(await save(of("one ", "two ", "três 👍"))).toBe("saved");
	expect(await readFile(path, "utf8")).toBe("one two três 👍");
	expect(asked[0]?.window).toBe(window);
	expect(asked[0]?.options).toMatchObject({
		title: "Export",
		defaultPath: join(folder, "Ana 2026 03.txt"),
		filters: [{ name: "Text", extensions: ["txt"] }],
	});
	if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("who changes their mind gets no file, and nothing is read", async () => {
	const { save } = saver(null);
	let read = false;
	const pieces = (async function* () {
		read = true;
		yield await Promise.resolve("x");
	})();
	expect(await save(pieces)).toBeNull();
	expect(read).toBe(false);
	expect(await readdir(folder)).toEqual([]);
});

test("a conversation that cannot be read to its end leaves the old file as it was, and nothing beside it", async () => {
	const path = join(folder, "ana.txt");
	await writeFile(path, "of yesterday");
	const broken = (async function* () {
		yield await Promise.resolve("half");
		throw new AppFailure(appError("storage.failing"));
	})();
	await expect(saver(path).save(broken)).rejects.toMatchObject({ error: { code: "storage.failing" } });
	expect(await readFile(path, "utf8")).toBe("of yesterday");
	expect(await readdir(folder)).toEqual(["ana.txt"]);
});

test("a place that cannot be written is told as such", async () => {
	const { save } = saver(join(folder, "not there", "ana.txt"));
	await expect(save(of("x"))).rejects.toMatchObject({ error: { code: "export.failed" } });
});

test("a link in the place of the file is replaced, and what it leads to stays", async () => {
	const elsewhere = join(folder, "elsewhere");
	await writeFile(elsewhere, "precious");
	const path = join(folder, "ana.txt");
	await symlink(elsewhere, path);
	expect(await saver(path).save(of("export"))).toBe("saved");
	expect(await readFile(elsewhere, "utf8")).toBe("precious");
	expect(await readFile(path, "utf8")).toBe("export");
});
