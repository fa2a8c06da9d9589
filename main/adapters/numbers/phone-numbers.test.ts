import fc from "fast-check";
import { type CountryCode, getCountryCallingCode } from "libphonenumber-js/core";
import examples from "libphonenumber-js/examples.mobile.json";
import metadata from "libphonenumber-js/metadata.min.json";
import { expect, test } from "vitest";
import { createPhoneNumbers } from "./phone-numbers.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

const numbers = createPhoneNumbers();
const american = { ownNumber: "+13035550100", country: null };
const british = { ownNumber: "+442079460001", country: null };
const nowhere = { ownNumber: null, country: null };

test.each([
	["ten digits", "3035551234", american, "+13035551234"],
	["eleven digits", "13035551234", american, "+13035551234"],
	["punctuation", "(303) 555-1234", american, "+13035551234"],
	["dots and a 1", "1.303.555.1234", american, "+13035551234"],
	["a plus and spaces", " +1 303 555 1234 ", american, "+13035551234"],
	[
		"direction marks of a telephone's contacts",
		"\u202a+1\u00a0303\u2011555\u20111234\u202c",
		american,
		"+13035551234",
	],
	["full-width digits", "＋１３０３５５５１２３４", american, "+13035551234"],
	["Arabic digits", "٣٠٣٥٥٥١٢٣٤", american, "+13035551234"],
	["a tel link", "tel:+1-303-555-1234", american, "+13035551234"],
	[
		"a line written as NetSapiens does",
		"3035551234",
		{ ownNumber: "13035550100", country: null },
		"+13035551234",
	],
	["a line of ten digits", "3035551234", { ownNumber: "3035550100", country: null }, "+13035551234"],
	["an area code that nobody has", "5551234567", american, "+15551234567"],
	["dialled abroad from the United States", "011 44 20 7946 0958", american, "+442079460958"],
	["dialled abroad from Britain", "00 1 303 555 1234", british, "+13035551234"],
	["national in Britain", "020 7946 0958", british, "+442079460958"],
	["the country's code without a plus", "442079460958", british, "+442079460958"],
	["a country by name", "020 7946 0958", { ownNumber: null, country: "gb" }, "+442079460958"],
	["a country by name before the line's", "020 7946 0958", { ...american, country: "GB" }, "+442079460958"],
	["an unknown country by name", "3035551234", { ...american, country: "ZZ" }, "+13035551234"],
	["Norway's eight digits", "22 12 34 56", { ownNumber: "+4721000000", country: null }, "+4722123456"],
	["eleven digits without a context", "13035551234", nowhere, "+13035551234"],
	["abroad, while the line is American", "+49 30 123456", american, "+4930123456"],
	["a short number where all are short", "50123", { ownNumber: "+50051234", country: null }, "+50050123"],
	["a number of no country", "+800 1234 5678", american, "+80012345678"],
])("%s", (_what, text, context, e164) => {
	expect(numbers.parse(text, context)).toMatchObject({ e164, shortCode: false });
});

test("a number tells how people write it, and its country", () => {
	expect(numbers.parse("3035551234", american)).toEqual({
		e164: "+13035551234",
		national: "(303) 555-1234",
		international: "+1 303 555 1234",
		country: "US",
		shortCode: false,
	});
	expect(numbers.parse("416-555-1234", american)?.country).toBe("CA");
	expect(numbers.parse("+15551234567", american)?.country).toBeNull();
});

test.each([
	["50409", american, "US"],
	["911", american, "US"],
	["12345678", american, "US"],
	["504-09", american, "US"],
	["2500", nowhere, null],
	["80808", { ownNumber: "+4930123456", country: null }, "DE"],
	["69987", british, "GB"],
	["1234567", { ownNumber: "+4930123456", country: null }, "DE"],
	["1177", { ownNumber: "+4721000000", country: null }, "NO"],
])("the short code %s stays as it is", (text, context, country) => {
	const digits = text.replace("-", "");
	expect(numbers.parse(text, context)).toEqual({
		e164: digits,
		national: digits,
		international: digits,
		country,
		shortCode: true,
	});
});

test.each([
	["nothing", "", american],
	["spaces", " \u200b ", american],
	["a name", "Anna", american],
	["an address", "2500@portal", american],
	["letters", "1-800-FLOWERS", american],
	["two digits", "11", american],
	["nine digits", "303555123", american],
	["twelve digits", "303555123456", american],
	["too few after a plus", "+1 555 0100", american],
	["ten digits without a context", "3035551234", nowhere],
	["an American number typed on a British line without its plus", "13035551234", british],
	["an extension behind it", "+13035551234 x5", american],
	["an extension of a link", "tel:+13035551234;ext=5", american],
	["two numbers", "3035551234, 3035551235", american],
	["a star code", "*67 3035551234", american],
	["a plus in the middle", "303+5551234", american],
	["a short code with a plus", "+50409", american],
	["a country code that nobody has", "+999 1234 5678", american],
	["a thousand digits", "3".repeat(1000), american],
	["digits of another meaning", "³⁰³x", american],
	["markup", "<b>3035551234</b>", american],
])("%s is no number", (_what, text, context) => {
	expect(numbers.parse(text, context)).toBeNull();
});

