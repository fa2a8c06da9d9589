import { unreadable } from "../failure.ts";
import { type Contract, elementName } from "./contract.ts";

/** An element with its namespace resolved. */
interface Element {
	readonly name: string;
	readonly namespace: string;
	readonly nil: boolean;
	readonly children: Element[];
	text: string;
	/** Its namespaces, for its children. */
	readonly scope: ReadonlyMap<string, string>;
}

/**
 * Reads a request as .NET's DataContractSerializer does (sheet, section 9): an element that stands after
 * a later one of the contract, or in another namespace, is silently skipped. Throws a ServiceFailure (400)
 * for text that is no XML and for another root.
 */
export function readXml(text: string, contract: Contract): Record<string, unknown> {
	const root = parse(text);
	if (root.name !== contract.name || root.namespace !== contract.namespace) {
		throw unreadable(
			`Error in line 1. Expecting element '${contract.name}' from namespace '${contract.namespace}'.. ` +
				`Encountered 'Element' with name '${root.name}', namespace '${root.namespace}'.`,
		);
	}
	const values: Record<string, unknown> = {};
	let next = 0;
	for (const child of root.children) {
		const index = contract.members.findIndex(
			([name], position) =>
				position >= next &&
				elementNameOf(contract, name) === child.name &&
				child.namespace === contract.namespace,
		);
		const member = contract.members[index];
		if (member === undefined) continue;
		next = index + 1;
		if (child.nil) continue;
		const [name, kind] = member;
		values[name] = kind === "strings" ? child.children.map((item) => item.text) : child.text;
	}
	return values;
}

/** `provider` is the one member of the framework's Authenticate that keeps its small letter. */
function elementNameOf(contract: Contract, member: string): string {
	return contract.name === "Authenticate" && member === "provider" ? member : elementName(member);
}

const token = /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<([^<>]*)>|([^<]+)/gy;
const startTag = /^([^\s/]+)((?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)$/;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function parse(text: string): Element {
	const open: Element[] = [];
	let root: Element | null = null;
	token.lastIndex = 0;
	while (token.lastIndex < text.length) {
		const match = token.exec(text);
		if (match === null) throw malformed();
		const [, cdata, tag, characters] = match;
		const current = open.at(-1);
		if (cdata !== undefined && current !== undefined) current.text += cdata;
		if (characters !== undefined) {
			if (current !== undefined) current.text += unescapeXml(characters);
			else if (characters.replace(/^\ufeff/, "").trim() !== "") throw malformed();
		}
		if (tag === undefined) continue;
		// A document type could define entities; .NET refuses it, and so does this.
		if (tag.startsWith("!"))
			throw unreadable("For security reasons DTD is prohibited in this XML document.");
		if (tag.startsWith("/")) {
			open.pop();
			continue;
		}
		const begun = startTag.exec(tag);
		if (begun === null || (current === undefined && root !== null)) throw malformed();
		const [, name = "", attributes = "", closed] = begun;
		const created = elementOf(name, attributes, current?.scope ?? new Map());
		if (current === undefined) root = created;
		else current.children.push(created);
		if (closed !== "/") open.push(created);
	}
	if (root === null || open.length > 0) throw malformed();
	return root;
}

function elementOf(qualified: string, attributes: string, outer: ReadonlyMap<string, string>): Element {
	const scope = new Map(outer);
	let nil = false;
	for (const [, name = "", double, single] of attributes.matchAll(attribute)) {
		const value = unescapeXml(double ?? single ?? "");
		if (name === "xmlns") scope.set("", value);
		else if (name.startsWith("xmlns:")) scope.set(name.slice(6), value);
		else if (name.endsWith(":nil")) nil = value === "true";
	}
	const colon = qualified.indexOf(":");
	const prefix = colon < 0 ? "" : qualified.slice(0, colon);
	return {
		name: qualified.slice(colon + 1),
		namespace: scope.get(prefix) ?? "",
		nil,
		children: [],
		text: "",
		scope,
	};
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
	return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (_whole, reference: string) => {
		if (reference.startsWith("#")) {
			const code = /^#x/i.test(reference)
				? Number.parseInt(reference.slice(2), 16)
				: Number.parseInt(reference.slice(1), 10);
			if (code > 0x10ffff) throw malformed();
			return String.fromCodePoint(code);
		}
		const character = named[reference];
		if (character === undefined) throw malformed();
		return character;
	});
}

function malformed(): Error {
	return unreadable("There was an error deserializing the object: the data is not well-formed XML.");
}
