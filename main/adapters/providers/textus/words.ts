import type { HttpResponse } from "../../../core/ports/runtime.ts";
import { asList, parseJson } from "../rest/lossless-json.ts";
import { asResource, type Resource } from "./resource.ts";

/** Where an error body may have its sentence, the best first (sheet, 13). */
const places = [
	"hydra:description",
	"description",
	"detail",
	"message",
	"error_description",
	"error",
	"hydra:title",
	"title",
] as const;
const mostSentences = 5;

/**
 * The server's own words in an answer, whatever form its body has (row 1); undefined: it has none. What an answer
 * means is decided by its status alone.
 */
export function wordsOf({ text }: HttpResponse): string | undefined {
	let body: Resource | null;
	try {
		body = asResource(parseJson(text));
	} catch {
		return undefined;
	}
	if (body === null) return undefined;
	const errors = sentences(body);
	for (const place of places) {
		const value = body[place];
		// "error": "Unprocessable Entity" says less than what is wrong with which member.
		const title = place === "hydra:title" || place === "title";
		if (title && errors !== undefined) return errors;
		if (typeof value === "string" && value.trim() !== "") return value;
	}
	return errors;
}

/** Several complaints, joined. */
function sentences(body: Resource): string | undefined {
	const found = [...complaints(body["violations"]), ...complaints(body["errors"])];
	return found.length === 0 ? undefined : found.slice(0, mostSentences).join("; ");
}

/** A list of texts, a list of `{message}`, or texts by the name of their field. */
function complaints(value: unknown): readonly string[] {
	if (value === undefined || value === null) return [];
	if (typeof value === "string") return value.trim() === "" ? [] : [value];
	const map = asResource(value);
	if (map === null) return asList(value).flatMap(oneComplaint);
	if (typeof map["message"] === "string") return oneComplaint(map);
	return Object.values(map).flatMap((texts) => asList(texts).flatMap(oneComplaint));
}

function oneComplaint(value: unknown): readonly string[] {
	const text = typeof value === "string" ? value : asResource(value)?.["message"];
	return typeof text === "string" && text.trim() !== "" ? [text] : [];
}
