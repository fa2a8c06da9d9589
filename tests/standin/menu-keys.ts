import { matches, parseAccelerator } from "./accelerator.ts";
import type { KeyPress } from "./page/isolated-world.ts";

let applicationMenu: () => Electron.Menu | null = () => null;

export function setApplicationMenuSource(source: () => Electron.Menu | null): void {
	applicationMenu = source;
}

function* itemsOf(menu: Electron.Menu): Generator<Electron.MenuItem> {
	for (const item of menu.items) {
		yield item;
		if (item.submenu !== undefined) yield* itemsOf(item.submenu);
	}
}

/** A key that the page left alone: the application menu's accelerators come next, as in Electron. */
export function handleKey(press: KeyPress, contents: Electron.WebContents): void {
	const menu = applicationMenu();
	if (menu === null) return;
	const plain = !press.control && !press.alt && !press.meta && !/^F\d+$/.test(press.key);
	if (plain && press.editable) return;
	for (const item of itemsOf(menu)) {
		if (item.accelerator == null || !item.registerAccelerator || !item.enabled) continue;
		const accelerator = parseAccelerator(item.accelerator);
		if (accelerator === null || !matches(accelerator, press)) continue;
		const event = {
			triggeredByAccelerator: true,
			ctrlKey: press.control,
			shiftKey: press.shift,
			altKey: press.alt,
			metaKey: press.meta,
		};
		(item.click as (event: object, window: unknown, contents: unknown) => void)(
			event,
			undefined,
			contents,
		);
		return;
	}
}
