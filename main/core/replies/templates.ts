import type { Reply } from "../../../shared/model.ts";
import type { Settings } from "../../../shared/settings.ts";

export const templateFields = ["name", "number", "line", "agent", "date", "time"] as const;
type Field = (typeof templateFields)[number];
/** What the fields stand for in one conversation; null: it is not known, and the field stays to be seen. */
export type FieldValues = Readonly<Record<Field, string | null>>;

const field = new RegExp(`\\{(${templateFields.join("|")})\\}`, "gu");

/** In one go: what a name says is never taken for a field. Other braces, a system's own among them, stay. */
export function fillTemplate(text: string, values: FieldValues): string {
	return text.replace(field, (whole, name: Field) => values[name] ?? whole);
}

/** Templates whose title or text has what was typed in it, in their own order, filled. */
export function ownReplies(
	templates: Settings["templates"],
	query: string,
	values: FieldValues,
): readonly Reply[] {
	const wanted = query.trim().toLocaleLowerCase();
	return templates
		.filter(({ title, text }) => `${title}\n${text}`.toLocaleLowerCase().includes(wanted))
		.map(({ id, title, text }) => ({
			id,
			source: "own",
			title,
			text: fillTemplate(text, values),
			files: 0,
		}));
}
