import type { HttpResponse } from "../../../core/ports/runtime.ts";
import { asList, asText, parseJson } from "../rest/lossless-json.ts";
import { type XmlElement, readXml } from "./xml-reader.ts";

/** Members that are lists in JSON; in XML a list of one looks like an object. */
const listMembers: ReadonlySet<string> = new Set([
	"items",
	"conversations",
	"sessions",
	"messages",
	"contacts",
	"roles",
	"permissions",
	"accountIds",
	"accountNames",
	"dashboardPermissions",
	"errors",
	"log",
]);

/** A refusal in the service's own words (sheet, 3). */
export interface ServiceError {
	readonly code: string;
	/** Null: it has none. */
	readonly message: string | null;
	/** Names of the fields that it blames, in lower case (row 25: these tell more than the code). */
	readonly fields: readonly string[];
}

/** The value of an answer in JSON or XML, told apart by the text itself; undefined for an empty one. Throws SyntaxError. */
export function readBody({ text }: Pick<HttpResponse, "text">): unknown {
	const start = text.trimStart();
	if (start === "") return undefined;
	if (!start.startsWith("<")) return parseJson(text);
	if (isHtmlText(start)) throw new SyntaxError("a page, not an answer");
	const root = readXml(start);
	if (root.nil) return null;
	return root.name.startsWith("ArrayOf") ? listOf(root) : objectOf(root);
}

/** A page for people: of a login, a proxy, the framework. */
export function isHtml({ headers, text }: HttpResponse): boolean {
	return (
		/^(?:text\/html|application\/xhtml)/i.test(headers["content-type"] ?? "") ||
		isHtmlText(text.trimStart())
	);
}

/** Whether it was written as XML. */
export function isXml({ text }: HttpResponse): boolean {
	const start = text.trimStart();
	return start.startsWith("<") && !isHtmlText(start);
}

/** The `responseStatus` of a value, if it says that something went wrong. */
export function serviceError(value: unknown): ServiceError | null {
	const status = member(value, "responseStatus");
	const code = asText(member(status, "errorCode"));
	if (code === null) return null;
	const errors = asList(member(status, "errors"));
	const first = errors.map((error) => asText(member(error, "message"))).find((words) => words !== null);
	return {
		code,
		message: asText(member(status, "message")) ?? first ?? null,
		fields: errors.flatMap((error) => asText(member(error, "fieldName"))?.toLowerCase() ?? []),
	};
}

/** The refusal that an answer holds; null: none, or the answer cannot be read. */
export function errorIn(response: HttpResponse): ServiceError | null {
	if (!/responseStatus/i.test(response.text)) return null;
	try {
		return serviceError(readBody(response));
	} catch {
		return null;
	}
}

/** What to show of an answer that refuses: the service's message, else the first line of a plain text (403, 404). */
export function wordsOf(response: HttpResponse): string | undefined {
	const error = errorIn(response);
	if (error !== null) return error.message ?? error.code;
	if (!/^text\/plain/i.test(response.headers["content-type"] ?? "") || isHtml(response)) return undefined;
	return response.text.split("\n").find((line) => line.trim() !== "");
}

/** The status that the framework gives such an error (sheet, 3), for servers that tell it with 200. */
export function statusOfError({ code }: ServiceError): number {
	if (/^(?:Unauthorized|Authentication(?:Exception)?)$/i.test(code)) return 401;
	if (/UnauthorizedAccess|Forbidden|Invalid ?Role/i.test(code)) return 403;
	if (/NotFound/i.test(code)) return 404;
	if (/Argument|Validation|Serialization|Format|NotEmpty/i.test(code)) return 400;
	if (/NotImplemented|NotSupported/i.test(code)) return 405;
	return /Concurrency/i.test(code) ? 409 : 500;
}

function member(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null && Object.hasOwn(value, name)
		? (value as Readonly<Record<string, unknown>>)[name]
		: undefined;
}

function isHtmlText(start: string): boolean {
	return /^<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])/i.test(start.slice(0, 200));
}

function objectOf(element: XmlElement): Readonly<Record<string, unknown>> {
	const entries = element.children.flatMap((child): [string, unknown][] => {
		const name = child.name.charAt(0).toLowerCase() + child.name.slice(1);
		// Null is told as nil or by leaving it out: both are nothing here.
		return child.nil || name === "__proto__" ? [] : [[name, valueOf(child, name)]];
	});
	return Object.fromEntries(entries.reverse());
}

function valueOf(element: XmlElement, name: string): unknown {
	if (listMembers.has(name)) return listOf(element);
	return element.children.length > 0 ? objectOf(element) : element.text;
}

function listOf(element: XmlElement): readonly unknown[] {
	return element.children.flatMap((child) =>
		child.nil ? [] : [child.children.length > 0 ? objectOf(child) : child.text],
	);
}
