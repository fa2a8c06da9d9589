/** North America without its country code; other countries' numbers of ten digits do not look like this. */
const nationalOfTen = /^[2-9]\d{2}[2-9]\d{6}$/;

/**
 * A number as it is sent and compared: digits only, North America with its leading 1 (row 12). What is no number (the
 * name of a sender) comes back in lower case.
 */
export function wireNumber(written: string): string {
	const text = written.trim();
	const digits = text.replace(/[\s().+-]/g, "");
	if (!/^\d+$/.test(digits)) return text.toLowerCase();
	return nationalOfTen.test(digits) ? `1${digits}` : digits;
}

/** The same as other systems write it: `+18585550626`; short codes and names as they are. */
export function plusNumber(digits: string): string {
	return /^\d{9,15}$/.test(digits) ? `+${digits}` : digits;
}

/**
 * How a text compares after a server has taken it for a number (sheet, 1.5(1), row 24): "007" and "7" are one, and so are
 * line ends and spaces around it.
 */
export function comparable(text: string): string {
	const plain = text.replaceAll("\r\n", "\n").trim();
	if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(plain)) return plain;
	// Digits beyond what a double carries may be lost on the way.
	const value = Number(plain);
	return Number.isFinite(value) ? String(value + 0) : plain;
}
