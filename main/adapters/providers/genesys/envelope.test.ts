import { expect, test } from "vitest";
import { errorCodes } from "../../../../shared/errors.ts";
import errors from "../../../../shared/i18n/en/errors.json" with { type: "json" };
import { GenesysRefusal, readAnswer, statusError } from "./envelope.ts";

const response = (status: number, body: unknown, headers = {}): Parameters<typeof readAnswer>[0] => ({
	status,
	headers,
	text: typeof body === "string" ? body : JSON.stringify(body),
});

function refusal(status: number, body: unknown, headers = {}): GenesysRefusal {
	const answer = readAnswer(response(status, body, headers));
	if (!(answer instanceof GenesysRefusal)) throw new Error("not refused");
	return answer;
}

const codes = [
	[1, "genesys.parameterMissing"],
	[2, "genesys.invalidForState"],
	[3, "genesys.forbidden"],
	[4, "genesys.serverError"],
	[5, "genesys.noPermission"],
	[6, "genesys.notFound"],
	[8, "auth.passwordChangeRequired"],
	[9, "genesys.incomplete"],
	[10, "genesys.outOfRange"],
	[11, "genesys.readOnly"],
	[12, "genesys.cannotRetrieve"],
	[13, "genesys.cannotCreate"],
	[14, "genesys.cannotDelete"],
	[15, "genesys.cannotUpdate"],
	[16, "genesys.cannotAssign"],
	[17, "genesys.cannotUnassign"],
	[18, "genesys.alreadyExists"],
	[19, "genesys.alreadyInUse"],
	[20, "auth.accessDenied"],
	[21, "genesys.unknownStatus"],
	[999, "genesys.unknownStatus"],
] as const;

test.each(codes)(
	"statusCode %d is %s in words, with the server's own, whatever the HTTP status",
	(statusCode, code) => {
		for (const status of [200, 400, 403, 500]) {
			const { error } = refusal(status, { statusCode, statusMessage: "As the server <says> it" });
			expect(error).toMatchObject({
				code,
				detail: "As the server <says> it",
				params: { status: statusCode },
			});
		}
		expect(errorCodes).toContain(code);
		expect(Object.keys(errors)).toContain(`error.${code}`);
	},
);

test("statusCode 0 and 7 are answers, also by an unusual HTTP status", () => {
	expect(readAnswer(response(200, { uris: [], statusCode: 0 }))).toMatchObject({ statusCode: 0 });
	expect(readAnswer(response(202, { statusCode: 7 }))).toMatchObject({ statusCode: 7 });
	expect(readAnswer(response(500, { statusCode: 0 }))).toMatchObject({ statusCode: 0 });
	expect(statusError(7, "half")).toMatchObject({ code: "genesys.partial" });
});

test.each([
	"",
	"<html></html>",
	"[]",
	"null",
	'"text"',
	'{"status":"ok"}',
	'{"statusCode":',
	'{"statusCode":"x"}',
])("%j is no answer", (text) => {
	expect(refusal(200, text)).toMatchObject({
		kind: "notAnswer",
		statusCode: null,
		error: { code: "http.malformed" },
	});
	expect(refusal(502, text)).toMatchObject({
		kind: "notAnswer",
		error: { code: "http.status", params: { status: 502 } },
	});
	expect(refusal(401, text)).toMatchObject({ kind: "signIn" });
	expect(refusal(429, text)).toMatchObject({ kind: "overloaded", error: { code: "http.overloaded" } });
});

test("CSRF refusals, sign-in refusals and other refusals by HTTP 403 are told apart", () => {
	expect(refusal(403, "Missing or invalid Csrf token").kind).toBe("csrf");
	expect(refusal(403, { statusCode: 3, statusMessage: "Missing or invalid Csrf token" }).kind).toBe("csrf");
	expect(refusal(403, { statusCode: 20, statusMessage: "Access denied" }).kind).toBe("signIn");
	expect(refusal(403, { statusCode: 5 }).kind).toBe("refused");
	expect(refusal(403, "<html>").kind).toBe("notAnswer");
});

test("an unregistered device and an invalid state are recognised by the words", () => {
	expect(
		refusal(500, { statusCode: 4, statusMessage: "Device '5001' is not registered." }).error,
	).toMatchObject({
		code: "genesys.deviceUnregistered",
		params: { device: "5001" },
	});
	expect(refusal(500, { statusCode: 4, statusMessage: "Invalid state" }).invalidState).toBe(true);
	expect(refusal(400, { statusCode: 2 }).invalidState).toBe(true);
	expect(refusal(400, { statusCode: 3 }).invalidState).toBe(false);
});

test("Retry-After is read in seconds", () => {
	expect(refusal(503, "", { "retry-after": "12" }).retryAfterMs).toBe(12_000);
	expect(refusal(503, "", { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }).retryAfterMs).toBeNull();
});
