import type { PageMessage } from "./isolated-world.ts";

/** One line of a menu as it is drawn. */
export interface DrawnEntry {
	readonly id: number;
	readonly label: string;
	readonly kind: "separator" | "plain" | "checked" | "heading";
	readonly enabled: boolean;
}

/**
 * Draws a context menu over the page, for the person who uses the stand-in: Chromium's own is not ours to
 * fill. It lives in a closed shadow root, so neither page nor tests meet it in the document's tree. Runs as
 * source text in the isolated world.
 */
export function installDrawnMenu(): void {
	const world = globalThis as unknown as {
		__standIn: (text: string) => void;
		__standInDrawMenu: (menu: { entries: DrawnEntry[]; at: { x: number; y: number } | null }) => void;
	};
	const tell = (message: PageMessage): void => world.__standIn(JSON.stringify(message));
	let pointer = { x: 8, y: 8 };
	let close: ((item: number | null) => void) | null = null;
	window.addEventListener(
		"contextmenu",
		(event) => {
			pointer = { x: event.clientX, y: event.clientY };
		},
		true,
	);

	world.__standInDrawMenu = ({ entries, at }) => {
		close?.(null);
		const focused = document.activeElement;
		const host = document.createElement("div");
		const root = host.attachShadow({ mode: "closed" });
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(`
			:host { all: initial; }
			div { position: fixed; z-index: 2147483647; min-width: 180px; padding: 4px 0; border-radius: 6px;
				font: menu; color: CanvasText; background: Canvas; border: 1px solid GrayText;
				box-shadow: 0 4px 16px rgb(0 0 0 / 30%); color-scheme: light dark; }
			button { all: unset; display: block; box-sizing: border-box; width: 100%; padding: 4px 24px; cursor: default; }
			button:focus, button:hover { background: Highlight; color: HighlightText; }
			button:disabled { color: GrayText; background: none; }
			hr { border: 0; border-top: 1px solid GrayText; margin: 4px 0; opacity: 0.4; }
		`);
		root.adoptedStyleSheets = [sheet];
		const box = document.createElement("div");
		box.setAttribute("role", "menu");
		root.append(box);
		const buttons: HTMLButtonElement[] = [];
		for (const entry of entries) {
			if (entry.kind === "separator") {
				box.append(document.createElement("hr"));
				continue;
			}
			const button = document.createElement("button");
			button.setAttribute("role", "menuitem");
			button.textContent = `${entry.kind === "checked" ? "✓ " : ""}${entry.label}`;
			button.disabled = !entry.enabled || entry.kind === "heading";
			button.addEventListener("click", () => close?.(entry.id));
			if (!button.disabled) buttons.push(button);
			box.append(button);
		}
		const onKey = (event: KeyboardEvent): void => {
			event.stopImmediatePropagation();
			event.preventDefault();
			const current = buttons.indexOf(root.activeElement as HTMLButtonElement);
			if (event.key === "Escape" || event.key === "Tab") close?.(null);
			else if (event.key === "ArrowDown") buttons[(current + 1) % buttons.length]?.focus();
			else if (event.key === "ArrowUp") buttons.at(current <= 0 ? -1 : current - 1)?.focus();
			else if ((event.key === "Enter" || event.key === " ") && current >= 0) buttons[current]?.click();
		};
		const onPointer = (event: Event): void => {
			if (!event.composedPath().includes(host)) close?.(null);
		};
		close = (item) => {
			close = null;
			window.removeEventListener("keydown", onKey, true);
			window.removeEventListener("pointerdown", onPointer, true);
			window.removeEventListener("blur", onBlur);
			host.remove();
			if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
			tell({ kind: "menu-choice", item });
		};
		const onBlur = (): void => close?.(null);
		window.addEventListener("keydown", onKey, true);
		window.addEventListener("pointerdown", onPointer, true);
		window.addEventListener("blur", onBlur);
		document.documentElement.append(host);
		const { x, y } = at ?? pointer;
		const { width, height } = box.getBoundingClientRect();
		box.style.left = `${String(Math.max(0, Math.min(x, innerWidth - width)))}px`;
		box.style.top = `${String(Math.max(0, Math.min(y, innerHeight - height)))}px`;
	};
}
