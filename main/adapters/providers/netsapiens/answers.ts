import { appError } from "../../../../shared/errors.ts";
import type { HttpResponse } from "../../../core/ports/runtime.ts";
import { asNumber, asText, parseJson } from "../rest/lossless-json.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { isRow, type WireRow } from "./wire.ts";

/** What a server says of a route that its version has not (sheet, 1.2). */
const noRoute = /No Route Found \[92\]/i;

/** The server's own sentence: `{"code":…,"message":"…"}`; a page of a proxy says nothing. */
export function wordsOf({ text }: HttpResponse): string | undefined {
	if (text.length < 1000 && noRoute.test(text)) return "No Route Found [92]";
	return asText(objectIn(text)?.["message"]) ?? undefined;
}

/** The value of a good answer; an error told with status 200 is the refusal that it is (1.5(2)). */
export function decodeAnswer(response: HttpResponse): unknown {
	const { text, status } = response;
	if (text.trim() === "") return undefined;
	if (text.length < 1000 && noRoute.test(text)) throw refusalIn200(404, "No Route Found [92]");
	const value = parseJson(text);
	const code = isRow(value) ? asNumber(value["code"]) : null;
	if (isRow(value) && code !== null && code >= 400 && code !== status && Object.keys(value).length <= 3)
		throw refusalIn200(code, asText(value["message"]) ?? undefined);
	return value;
}

/** An answer that says that the token holds no longer (1.2). */
export function isExpired({ status, text }: HttpResponse): boolean {
	if (status === 401) return true;
	return status >= 400 && text.length < 1000 && text.includes("The access token provided has expired");
}

/** The route is not there in this version of the server. */
export function isNotSupported(thrown: unknown): boolean {
	return thrown instanceof RestFailure && thrown.status === 404 && noRoute.test(thrown.error.detail ?? "");
}

/** The thing that was asked for is not there, though the route is. */
export function isNotFound(thrown: unknown): boolean {
	return thrown instanceof RestFailure && thrown.status === 404 && !isNotSupported(thrown);
}

/** A list that answers 404 for want of rows; of a user or a domain that is not there it says so (3.1). */
export function isEmptyList(thrown: unknown): boolean {
	return (
		isNotFound(thrown) &&
		thrown instanceof RestFailure &&
		!/does not exist/i.test(thrown.error.detail ?? "")
	);
}

/** Refused for good: by scope, by the key's models, by the version. */
export function isRefused(thrown: unknown): boolean {
	return (
		thrown instanceof RestFailure &&
		thrown.status !== null &&
		[400, 403, 404, 405].includes(thrown.status)
	);
}

/** The JSON object of an answer; null: it is none. */
export function objectIn(text: string): WireRow | null {
	try {
		const value: unknown = parseJson(text);
		return isRow(value) ? value : null;
	} catch {
		return null;
	}
}

function refusalIn200(status: number, detail: string | undefined): RestFailure {
	return new RestFailure(appError("http.status", { params: { status }, detail }), {
		executed: "no",
		status,
	});
}
