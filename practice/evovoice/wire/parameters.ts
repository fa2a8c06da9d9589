import { isJsonObject } from "../../server/json.ts";
import type { RequestBody } from "../../server/request-body.ts";
import { ServiceFailure, unreadable } from "../failure.ts";
import type { Contract } from "./contract.ts";
import { readXml } from "./xml-read.ts";

/** The members of a request: body, then query, then path, the later ones winning (sheet, 1.2). */
export class Parameters {
	/** By name in lower case: names are compared without regard to case (sheet, section 1). */
	readonly #values = new Map<string, unknown>();

	constructor(...sources: readonly Readonly<Record<string, unknown>>[]) {
		for (const source of sources)
			for (const [name, value] of Object.entries(source))
				if (value !== null && value !== undefined) this.#values.set(name.toLowerCase(), value);
	}

	/** Text as it was sent; "" where it is missing. */
	text(name: string): string {
		const value = this.#values.get(name.toLowerCase());
		if (Array.isArray(value)) return value.map(String).join(",");
		return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
			? String(value)
			: "";
	}

	/** A list, comma-joined or repeated (sheet, 1.2); empty: no such filter. */
	list(name: string): string[] {
		return this.text(name)
			.split(",")
			.map((item) => item.trim())
			.filter((item) => item !== "");
	}

	flag(name: string): boolean {
		const text = this.text(name).toLowerCase();
		if (text === "" || text === "false" || text === "0") return false;
		if (text === "true" || text === "1") return true;
		throw unreadable(`Unable to bind to request '${name}': '${text}' is not a boolean`);
	}

	/** A whole number of at least 0. */
	count(name: string, otherwise: number): number {
		const text = this.text(name);
		if (text === "") return otherwise;
		if (!/^-?\d{1,9}$/.test(text))
			throw unreadable(`Unable to bind to request '${name}': '${text}' is not a number`);
		const value = Number(text);
		if (value < 0)
			throw new ServiceFailure(400, "ArgumentOutOfRangeException", `${name} must not be negative`);
		return value;
	}
}

/** The members that a body carries; `contract` is that of the request. Throws a ServiceFailure (400). */
export function readMembers(
	body: RequestBody,
	contentType: string,
	contract: Contract | undefined,
): Record<string, unknown> {
	if (body.kind === "none") return {};
	if (body.kind === "tooLarge")
		throw new ServiceFailure(413, "RequestEntityTooLarge", "Request is too large");
	const isXml = /\b(application|text)\/xml\b/i.test(contentType);
	if (body.kind === "unreadable" && isXml) {
		if (contract === undefined) throw unreadable("This operation reads no XML");
		return readXml(body.text, contract);
	}
	if (body.kind === "unreadable" && /x-www-form-urlencoded/i.test(contentType))
		return Object.fromEntries(new URLSearchParams(body.text));
	if (body.kind === "unreadable" || isXml || !isJsonObject(body.value))
		throw unreadable("Type definitions should start with a '{', expecting a serialized type");
	return body.value;
}

/** Query parameters; a name that comes several times is a list. */
export function readQuery(query: URLSearchParams): Record<string, unknown> {
	const values: Record<string, unknown> = {};
	for (const name of new Set(query.keys())) {
		const all = query.getAll(name);
		values[name] = all.length === 1 ? all[0] : all;
	}
	return values;
}
