import path from "node:path";
import { expect, test } from "vitest";
import { saveAnswer } from "./save-dialog.ts";

const asked = { defaultPath: "/home/ana/Documents/Ana 2026-03-22.txt" };

test("nobody answers: dismissed", () => {
	expect(saveAnswer(undefined, asked)).toEqual({ canceled: true, filePath: "" });
	expect(saveAnswer("", asked)).toEqual({ canceled: true, filePath: "" });
});
test("a folder takes the suggested name, anything else is the file", () => {
	const folder = import.meta.dirname;
	expect(saveAnswer(folder, asked)).toEqual({
		canceled: false,
		filePath: path.join(folder, "Ana 2026-03-22.txt"),
	});
	expect(saveAnswer("/tmp/chosen.txt", asked)).toEqual({ canceled: false, filePath: "/tmp/chosen.txt" });
});
