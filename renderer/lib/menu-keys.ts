/** Arrows, Home and End go round the entries of a menu; true when the key was one of them. */
export function moveInMenu(menu: HTMLElement | undefined, event: KeyboardEvent): boolean {
	const list = [...(menu?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
	const at = list.findIndex((entry) => entry === document.activeElement);
	const moves: Record<string, number> = {
		ArrowDown: at + 1,
		ArrowUp: at - 1,
		Home: 0,
		End: list.length - 1,
	};
	const to = moves[event.key];
	if (to === undefined) return false;
	event.preventDefault();
	list[(to + list.length) % list.length]?.focus();
	return true;
}
