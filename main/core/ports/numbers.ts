/** A telephone number that was understood. */
export interface ParsedNumber {
	/** "+15550100199"; a short code stays as it is. */
	readonly e164: string;
	/** As people of its country write it. */
	readonly national: string;
	readonly international: string;
	/** ISO 3166 two letters; null: not known, or a short code. */
	readonly country: string | null;
	/** 3 to 8 digits that only its own network knows. */
	readonly short: boolean;
}

/** What is known of telephone numbers all over the world. None of it throws, whatever the text. */
export interface Numbers {
	/** Null: no number. `ownNumber`: of the line it is typed for, which says the country; else `country`. */
	parse(
		text: string,
		near: { readonly ownNumber: string | null; readonly country: string | null },
	): ParsedNumber | null;
	/** For people: national in the country of `ownNumber`, else international; what is no number stays as it is. */
	format(address: string, ownNumber: string | null): string;
	/** The same number, however each is written (10 and 11 digits in North America, with or without "+"). */
	same(one: string, other: string): boolean;
}
