import core from "./en/core.json" with { type: "json" };
import electron from "./en/electron.json" with { type: "json" };
import errors from "./en/errors.json" with { type: "json" };
import window from "./en/window.json" with { type: "json" };

/** The English catalogue; its keys are the keys of every language. */
export const english = { ...core, ...electron, ...errors, ...window } as const;

export type MessageKey = keyof typeof english;
/** Keys of what the window fetches: its own words, and those for failures. */
export type WindowKey = keyof typeof window | keyof typeof errors;
export type Catalogue = Readonly<Record<MessageKey, string>>;

/** Languages with a catalogue, by BCP 47 tag. */
export const catalogues: Readonly<Record<string, Catalogue>> = { en: english };

/** The best catalogue tag for the wanted languages, in order; English when none fits. */
export function resolveLocale(wanted: readonly string[]): string {
	for (const tag of wanted) {
		const found = Object.keys(catalogues).find(
			(known) =>
				known.toLowerCase() === tag.toLowerCase() || known === tag.split("-")[0]?.toLowerCase(),
		);
		if (found !== undefined) return found;
	}
	return "en";
}
