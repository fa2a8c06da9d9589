import { describe, expect, test } from "vitest";
import { sends, shortcutOf, type KeyPress } from "./keyboard.ts";

const press = (key: string, changes: Partial<KeyPress> = {}): KeyPress => ({
	key,
	ctrlKey: false,
	metaKey: false,
	altKey: false,
	shiftKey: false,
	isComposing: false,
	...changes,
});

describe("what sends", () => {
	test.each([
		["Enter sends", press("Enter"), "enter", true],
		["Shift+Enter breaks the line", press("Enter", { shiftKey: true }), "enter", false],
		["Ctrl+Enter always sends", press("Enter", { ctrlKey: true }), "enter", true],
		["Cmd+Enter too", press("Enter", { metaKey: true }), "ctrlEnter", true],
		["by choice Enter breaks the line", press("Enter"), "ctrlEnter", false],
		["never while an input method composes", press("Enter", { isComposing: true }), "enter", false],
		["nor on a key it swallowed", press("Enter", { keyCode: 229 }), "enter", false],
		["nor with Ctrl then", press("Enter", { ctrlKey: true, isComposing: true }), "enter", false],
	] as const)("%s", (_, key, setting, expected) => expect(sends(key, setting)).toBe(expected));
});

describe("shortcuts", () => {
	test.each([
		[press("F6"), "nextRegion"],
		[press("F6", { shiftKey: true }), "previousRegion"],
		[press("ArrowDown", { altKey: true }), "nextConversation"],
		[press("ArrowUp", { altKey: true, shiftKey: true }), "previousUnread"],
		[press("N", { ctrlKey: true }), "newMessage"],
		[press("k", { metaKey: true }), "switcher"],
		[press(",", { ctrlKey: true }), "settings"],
		[press("ArrowDown"), null],
		[press("r", { ctrlKey: true }), null],
		[press("n", { ctrlKey: true, altKey: true }), null],
		[press("F6", { isComposing: true }), null],
	] as const)("%o is %s", (key, expected) => expect(shortcutOf(key)).toBe(expected));
});
