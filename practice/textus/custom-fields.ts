import type { Account } from "./accounts.ts";
import type { Contact } from "./contacts.ts";
import { invalid } from "./refusal.ts";
import type { TextusSwitches } from "./switches.ts";
import type { User } from "./users.ts";

/** Puts the values of custom fields in place of their tokens (sheet, 10.3). */
export function fillCustomFields(
	body: string,
	switches: TextusSwitches,
	{ account, user, contact }: { account: Account; user: User | null; contact: Contact | null },
): string {
	const [open, close] = switches.customFieldToken;
	let text = body;
	for (const { slug, of } of account.customFields) {
		const token = `${open}${slug}${close}`;
		if (!text.includes(token)) continue;
		const value =
			of === "user" ? user?.customSettings[`/textus/user_schema/${slug}`] : contact?.data[slug];
		if (value === undefined && switches.missingCustomField === "refused")
			throw invalid(`Custom field ${slug} has no value`);
		if (value === undefined && switches.missingCustomField === "kept") continue;
		text = text.replaceAll(token, () => value ?? "");
	}
	return text;
}

/** What else the server may do to a body (10.3). */
export function changedText(text: string, how: TextusSwitches["textChange"]): string {
	switch (how) {
		case "none":
			return text;
		case "trimmed":
			return text.trim();
		case "straightQuotes":
			return text.replaceAll(/[“”]/g, '"').replaceAll(/[‘’]/g, "'");
		case "shortLinks":
			return text.replaceAll(/https?:\/\/\S+/g, "https://txt.example.invalid/Qx7");
	}
}
