/**
 * Cuts a text into parts of at most `limit` characters (code points), at white space where there is any.
 *
 * Nothing but white space at the cuts is lost, no part is blank, and a character that is made of several
 * code points (a flag, a family, a letter with accents) stays whole unless it alone is longer than the limit.
 */
export function splitMessage(text: string, limit: number): string[] {
	const most = Math.max(1, Math.floor(limit));
	const parts: string[] = [];
	let part = "";
	let length = 0;
	const close = (): void => {
		const trimmed = part.trim();
		if (trimmed !== "") parts.push(trimmed);
		part = "";
		length = 0;
	};
	for (const word of text.match(/\s+|\S+/gu) ?? []) {
		const size = characterCount(word);
		if (length + size <= most) {
			part += word;
			length += size;
			continue;
		}
		if (/^\s/u.test(word)) {
			close();
			continue;
		}
		if (size <= most) {
			close();
			part = word;
			length = size;
			continue;
		}
		// A word longer than a whole message: fill the message at hand, then go on character by character.
		for (const piece of pieces(word, most)) {
			const count = characterCount(piece);
			if (length + count > most) close();
			part += piece;
			length += count;
		}
	}
	close();
	return parts;
}

/** Length as a person and the limit count it: code points, so that an emoji of two units is one. */
export function characterCount(text: string): number {
	let count = 0;
	for (const _ of text) count += 1;
	return count;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The characters of a word; one longer than `most` code points falls into its code points. */
function* pieces(word: string, most: number): Generator<string> {
	for (const { segment } of segmenter.segment(word)) {
		if (characterCount(segment) <= most) yield segment;
		else yield* segment;
	}
}
