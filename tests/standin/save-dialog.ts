import { statSync } from "node:fs";
import path from "node:path";

/** What the save dialog answers: the file that `wanted` names, or the suggested name in the folder it names. */
export function saveAnswer(
	wanted: string | undefined,
	{ defaultPath = "file" }: Electron.SaveDialogOptions,
): Electron.SaveDialogReturnValue {
	if (wanted === undefined || wanted === "") return { canceled: true, filePath: "" };
	const isFolder = statSync(wanted, { throwIfNoEntry: false })?.isDirectory() === true;
	return { canceled: false, filePath: isFolder ? path.join(wanted, path.basename(defaultPath)) : wanted };
}
