import type { KeyPress } from "./page/isolated-world.ts";

interface Accelerator {
	readonly control: boolean;
	readonly shift: boolean;
	readonly alt: boolean;
	readonly meta: boolean;
	/** The value of `KeyboardEvent.key`, lower case. */
	readonly key: string;
}

const named: Record<string, string> = {
	plus: "+",
	space: " ",
	esc: "escape",
	escape: "escape",
	return: "enter",
	enter: "enter",
	up: "arrowup",
	down: "arrowdown",
	left: "arrowleft",
	right: "arrowright",
	tab: "tab",
	backspace: "backspace",
	delete: "delete",
	insert: "insert",
	home: "home",
	end: "end",
	pageup: "pageup",
	pagedown: "pagedown",
	printscreen: "printscreen",
	capslock: "capslock",
	numlock: "numlock",
	scrolllock: "scrolllock",
};

const modifiers: Record<string, "control" | "shift" | "alt" | "meta"> = {
	control: "control",
	ctrl: "control",
	commandorcontrol: "control",
	cmdorctrl: "control",
	shift: "shift",
	alt: "alt",
	option: "alt",
	altgr: "alt",
	super: "meta",
	meta: "meta",
};

/** Reads an accelerator such as `CmdOrCtrl+Shift+F`; null for one that this platform cannot have. */
export function parseAccelerator(text: string): Accelerator | null {
	const found = { control: false, shift: false, alt: false, meta: false };
	let key: string | null = null;
	for (const part of text.split("+").map((each) => each.trim().toLowerCase())) {
		const modifier = modifiers[part];
		if (modifier !== undefined) found[modifier] = true;
		else if (part === "cmd" || part === "command") return null;
		else if (part === "") key = "+";
		else key = named[part] ?? part;
	}
	return key === null ? null : { ...found, key };
}

/** Whether a key press is that accelerator. Shift is part of a sign such as "+", not beside it. */
export function matches(accelerator: Accelerator, press: KeyPress): boolean {
	const key = press.key.toLowerCase();
	const sameKey =
		key === accelerator.key ||
		press.code === `Key${accelerator.key.toUpperCase()}` ||
		press.code === `Digit${accelerator.key}` ||
		press.code === `Numpad${accelerator.key}`;
	const isSign = accelerator.key.length === 1 && !/[a-z0-9]/.test(accelerator.key);
	return (
		sameKey &&
		press.control === accelerator.control &&
		press.alt === accelerator.alt &&
		press.meta === accelerator.meta &&
		(isSign || press.shift === accelerator.shift)
	);
}
