import parseNumber, {
	type CountryCode,
	Metadata,
	type PhoneNumber,
	isSupportedCountry,
} from "libphonenumber-js/core";
// The smallest of its tables: every country's lengths and formats, 29 kB gzip with the code that reads it.
import metadata from "libphonenumber-js/metadata.min.json";
import type { NumberContext, Numbers, ParsedNumber } from "../../core/ports/numbers.ts";

/** Longer is no number: E.164 has 15 digits, written at the most generous. */
const longestText = 64;
/** Of short codes and extensions; some countries have codes of three digits, none has longer ones than eight. */
const shortCode = /^\d{3,8}$/;
/** North America, with its country code but without the plus, as NetSapiens writes numbers (sheet, 1). */
const northAmerican = /^1[2-9]\d\d[2-9]\d{6}$/;
/** The same without the country code. */
const northAmericanNational = /^[2-9]\d\d[2-9]\d{6}$/;

export function createPhoneNumbers(): Numbers {
	return {
		parse(text, context) {
			const typed = clean(text);
			const number = read(typed, planOf(context));
			if (number !== undefined) return parsed(number);
			const digits = typed.replace(/[\s().-]/g, "");
			if (!shortCode.test(digits)) return null;
			return {
				e164: digits,
				national: digits,
				international: digits,
				country: named(context.country) ?? ownNumber(context.ownNumber)?.country ?? null,
				shortCode: true,
			};
		},
		format(address, own) {
			const line = ownNumber(own);
			const written = clean(address);
			const number = read(written, mainCountry(line)) ?? readFull(written);
			if (number === undefined) return address;
			return number.countryCallingCode === line?.countryCallingCode
				? number.formatNational()
				: number.formatInternational();
		},
		same(one, other) {
			const [first, second] = [clean(one), clean(other)];
			if (first === "" || second === "") return false;
			if (first.toLowerCase() === second.toLowerCase()) return true;
			// The one with a plus tells its country; the other may be written as it is there.
			if (second.startsWith("+") && !first.startsWith("+")) return sameAsFull(second, first);
			if (first.startsWith("+")) return sameAsFull(first, second);
			const number = readFull(first);
			if (number !== undefined) return number.number === readFull(second)?.number;
			const digits = digitsOf(first);
			return digits !== null && digits === digitsOf(second);
		},
	};
}

function sameAsFull(full: string, other: string): boolean {
	const number = possible(full);
	if (number === undefined)
		return digitsOf(full) !== null && other.startsWith("+") && digitsOf(full) === digitsOf(other);
	return (read(other, mainCountry(number)) ?? readFull(other))?.number === number.number;
}

/** Without what cannot be seen (contacts copied from telephones carry direction marks) and the prefix of a link. */
function clean(text: string): string {
	if (text.length > longestText * 2) return "";
	const seen = text
		.normalize("NFKC")
		.replace(/\p{Cf}/gu, "")
		.trim()
		.replace(/^tel:/i, "");
	return seen.length > longestText ? "" : seen;
}

/** A number as written in a country, or with its own code after a plus or the country's dial-out prefix. */
function read(text: string, country: CountryCode | undefined): PhoneNumber | undefined {
	if (text === "") return undefined;
	const digits = digitsOf(text);
	if (country === undefined && !text.startsWith("+"))
		return digits !== null && northAmerican.test(digits) ? possible(`+${digits}`) : undefined;
	const number = possible(text, country);
	if (number === undefined || text.startsWith("+")) return number;
	const length = digits?.length ?? 0;
	if (digits === null || length > 8) return number;
	// A bank's five digits, or a number without its area code, have the length of a whole number in many countries:
	// as short as this it is one only if people there write it so and no number there is much longer.
	const usual = number.isValid() && digitsOf(number.formatNational()) === digits;
	return usual && longestNumber(country) <= (length >= 7 ? 11 : 9) ? number : undefined;
}

/** A number that needs no context, as systems write their own: E.164, the plus forgotten, or North America's ten digits. */
function readFull(text: string): PhoneNumber | undefined {
	const digits = digitsOf(text);
	if (digits === null || text.startsWith("+")) return possible(text);
	if (northAmerican.test(digits)) return possible(`+${digits}`);
	if (northAmericanNational.test(digits)) return possible(`+1${digits}`);
	if (digits.length < 10) return undefined;
	const number = possible(`+${digits}`);
	return number?.isValid() === true ? number : undefined;
}

/** Through the library; a number with an extension cannot be written to. */
function possible(text: string, country?: CountryCode): PhoneNumber | undefined {
	const number = parseNumber(
		text,
		{ extract: false, ...(country === undefined ? {} : { defaultCountry: country }) },
		metadata,
	);
	return number?.ext === undefined && number?.isPossible() === true ? number : undefined;
}

/** The digits of a number written with the usual punctuation only, without its plus; null for anything else. */
function digitsOf(text: string): string | null {
	const digits = text.replace(/[\s().\-/]/g, "");
	return /^\+?\d+$/.test(digits) ? digits.replace("+", "") : null;
}

function planOf({ country, ownNumber: own }: NumberContext): CountryCode | undefined {
	return named(country) ?? mainCountry(ownNumber(own));
}

/** A country that the library knows by this name. */
function named(country: string | null): CountryCode | undefined {
	const name = country?.toUpperCase() as CountryCode | undefined;
	return name !== undefined && isSupportedCountry(name, metadata) ? name : undefined;
}

function ownNumber(own: string | null): PhoneNumber | undefined {
	return own === null ? undefined : readFull(clean(own));
}

/** The country whose rules hold for a number's country code: the United States for all of `+1`. */
function mainCountry(number: PhoneNumber | undefined): CountryCode | undefined {
	return number === undefined ? undefined : metadata.country_calling_codes[number.countryCallingCode]?.[0];
}

/** Digits of a country's longest number. */
function longestNumber(country: CountryCode | undefined): number {
	if (country === undefined) return Infinity;
	const table = new Metadata(metadata);
	table.selectNumberingPlan(country);
	return Math.max(...(table.numberingPlan?.possibleLengths() ?? [Infinity]));
}

function parsed(number: PhoneNumber): ParsedNumber {
	return {
		e164: number.number,
		national: number.formatNational(),
		international: number.formatInternational(),
		country: number.country ?? null,
		shortCode: false,
	};
}
