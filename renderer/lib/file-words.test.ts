import { describe, expect, test } from "vitest";
import { english } from "../../shared/i18n/catalog.ts";
import { I18n } from "../state/i18n.svelte.ts";
import { file } from "../testing/scenes-messages.ts";
import { FakeSurroundings } from "../testing/surroundings.ts";
import { factWords, fileWords, isPicture, kindWords, pictureRoom } from "./file-words.ts";

const i18n = new I18n(new FakeSurroundings());
i18n.catalogue = english;

test.each([
	["image/JPEG", "Picture"],
	["video/3gpp", "Video"],
	["audio/amr", "Sound"],
	["text/x-vCard", "Contact card"],
	["text/vcard", "Contact card"],
	["application/pdf", "PDF document"],
	["text/plain", "Text file"],
	["application/zip", "ZIP file"],
	["application/x-unknown-thing", "UNKNOWN-THING file"],
	["", "File"],
])("%s is a %s", (type, words) => {
	expect(kindWords(i18n, type)).toBe(words);
});

test("a file is called by its kind, its name and its size, as far as they are known", () => {
	expect(fileWords(i18n, file("1", { name: "a.jpg", bytes: 184_000 }))).toBe("Picture a.jpg, 184 kB");
	expect(fileWords(i18n, file("1", { name: null, bytes: null }))).toBe("Picture");
	expect(factWords(i18n, file("1", { bytes: 1_440_000 }))).toBe("Picture · 1.4 MB");
	expect(factWords(i18n, file("1", { bytes: null }))).toBe("Picture");
	expect(isPicture(file("1"))).toBe(true);
	expect(isPicture(file("1", { type: "application/pdf" }))).toBe(false);
});

describe("the room for a picture", () => {
	test.each([
		[
			{ width: 200, height: 100 },
			{ width: 200, height: 100 },
		],
		[
			{ width: 2800, height: 1400 },
			{ width: 280, height: 140 },
		],
		[
			{ width: 1000, height: 4000 },
			{ width: 80, height: 320 },
		],
		[
			{ width: 10_000, height: 10 },
			{ width: 280, height: 44 },
		],
		[
			{ width: 1, height: 1 },
			{ width: 44, height: 44 },
		],
		[
			{ width: null, height: 100 },
			{ width: 240, height: 180 },
		],
		[
			{ width: 0, height: 0 },
			{ width: 240, height: 180 },
		],
	])("%o becomes %o", (size, room) => {
		expect(pictureRoom(size)).toEqual(room);
	});
});
