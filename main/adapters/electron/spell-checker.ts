import type { Session } from "electron/main";
import type { Logger } from "../../core/ports/runtime.ts";

export interface SpellCheckerOptions {
	readonly session: Pick<
		Session,
		"availableSpellCheckerLanguages" | "setSpellCheckerEnabled" | "setSpellCheckerLanguages"
	>;
	readonly platform: NodeJS.Platform;
	/** The person's languages, best first (`app.getPreferredSystemLanguages()`). */
	readonly languages: readonly string[];
	readonly logger: Logger;
}

/** More languages make every word right. */
const atMost = 3;

/**
 * Checks spelling in the person's languages. macOS decides by itself; elsewhere Chromium has a fixed list of
 * dictionaries, and a language that is not on it is an error. On Linux a dictionary is fetched once by Electron
 * from Chromium's dictionary server when its language is first used; without a network there are no suggestions.
 */
export function configureSpellChecker(options: SpellCheckerOptions): readonly string[] {
	const { session, platform, languages, logger } = options;
	session.setSpellCheckerEnabled(true);
	if (platform === "darwin") return [];
	const chosen = [
		...new Set(languages.flatMap((tag) => bestOf(tag, session.availableSpellCheckerLanguages))),
	].slice(0, atMost);
	if (chosen.length === 0) return [];
	try {
		session.setSpellCheckerLanguages(chosen);
	} catch (error) {
		logger.warn("spelling.languagesRefused", {
			reason: error instanceof Error ? error.message : "unknown",
		});
		return [];
	}
	return chosen;
}

/** `de-CH` is written as it is, or as `de`, or as the first known German. */
function bestOf(tag: string, available: readonly string[]): readonly string[] {
	const wanted = tag.toLowerCase();
	const language = wanted.split("-")[0] ?? wanted;
	const found =
		available.find((known) => known.toLowerCase() === wanted) ??
		available.find((known) => known.toLowerCase() === language) ??
		available.find((known) => known.toLowerCase().startsWith(`${language}-`));
	return found === undefined ? [] : [found];
}
