import type { AppError } from "../errors.ts";
import { catalogues, english, type MessageKey } from "./catalog.ts";
import { errorWords, translatorOf, type MessageParams } from "./fill.ts";

export type { MessageParams } from "./fill.ts";
export type Translate = (key: MessageKey, params?: MessageParams) => string;

/** A function that says a key in one of the languages that are bundled. */
export function translator(locale: string): Translate {
	return translatorOf<MessageKey>(locale, catalogues[locale] ?? english);
}

/** An error in a person's words, the server's own words after it when there are any. */
export function describeError(translate: Translate, error: AppError): string {
	return errorWords((key, params) => (isKey(key) ? translate(key, params) : null), error);
}

function isKey(key: string): key is MessageKey {
	return key in english;
}
