const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Uint8Array(128).fill(255);
for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value;

/** The bytes of a base64 text (RFC 4648, 4, padded and without anything else in it); null: it is none. */
export function bytesOfBase64(text: string): Uint8Array | null {
	if (text.length % 4 !== 0) return null;
	const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	const digits = text.length - padding;
	const bytes = new Uint8Array((text.length / 4) * 3 - padding);
	let bits = 0;
	let held = 0;
	let length = 0;
	for (let index = 0; index < digits; index += 1) {
		const value = values[text.charCodeAt(index)] ?? 255;
		if (value === 255) return null;
		held = ((held << 6) | value) & 0xffffff;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		bytes[length] = (held >> bits) & 0xff;
		length += 1;
	}
	return bytes;
}
