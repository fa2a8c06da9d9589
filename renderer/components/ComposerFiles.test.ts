import { afterEach, describe, expect, test } from "vitest";
import { page } from "vitest/browser";
import type { AttachmentLimits } from "../../shared/model.ts";
import type { MountedApp } from "../testing/mount.ts";
import { maria, paulo, pictures } from "../testing/samples-systems.ts";
import { button, close, says, show, textbox } from "../testing/window.ts";

afterEach(close);

const files = page.getByRole("list", { name: "Files that go along" });
const file = (name: string, type: string, size = 1000): File =>
	new File([new Uint8Array(size).fill(7)], name, { type });

/** A picture that does not compress: noise. */
async function photograph(width: number, height: number, type = "image/png"): Promise<File> {
	const canvas = new OffscreenCanvas(width, height);
	const context = canvas.getContext("2d");
	if (context === null) throw new Error("no canvas");
	const data = context.createImageData(width, height);
	let seed = 1;
	for (let index = 0; index < data.data.length; index += 1) {
		seed = (seed * 48_271) % 2_147_483_647;
		data.data[index] = index % 4 === 3 ? 255 : seed % 256;
	}
	context.putImageData(data, 0, 0);
	return new File([await canvas.convertToBlob({ type })], "photo.png", { type });
}

function paste(...pasted: readonly File[]): void {
	const data = new DataTransfer();
	for (const each of pasted) data.items.add(each);
	document
		.querySelector("textarea")
		?.dispatchEvent(
			new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
		);
}

function limit(app: MountedApp, attachments: AttachmentLimits | null): void {
	const conversation = { ...maria, thread: { ...maria.thread, attachments } };
	app.bridge.change({ type: "conversation", conversation });
}

/** Waits until every file was judged. */
async function judged(app: MountedApp): Promise<void> {
	await expect.poll(() => app.desk.attaching.of(maria.id).pending.length, { timeout: 30_000 }).toBe(0);
	await app.settled();
}

describe("files for a message", () => {
	test("are pasted, shown, and go with the text", async () => {
		const app = await show("merged");
		paste(file("label.png", "image/png"), file("note.pdf", "application/pdf"));
		await judged(app);
		await says(files, "label.png");
		await says(files, "note.pdf");
		await textbox("Message").fill("Here it is");
		await button("Send").click();
		const sent = app.bridge.inputsOf("messages.send")[0];
		expect(sent?.parts[0]?.text).toBe("Here it is");
		expect(sent?.attachments).toHaveLength(2);
		expect(
			app.bridge
				.inputsOf("attachments.add")
				.map(({ name, type, data }) => [name, type, atob(data).length]),
		).toEqual([
			["label.png", "image/png", 1000],
			["note.pdf", "application/pdf", 1000],
		]);
	});
	test("go without a text", async () => {
		const app = await show("merged");
		await expect.element(button("Send")).toHaveAttribute("aria-disabled", "true");
		paste(file("label.png", "image/png"));
		await judged(app);
		await button("Send").click();
		expect(app.bridge.inputsOf("messages.send")[0]?.parts[0]?.text).toBe("");
	});
	test("are dropped on the conversation", async () => {
		const app = await show("merged");
		const data = new DataTransfer();
		data.items.add(file("dropped.jpg", "image/jpeg"));
		const thread = document.querySelector(".thread");
		const over = new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true });
		thread?.dispatchEvent(over);
		expect(over.defaultPrevented).toBe(true);
		await expect.element(page.getByText("Drop files to attach them")).toBeVisible();
		thread?.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
		await judged(app);
		await says(files, "dropped.jpg");
		await expect.element(page.getByText("Drop files to attach them")).not.toBeInTheDocument();
	});
	test("are chosen with the button, and taken out again", async () => {
		const app = await show("merged");
		const chooser = document.querySelector<HTMLInputElement>('input[type="file"]');
		const data = new DataTransfer();
		data.items.add(file("chosen.gif", "image/gif"));
		if (chooser !== null) chooser.files = data.files;
		chooser?.dispatchEvent(new Event("change", { bubbles: true }));
		await judged(app);
		await button("Take chosen.gif out").click();
		await expect.element(files).not.toBeInTheDocument();
		expect(app.bridge.inputsOf("attachments.remove")).toHaveLength(1);
	});
});

