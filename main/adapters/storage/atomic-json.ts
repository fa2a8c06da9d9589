import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock, Logger } from "../../core/ports/runtime.ts";

/** The part of `node:fs/promises` that is used; tests pass one that fails where they say. */
export type JsonFileSystem = Pick<
	typeof fs,
	"copyFile" | "link" | "mkdir" | "open" | "readFile" | "rename" | "rm"
>;

export interface JsonFileOptions {
	readonly path: string;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Throws if what was read is not what this file holds; the file is then treated as broken. */
	readonly check?: (value: unknown) => void;
	readonly files?: JsonFileSystem;
}

/**
 * What a read found.
 * `restored`: the file was broken or gone, and the last good copy stands in; the broken one is kept as `.bad`.
 * `broken`: neither could be read.
 */
export type JsonRead =
	{ readonly kind: "read" | "restored"; readonly value: unknown } | { readonly kind: "missing" | "broken" };

/** Antivirus and indexers hold a new file open for a moment on Windows; a rename is tried again after these. */
const renameDelaysMs = [20, 60, 180, 540];

/**
 * One small JSON file that is whole at any moment: written beside, flushed to the disk, put in place by a
 * rename, and the folder flushed too, so that a resolved write survives a power cut. What it replaces, if it
 * could be read, stays as `.last-good`. Readable by its owner only. Writes happen one after another.
 */
export class JsonFile {
	readonly #options: JsonFileOptions;
	readonly #files: JsonFileSystem;
	#tail: Promise<unknown> = Promise.resolve();
	/** The file on disk parses: it may become the last good copy. */
	#good = false;

	constructor(options: JsonFileOptions) {
		this.#options = options;
		this.#files = options.files ?? fs;
	}

	/** Reads the file; never rejects. */
	read(): Promise<JsonRead> {
		return this.#inOrder(async () => {
			const { path, logger } = this.#options;
			const current = await this.#parse(path);
			if (current.kind === "read") {
				this.#good = true;
				return current;
			}
			this.#good = false;
			const lastGood = await this.#parse(`${path}.last-good`);
			if (current.kind === "missing" && lastGood.kind !== "read") return current;
			if (current.kind === "broken")
				await this.#files.rename(path, `${path}.bad`).catch(() => undefined);
			logger.error("file.broken", { file: path, restored: lastGood.kind === "read" });
			return lastGood.kind === "read"
				? { kind: "restored", value: lastGood.value }
				: { kind: "broken" };
		});
	}

	/** Replaces the file. Rejects if it could not; the old content is then still there. */
	write(value: unknown): Promise<void> {
		return this.#inOrder(async () => {
			const { path } = this.#options;
			const text = `${JSON.stringify(value, null, "\t")}\n`;
			const temporary = `${path}.${String(process.pid)}.new`;
			await this.#files.mkdir(dirname(path), { recursive: true, mode: 0o700 });
			try {
				await this.#writeFlushed(temporary, text);
				if (this.#good) await this.#keepLastGood();
				await this.#rename(temporary, path);
			} catch (error) {
				await this.#files.rm(temporary, { force: true }).catch(() => undefined);
				throw error;
			}
			this.#good = true;
			await this.#flushFolder();
		});
	}

	async #parse(path: string): Promise<JsonRead> {
		let text: string;
		try {
			text = await this.#files.readFile(path, "utf8");
		} catch (error) {
			return { kind: isCode(error, "ENOENT") ? "missing" : "broken" };
		}
		try {
			// A byte order mark is what Notepad leaves behind.
			const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
			this.#options.check?.(value);
			return { kind: "read", value };
		} catch {
			return { kind: "broken" };
		}
	}

	async #writeFlushed(path: string, text: string): Promise<void> {
		await this.#files.rm(path, { force: true });
		const handle = await this.#files.open(path, "wx", 0o600);
		try {
			await handle.writeFile(text, "utf8");
			await handle.sync();
		} finally {
			await handle.close();
		}
	}

	/** The present file under a second name, so that there is no moment without a file. Losing it is no failure. */
	async #keepLastGood(): Promise<void> {
		const { path, logger } = this.#options;
		const beside = `${path}.last-good.new`;
		try {
			await this.#files.rm(beside, { force: true });
			// Network shares and FAT have no hard links.
			await this.#files.link(path, beside).catch(() => this.#files.copyFile(path, beside));
			await this.#rename(beside, `${path}.last-good`);
		} catch (error) {
			logger.warn("file.lastGoodNotKept", { file: path, reason: codeOf(error) });
		}
	}

	async #rename(from: string, to: string): Promise<void> {
		for (const delay of [...renameDelaysMs, null]) {
			try {
				await this.#files.rename(from, to);
				return;
			} catch (error) {
				const held = ["EPERM", "EACCES", "EBUSY"].some((code) => isCode(error, code));
				if (delay === null || !held) throw error;
				await new Promise<void>((resolve) => this.#options.clock.after(delay, resolve));
			}
		}
	}

	/** The rename itself is only on the disk when the folder is. Windows has no such call. */
	async #flushFolder(): Promise<void> {
		try {
			const folder = await this.#files.open(dirname(this.#options.path), "r");
			try {
				await folder.sync();
			} finally {
				await folder.close();
			}
		} catch (error) {
			if (process.platform !== "win32")
				this.#options.logger.warn("file.folderNotFlushed", {
					file: this.#options.path,
					reason: codeOf(error),
				});
		}
	}

	#inOrder<T>(run: () => Promise<T>): Promise<T> {
		const result = this.#tail.then(run);
		this.#tail = result.catch(() => undefined);
		return result;
	}
}

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

function isCode(error: unknown, code: string): boolean {
	return codeOf(error) === code;
}

/** A plain object, as every file of ours is at the top; anything else counts as broken. */
export function checkObject(value: unknown): asserts value is Readonly<Record<string, unknown>> {
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new TypeError("not an object");
}
