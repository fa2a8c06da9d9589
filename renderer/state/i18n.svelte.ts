import { Formats } from "../lib/format.ts";
import type { AppError } from "../../shared/errors.ts";
import { describeError, translator, type MessageParams } from "../../shared/i18n/translate.ts";
import type { MessageKey } from "../../shared/i18n/catalog.ts";

/** Placeholders an error sentence may have; each has a word for when its value is not known. */
const problemParams = ["host", "status", "device", "peer", "limit", "file"] as const;

/** The language of the window: words, moments, problems. Everything follows a change of `locale`. */
export class I18n {
	locale = $state("en");
	readonly #timeZone: string | undefined;
	readonly #translate = $derived(translator(this.locale));
	readonly formats: Formats = $derived.by(() => new Formats(this.locale, this.#timeZone));

	constructor(timeZone: string | undefined) {
		this.#timeZone = timeZone;
	}

	readonly t = (key: MessageKey, params?: MessageParams): string => this.#translate(key, params);

	/** A failure in a person's words. */
	readonly problem = (error: AppError): string => {
		const params: Record<string, string | number> = {};
		for (const name of problemParams) params[name] = this.t(`param.${name}`);
		return describeError(this.#translate, { ...error, params: { ...params, ...error.params } });
	};
}
