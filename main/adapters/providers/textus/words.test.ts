import { describe, expect, test } from "vitest";
import { wordsOf } from "./words.ts";

const of = (body: unknown) =>
	wordsOf({ status: 422, headers: {}, text: typeof body === "string" ? body : JSON.stringify(body) });

describe("the server's words in an error", () => {
	test.each<[unknown, string | undefined]>([
		[{ "hydra:title": "T", "hydra:description": "D", detail: "x" }, "D"],
		[{ description: "d", message: "m" }, "d"],
		[{ detail: "e", error: "x" }, "e"],
		[{ message: "m", error_description: "x" }, "m"],
		[{ error_description: "o", error: "invalid_token" }, "o"],
		[{ error: "Validation failed" }, "Validation failed"],
		[{ error: { code: 7 }, title: "Title" }, "Title"],
		[{ "hydra:title": "Unprocessable", violations: [{ message: "To is invalid" }] }, "To is invalid"],
		[{ violations: [{ message: "one" }, { propertyPath: "x" }, { message: "two" }] }, "one; two"],
		[{ errors: ["one", "", "two"] }, "one; two"],
		[{ errors: { to: ["is invalid"], body: "is empty" } }, "is invalid; is empty"],
		[{ errors: "plain" }, "plain"],
		[{ errors: { message: "inside" } }, "inside"],
		[{ errors: Array.from({ length: 50 }, () => "again") }, "again; again; again; again; again"],
		[{ description: "  ", detail: "after blanks" }, "after blanks"],
		[{ message: 7 }, undefined],
		[{}, undefined],
		[[], undefined],
		["", undefined],
		["<html>", undefined],
		["null", undefined],
		['"text"', undefined],
		['{"__proto__":{"message":"x"}}', undefined],
	])("%j", (body, words) => {
		expect(of(body)).toBe(words);
	});
});
