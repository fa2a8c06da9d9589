/** E.164: a plus, a country code and up to 15 digits in all. */
export function isNumber(text: string): boolean {
	return /^\+[1-9]\d{6,14}$/.test(text);
}

/** `+13035551234` as `(303) 555-1234`; numbers of other countries stay as they are (sheet, 1). */
export function formatted(number: string): string {
	const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number) ?? [];
	if (area === undefined || exchange === undefined || line === undefined) return number;
	return `(${area}) ${exchange}-${line}`;
}

/** A number as people type it into a contact, `1-303-123-4567 x2921`; null when it is none. */
export function parsedNumber(text: string): { number: string; extension: string | null } | null {
	const [main = "", extension = ""] = text.trim().split(/\s*(?:extension|ext|x)[.\s]*/i);
	const digits = main.replaceAll(/\D/g, "");
	const country = main.startsWith("+") || digits.length !== 10 ? "" : "1";
	const number = `+${country}${digits}`;
	return isNumber(number) ? { number, extension: extension === "" ? null : extension } : null;
}
