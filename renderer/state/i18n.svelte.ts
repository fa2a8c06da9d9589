import { Formats } from "../lib/format.ts";
import type { Surroundings } from "../lib/surroundings.ts";
import type { AppError } from "../../shared/errors.ts";
import { errorWords, translatorOf, type MessageParams } from "../../shared/i18n/fill.ts";
import type { WindowKey } from "../../shared/i18n/catalog.ts";
import type { WindowCatalogue } from "../lib/catalogue.ts";

/** Placeholders an error sentence may have; each has a word for when its value is not known. */
const problemParams = ["host", "status", "device", "peer", "file"] as const;

/** The language of the window: words, moments, problems. Everything follows a change of `locale`. */
export class I18n {
	locale = $state("en");
	/** Fetched before anything is drawn. */
	catalogue: WindowCatalogue = $state.raw({});
	readonly #surroundings: Surroundings;
	readonly #translate = $derived(translatorOf<WindowKey>(this.locale, this.catalogue));
	/** "10:42" or "10:42 AM": as the person's own region writes it, in the language of the window. */
	readonly formats: Formats = $derived.by(() => {
		const language = this.locale.split("-")[0] ?? this.locale;
		const regional = this.#surroundings.languages.find((tag) => tag.split("-")[0] === language);
		return new Formats(regional ?? this.locale, this.#surroundings.timeZone);
	});

	constructor(surroundings: Surroundings) {
		this.#surroundings = surroundings;
	}

	readonly t = (key: WindowKey, params?: MessageParams): string => this.#translate(key, params);

	/** For keys that come from elsewhere (a system's own form); one that is not known is said as it is. */
	readonly say = (key: string): string => this.#translate(key as WindowKey);

	/** A failure in a person's words. */
	readonly problem = (error: AppError): string => {
		const params: Record<string, string | number> = {};
		for (const name of problemParams) params[name] = this.t(`param.${name}`);
		return errorWords(
			(key, values) => (key in this.catalogue ? this.#translate(key as WindowKey, values) : null),
			{ ...error, params: { ...params, ...error.params } },
		);
	};
}
