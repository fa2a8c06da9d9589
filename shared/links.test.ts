import fc from "fast-check";
import { expect, test } from "vitest";
import { externalLink, maximumLinkLength } from "./links.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

test.each([
	["https://example.org", "https://example.org/"],
	["HTTPS://Example.ORG:443/a b?c=d#e", "https://example.org/a%20b?c=d#e"],
	["https://bücher.example/", "https://xn--bcher-kva.example/"],
	["https:\\\\example.org\\x", "https://example.org/x"],
	["mailto:anna@example.org", "mailto:anna@example.org"],
	[
		"mailto:anna+x@example.org?subject=a b&attach=/etc/passwd&bcc=y@z",
		"mailto:anna+x@example.org?subject=a%20b",
	],
	["tel:+1 (555) 010-0199", "tel:+15550100199"],
	["tel:*100%23", "tel:*100%23"],
])("%s leaves as %s", (text, expected) => {
	expect(externalLink(text)).toBe(expected);
});

test.each([
	["http", "http://example.org/"],
	["no host", "https://"],
	["credentials that look like a host", "https://bank.example@evil.example/"],
	["a password", "https://:x@evil.example/"],
	["script", "javascript:alert(1)"],
	["script in capitals", "JaVaScRiPt:alert(1)"],
	["script behind a tab", "java\tscript:alert(1)"],
	["data", "data:text/html,<b>x</b>"],
	["file", "file:///etc/passwd"],
	["a UNC path", "\\\\server\\share\\x.exe"],
	["a UNC path with slashes", "//server/share"],
	["SMB", "smb://server/share"],
	["a Windows handler", "ms-msdt:/id PCWDiagnostic"],
	["another handler", "search-ms:query=x"],
	["our own scheme", "app://ui/index.html"],
	["blob", "blob:https://example.org/1"],
	["view-source", "view-source:https://example.org"],
	["a line break", "https://example.org/\r\nx"],
	["NUL", "https://example.org/\0"],
	["a relative path", "../../x"],
	["nothing", ""],
	["mail without recipient", "mailto:?subject=x"],
	["mail to a list", "mailto:a@b.example,c@d.example"],
	["mail with broken percent signs", "mailto:%E0%A4%A@example.org"],
	["telephone with parameters", "tel:+1555;phone-context=x"],
	["telephone with words", "tel:help"],
	["too long", `https://example.org/${"x".repeat(maximumLinkLength)}`],
	["too long once written", `https://example.org/${"ü".repeat(maximumLinkLength / 2)}`],
])("refused: %s", (_why, text) => {
	expect(externalLink(text)).toBeNull();
});

const scheme = fc.constantFrom(
	"https:",
	"mailto:",
	"tel:",
	"http:",
	"file:",
	"javascript:",
	"app:",
	"smb:",
	"",
);
const anyAddress = fc.oneof(
	fc.string({ unit: "binary" }),
	fc.webUrl({ withFragments: true, withQueryParameters: true }),
	fc.tuple(scheme, fc.string({ unit: "binary" })).map((parts) => parts.join("")),
	fc
		.tuple(scheme, fc.constantFrom("//", "\\\\", "/", ""), fc.string({ unit: "grapheme" }))
		.map((parts) => parts.join("")),
	fc.emailAddress().map((address) => `mailto:${address}?subject=x`),
	fc.stringMatching(/^tel:[+0-9()*#. -]{1,20}$/),
);

test(
	"whatever leaves has an allowed scheme, no credentials, a capped length, and is its own fixed point",
	() => {
		let left = 0;
		fc.assert(
			fc.property(anyAddress, (text) => {
				const result = externalLink(text);
				if (result === null) return;
				left++;
				const url = new URL(result);
				expect(["https:", "mailto:", "tel:"]).toContain(url.protocol);
				expect(url.username + url.password).toBe("");
				expect(result.length).toBeLessThanOrEqual(maximumLinkLength);
				expect(result).toMatch(/^[\u0021-\u007e]+$/);
				expect(externalLink(result)).toBe(result);
			}),
			{ numRuns: 5000 },
		);
		expect(left).toBeGreaterThan(500);
	},
	propertyLimitMs,
);
