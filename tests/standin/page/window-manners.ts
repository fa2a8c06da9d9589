import type { KeyPress, PageMenu, PageMessage } from "./isolated-world.ts";

/**
 * Takes from Chromium's window what Electron's does not have: its keys, its context menu, its way of closing.
 * Runs as source text in the isolated world. Everything here comes after the page's own listeners, and only
 * for events the page left alone, which is also when Electron would act.
 */
export function installWindowManners(): void {
	const binding = (globalThis as unknown as { __standIn: (text: string) => void }).__standIn;
	const tell = (message: PageMessage): void => binding(JSON.stringify(message));

	const isEditable = (target: EventTarget | null | undefined): boolean => {
		if (target instanceof HTMLTextAreaElement) return !target.readOnly && !target.disabled;
		if (target instanceof HTMLInputElement)
			return (
				!target.readOnly &&
				!target.disabled &&
				![
					"button",
					"checkbox",
					"color",
					"file",
					"image",
					"radio",
					"range",
					"reset",
					"submit",
				].includes(target.type)
			);
		return target instanceof HTMLElement && target.isContentEditable;
	};

	/** Adds a listener that runs after every other one on the way up. */
	const last = <K extends keyof WindowEventMap>(
		name: K,
		listener: (event: WindowEventMap[K]) => void,
	): void => {
		window.addEventListener(
			name,
			() => {
				window.removeEventListener(name, listener as EventListener);
				window.addEventListener(name, listener as EventListener, { passive: false });
			},
			true,
		);
	};

	const editingKeys = new Set([
		"a",
		"c",
		"v",
		"x",
		"z",
		"y",
		"b",
		"i",
		"u",
		"enter",
		" ",
		"backspace",
		"delete",
	]);
	const moving =
		/^(Arrow(Left|Right|Up|Down)|Home|End|Insert|Control|Shift|Alt|Meta|AltGraph|Dead|Process)$/;
	/** Whether Chromium's window would act on a key that the page and its editing left alone. */
	const belongsToBrowser = (event: KeyboardEvent, editable: boolean): boolean => {
		if (event.isComposing) return false;
		const key = event.key.toLowerCase();
		if (/^f([1-9]|1[0-2])$/.test(key)) return !(key === "f10" && event.shiftKey);
		if (/^(browser|launch|zoom)/.test(key)) return true;
		if (event.ctrlKey && event.altKey) return false;
		if (event.altKey) return editable ? !/^Arrow(Up|Down)$/.test(event.key) : event.key !== "Alt";
		if (event.shiftKey && key === "escape") return true;
		if (!event.ctrlKey && !event.metaKey) return false;
		if (moving.test(event.key)) return false;
		if (event.shiftKey) return !["z", "v", "enter", "backspace", " "].includes(key);
		return !editingKeys.has(key) || (key === "u" && !editable);
	};

	last("keydown", (event) => {
		if (!event.isTrusted || event.defaultPrevented) return;
		const editable = isEditable(event.composedPath()[0]);
		const key: KeyPress = {
			key: event.key,
			code: event.code,
			control: event.ctrlKey,
			shift: event.shiftKey,
			alt: event.altKey,
			meta: event.metaKey,
			editable,
		};
		if (belongsToBrowser(event, editable)) event.preventDefault();
		if (!event.isComposing) tell({ kind: "key", key });
	});

	last("wheel", (event) => {
		// Chromium zooms on Ctrl and wheel; Electron does not by itself.
		if (event.ctrlKey && !event.defaultPrevented && event.cancelable) event.preventDefault();
	});

	last("contextmenu", (event) => {
		if (event.defaultPrevented) return;
		event.preventDefault();
		const path = event.composedPath();
		const target = path[0];
		const element = target instanceof Element ? target : null;
		const link = path.find((node) => node instanceof HTMLAnchorElement && node.href !== "");
		const image = element instanceof HTMLImageElement ? element : null;
		const field =
			target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
		const selectionText =
			field?.selectionStart != null
				? field.value.slice(field.selectionStart, field.selectionEnd ?? undefined)
				: (getSelection()?.toString() ?? "");
		const menu: PageMenu = {
			x: Math.round(event.clientX),
			y: Math.round(event.clientY),
			linkURL: link instanceof HTMLAnchorElement ? link.href : "",
			linkText: link instanceof HTMLAnchorElement ? link.innerText : "",
			pageURL: location.href,
			frameURL: location.href,
			srcURL: image?.currentSrc ?? "",
			mediaType:
				image !== null
					? "image"
					: element instanceof HTMLVideoElement
						? "video"
						: element instanceof HTMLAudioElement
							? "audio"
							: element instanceof HTMLCanvasElement
								? "canvas"
								: "none",
			hasImageContents: image !== null && image.complete && image.naturalWidth > 0,
			isEditable: isEditable(target),
			selectionText,
			titleText: element instanceof HTMLElement ? element.title : "",
			altText: image?.alt ?? "",
			inputFieldType: field instanceof HTMLInputElement ? field.type : "",
			spellcheckEnabled: element instanceof HTMLElement ? element.spellcheck : false,
			menuSourceType: event.button === 2 ? "mouse" : "keyboard",
		};
		tell({ kind: "context-menu", menu });
	});

	// A link to a scheme that Chromium would hand to another program: Electron asks the app first.
	last("click", (event) => {
		if (event.defaultPrevented) return;
		const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
		if (!(link instanceof HTMLAnchorElement) || link.href === "") return;
		if (/^(https?|blob|data|about|javascript):/i.test(link.href) || link.download !== "") return;
		event.preventDefault();
		tell({ kind: "external", url: link.href });
	});

	// A file dropped outside a drop zone would open a tab in Chromium.
	last("dragover", (event) => {
		if (!event.defaultPrevented && !isEditable(event.composedPath()[0])) event.preventDefault();
	});
	last("drop", (event) => {
		if (!event.defaultPrevented && !isEditable(event.composedPath()[0])) event.preventDefault();
	});

	// Chromium's debugging protocol tells of the first title only.
	window.addEventListener("DOMContentLoaded", () => {
		let last = document.title;
		new MutationObserver(() => {
			if (document.title === last) return;
			last = document.title;
			tell({ kind: "title", title: last });
		}).observe(document.head, { childList: true, subtree: true, characterData: true });
	});

	// The only moment at which Chromium asks before it closes a window: the main process answers for it.
	let leaving = false;
	const history = (globalThis as { navigation?: EventTarget }).navigation;
	history?.addEventListener("navigate", () => {
		leaving = true;
		setTimeout(() => (leaving = false), 0);
	});
	window.addEventListener("beforeunload", (event) => {
		if (!leaving) event.preventDefault();
	});
}
