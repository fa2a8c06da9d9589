import type { BrowserWindow, Dialog } from "electron/main";
import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppFailure, appError } from "../../../shared/errors.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import type { FileSaver } from "../../core/ports/system.ts";
import { plainFileName } from "../media/safe-file-name.ts";

export interface FileSaverOptions {
	readonly dialog: Pick<Dialog, "showSaveDialog">;
	/** The dialog belongs to it while there is one. */
	readonly window: () => BrowserWindow | null;
	/** Where the dialog begins: the person's documents. */
	readonly folder: () => string;
	readonly translate: Translate;
	readonly logger: Logger;
}

/** Asks by the system's own dialog. The file is written under a name beside it, and is the person's alone (0600). */
export function createFileSaver(options: FileSaverOptions): FileSaver {
	const { dialog, translate, logger } = options;

	async function ask(title: string, name: string, extension: string): Promise<string | null> {
		const asked: Electron.SaveDialogOptions = {
			title,
			defaultPath: join(options.folder(), `${plainFileName(name, "conversation")}.${extension}`),
			filters: [
				{
					name:
						extension === "json" || extension === "txt"
							? translate(extension === "json" ? "export.jsonFiles" : "export.textFiles")
							: translate("save.files", { extension: extension.toUpperCase() }),
					extensions: [extension],
				},
			],
			properties: ["createDirectory", "showOverwriteConfirmation"],
		};
		const window = options.window();
		const answer = window === null ? dialog.showSaveDialog(asked) : dialog.showSaveDialog(window, asked);
		const { canceled, filePath } = await answer;
		return canceled || filePath === "" ? null : filePath;
	}

	return {
		async save({ title, suggestedName, extension, pieces }) {
			let path: string | null;
			try {
				path = await ask(title, suggestedName, extension);
			} catch (error) {
				throw refused(error);
			}
			if (path === null) return null;
			const beside = `${path}.${randomUUID().slice(0, 8)}.part`;
			try {
				await write(beside, pieces);
				await rename(beside, path);
			} catch (error) {
				await rm(beside, { force: true }).catch(() => undefined);
				// What the pieces say of themselves (the store cannot be read) is the better sentence.
				throw error instanceof AppFailure ? error : refused(error);
			}
			return "saved";
		},
	};

	/** Paths name people: only the system's code is written down. */
	function refused(error: unknown): AppFailure {
		logger.warn("export.failed", { reason: codeOf(error) });
		return new AppFailure(appError("export.failed"), { cause: error });
	}
}

async function write(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
	const file = await open(path, "wx", 0o600);
	try {
		for await (const piece of pieces) await file.writeFile(piece, "utf8");
		await file.sync();
	} finally {
		await file.close();
	}
}

const codeOf = (error: unknown): string =>
	error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : "unknown";
