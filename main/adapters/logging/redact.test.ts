import fc from "fast-check";
import { expect, test } from "vitest";
import { appError } from "../../../shared/errors.ts";
import { redactFields, redactText, removed } from "./redact.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

test.each([
	["+15550100199 called", "***199 called"],
	["tel +1 (555) 010-0199.", "tel ***199."],
	["555.010.0199", "***199"],
	["extension 50011", "extension ***011"],
	["extension 5001", "extension 5001"],
	["٠١٢٣٤٥٦٧٨٩", "***٧٨٩"],
	["connect 192.168.100.200:8080 refused", "connect 192.168.100.200:8080 refused"],
	["Authorization: Basic YWdlbnQxOnNlc2FtZQ==", `Authorization: ${removed}`],
	["sent basic YWdlbnQxOnNlc2FtZQ==", `sent basic ${removed}`],
	["https://agent:pass@host.example/x", `https://${removed}@host.example/x`],
	["https://agent:p@ss@host.example/x", `https://${removed}@host.example/x`],
	["GET /x?token=abc&page=2", `GET /x?token=${removed}&page=2`],
	['{"password": "a b\\" c", "x": 1}', `{"password": ${removed}, "x": 1}`],
	["Set-Cookie: JSESSIONID=abc; Path=/", `Set-Cookie: ${removed}; Path=/`],
	["anna.bell@example.org wrote", "[email] wrote"],
	["open /home/anna/.config/Trunkline/x", "open /home/~/.config/Trunkline/x"],
	["open C:\\Users\\Anna\\AppData", "open C:\\Users\\~\\AppData"],
	["file:///Users/anna/x", "file:///Users/~/x"],
	["eyJhbGciOi.eyJzdWIi.c2ln", removed],
	["key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", `key ${removed}`],
	["account 01890f3e-7c4b-7d2e-8a31-0242ac12abcd", "account #bcd"],
	["Reconnecting after network.timeout", "Reconnecting after network.timeout"],
])("%s becomes %s", (text, expected) => {
	expect(redactText(text)).toBe(expected);
});

test("a parser's complaint does not quote what it could not parse", () => {
	for (const text of ["My number is 1", '["Dear\nAnn",,]', '{"text":"is not valid JSON","a":oops}']) {
		let thrown: unknown;
		try {
			JSON.parse(text);
		} catch (error) {
			thrown = error;
		}
		const { message, stack } = thrown as SyntaxError;
		for (const said of [message, stack ?? ""]) {
			expect(redactText(said)).toContain("in JSON");
			expect(redactText(said)).not.toMatch(/number|Dear|Ann|oops/);
		}
	}
});

test("keys that name secrets or what people wrote lose their value, measurements keep theirs", () => {
	const fields = redactFields({
		password: "x",
		sessionToken: "y",
		"X-CSRF-TOKEN": "z",
		requestBody: "q",
		text: "hello",
		headers: "a: b",
		context: "inbox",
		nextAttempt: 3,
		durationMs: 123456,
		status: 200,
		number: 15550100199,
		small: 4,
		gone: undefined,
		nothing: null,
		secretKept: true,
	});
	expect(fields).toEqual({
		password: removed,
		sessionToken: removed,
		"X-CSRF-TOKEN": removed,
		requestBody: removed,
		text: removed,
		headers: removed,
		context: "inbox",
		nextAttempt: 3,
		durationMs: 123456,
		status: 200,
		number: "***199",
		small: 4,
		nothing: null,
		secretKept: true,
	});
});

test("an error's values and the server's words are redacted, its code is not", () => {
	const error = appError("peer.unreachable", {
		params: { number: "+15550100199", password: "x" },
		detail: "no route to +1 555 010 0199 for anna@example.org",
	});
	expect(redactFields({ problem: error })).toEqual({
		problem: {
			code: "peer.unreachable",
			params: { number: "***199", password: removed },
			detail: "no route to ***199 for [email]",
		},
	});
});

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const separator = fc.constantFrom("", "", "", " ", "-", ") ", " (", ".", "/");
const telephone = fc
	.tuple(
		fc.constantFrom("", "+", "(", "00"),
		fc.array(fc.tuple(digit, separator), { minLength: 5, maxLength: 15 }),
	)
	.map(
		([start, parts]) =>
			start + parts.map(([d, s], index) => (index === parts.length - 1 ? d : d + s)).join(""),
	)
	.filter((text) => !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text));
const around = fc.oneof(
	fc.constantFrom("", " ", ": ", "=", '"', "x=", "\n"),
	fc.stringMatching(/^[a-z ]{0,12}$/),
);

test(
	"no more than three digits of a number survive, however it is written",
	() => {
		fc.assert(
			fc.property(around, telephone, around, (before, number, after) => {
				const digits = number.replace(/\D/g, "");
				const result = redactText(`${before}${number}${after}`);
				expect(result.replace(/\D/g, "").length).toBeLessThanOrEqual(3);
				expect(result.replace(/\D/g, "")).toBe(digits.slice(-3));
			}),
			{ numRuns: 5000 },
		);
	},
	propertyLimitMs,
);

const secret = fc
	.stringMatching(/^[A-Za-z0-9!$%^*_~]{6,30}$/)
	.filter((text) => !/password|token|secret|removed/i.test(text));
const carriers: readonly ((secret: string) => string)[] = [
	(text) => `https://agent:${text}@gws.example:8090/api`,
	(text) => `https://${text}@gws.example`,
	(text) => `Authorization: Bearer ${text}`,
	(text) => `password=${text}`,
	(text) => `{"clientSecret":"${text}"}`,
	(text) => `?page=1&access_token=${text}&x=2`,
	(text) => `Cookie: BAYEUX_BROWSER=${text}; a=b`,
	(text) => `${text}@customer.example`,
	(text) => `/home/${text}/.config`,
];

test(
	"a secret never survives in any of the places secrets stand",
	() => {
		fc.assert(
			fc.property(secret, fc.constantFrom(...carriers), (text, carrier) => {
				expect(redactText(carrier(text))).not.toContain(text);
			}),
			{ numRuns: 3000 },
		);
	},
	propertyLimitMs,
);

test(
	"redacting twice changes nothing",
	() => {
		const anything = fc.oneof(
			fc.string({ unit: "grapheme", maxLength: 200 }),
			telephone,
			fc.emailAddress(),
			fc.webUrl({ withQueryParameters: true }),
			fc.tuple(fc.constantFrom(...carriers), secret).map(([carrier, text]) => carrier(text)),
			fc
				.array(fc.oneof(telephone, fc.emailAddress(), fc.uuid(), fc.string()), { maxLength: 6 })
				.map((all) => all.join(" ")),
		);
		fc.assert(
			fc.property(anything, (text) => {
				const once = redactText(text);
				expect(redactText(once)).toBe(once);
			}),
			{ numRuns: 5000 },
		);
	},
	propertyLimitMs,
);

test("a hostile text ends", () => {
	// Each of these made a careless pattern quadratic or worse; a hang fails the test by its time limit.
	for (const unit of ["a", "1 ", "(", "@", "eyJ", "token=", "/home/", "a-", "%", "1("])
		expect(redactText(unit.repeat(200_000)).length).toBeLessThan(10_000);
});
