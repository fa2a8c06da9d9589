import type { Dto, DtoValue } from "./contract.ts";

/** The formats beside JSON and XML that the framework offers (sheet, 1.1); no client of ours asks for them. */

/** JSON without members that are null (sheet, section 1). */
export function writeJson(value: DtoValue): string {
	return JSON.stringify(value ?? {}, (_key, inner: unknown) => (inner === null ? undefined : inner));
}

/** JSV: JSON with CSV's quoting. */
export function writeJsv(value: DtoValue): string {
	if (value === null || value === undefined) return "";
	if (Array.isArray(value)) return `[${(value as readonly DtoValue[]).map(writeJsv).join(",")}]`;
	if (typeof value === "object") {
		const parts = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
		return `{${parts.map(([name, inner]) => `${name}:${writeJsv(inner)}`).join(",")}}`;
	}
	return quoted(String(value), /[",{}[\]\r\n]/);
}

/** One row for each element of the first list of the reply, or one for the reply. */
export function writeCsv(value: DtoValue): string {
	const rows = rowsOf(value);
	const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const line = (cells: readonly string[]): string =>
		`${cells.map((text) => quoted(text, /[",\r\n]/)).join(",")}\r\n`;
	return line(columns) + rows.map((row) => line(columns.map((name) => cell(row[name])))).join("");
}

/** One line of JSON for each of those rows. */
export function writeJsonLines(value: DtoValue): string {
	return rowsOf(value)
		.map((row) => `${writeJson(row)}\n`)
		.join("");
}

/** Objects within a row are JSV; a string is quoted by the line alone. */
function cell(value: DtoValue): string {
	return typeof value === "string" ? value : writeJsv(value);
}

function rowsOf(value: DtoValue): readonly Dto[] {
	if (Array.isArray(value)) return value as readonly Dto[];
	if (typeof value !== "object" || value === null) return [];
	const list = Object.values(value as Dto).find((inner) => Array.isArray(inner));
	return (list as readonly Dto[] | undefined) ?? [value as Dto];
}

function quoted(text: string, special: RegExp): string {
	return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
