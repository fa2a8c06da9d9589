import type { WebReply } from "../../server/web-front.ts";
import type { ServiceFailure } from "../failure.ts";
import type { EvovoiceSwitches } from "../switches.ts";
import { type Contract, type Dto, type DtoValue, frameworkContract, type MemberKind } from "./contract.ts";
import { contentTypes, type FormatChoice } from "./formats.ts";
import { writeCsv, writeJson, writeJsonLines, writeJsv } from "./text-formats.ts";
import { escapeXml, writeXml, writeXmlArray } from "./xml-write.ts";

const fieldFailure = frameworkContract("ResponseError", {
	errorCode: "value",
	fieldName: "value",
	message: "value",
	meta: "value",
});
const responseStatus = frameworkContract("ResponseStatus", {
	errorCode: "value",
	message: "value",
	stackTrace: "value",
	errors: { list: fieldFailure },
	meta: "value",
});
const errorResponse = frameworkContract("ErrorResponse", { responseStatus: { one: responseStatus } });

/** Headers that the framework puts on every reply (sheet, section 1). */
const usualHeaders = { Vary: "Accept", "X-Powered-By": "ServiceStack/6.110 NET6 Unix/Linux" };

/** What an operation answered, in the format asked for. */
export function resultReply(
	contract: Contract,
	value: DtoValue,
	choice: FormatChoice,
	switches: EvovoiceSwitches,
): WebReply {
	return written(200, contract, switches.extraMembers ? withExtraMembers(value) : value, choice, switches);
}

/** A refusal in words (sheet, section 3); for some operations in the shape of their own reply (3.1). */
export function failureReply(
	failure: ServiceFailure,
	operation: string,
	response: Contract,
	choice: FormatChoice,
	switches: EvovoiceSwitches,
): WebReply {
	const status = choice.callback !== null || switches.errorsAs200 ? 200 : failure.status;
	const reason = status === failure.status ? { reason: failure.errorCode } : {};
	const own =
		response.name === `${operation}Response` &&
		!response.members.some(([name]) => name === "responseStatus") &&
		switches.responseTypeErrors !== "responseStatus";
	if (own) {
		const empty = switches.responseTypeErrors === "emptyLists" ? emptyOf(response) : {};
		return { ...written(status, response, empty, choice, switches), ...reason };
	}
	const body = {
		responseStatus: {
			errorCode: failure.errorCode,
			message: failure.message,
			stackTrace: switches.debugMode ? `[${failure.errorCode}]: at Voice.Services.Any(Request)` : null,
			errors: failure.fields.map((field) => ({ ...field })),
			meta: null,
		},
	};
	return { ...written(status, errorResponse, body, choice, switches), ...reason };
}

function emptyOf(contract: Contract): Dto {
	const isList = (kind: MemberKind): boolean => typeof kind === "object" && "list" in kind;
	return Object.fromEntries(
		contract.members.filter(([, kind]) => isList(kind)).map(([name]) => [name, []]),
	);
}

/** Members of a newer server, which clients must ignore (Q22). */
function withExtraMembers(value: DtoValue): DtoValue {
	if (Array.isArray(value)) return (value as readonly DtoValue[]).map(withExtraMembers);
	if (typeof value !== "object" || value === null) return value;
	const inner = Object.entries(value).map(([name, held]) => [name, withExtraMembers(held)] as const);
	return { ...Object.fromEntries(inner), futureMember: { kind: "Unknown", values: [1, true, "x"] } };
}

function written(
	status: number,
	contract: Contract,
	value: DtoValue,
	{ format, callback }: FormatChoice,
	switches: EvovoiceSwitches,
): WebReply {
	const headers = { ...usualHeaders, "Content-Type": contentTypes[format] };
	switch (format) {
		case "json": {
			const json = writeJson(value);
			if (callback === null) return { status, headers, body: json };
			return {
				status,
				headers: { ...headers, "Content-Type": "text/javascript" },
				body: `${callback}(${json})`,
			};
		}
		case "xml":
			return {
				status,
				headers,
				body: Array.isArray(value)
					? writeXmlArray(contract, value as readonly Dto[], switches.xmlNulls)
					: writeXml(contract, value as Dto | null, switches.xmlNulls),
			};
		case "jsv":
			return { status, headers, body: writeJsv(value) };
		case "csv":
			return { status, headers, body: writeCsv(value) };
		case "jsonl":
			return { status, headers, body: writeJsonLines(value) };
		case "html":
			// The framework's page shows the reply as JSON to people.
			return {
				status,
				headers,
				body: `<!doctype html><html><head><title>${contract.name}</title></head><body><pre>${escapeXml(writeJson(value))}</pre></body></html>`,
			};
	}
}

/** 401 without a body (sheet, 2.6). */
export function unauthorized(provider: string): WebReply {
	return {
		status: 401,
		headers: { ...usualHeaders, "WWW-Authenticate": `${provider} realm="/auth/${provider}"` },
	};
}

/** 403 as plain text (sheet, 2.6). */
export function forbidden(method: string, url: URL): WebReply {
	return {
		status: 403,
		reason: "Invalid Role",
		headers: { ...usualHeaders, "Content-Type": "text/plain" },
		body: `Forbidden\n\n${about(method, url)}`,
	};
}

/** 404 of a route that does not exist, as plain text (sheet, section 3). */
export function noRoute(method: string, url: URL): WebReply {
	return {
		status: 404,
		headers: { ...usualHeaders, "Content-Type": "text/plain" },
		body: `Handler for Request not found (404):\n\n${about(method, url)}`,
	};
}

function about(method: string, url: URL): string {
	return (
		`Request.HttpMethod: ${method}\nRequest.PathInfo: ${url.pathname}\n` +
		`Request.QueryString: ${url.search.slice(1)}\n`
	);
}

/** To the login page, as for browsers (sheet, 1.1). */
export function toLogin(origin: string, url: URL): WebReply {
	const redirect = encodeURIComponent(url.pathname + url.search);
	return { status: 302, headers: { ...usualHeaders, Location: `${origin}/login?redirect=${redirect}` } };
}

/** The login page itself, status 200. */
export function loginPage(): WebReply {
	return {
		status: 200,
		headers: { ...usualHeaders, "Content-Type": "text/html; charset=utf-8" },
		body:
			'<!doctype html><html><head><title>Sign in</title></head><body><form action="/auth/credentials" ' +
			'method="post"><input name="userName"><input name="password" type="password"></form></body></html>',
	};
}