test.each([
	["+13035551234", "+13035550100", "(303) 555-1234"],
	["13035551234", "13035550100", "(303) 555-1234"],
	["3035551234", "+13035550100", "(303) 555-1234"],
	["+14165551234", "+13035550100", "(416) 555-1234"],
	["+13035551234", "+442079460001", "+1 303 555 1234"],
	["13035551234", "+442079460001", "+1 303 555 1234"],
	["+442079460958", "+442079460001", "020 7946 0958"],
	["+442079460958", "+13035550100", "+44 20 7946 0958"],
	["+13035551234", null, "+1 303 555 1234"],
	["13035551234", "2500", "+1 303 555 1234"],
	["+1 555 0100", "+13035550100", "+1 555 0100"],
	["50409", "+13035550100", "50409"],
	["2500@portal", "+13035550100", "2500@portal"],
	["Anna \u202e", "+13035550100", "Anna \u202e"],
	["", null, ""],
])("%s, seen from %s, is shown as %s", (address, own, shown) => {
	expect(numbers.format(address, own)).toBe(shown);
});

test.each([
	["+13035551234", "13035551234", true],
	["+13035551234", "3035551234", true],
	["13035551234", "(303) 555-1234", true],
	["3035551234", "303.555.1234", true],
	["+442079460958", "442079460958", true],
	["+442079460958", "020 7946 0958", true],
	["020 7946 0958", "+442079460958", true],
	["+442079460958", "0044 20 7946 0958", true],
	["50409", "504-09", true],
	["131 2345 6789", "+8613123456789", true],
	["+15550100", "+1 555 0100", true],
	["+50409", "50409", false],
	["2500@Portal", "2500@portal", true],
	["Anna", "anna", true],
	["+13035551234", "+13035551235", false],
	["+2079460958", "2079460958", false],
	["+13035551234", "5551234", false],
	["911", "+1911", false],
	["2500", "2501", false],
	["", "", false],
	["2500@portal", "2500", false],
	["+13035551234 x5", "+13035551234", false],
])("are %s and %s the same? %s", (one, other, expected) => {
	expect(numbers.same(one, other)).toBe(expected);
	expect(numbers.same(other, one)).toBe(expected);
});

test("the example number of every country survives each way of writing it", () => {
	const own = Object.entries(examples);
	expect(own.length).toBeGreaterThan(230);
	for (const [country, digits] of own) {
		// Without the digit that dials within the country, as the examples are.
		const code = getCountryCallingCode(country as CountryCode, metadata);
		const national = numbers.parse(`+${code}${digits}`, nowhere);
		expect(national, country).not.toBeNull();
		const e164 = national?.e164 ?? "";
		expect(e164, country).toMatch(/^\+[1-9]\d{6,14}$/);
		expect(national?.international.replaceAll(/[^\d+]/g, ""), country).toBe(e164);
		for (const spelling of [e164, national?.international ?? "", national?.national ?? ""]) {
			expect(numbers.parse(spelling, { ownNumber: e164, country: null })?.e164, country).toBe(e164);
			expect(numbers.same(spelling, e164), `${country} ${spelling}`).toBe(true);
		}
		expect(numbers.format(e164, e164), country).toBe(national?.national);
		expect(numbers.format(e164, null), country).toBe(national?.international);
	}
});

const northAmerican = fc
	.tuple(
		fc.integer({ min: 200, max: 999 }),
		fc.integer({ min: 200, max: 999 }),
		fc.integer({ min: 0, max: 9999 }),
	)
	.map(([area, office, rest]) => [String(area), String(office), String(rest).padStart(4, "0")] as const);

test(
	"a North American number is one number in every spelling",
	() => {
		fc.assert(
			fc.property(
				northAmerican,
				fc.constantFrom("", "1", "+1", "+1 ", "1-"),
				fc.constantFrom("", " ", "-", "."),
				(parts, prefix, gap) => {
					const e164 = `+1${parts.join("")}`;
					const spelling = prefix + parts.join(gap);
					expect(numbers.parse(spelling, american)?.e164).toBe(e164);
					expect(numbers.same(spelling, e164)).toBe(true);
					expect(numbers.parse(numbers.format(spelling, american.ownNumber), american)?.e164).toBe(
						e164,
					);
					expect(numbers.parse(numbers.format(e164, null), british)?.e164).toBe(e164);
				},
			),
			{ numRuns: 500 },
		);
	},
	propertyLimitMs,
);

test(
	"nothing throws, what is read reads the same again, and unknown text comes back as it was",
	() => {
		const strange = fc.oneof(
			fc.string({ unit: "binary", maxLength: 40 }),
			fc.string({
				unit: fc.constantFrom(...Array.from("0123456789+-(). x;,#*ext=tl:/~")),
				maxLength: 30,
			}),
			fc.string({ unit: fc.constantFrom(...Array.from("0123456789+")), maxLength: 300, size: "max" }),
		);
		const country = fc.oneof(
			fc.constant(null),
			fc.constantFrom("US", "gb", "DE", "", "__proto__", "constructor"),
		);
		fc.assert(
			fc.property(strange, strange, country, (text, own, named) => {
				const context = { ownNumber: own, country: named };
				const first = numbers.parse(text, context);
				if (first !== null) {
					expect(first.e164).toMatch(first.shortCode ? /^\d{3,8}$/ : /^\+[1-9]\d{1,16}$/);
					expect(numbers.parse(first.e164, context)?.e164).toBe(first.e164);
				}
				const shown = numbers.format(text, own);
				if (shown !== text) expect(shown).toMatch(/^[\d+() \-/.]+$/);
				expect(numbers.same(text, own)).toBe(numbers.same(own, text));
			}),
			{ numRuns: 2000 },
		);
	},
	propertyLimitMs,
);
