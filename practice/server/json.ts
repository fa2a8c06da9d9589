/** What JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
	readonly [key: string]: JsonValue;
}

/** True for `{…}`, false for arrays and null. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The string under `key`, or undefined when it is absent, empty or something else. */
export function textField(source: JsonObject, key: string): string | undefined {
	const value = source[key];
	return typeof value === "string" && value !== "" ? value : undefined;
}
