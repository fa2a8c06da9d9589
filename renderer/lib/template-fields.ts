/** Fields of one's own templates; main fills them when a template is chosen. */
export const templateFields = ["name", "number", "line", "agent", "date", "time"] as const;

/** What stands in braces in a text and is no field, each once: it would be sent as it stands. */
export function unknownFields(text: string): readonly string[] {
	const known = new Set<string>(templateFields);
	// A system's own fields look like `%{first_name}`; they are its to fill.
	const written = [...text.matchAll(/(?<!%)\{(\w{1,40})\}/gu)].map((match) => match[1] ?? "");
	return [...new Set(written)].filter((field) => !known.has(field));
}
