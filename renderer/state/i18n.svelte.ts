import { Formats } from "../lib/format.ts";
import type { Surroundings } from "../lib/surroundings.ts";
import type { AppError } from "../../shared/errors.ts";
import { describeError, translator, type MessageParams } from "../../shared/i18n/translate.ts";
import type { MessageKey } from "../../shared/i18n/catalog.ts";

/** Placeholders an error sentence may have; each has a word for when its value is not known. */
const problemParams = ["host", "status", "device", "peer", "file"] as const;

/** The language of the window: words, moments, problems. Everything follows a change of `locale`. */
export class I18n {
	locale = $state("en");
	readonly #surroundings: Surroundings;
	readonly #translate = $derived(translator(this.locale));
	/** "10:42" or "10:42 AM": as the person's own region writes it, in the language of the window. */
	readonly formats: Formats = $derived.by(() => {
		const language = this.locale.split("-")[0] ?? this.locale;
		const regional = this.#surroundings.languages.find((tag) => tag.split("-")[0] === language);
		return new Formats(regional ?? this.locale, this.#surroundings.timeZone);
	});

	constructor(surroundings: Surroundings) {
		this.#surroundings = surroundings;
	}

	readonly t = (key: MessageKey, params?: MessageParams): string => this.#translate(key, params);

	/** A failure in a person's words. */
	readonly problem = (error: AppError): string => {
		const params: Record<string, string | number> = {};
		for (const name of problemParams) params[name] = this.t(`param.${name}`);
		return describeError(this.#translate, { ...error, params: { ...params, ...error.params } });
	};
}
