import type { JsonObject } from "../server/json.ts";
import type { ErrorBodyForm } from "./switches.ts";

/** A request that is not carried out: status, and the words for its body. */
export class Refusal extends Error {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;

	constructor(status: number, words: string, headers: Readonly<Record<string, string>> = {}) {
		super(words);
		this.status = status;
		this.headers = headers;
	}
}

export function notFound(): Refusal {
	return new Refusal(404, "Not Found");
}

export function invalid(words: string): Refusal {
	return new Refusal(422, words);
}

const titles: Readonly<Record<number, string>> = {
	400: "Bad Request",
	401: "Unauthorized",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	406: "Not Acceptable",
	409: "Conflict",
	410: "Gone",
	415: "Unsupported Media Type",
	422: "Unprocessable Entity",
	429: "Too Many Requests",
	501: "Not Implemented",
};

/** The body of an error in one of the forms that it may have (sheet, 13). */
export function errorBody(
	form: ErrorBodyForm,
	status: number,
	words: string,
): JsonObject | string | undefined {
	const title = titles[status] ?? "Error";
	switch (form) {
		case "hydra":
			return {
				"@type": "hydra:Error",
				"@context": "/contexts/hydra:Error.jsonld",
				"hydra:title": title,
				"hydra:description": words,
			};
		case "empty":
			return undefined;
		case "html":
			return `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
		case "error":
			return { error: words };
		case "errors":
			return { errors: [words] };
		case "errorObjects":
			return { errors: [{ message: words }] };
		case "errorMap":
			return { errors: { base: [words] } };
		case "violations":
			return { violations: [{ propertyPath: "base", message: words }] };
	}
}
