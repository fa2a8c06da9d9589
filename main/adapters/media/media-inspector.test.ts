import { expect, test } from "vitest";
import { mediaInspector, safeName } from "./media-inspector.ts";

const gif = Uint8Array.from([
	...new TextEncoder().encode("GIF89a"),
	1,
	0,
	1,
	0,
	0,
	0,
	0,
	0x2c,
	0,
	0,
	0,
	0,
	1,
	0,
	1,
	0,
	0,
	2,
	2,
	0x44,
	1,
	0,
	0x3b,
]);

test("a picture is one by its bytes, with its size; a document is a file and nothing is wrong with it", () => {
	expect(mediaInspector.inspect(gif, "image/png")).toEqual({
		type: "image/gif",
		picture: { width: 1, height: 1 },
		problem: null,
	});
	expect(mediaInspector.inspect(new TextEncoder().encode("%PDF-1.7\n"), "application/pdf")).toMatchObject({
		picture: null,
		problem: null,
	});
});

test("what claims to be a picture and is none says so", () => {
	const page = new TextEncoder().encode("<html><script>1</script>");
	expect(mediaInspector.inspect(page, "image/png")).toMatchObject({
		picture: null,
		problem: { code: "attachment.unreadable" },
	});
});

test("a name to save under has its extension apart", () => {
	expect(safeName("photo.jpg.exe", "image/jpeg")).toEqual({ name: "photo", extension: "jpg" });
	expect(safeName("../../etc/passwd", "text/plain").name).not.toContain("/");
});
