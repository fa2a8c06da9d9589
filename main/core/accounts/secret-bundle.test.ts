import fc from "fast-check";
import { expect, test } from "vitest";
import { packSecrets, unpackSecrets } from "./secret-bundle.ts";

const texts = fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z]{0,20}$/u), fc.string(), {
	noNullPrototype: true,
});

test("what was packed comes out again", () => {
	fc.assert(
		fc.property(fc.string(), texts, texts, (secret, options, kept) => {
			// No secret of a person begins with the mark.
			fc.pre(!secret.startsWith("\u0001trunkline-secrets:"));
			expect(unpackSecrets(packSecrets({ secret, options, kept }))).toEqual({ secret, options, kept });
		}),
	);
});

test("a secret alone is kept as it is, as in every version before", () => {
	expect(packSecrets({ secret: "hunter2", options: {}, kept: {} })).toBe("hunter2");
	expect(unpackSecrets("hunter2")).toEqual({ secret: "hunter2", options: {}, kept: {} });
});

test("what cannot be read is taken for the secret itself", () => {
	const broken = "\u0001trunkline-secrets:{";
	expect(unpackSecrets(broken)).toEqual({ secret: broken, options: {}, kept: {} });
});
