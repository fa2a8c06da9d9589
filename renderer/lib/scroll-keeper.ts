/** Where the reader is, in CSS pixels. */
export interface ScrollPlace {
	readonly atEnd: boolean;
	readonly fromEnd: number;
	readonly fromStart: number;
}

interface ScrollKeeperOptions {
	/** The reader is at the end and wants to stay there. */
	readonly pinned: () => boolean;
	/** The reader scrolled. */
	readonly moved: (place: ScrollPlace) => void;
}

/** Nearer than this to the end counts as at the end. */
const endTolerance = 24;

/**
 * Keeps a reader's place in a list of `[data-row]` elements when rows are added above or below and when anything
 * changes its size: pinned to the end, or with the topmost visible row where it is.
 *
 *   pinned --scrolls up--> reading --scrolls to the end, or toEnd()--> pinned
 */
export class ScrollKeeper {
	readonly #scroller: HTMLElement;
	readonly #options: ScrollKeeperOptions;
	readonly #observer: ResizeObserver;
	/** The topmost visible row and how far below the upper edge it begins. */
	#anchor: { readonly key: string; readonly offset: number } | null = null;

	constructor(scroller: HTMLElement, options: ScrollKeeperOptions) {
		this.#scroller = scroller;
		this.#options = options;
		this.#observer = new ResizeObserver(() => this.settle());
		this.#observer.observe(scroller);
		if (scroller.firstElementChild !== null) this.#observer.observe(scroller.firstElementChild);
		scroller.addEventListener("scroll", this.#onScroll, { passive: true });
	}

	stop(): void {
		this.#observer.disconnect();
		this.#scroller.removeEventListener("scroll", this.#onScroll);
	}

	/** Puts the reader back where they were; call after the rows changed. */
	settle(): void {
		if (this.#options.pinned()) {
			this.#scroller.scrollTop = this.#scroller.scrollHeight;
			return;
		}
		const anchor = this.#anchor;
		if (anchor === null) return;
		const row = this.#scroller.querySelector(`[data-row="${CSS.escape(anchor.key)}"]`);
		if (row !== null) this.#scroller.scrollTop += this.#offsetOf(row) - anchor.offset;
	}

	toEnd(): void {
		this.#scroller.scrollTop = this.#scroller.scrollHeight;
		this.#remember();
		this.#options.moved(this.#place());
	}

	/** Scrolls up to an element when it lies above the visible part, and leaves a little room over it. */
	reveal(selector: string): void {
		const element = this.#scroller.querySelector(selector);
		if (element === null) return;
		const offset = this.#offsetOf(element);
		if (offset >= 0) return;
		this.#scroller.scrollTop += offset - 48;
		this.#remember();
		this.#options.moved(this.#place());
	}

	readonly #onScroll = (): void => {
		this.#remember();
		this.#options.moved(this.#place());
	};

	#place(): ScrollPlace {
		const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
		const fromEnd = scrollHeight - scrollTop - clientHeight;
		return { atEnd: fromEnd <= endTolerance, fromEnd, fromStart: scrollTop };
	}

	#offsetOf(row: Element): number {
		return row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
	}

	/** Rows stand in order, so the first one that ends below the upper edge is found by halving. */
	#remember(): void {
		const rows = this.#scroller.querySelectorAll<HTMLElement>("[data-row]");
		const edge = this.#scroller.getBoundingClientRect().top;
		let low = 0;
		let high = rows.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			const bottom = rows[middle]?.getBoundingClientRect().bottom ?? 0;
			if (bottom > edge) high = middle;
			else low = middle + 1;
		}
		const row = rows[low];
		this.#anchor =
			row?.dataset["row"] === undefined
				? null
				: { key: row.dataset["row"], offset: this.#offsetOf(row) };
	}
}
