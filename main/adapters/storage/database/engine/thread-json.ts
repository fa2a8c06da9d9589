import { type Medium, media, type ThreadAction, threadActions } from "../../../../../shared/model.ts";
import type { ThreadFacts } from "../../../../../shared/model.ts";

/** Facts of a conversation as JSON in its row. */

export function threadJson(facts: ThreadFacts | null): string | null {
	return facts === null ? null : JSON.stringify(facts);
}

/**
 * Null where it cannot be read: the system tells of it again, and its conversation stays readable. By hand, because
 * all conversations are read at every start.
 */
export function threadOf(json: string | null): ThreadFacts | null {
	if (json === null) return null;
	try {
		const facts = JSON.parse(json) as unknown;
		return isThread(facts) ? facts : null;
	} catch {
		return null;
	}
}

type Fields = Readonly<Record<string, unknown>>;

function isThread(facts: unknown): facts is ThreadFacts {
	return (
		isObject(facts) &&
		media.includes(facts["medium"] as Medium) &&
		orNull(facts["line"], (line) => isText(line["id"]) && isText(line["label"])) &&
		orNull(facts["group"], isGroup) &&
		isFlagOrNull(facts["closed"]) &&
		isFlagOrNull(facts["starred"]) &&
		typeof facts["mutedThere"] === "boolean" &&
		orNull(facts["refusal"], (refusal) => isText(refusal["code"])) &&
		Array.isArray(facts["actions"]) &&
		facts["actions"].every((action) => threadActions.includes(action as ThreadAction)) &&
		orNull(facts["attachments"], isLimits) &&
		isListOf(facts["notes"], (note) => isText(note["label"]) && isText(note["text"]))
	);
}

function isGroup(group: Fields): boolean {
	return (
		isTextOrNull(group["title"]) &&
		isListOf(group["members"], (one) => isText(one["address"]) && isTextOrNull(one["name"])) &&
		typeof group["changeable"] === "boolean" &&
		typeof group["separate"] === "boolean"
	);
}

function isLimits(limits: Fields): boolean {
	return (
		typeof limits["mostFiles"] === "number" &&
		typeof limits["mostBytes"] === "number" &&
		Array.isArray(limits["types"]) &&
		limits["types"].every(isText) &&
		typeof limits["shrinks"] === "boolean" &&
		orNull(limits["byAddressOnly"], (error) => isText(error["code"]))
	);
}

function isObject(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function orNull(value: unknown, is: (value: Fields) => boolean): boolean {
	return value === null || (isObject(value) && is(value));
}

function isListOf(value: unknown, is: (value: Fields) => boolean): boolean {
	return Array.isArray(value) && value.every((one) => isObject(one) && is(one));
}

function isText(value: unknown): boolean {
	return typeof value === "string";
}

function isTextOrNull(value: unknown): boolean {
	return value === null || typeof value === "string";
}

function isFlagOrNull(value: unknown): boolean {
	return value === null || typeof value === "boolean";
}
