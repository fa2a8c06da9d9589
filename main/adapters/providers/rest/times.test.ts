import fc from "fast-check";
import { expect, test } from "vitest";
import { asTime } from "./times.ts";

const noon = Date.UTC(2026, 4, 1, 12, 0, 0);

test.each([
	["2026-05-01T12:00:00Z", noon],
	["2026-05-01T12:00:00", noon],
	["2026-05-01 12:00:00", noon],
	[" 2026-05-01 12:00:00 ", noon],
	["2026-05-01T12:00Z", noon],
	["2026-05-01T12:00:00.1234567Z", noon + 123],
	["2026-05-01T12:00:00,5Z", noon + 500],
	["2026-05-01T14:00:00+02:00", noon],
	["2026-05-01T14:00:00.25+0200", noon + 250],
	["2026-05-01T07:30:00-04:30", noon],
	["2026-05-01t12:00:00z", noon],
	["2026-05-01", Date.UTC(2026, 4, 1)],
	[`/Date(${String(noon)})/`, noon],
	[`/Date(${String(noon)}+0200)/`, noon],
	[`/Date(${String(noon)}-0700)/`, noon],
	[`\\/Date(${String(noon)})\\/`, noon],
])("%s", (text, expected) => {
	expect(asTime(text)).toBe(expected);
});

test.each([
	"",
	" ",
	"0000-00-00 00:00:00",
	"0001-01-01T00:00:00",
	"1970-01-01T00:00:00Z",
	"2026-02-29T00:00:00Z",
	"2026-13-01",
	"2026-05-01T24:00:00Z",
	"2026-05-01T12:60:00Z",
	"2026-05-01T12:00:00+99:00",
	"2100-01-01",
	"/Date(-62135596800000)/",
	"/Date(99999999999999999)/",
	"01/05/2026",
	"yesterday",
	"2026-05-01T12:00:00Z; drop",
	null,
	undefined,
	0,
	noon,
	{},
	[],
])("no time: %s", (value) => {
	expect(asTime(value)).toBeNull();
});

const moments = fc.integer({ min: Date.UTC(1990, 0, 2), max: Date.UTC(2099, 11, 30) });

test("property: a moment written in any of the forms is read as itself", () => {
	const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });
	fc.assert(
		fc.property(moments, offsets, fc.stringMatching(/^\d{0,9}$/), (at, minutes, more) => {
			const iso = new Date(at).toISOString();
			const second = Math.floor(at / 1000) * 1000;
			const local = new Date(at + minutes * 60_000).toISOString().slice(0, -1);
			const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
			const size = Math.abs(minutes);
			const offset = `${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
			expect(asTime(iso)).toBe(at);
			expect(asTime(iso.slice(0, -1) + more)).toBe(at);
			expect(asTime(`${local}${more}${offset}`)).toBe(at);
			expect(asTime(`${local}${more}${offset.replace(":", "")}`)).toBe(at);
			expect(asTime(iso.slice(0, 19).replace("T", " "))).toBe(second);
			expect(asTime(iso.slice(0, 10))).toBe(Math.floor(at / 86_400_000) * 86_400_000);
			expect(asTime(`/Date(${String(at)}${offset.replace(":", "")})/`)).toBe(at);
		}),
	);
});

test("property: any text gives a plausible moment or null, and never throws", () => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d\-T: Z+./DateMs()]{0,40}$/)), (text) => {
			const at = asTime(text);
			if (at === null) return;
			expect(at).toBeGreaterThanOrEqual(Date.UTC(1990, 0, 1));
			expect(at).toBeLessThan(Date.UTC(2100, 0, 1));
		}),
	);
});
