/** What a key press asks the window to do, wherever the focus is. */
export type Shortcut =
	| "newMessage"
	| "switcher"
	| "settings"
	| "search"
	| "searchHere"
	| "nextRegion"
	| "previousRegion"
	| "nextConversation"
	| "previousConversation"
	| "nextUnread"
	| "previousUnread"
	| "archive"
	| Filter;

/** Ctrl+1 to Ctrl+9: the filters of the list, in order. */
type Filter = `filter${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;

/** The place of a filter in the list of all, from 0; null: the shortcut is another one. */
export function filterIndex(shortcut: Shortcut): number | null {
	return shortcut.startsWith("filter") ? Number(shortcut.slice(6)) - 1 : null;
}

export interface KeyPress {
	readonly key: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly altKey: boolean;
	readonly shiftKey: boolean;
	readonly isComposing: boolean;
	readonly keyCode?: number;
}

/** An input method is at work: keys belong to it. 229 is what Chromium reports for a key it swallowed. */
export function isComposing(press: KeyPress): boolean {
	return press.isComposing || press.keyCode === 229;
}

/** The shortcut of a key press; Cmd stands for Ctrl on macOS. */
export function shortcutOf(press: KeyPress): Shortcut | null {
	if (isComposing(press)) return null;
	const command = press.ctrlKey || press.metaKey;
	if (press.key === "F6" && !press.altKey && !command)
		return press.shiftKey ? "previousRegion" : "nextRegion";
	if (press.altKey && !command) {
		if (press.key === "ArrowDown") return press.shiftKey ? "nextUnread" : "nextConversation";
		if (press.key === "ArrowUp") return press.shiftKey ? "previousUnread" : "previousConversation";
		return null;
	}
	if (!command || press.altKey) return null;
	if (press.key.toLowerCase() === "f") return press.shiftKey ? "search" : "searchHere";
	if (press.shiftKey) return press.key.toLowerCase() === "a" ? "archive" : null;
	if (/^[1-9]$/.test(press.key)) return `filter${press.key}` as Filter;
	switch (press.key.toLowerCase()) {
		case "n":
			return "newMessage";
		case "k":
			return "switcher";
		case ",":
			return "settings";
		default:
			return null;
	}
}

/** Whether this press sends the text: by the person's choice, and Ctrl+Enter always. */
export function sends(press: KeyPress, sendKey: "enter" | "ctrlEnter"): boolean {
	if (press.key !== "Enter" || isComposing(press) || press.altKey) return false;
	if (press.ctrlKey || press.metaKey) return !press.shiftKey;
	return sendKey === "enter" && !press.shiftKey;
}

/** Whether this press asks to take back: Ctrl+Z, Cmd+Z on macOS. */
export function undoes(press: KeyPress): boolean {
	return (
		press.key.toLowerCase() === "z" &&
		(press.ctrlKey || press.metaKey) &&
		!press.shiftKey &&
		!press.altKey &&
		!isComposing(press)
	);
}

/** Whether this press asks for replies to choose from: "/" in an empty text, Ctrl+' anywhere in it. */
export function asksForReplies(press: KeyPress, text: string): boolean {
	if (isComposing(press) || press.altKey) return false;
	const command = press.ctrlKey || press.metaKey;
	return command ? press.key === "'" : press.key === "/" && text === "";
}

/** Whether this press asks for a file: Ctrl+U, Cmd+U on macOS. */
export function attaches(press: KeyPress): boolean {
	return (
		press.key.toLowerCase() === "u" &&
		(press.ctrlKey || press.metaKey) &&
		!press.shiftKey &&
		!press.altKey &&
		!isComposing(press)
	);
}

/** Whether this press asks to leave a page: not while something in it has a use for Escape of its own. */
export function leaves(event: KeyboardEvent): boolean {
	return (
		event.key === "Escape" &&
		!event.defaultPrevented &&
		!isComposing(event) &&
		!(event.target instanceof HTMLSelectElement)
	);
}

const focusable =
	'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex="-1"])';

/** Moves the focus to the next region (`data-region`) that has something to focus; true when it did. */
export function cycleRegion(root: ParentNode, direction: 1 | -1, active: Element | null): boolean {
	const regions = [...root.querySelectorAll<HTMLElement>("[data-region]")].filter(
		(region) => region.getClientRects().length > 0,
	);
	const current = regions.findIndex((region) => region.contains(active));
	for (let step = 1; step <= regions.length; step += 1) {
		const start = current === -1 && direction === -1 ? 0 : current;
		const region = regions[(start + direction * step + regions.length * 2) % regions.length];
		if (region === undefined) continue;
		const preferred = region.querySelector<HTMLElement>("[data-region-focus]");
		const target =
			preferred ?? (region.matches(focusable) ? region : region.querySelector<HTMLElement>(focusable));
		if (target === null) continue;
		target.focus();
		return true;
	}
	return false;
}
