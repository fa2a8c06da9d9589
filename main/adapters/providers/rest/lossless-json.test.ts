import fc from "fast-check";
import { expect, test } from "vitest";
import { asList, asNumber, asText, parseJson } from "./lossless-json.ts";

const field = (text: string): unknown => (parseJson(text) as Record<string, unknown>)["x"];

test.each([
	['{"x":17145550353}', "17145550353"],
	['{"x":941173465}', "941173465"],
	['{"x":20202178326}', "20202178326"],
	['{"x":12345678901234567890123}', "12345678901234567890123"],
	['{"x":9007199254740993}', "9007199254740993"],
	['{"x":"007"}', "007"],
	['{"x":1.0}', "1.0"],
	['{"x":1.10}', "1.10"],
	['{"x":-0}', "-0"],
	['{"x":1e400}', "1e400"],
	['{"x":1E5}', "1E5"],
	['{"x":5}', "5"],
	['{"x":true}', "true"],
	['{"x":"hi"}', "hi"],
])("%s reads as %s", (text, expected) => {
	expect(asText(field(text))).toBe(expected);
});

test("null, the empty text and a missing value are alike, and so are values that are no scalars", () => {
	for (const text of ['{"x":null}', '{"x":""}', "{}", '{"x":[1]}', '{"x":{"a":1}}'])
		expect(asText(field(text))).toBeNull();
});

test("a number that keeps its digits stays a number", () => {
	expect(parseJson("[0, 7, -3, 0.5, 1714555]")).toEqual([0, 7, -3, 0.5, 1_714_555]);
});

test("a number is a number in either spelling", () => {
	expect(
		[5, "5", " 5 ", "1.0", "12e2", "+3", true, "", null, "five", "0x10", "1e999"].map(asNumber),
	).toEqual([5, 5, 5, 1, 1200, 3, null, null, null, null, null, null]);
});

test("a list is a list whichever way it is written", () => {
	const row = { id: 1 };
	expect(asList([row, row])).toEqual([row, row]);
	expect(asList(row)).toEqual([row]);
	expect([null, undefined, "", {}, []].map(asList)).toEqual([[], [], [], [], []]);
	expect(asList("a")).toEqual(["a"]);
});

test("keys lose the spaces around them, the exact key wins", () => {
	expect(parseJson('{"file-access-url ":"u"," a":{"b ":1}}')).toEqual({
		"file-access-url": "u",
		a: { b: 1 },
	});
	expect(parseJson('{"a":"exact","a ":"spaced"}')).toEqual({ a: "exact" });
	expect(parseJson('{"a ":"spaced","a":"exact"}')).toEqual({ a: "exact" });
});

test("keys of the prototype do no harm", () => {
	const read = parseJson(
		'{"__proto__":{"evil":1}," __proto__ ":{"evil":2},"constructor":"c","toString ":"t"}',
	);
	expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
	expect(Object.entries(read as object)).toEqual([
		["constructor", "c"],
		["toString", "t"],
	]);
	expect((read as Record<string, unknown>)["evil"]).toBeUndefined();
	expect(({} as Record<string, unknown>)["evil"]).toBeUndefined();
});

test("what is too deep or too long is refused in words, brackets within texts do not count", () => {
	const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
	expect(() => parseJson(nested(64))).not.toThrow();
	expect(() => parseJson(nested(65))).toThrow(/too deep/);
	expect(() => parseJson("[".repeat(1_000_000))).toThrow(SyntaxError);
	expect(parseJson(JSON.stringify(["[".repeat(200) + '\\"{'.repeat(200)]))).toHaveLength(1);
	expect(() => parseJson(`"${"x".repeat(8 * 1024 * 1024)}"`)).toThrow(/too long/);
});

test("what is not JSON is a SyntaxError; a byte order mark is passed over", () => {
	for (const text of ["", "<html>502</html>", "{", "callback({})", "undefined"])
		expect(() => parseJson(text)).toThrow(SyntaxError);
	expect(parseJson("\uFEFF[1]")).toEqual([1]);
});

test("property: digits of any number come back as they were written", () => {
	const written = fc
		.tuple(
			fc.constantFrom("", "-"),
			fc.stringMatching(/^(?:0|[1-9]\d{0,30})$/),
			fc.stringMatching(/^(?:\.\d{1,20})?$/),
			fc.stringMatching(/^(?:[eE][+-]?\d{1,3})?$/),
		)
		.map((parts) => parts.join(""));
	fc.assert(
		fc.property(fc.array(written, { minLength: 1 }), (numbers) => {
			const read = parseJson(`{"rows":[${numbers.map((one) => `{"n ":${one}}`).join(",")}]}`);
			const rows = asList((read as Record<string, unknown>)["rows"]) as Record<string, unknown>[];
			expect(rows.map((row) => asText(row["n"]))).toEqual(numbers);
		}),
	);
});

test("property: JSON without lossy numbers and odd keys is what JSON.parse says", () => {
	const value = fc.letrec<{ any: unknown }>((tie) => ({
		any: fc.oneof(
			{ maxDepth: 5 },
			fc.string(),
			fc.boolean(),
			fc.constant(null),
			fc.integer(),
			fc.array(tie("any")),
			fc.dictionary(fc.stringMatching(/^[a-z-]{1,8}$/), tie("any")),
		),
	})).any;
	fc.assert(
		fc.property(value, (one) => {
			const text = JSON.stringify(one);
			expect(parseJson(text)).toEqual(JSON.parse(text));
		}),
	);
});

test("property: any text is parsed or refused with a SyntaxError", () => {
	fc.assert(
		fc.property(
			fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[[\]{}",:0-9eE.\\-]{0,60}$/)),
			(text) => {
				try {
					parseJson(text);
				} catch (thrown) {
					expect(thrown).toBeInstanceOf(SyntaxError);
				}
			},
		),
	);
});
