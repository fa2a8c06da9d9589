import { expect, test } from "vitest";
import { maximumAttachmentBase64 } from "../../shared/ipc/contract.ts";
import { pictures } from "../testing/samples-systems.ts";
import { judgeFile, kindNames, mostCarried, typeOfAddress } from "./file-rules.ts";

const none = { count: 0, bytes: 0 };

test("one file is at most what the command takes", () => {
	expect(Math.ceil(mostCarried / 3) * 4).toBe(maximumAttachmentBase64);
	const limits = { ...pictures, mostBytes: 50_000_000, shrinks: false };
	expect(judgeFile({ type: "image/png", size: mostCarried }, limits, none)).toEqual({ kind: "take" });
	expect(judgeFile({ type: "image/png", size: mostCarried + 1 }, limits, none)).toEqual({
		kind: "refuse",
		why: "tooLarge",
	});
});

test.each([
	[{ type: "image/PNG", size: 600_000 }, none, { kind: "take" }],
	[{ type: "image/png", size: 600_001 }, none, { kind: "shrink", bytes: 600_000 }],
	[
		{ type: "image/png", size: 300_000 },
		{ count: 1, bytes: 400_000 },
		{ kind: "shrink", bytes: 200_000 },
	],
	[
		{ type: "image/png", size: 10 },
		{ count: 1, bytes: 600_000 },
		{ kind: "refuse", why: "tooLarge" },
	],
	[
		{ type: "image/png", size: 10 },
		{ count: 3, bytes: 30 },
		{ kind: "refuse", why: "tooMany" },
	],
	// A picture of another kind becomes one that goes.
	[{ type: "image/webp", size: 10 }, none, { kind: "shrink", bytes: 600_000 }],
	// Moving pictures would stand still, and drawings have no pixels.
	[{ type: "image/gif", size: 700_000 }, none, { kind: "refuse", why: "tooLarge" }],
	[{ type: "image/svg+xml", size: 10 }, none, { kind: "refuse", why: "type" }],
	[{ type: "application/pdf", size: 700_000 }, none, { kind: "refuse", why: "tooLarge" }],
	[{ type: "", size: 10 }, none, { kind: "refuse", why: "type" }],
	[{ type: "image/png", size: 0 }, none, { kind: "refuse", why: "empty" }],
] as const)("%o beside %o", (file, others, verdict) => {
	expect(judgeFile(file, pictures, others)).toEqual(verdict);
});

test("kinds have the names that people call them", () => {
	expect(kindNames(["image/jpeg", "image/svg+xml", "audio/x-wav", "image/jpeg", "video/*"])).toEqual([
		"JPEG",
		"SVG",
		"WAV",
		"video",
	]);
});

test("an address says its kind by its ending, or not at all", () => {
	expect(typeOfAddress("https://a.example/x/Map.PNG?size=2#top")).toBe("image/png");
	expect(typeOfAddress("https://a.example/x")).toBeNull();
	expect(typeOfAddress("not an address.png")).toBeNull();
});
