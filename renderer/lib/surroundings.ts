import type { AttachmentId } from "../../shared/ids.ts";
import type { EpochMs } from "../../shared/model.ts";

/** What the window takes from the browser; tests pass their own. */
export interface Surroundings {
	now(): EpochMs;
	/** Runs once after `delayMs`; the returned function cancels it. */
	after(delayMs: number, run: () => void): () => void;
	/** Runs once before the next frame is drawn; soon, when none is drawn because nobody can see the page. */
	frame(run: () => void): void;
	uuid(): string;
	/** The address of a file's bytes, beside the page. */
	media(id: AttachmentId): string;
	/** The page can be seen by a person. */
	visible(): boolean;
	/** The page is seen and has the keyboard: what is on screen counts as read. */
	attentive(): boolean;
	/** IANA name; undefined: the system's. */
	readonly timeZone: string | undefined;
	/** What the person reads, best first: decides how times are written within the catalogue's language. */
	readonly languages: readonly string[];
}

/** The real browser. */
export const browser: Surroundings = {
	now: () => Date.now(),
	after: (delayMs, run) => {
		const timer = setTimeout(run, delayMs);
		return () => clearTimeout(timer);
	},
	frame: (run) => {
		let ran = false;
		const once = (): void => {
			if (ran) return;
			ran = true;
			clearTimeout(timer);
			run();
		};
		// A page that is hidden, also one that is hidden after this, is given no frames.
		const timer = setTimeout(once, 100);
		requestAnimationFrame(once);
	},
	uuid: () => crypto.randomUUID(),
	media: (id) => `media/${encodeURIComponent(id)}`,
	visible: () => document.visibilityState === "visible",
	attentive: () => document.visibilityState === "visible" && document.hasFocus(),
	timeZone: undefined,
	languages: navigator.languages,
};
