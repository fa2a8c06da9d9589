import path from "node:path";
import type { Page } from "playwright-core";
import { screenshotDisplay, screenshotPage } from "../support/screenshot.ts";
import type { DesktopSession } from "../support/session.ts";

export const themes = ["light", "dark"] as const;
export type Theme = (typeof themes)[number];

interface Walk {
	readonly theme: Theme;
	readonly page: Page;
	readonly session: DesktopSession;
}

/** Numbers the pictures of the tour and prints one line for each. */
export class Album {
	readonly #folder: string;
	#walk: Walk | null = null;
	#number = 0;
	#count = 0;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Pictures taken so far. */
	get count(): number {
		return this.#count;
	}

	/** The next walk; numbers begin anew, so that light and dark pictures stand side by side. */
	begin(walk: Walk): void {
		this.#walk = walk;
		this.#number = 0;
	}

	/** Takes a picture of the window. */
	async step(name: string, words: string): Promise<void> {
		const { page, file } = this.#next(name, words);
		await screenshotPage(page, file);
	}

	/** Takes a picture of the whole display, with what the desktop shows around the window. */
	async display(name: string, words: string): Promise<void> {
		const { session, file } = this.#next(name, words);
		await screenshotDisplay(session, file);
	}

	#next(name: string, words: string): Walk & { readonly file: string } {
		if (this.#walk === null) throw new Error("no walk has begun");
		this.#number += 1;
		this.#count += 1;
		const number = String(this.#number).padStart(2, "0");
		console.log(`  ${number} ${words}`);
		return { ...this.#walk, file: path.join(this.#folder, `${number}-${name}-${this.#walk.theme}.png`) };
	}
}
