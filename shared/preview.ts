/** Longest text of a preview, in UTF-16 units. */
const previewLength = 140;

/** The text of a message as a list row shows it: at most 140 UTF-16 units, never half of a surrogate pair. */
export function previewText(text: string): string {
	if (text.length <= previewLength) return text;
	const end = /[\uD800-\uDBFF]/.test(text.charAt(previewLength - 1)) ? previewLength - 1 : previewLength;
	return text.slice(0, end);
}
