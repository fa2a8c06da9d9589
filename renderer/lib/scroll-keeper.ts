/** A row on screen: where it stands in its timeline (`data-place`), and how far below the upper edge it begins. */
interface SeenRow {
	readonly key: string;
	readonly place: string;
	readonly offset: number;
}

/** What was on screen, topmost first: enough to find the way back to it. */
export type Place = readonly SeenRow[];

/** Where the reader is, in CSS pixels. */
export interface Reading {
	readonly atEnd: boolean;
	readonly fromEnd: number;
	readonly fromStart: number;
	readonly height: number;
	/** Keys of the rows on screen, topmost first. */
	readonly rows: readonly string[];
	/** The lowest row that is whole on screen, or above it. */
	readonly readTo: string | null;
}

interface ScrollKeeperOptions {
	/** The reader is at the end and wants to stay there. */
	readonly pinned: () => boolean;
	/** The reader is somewhere else now, or sees something else. */
	readonly moved: (reading: Reading) => void;
}

/** Nearer than this to the end counts as at the end. */
const endTolerance = 24;

/**
 * Keeps a reader's place in a list of `[data-row]` elements when rows come, go or change their place above, below or
 * between, and when anything changes its size: pinned to the end, or with the topmost row on screen where it is.
 *
 *   pinned --scrolls up--> reading --scrolls to the end, or go("end")--> pinned
 */
export class ScrollKeeper {
	readonly #scroller: HTMLElement;
	readonly #options: ScrollKeeperOptions;
	readonly #observer: ResizeObserver;
	#place: Place = [];
	/** `scrollTop` when it was last looked at: growing content leaves it, only a reader makes it smaller. */
	#top = 0;

	constructor(scroller: HTMLElement, options: ScrollKeeperOptions) {
		this.#scroller = scroller;
		this.#options = options;
		this.#observer = new ResizeObserver(() => this.settle());
		this.#observer.observe(scroller);
		if (scroller.firstElementChild !== null) this.#observer.observe(scroller.firstElementChild);
		scroller.addEventListener("scroll", this.#onScroll, { passive: true });
	}

	/** What is on screen, to come back to with `restore`. */
	get place(): Place {
		return this.#place;
	}

	stop(): void {
		this.#observer.disconnect();
		this.#scroller.removeEventListener("scroll", this.#onScroll);
	}

	/** Call before the rows change: something may have scrolled since, and the event for it comes later. */
	hold(): void {
		if (this.#options.pinned()) this.#onScroll();
		else this.#look();
	}

	/** Puts the reader back where they were; call after the rows changed. */
	settle(): void {
		if (this.#options.pinned()) this.#toEnd();
		else {
			// The first that is still here and has not itself been moved within the timeline.
			for (const { key, place, offset } of this.#place) {
				const row = this.#row(key);
				if (row?.dataset["place"] !== place) continue;
				const drift = this.#offsetOf(row) - offset;
				if (Math.abs(drift) >= 0.5) this.#scroller.scrollTop += drift;
				break;
			}
		}
		this.#tell();
	}

	restore(place: Place): void {
		this.#place = place;
		this.settle();
	}

	/** To the end; or to a row, which is put near the upper edge unless `onlyUp` and it is on screen already. */
	go(to: "end" | { readonly selector: string; readonly room: number; readonly onlyUp: boolean }): void {
		if (to === "end") this.#toEnd();
		else {
			const row = this.#scroller.querySelector<HTMLElement>(to.selector);
			if (to.onlyUp) this.#toEnd();
			if (row !== null && !(to.onlyUp && this.#offsetOf(row) >= 0))
				this.#scroller.scrollTop += this.#offsetOf(row) - to.room;
		}
		this.#tell();
	}

	#toEnd(): void {
		this.#scroller.scrollTop = this.#scroller.scrollHeight;
	}

	readonly #onScroll = (): void => {
		const { scrollTop } = this.#scroller;
		const up = scrollTop < this.#top - 0.5;
		// Content that grew below a pinned reader is no scrolling: the end is followed when the size is told.
		if (this.#options.pinned() && !up) {
			this.#top = scrollTop;
			return;
		}
		this.#tell();
	};

	/** Looks where the reader is and says so. */
	#tell(): void {
		const rows = this.#look();
		const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
		const fromEnd = scrollHeight - scrollTop - clientHeight;
		this.#options.moved({
			atEnd: fromEnd <= endTolerance,
			fromEnd,
			fromStart: scrollTop,
			height: clientHeight,
			rows: rows.map(({ dataset }) => dataset["row"] ?? ""),
			readTo:
				rows.findLast((row) => this.#offsetOf(row) + row.offsetHeight <= clientHeight + 1)?.dataset[
					"row"
				] ?? null,
		});
	}

	/** Remembers what is on screen; the rows stand in order, so the first of them is found by halving. */
	#look(): HTMLElement[] {
		const rows = this.#scroller.querySelectorAll<HTMLElement>("[data-row]");
		const { top, bottom } = this.#scroller.getBoundingClientRect();
		let low = 0;
		let high = rows.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
			else low = middle + 1;
		}
		const seen: HTMLElement[] = [];
		const place: SeenRow[] = [];
		for (let index = low; index < rows.length; index += 1) {
			const row = rows[index];
			if (row === undefined) break;
			const rectangle = row.getBoundingClientRect();
			if (rectangle.top >= bottom) break;
			seen.push(row);
			place.push({
				key: row.dataset["row"] ?? "",
				place: row.dataset["place"] ?? "",
				offset: rectangle.top - top,
			});
		}
		this.#place = place;
		this.#top = this.#scroller.scrollTop;
		return seen;
	}

	#row(key: string): HTMLElement | null {
		return this.#scroller.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
	}

	#offsetOf(row: Element): number {
		return row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
	}
}
