/**
 * Numbers out of bytes that may end anywhere. What lies beyond the end is NaN, which no comparison holds for and
 * which ends every loop `while (at < length)`: a reader need not ask at each step.
 */
export const big16 = (bytes: Uint8Array, at: number): number => byte(bytes, at) * 0x100 + byte(bytes, at + 1);

export const big32 = (bytes: Uint8Array, at: number): number =>
	big16(bytes, at) * 0x1_0000 + big16(bytes, at + 2);

export const little16 = (bytes: Uint8Array, at: number): number =>
	byte(bytes, at) + byte(bytes, at + 1) * 0x100;

export const little24 = (bytes: Uint8Array, at: number): number =>
	little16(bytes, at) + byte(bytes, at + 2) * 0x1_0000;

export const little32 = (bytes: Uint8Array, at: number): number =>
	little16(bytes, at) + little16(bytes, at + 2) * 0x1_0000;

export function byte(bytes: Uint8Array, at: number): number {
	return bytes[at] ?? NaN;
}

/** Whether these bytes stand there, each character one byte. */
export function stands(bytes: Uint8Array, at: number, text: string): boolean {
	for (let index = 0; index < text.length; index++)
		if (bytes[at + index] !== text.charCodeAt(index)) return false;
	return true;
}
