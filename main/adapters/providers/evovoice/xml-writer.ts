/** How a request type is written (sheet, 9). */
export interface XmlContract {
	readonly name: string;
	readonly namespace: string;
	/** Framework types have their own order of members; all others the alphabet's. Spelled as on the wire. */
	readonly order?: readonly string[];
}

export type XmlMembers = Readonly<Record<string, string | boolean | number | null | undefined>>;

const clrNamespace = "http://schemas.datacontract.org/2004/07/";

export const sendMessageContract: XmlContract = {
	name: "SendMessage",
	namespace: `${clrNamespace}Voice.Api.Sessions`,
};

/** A type of the framework: declared order, and `provider` alone keeps its small letter. */
export const authenticateContract: XmlContract = {
	name: "Authenticate",
	namespace: "http://schemas.servicestack.net/types",
	order: ["provider", "UserName", "Password", "RememberMe"],
};

/**
 * A request as .NET's DataContractSerializer reads it: an element out of order is silently skipped there, so the members
 * are sorted here; null and undefined ones are left out. Member names are those of JSON.
 */
export function writeXml(contract: XmlContract, members: XmlMembers): string {
	const { name, namespace, order } = contract;
	const elements = Object.entries(members)
		.filter(([, value]) => value !== null && value !== undefined)
		.map(([member, value]) => ({ element: elementName(member, order), text: String(value) }))
		.sort((one, other) => place(one.element, other.element, order));
	const inner = elements.map(({ element, text }) => `<${element}>${escapeXml(text)}</${element}>`).join("");
	const root = `${name} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="${namespace}"`;
	return `<?xml version="1.0" encoding="utf-8"?><${root}>${inner}</${name}>`;
}

function elementName(member: string, order: readonly string[] | undefined): string {
	if (order?.includes(member) === true) return member;
	return member.charAt(0).toUpperCase() + member.slice(1);
}

function place(one: string, other: string, order: readonly string[] | undefined): number {
	if (order !== undefined) return order.indexOf(one) - order.indexOf(other);
	return one < other ? -1 : one > other ? 1 : 0;
}

const references: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** Control characters as references, as .NET's own writer does; a carriage return would become a line feed otherwise. */
export function escapeXml(text: string): string {
	// eslint-disable-next-line no-control-regex -- they are what is looked for
	return text.toWellFormed().replace(/[<>&\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, (character) => {
		if (character === "\u0000") return "\ufffd";
		return references[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
	});
}
