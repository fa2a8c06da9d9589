import errors from "../../shared/i18n/en/errors.json?url";
import words from "../../shared/i18n/en/window.json?url";
import type { WindowKey } from "../../shared/i18n/catalog.ts";

/** What the window says, by key. */
export type WindowCatalogue = Readonly<Partial<Record<WindowKey, string>>>;

/**
 * Fetches the words of the window: files beside the page, so that they cost no script to parse.
 *
 * @throws when a file is missing, cannot be read, or holds anything but texts.
 */
export async function fetchCatalogue(
	addresses: readonly string[] = [words, errors],
	get: (address: string) => Promise<Response> = (address) => fetch(address),
): Promise<WindowCatalogue> {
	const files = await Promise.all(
		addresses.map(async (address) => {
			const response = await get(address);
			if (!response.ok) throw new Error(`${address}: ${String(response.status)}`);
			const file: unknown = await response.json();
			if (!isTexts(file)) throw new Error(`${address}: not a catalogue`);
			return file;
		}),
	);
	return Object.assign({}, ...files) as WindowCatalogue;
}

function isTexts(file: unknown): file is Readonly<Record<string, string>> {
	if (typeof file !== "object" || file === null) return false;
	const texts = Object.values(file);
	return texts.length > 0 && texts.every((text) => typeof text === "string");
}
