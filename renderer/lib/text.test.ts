import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkSegments } from "./links.ts";
import { hueOf, initials } from "./person.ts";

describe("links", () => {
	test("every character is shown, whatever the text", () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.constantFrom(
						"https://a.example/x",
						"http://b",
						" ",
						".",
						")",
						"(",
						"text",
						"<b>",
						"javascript:",
					),
					{ maxLength: 20 },
				),
				(parts) => {
					const text = parts.join("");
					expect(
						linkSegments(text)
							.map((segment) => segment.text)
							.join(""),
					).toBe(text);
				},
			),
		);
	});
	test("the mark that ends a sentence is no part of the address", () => {
		expect(linkSegments("See https://a.example/x?y=1. Or (https://b.example/z)!")).toEqual([
			{ text: "See ", url: null },
			{ text: "https://a.example/x?y=1", url: "https://a.example/x?y=1" },
			{ text: ". Or (", url: null },
			{ text: "https://b.example/z", url: "https://b.example/z" },
			{ text: ")!", url: null },
		]);
	});
	test("a bracket that was opened in the address stays", () => {
		expect(linkSegments("https://a.example/w_(x)")[0]?.url).toBe("https://a.example/w_(x)");
	});
	test("other schemes are text", () => {
		expect(
			linkSegments("javascript:alert(1) file:///etc/passwd http://a.example https://user:pw@a.example"),
		).toEqual([
			{
				text: "javascript:alert(1) file:///etc/passwd http://a.example https://user:pw@a.example",
				url: null,
			},
		]);
	});
});

describe("people", () => {
	test.each([
		["Ana Martins", "AM"],
		["zoë krüger", "ZK"],
		["Liam O’Neil", "LO"],
		["+1 555 0142", "+1"],
		["5044", "50"],
		["Dispatch", "D"],
		["", ""],
	])("the initials of %o are %o", (name, expected) => expect(initials(name)).toBe(expected));
	test("a hue belongs to the address; a bare number has none", () => {
		expect(hueOf("Ana", "5044")).toBe(hueOf("Ana Martins", "5044"));
		expect(hueOf(null, "5044")).toBeNull();
	});
});
