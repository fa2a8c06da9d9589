import type { ContextMenuParams, MenuItemConstructorOptions } from "electron/main";
import { expect, test } from "vitest";
import { english } from "../../../shared/i18n/catalog.ts";
import { translator } from "../../../shared/i18n/translate.ts";
import { applicationMenu, type ApplicationMenuOptions } from "./application-menu.ts";
import { contextMenu } from "./context-menu.ts";

const translate = translator("en");
const went: string[] = [];
const menu = (more: Partial<ApplicationMenuOptions> = {}): MenuItemConstructorOptions[] =>
	applicationMenu({
		platform: "linux",
		packaged: true,
		translate,
		go: (target) => went.push(target),
		closeWindow: () => went.push("close"),
		quit: () => went.push("quit"),
		...more,
	});
const flat = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
	items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);
const find = (
	items: readonly MenuItemConstructorOptions[],
	label: string,
): MenuItemConstructorOptions | undefined => flat(items).find((item) => item.label === label);
const press = (item: MenuItemConstructorOptions | undefined): void => {
	(item?.click as (() => void) | undefined)?.();
};

test.each([["linux"], ["win32"], ["darwin"]] as const)(
	"%s: clipboard, undo and zoom are there, each with a role",
	(platform) => {
		const roles = flat(menu({ platform })).map((item) => item.role);
		for (const role of [
			"undo",
			"redo",
			"cut",
			"copy",
			"paste",
			"pasteAndMatchStyle",
			"delete",
			"selectAll",
			"zoomIn",
			"zoomOut",
			"resetZoom",
		])
			expect(roles).toContain(role);
	},
);

test.each([["linux"], ["win32"], ["darwin"]] as const)(
	"%s: packaged, nothing reloads the page or opens developer tools",
	(platform) => {
		const developer = ["reload", "forceReload", "toggleDevTools"];
		const roles = (packaged: boolean): unknown[] =>
			flat(menu({ platform, packaged })).map((item) => item.role);
		expect(roles(true).filter((role) => developer.includes(role as string))).toEqual([]);
		expect(roles(false)).toEqual(expect.arrayContaining(["reload", "toggleDevTools"]));
	},
);

test("entries go where they say, by the keys of the contract", () => {
	went.length = 0;
	for (const [label, accelerator] of [
		["New message", "CmdOrCtrl+N"],
		["Settings…", "CmdOrCtrl+,"],
		["Go to conversation…", "CmdOrCtrl+K"],
		["Search messages…", "CmdOrCtrl+Shift+F"],
		["About Trunkline", undefined],
		["Show Trunkline", undefined],
		["Close window", "CmdOrCtrl+W"],
		["Quit Trunkline", "Ctrl+Q"],
	] as const) {
		const item = find(menu(), label);
		expect([label, item?.accelerator]).toEqual([label, accelerator]);
		press(item);
	}
	expect(went).toEqual([
		"newMessage",
		"settings",
		"switcher",
		"search",
		"about",
		"window",
		"close",
		"quit",
	]);
});

test("no two entries of one platform share a key, and every label comes from the catalogue", () => {
	const words = new Set<string>(Object.values(english));
	for (const platform of ["linux", "win32", "darwin"] as const) {
		const items = flat(menu({ platform, packaged: false }));
		const keys = items.flatMap((item) =>
			item.accelerator === undefined ? [] : [item.accelerator.toLowerCase()],
		);
		expect(new Set(keys).size).toBe(keys.length);
		for (const { label } of items) {
			if (label === undefined) continue;
			expect(words.has(label) || [...words].some((word) => word.replace("&", "") === label)).toBe(true);
			if (platform === "darwin") expect(label).not.toContain("&");
		}
	}
});

test("macOS has its program menu first, the others have Help", () => {
	expect(menu({ platform: "darwin" }).map((item) => item.label)).toEqual([
		"Trunkline",
		"File",
		"Edit",
		"View",
		"Window",
	]);
	expect(menu().map((item) => item.label)).toEqual(["&File", "&Edit", "&View", "&Window", "&Help"]);
});

const nothing = {
	canCut: true,
	canCopy: true,
	canPaste: true,
	canSelectAll: true,
} as ContextMenuParams["editFlags"];
const under = (more: Partial<ContextMenuParams>): ContextMenuParams =>
	({
		linkURL: "",
		isEditable: false,
		misspelledWord: "",
		dictionarySuggestions: [],
		selectionText: "",
		editFlags: nothing,
		...more,
	}) as ContextMenuParams;
const done: string[] = [];
const pointed = (more: Partial<ContextMenuParams>): MenuItemConstructorOptions[] =>
	contextMenu(under(more), {
		translate,
		replaceMisspelling: (word) => done.push(`replace ${word}`),
		addToDictionary: (word) => done.push(`add ${word}`),
		copyText: (text) => done.push(`copy ${text}`),
	});
const labels = (items: readonly MenuItemConstructorOptions[]): string[] =>
	items.map((item) => item.label ?? "-");

test("nothing under the pointer: no menu", () => {
	expect(pointed({})).toEqual([]);
	expect(pointed({ selectionText: " \n" })).toEqual([]);
});

test("selected text can be copied, a text box offers everything", () => {
	expect(labels(pointed({ selectionText: "x" }))).toEqual(["Copy"]);
	expect(labels(pointed({ isEditable: true }))).toEqual([
		"Cut",
		"Copy",
		"Paste",
		"Paste as plain text",
		"-",
		"Select all",
	]);
	const flags = { ...nothing, canPaste: false };
	expect(find(pointed({ isEditable: true, editFlags: flags }), "Paste")?.enabled).toBe(false);
});

test("a misspelled word: at most five suggestions, as they are written, and the dictionary", () => {
	const items = pointed({
		isEditable: true,
		misspelledWord: "teh",
		dictionarySuggestions: ["the", "R&D", "c", "d", "e", "f"],
	});
	expect(labels(items).slice(0, 7)).toEqual(["the", "R&&D", "c", "d", "e", "Add to dictionary", "-"]);
	done.length = 0;
	press(items[1]);
	press(items[5]);
	expect(done).toEqual(["replace R&D", "add teh"]);
	const none = pointed({ isEditable: true, misspelledWord: "teh" });
	expect(labels(none).slice(0, 2)).toEqual(["No spelling suggestions", "Add to dictionary"]);
	expect(none[0]?.enabled).toBe(false);
});

test("a link is copied as it may leave; others are not offered", () => {
	const items = pointed({ linkURL: "HTTPS://Example.org/a b", selectionText: "x" });
	expect(labels(items)).toEqual(["Copy link", "-", "Copy"]);
	done.length = 0;
	press(items[0]);
	expect(done).toEqual(["copy https://example.org/a%20b"]);
	expect(pointed({ linkURL: "app://ui/index.html" })).toEqual([]);
	expect(pointed({ linkURL: "javascript:alert(1)" })).toEqual([]);
});
