import type { Abilities, Contact } from "../../shared/model.ts";
import type { I18n } from "../state/i18n.svelte.ts";

/** What was typed, offered as an address of its own. */
export function isTyped(contact: Contact): boolean {
	return contact.name === "";
}

/** Contacts, and what was typed as an address of its own: first when it looks like a number, else last. */
export function withTyped(known: readonly Contact[], typed: string): readonly Contact[] {
	if (!/[\d@]/u.test(typed) || known.some((contact) => contact.address === typed)) return known;
	const asTyped: Contact = {
		name: "",
		address: typed,
		detail: "",
		presence: "unknown",
		presenceLabel: null,
		id: null,
	};
	return /^\+?[\d\s().*#-]+$/u.test(typed) ? [asTyped, ...known] : [...known, asTyped];
}

/** What a contact is called in a list of them. */
export function contactName({ t }: Pick<I18n, "t">, contact: Contact): string {
	if (isTyped(contact)) return t("newMessage.useTyped", { address: contact.address ?? "" });
	return [
		contact.name,
		contact.address ?? t("newMessage.unreachable"),
		contact.detail,
		contact.presenceLabel ?? t(`presence.${contact.presence}`),
	]
		.filter((part) => part !== "")
		.join(", ");
}

/** How somebody is chosen, as the system can. `many`: not only one. */
export function howToChoose({ t }: Pick<I18n, "t">, can: Abilities, many: boolean): string {
	const typed = can.typedNumbers ? "newMessage.help" : "newMessage.helpDirectory";
	const how = t(can.directory ? typed : "newMessage.helpTyped");
	return many ? `${how} ${t("newMessage.helpMany")}` : how;
}
