import type { AppError } from "../../../shared/errors.ts";
import type { LogFields } from "../../core/ports/runtime.ts";

/**
 * What may stand in a log. Callers pass what they have; nothing that identifies a customer, opens an account
 * or was written by a person gets through. Pure; applying it twice changes nothing.
 */

export const removed = "[removed]";

/** A key that holds one of these anywhere names something that must never be written. */
const secretParts = [
	"password",
	"passwd",
	"secret",
	"token",
	"authorization",
	"cookie",
	"credential",
	"apikey",
	"csrf",
];
/** A key that has one of these as a whole word ("messageText", "request_body") as well. */
const secretWords = new Set([
	"body",
	"text",
	"texts",
	"header",
	"headers",
	"auth",
	"jwt",
	"pin",
	"code2fa",
	"draft",
	"preview",
	"message",
	"content",
]);
/** Measurements keep all their digits; only as numbers, never as text that happens to be digits. */
const measurement =
	/(?:Ms|Bytes|Count|Status)$|^(?:ms|bytes|count|status|port|pid|line|attempt|size|length|revision)$/;

function isSecretKey(key: string): boolean {
	const plain = key.toLowerCase().replace(/[^a-z0-9]/g, "");
	if (secretParts.some((part) => plain.includes(part))) return true;
	const words = key
		.replace(/([a-z0-9])([A-Z])/g, "$1 $2")
		.toLowerCase()
		.split(/[^a-z0-9]+/);
	return words.some((word) => secretWords.has(word));
}

/** One line's fields, safe to write. Keys stay, so that a reader sees that something was there. */
export function redactFields(fields: LogFields): Record<string, unknown> {
	const safe: Record<string, unknown> = {};
	for (const [key, value] of Object.entries(fields)) {
		if (value === undefined) continue;
		safe[redactText(key)] = redactValue(key, value);
	}
	return safe;
}

function redactValue(key: string, value: Exclude<LogFields[string], undefined>): unknown {
	if (value === null || typeof value === "boolean") return value;
	if (isSecretKey(key)) return removed;
	if (typeof value === "number") return measurement.test(key) ? value : redactNumber(value);
	if (typeof value === "string") return redactText(value);
	return redactError(value);
}

function redactNumber(value: number): number | string {
	const text = String(value);
	const masked = redactText(text);
	return masked === text ? value : masked;
}

/** An error for the log: its code, and its values and server's words redacted. */
export function redactError(error: AppError): Record<string, unknown> {
	const { params, detail } = error;
	return {
		code: error.code,
		...(params === undefined ? {} : { params: redactFields(params) }),
		...(detail === undefined ? {} : { detail: redactText(detail) }),
	};
}

/** Longest text written; what a server says can be long. */
const longest = 2000;

/** Free text, safe to write. */
export function redactText(text: string): string {
	const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
	return rules.reduce((result, rule) => rule(result), cut.normalize("NFKC"));
}

const rules: readonly ((text: string) => string)[] = [
	// V8 quotes what it could not parse: that may be what somebody wrote
	(text) => text.replace(/Unexpected token .+? is not valid JSON/gsu, "Unexpected token in JSON"),
	// user:password@ in an address
	(text) => text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi, `$1${removed}@`),
	// Basic and Bearer credentials, and JSON Web Tokens wherever they stand
	(text) =>
		text.replace(
			/\b(basic|bearer|negotiate|ntlm|digest)[\s:]+(?!\[)[A-Za-z0-9+/=._~-]{3,}/gi,
			`$1 ${removed}`,
		),
	(text) => text.replace(/\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, removed),
	// the whole of an authorization header, whatever its scheme
	(text) => text.replace(/(authorization"?\s*[=:]\s*"?)(?:\w+[ \t]+)?[^\s"',;]+/gi, `$1${removed}`),
	// key=value and "key": "value", as in query strings, cookies, JSON and header lines
	(text) =>
		text.replace(
			/([\w-]*(?:password|passwd|secret|token|authorization|cookie|api[_-]?key|jwt|csrf|sessionid)[\w-]*)("?\s*[=:]\s*)(?:"(?:[^"\\]|\\.)*"?|(?:(?!\[removed\])[^\s&;,"'}])+)/gi,
			(_whole, key: string, between: string) => `${key}${between}${removed}`,
		),
	(text) => text.replace(/[^\s@<>"'(),;:=[\]]+@(?!\[)[^\s@<>"'(),;:=/?#[\]]+/g, "[email]"),
	// the person's name in a path
	(text) =>
		text.replace(
			/((?:^|[\s"'=(:,])(?:file:\/\/)?(?:[A-Za-z]:)?[\\/]+(?:home|Users|Documents and Settings)[\\/]+)[^\\/\s"'):]+/gi,
			"$1~",
		),
	// UUIDs: three characters are enough to tell a handful of accounts apart
	(text) => text.replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{9}([0-9a-f]{3})\b/gi, "#$1"),
	// long runs of letters and digits mixed: keys, hashes, session ids
	(text) =>
		text.replace(
			/(?<![A-Za-z0-9+_-])(?=[A-Za-z0-9+_-]*\d)(?=[A-Za-z0-9+_-]*[A-Za-z])[A-Za-z0-9+_-]{24,}={0,2}/g,
			removed,
		),
	maskNumbers,
];

const fourOctets = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/**
 * Five digits or more, in one run or written as telephone numbers are (`+1 (555) 010-0199`), keep the last
 * three. IPv4 addresses stay: support needs them. Digits of every script count.
 */
function maskNumbers(text: string): string {
	return text.replace(/\+?\(?\p{Nd}(?:[\s.()/-]{0,3}\p{Nd})*/gu, (run) => {
		if (fourOctets.test(run)) return run;
		const digits = run.match(/\p{Nd}/gu) ?? [];
		return digits.length < 5 ? run : `***${digits.slice(-3).join("")}`;
	});
}
