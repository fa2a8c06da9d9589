/** How a text travels as SMS: 3GPP TS 23.038 (alphabets) and TS 23.040, 9.2.3.24 (joined messages). */
export interface SmsSegments {
	/** `gsm7` if every character is in the default alphabet or its extension table. */
	readonly encoding: "gsm7" | "ucs2";
	/** Parts the network carries and bills; 0 for an empty text. */
	readonly segments: number;
	/** Septets (an extension character is two) or UTF-16 units of the whole text. */
	readonly unitsUsed: number;
	/** Units a part holds: 160 or 70 alone, 153 or 67 when parts are joined. */
	readonly perSegment: number;
	/** Units that still fit before one more part begins. */
	readonly left: number;
	/** The first character that forces UCS-2. */
	readonly firstForeign: string | null;
}

const foreign = /[^\n\f\r -_a-~¡£-¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ€]/u;
const extension = /[\f[-^{-~€]/;

/** Counts the parts of a text; a character of two units never lies in two parts. */
export function countSegments(text: string): SmsSegments {
	const firstForeign = foreign.exec(text)?.[0] ?? null;
	const gsm = firstForeign === null;
	const cost = (character: string): number =>
		gsm ? (extension.test(character) ? 2 : 1) : character.length;
	let unitsUsed = 0;
	for (const character of text) unitsUsed += cost(character);
	const alone = gsm ? 160 : 70;
	const perSegment = unitsUsed > alone ? (gsm ? 153 : 67) : alone;
	let segments = 0;
	let left = 0;
	for (const character of text) {
		const units = cost(character);
		if (left < units) {
			segments++;
			left = perSegment;
		}
		left -= units;
	}
	return {
		encoding: gsm ? "gsm7" : "ucs2",
		segments,
		unitsUsed,
		perSegment,
		left: segments === 0 ? perSegment : left,
		firstForeign,
	};
}
