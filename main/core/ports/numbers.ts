/** A telephone number or short code that can be written to. */
export interface ParsedNumber {
	/** What systems take: `+13035551234`; a short code is its digits as they are. */
	readonly e164: string;
	/** As people in its country write it: `(303) 555-1234`. */
	readonly national: string;
	/** As people elsewhere write it: `+1 303 555 1234`. */
	readonly international: string;
	/** ISO 3166 code; null where the number does not tell (several countries, or none, have its first digits). */
	readonly country: string | null;
	/** 3 to 8 digits that are no full number: a short code, or an extension where the system has such. */
	readonly shortCode: boolean;
}

export interface NumberContext {
	/** The line that would be used: its country is the one of numbers without a country code. */
	readonly ownNumber: string | null;
	/** ISO 3166 code; counts before the line's country. */
	readonly country: string | null;
}

/** Telephone numbers as people type and read them. Pure: nothing is looked up outside, nothing throws. */
export interface Numbers {
	/**
	 * Reads what a person typed; null if it is no number that can be written to. A number without a country code
	 * is one of the context's country, and without a context only `1` and ten digits (North America) are understood:
	 * a guess would reach a stranger.
	 */
	parse(text: string, context: NumberContext): ParsedNumber | null;
	/**
	 * An address for people: national in the line's numbering plan, international elsewhere. What is no whole
	 * number (names, extensions, short codes, numbers of impossible length) comes back unchanged.
	 */
	format(address: string, ownNumber: string | null): string;
	/**
	 * Whether two addresses are one, whatever the spelling: punctuation, `+1`, `1` or no country code, national form.
	 * Other addresses are compared without regard to capitals. False for empty ones.
	 */
	same(one: string, other: string): boolean;
}