describe("limits in words, before anything is sent", () => {
	test.each([
		[file("setup.exe", "application/x-msdownload"), "only JPEG, PNG, GIF, and PDF can be sent here"],
		[file("empty.pdf", "application/pdf", 0), "empty.pdf does not go along: it is empty"],
		[
			file("long.pdf", "application/pdf", 700_000),
			"it has 700 kB, and all files of a message together may have 600 kB",
		],
	])("of kind and size (%#)", async (given, words) => {
		const app = await show("merged");
		paste(given);
		await judged(app);
		await expect
			.poll(() => document.querySelector(".remarks")?.textContent ?? "")
			.toContain(words.replace("GIF, and", "GIF and"));
		expect(app.bridge.inputsOf("attachments.add")).toEqual([]);
	});
	test("of number, counted over all of them", async () => {
		const app = await show("merged");
		paste(...["1", "2", "3", "4"].map((name) => file(`${name}.png`, "image/png")));
		await judged(app);
		expect(document.querySelector(".remarks")?.textContent).toContain(
			"4.png does not go along: one message can have 3 files here.",
		);
		expect(app.bridge.inputsOf("attachments.add")).toHaveLength(3);
	});
	test("what main finds in a file is told by its name", async () => {
		const app = await show("merged");
		app.bridge.fail("attachments.add", { code: "attachment.unsafe" });
		paste(file("not-a-picture.png", "image/png"));
		await judged(app);
		await expect
			.poll(() => document.querySelector(".remarks")?.textContent ?? "")
			.toContain("not-a-picture.png: This file is not what it says it is");
	});
	test("where only texts go, there is no button, and a paste says why", async () => {
		const app = await show("merged");
		limit(app, null);
		await app.settled();
		await expect.element(button("Attach")).not.toBeInTheDocument();
		paste(file("label.png", "image/png"));
		await expect
			.poll(() => document.querySelector(".remarks")?.textContent ?? "")
			.toContain("No files can be sent here.");
	});
});

describe("a picture above the limit", () => {
	test("is made smaller, keeps its proportions, and it is said what was done", async () => {
		const app = await show("merged");
		limit(app, { ...pictures, mostBytes: 40_000 });
		paste(await photograph(600, 300));
		await judged(app);
		const added = app.bridge.inputsOf("attachments.add")[0];
		expect(added?.name).toBe("photo.jpg");
		expect(added?.type).toBe("image/jpeg");
		const bytes = Uint8Array.from(atob(added?.data ?? ""), (character) => character.charCodeAt(0));
		expect(bytes.length).toBeLessThanOrEqual(40_000);
		const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
		expect(picture.width / picture.height).toBeCloseTo(2, 1);
		const said = document.querySelector(".remarks")?.textContent ?? "";
		expect(said).toContain(`${String(picture.width)} × ${String(picture.height)}, JPEG`);
		expect(said).toMatch(/photo\.png was made smaller: \d+ kB became \d+ kB/u);
	});
	test("that would become too small to see is refused in words", async () => {
		const app = await show("merged");
		limit(app, { ...pictures, mostBytes: 900 });
		paste(await photograph(400, 400));
		await judged(app);
		expect(document.querySelector(".remarks")?.textContent).toContain("could not be made small enough");
		expect(app.bridge.inputsOf("attachments.add")).toEqual([]);
	});
	test("is left alone where that is not allowed", async () => {
		const app = await show("merged");
		limit(app, { ...pictures, mostBytes: 5000, shrinks: false });
		paste(await photograph(200, 200));
		await judged(app);
		expect(document.querySelector(".remarks")?.textContent).toContain("may have 5 kB");
	});
});

describe("where files go by address only", () => {
	test("the button leads to a field, with the reason", async () => {
		const app = await show("composerByAddress");
		await expect
			.element(page.getByText("Files cannot be taken from this computer here", { exact: false }))
			.toBeVisible();
		await expect.element(textbox("Address of the file")).toHaveFocus();
		await textbox("Address of the file").fill("https://files.example/map.png");
		await button("Attach file").click();
		expect(app.bridge.inputsOf("attachments.addAddress")).toEqual([
			{ conversationId: paulo.id, address: "https://files.example/map.png", type: "image/png" },
		]);
		await says(files, "map.png");
		await expect.element(textbox("Message")).toHaveFocus();
	});
	test("a pasted file is refused with the reason, and the field opens", async () => {
		const app = await show("composerByAddress");
		await button("Cancel").click();
		paste(file("label.png", "image/png"));
		await app.settled();
		await expect.element(textbox("Address of the file")).toBeVisible();
		expect(document.querySelector(".remarks")?.textContent).toContain(
			"only takes a public https address",
		);
		expect(app.bridge.inputsOf("attachments.add")).toEqual([]);
	});
	test("an address that main refuses stays to be mended", async () => {
		const app = await show("composerByAddress");
		app.bridge.fail("attachments.addAddress", { code: "attachment.badAddress" });
		await textbox("Address of the file").fill("http://files.example/map.png");
		await button("Attach file").click();
		await expect
			.poll(() => document.querySelector(".remarks")?.textContent ?? "")
			.toContain("not an address that can be used for a file");
		await expect.element(textbox("Address of the file")).toHaveValue("http://files.example/map.png");
	});
});
