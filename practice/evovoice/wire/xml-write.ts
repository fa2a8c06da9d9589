import { type Contract, type Dto, type DtoValue, elementName } from "./contract.ts";

const instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";
const arraysNamespace = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

/** Where an element stands: how deep, and which prefixes are known there. */
interface Place {
	readonly depth: number;
	readonly prefixes: ReadonlyMap<string, string>;
}

const prolog = '<?xml version="1.0" encoding="utf-8"?>';

/** Writes `value` as .NET's DataContractSerializer does (sheet, section 9): one line, no byte order mark. */
export function writeXml(contract: Contract, value: Dto | null, nulls: "nil" | "omitted"): string {
	const namespaces = namespacesOf(contract);
	if (value === null) return `${prolog}<${contract.name}${namespaces} i:nil="true"/>`;
	const place: Place = { depth: 1, prefixes: new Map([[contract.namespace, ""]]) };
	return prolog + element(contract.name, namespaces, members(contract, value, place, nulls));
}

/** An array at the root: `ArrayOf<type>` in the namespace of the type. */
export function writeXmlArray(item: Contract, values: readonly Dto[], nulls: "nil" | "omitted"): string {
	const place: Place = { depth: 2, prefixes: new Map([[item.namespace, ""]]) };
	const items = values.map((value) => element(item.name, "", members(item, value, place, nulls)));
	return prolog + element(`ArrayOf${item.name}`, namespacesOf(item), items.join(""));
}

function namespacesOf(contract: Contract): string {
	return ` xmlns:i="${instanceNamespace}" xmlns="${contract.namespace}"`;
}

function members(contract: Contract, value: Dto, place: Place, nulls: "nil" | "omitted"): string {
	const prefix = place.prefixes.get(contract.namespace) ?? "";
	const inner: Place = { depth: place.depth + 1, prefixes: place.prefixes };
	return contract.members
		.map(([name, kind]) => {
			const tag = prefix + elementName(name);
			const held = value[name];
			if (held === undefined || held === null) return nulls === "nil" ? `<${tag} i:nil="true"/>` : "";
			if (kind === "value") return element(tag, "", scalar(held));
			if (kind === "strings")
				return within(tag, arraysNamespace, inner, (strings) =>
					listOf(held)
						.map((item) =>
							element(`${strings.prefixes.get(arraysNamespace) ?? ""}string`, "", scalar(item)),
						)
						.join(""),
				);
			if ("one" in kind)
				return within(tag, kind.one.namespace, inner, (one) =>
					members(kind.one, held as Dto, one, nulls),
				);
			return within(tag, kind.list.namespace, inner, (list) => {
				const itemTag = (list.prefixes.get(kind.list.namespace) ?? "") + kind.list.name;
				const itemPlace: Place = { depth: list.depth + 1, prefixes: list.prefixes };
				return listOf(held)
					.map((item) => element(itemTag, "", members(kind.list, item as Dto, itemPlace, nulls)))
					.join("");
			});
		})
		.join("");
}

/** An element whose content is of another namespace, which is declared on it as `d<depth>p1`. */
function within(tag: string, namespace: string, place: Place, content: (inner: Place) => string): string {
	if (place.prefixes.has(namespace)) return element(tag, "", content(place));
	const prefix = `d${String(place.depth)}p1`;
	const prefixes = new Map([...place.prefixes, [namespace, `${prefix}:`]]);
	return element(tag, ` xmlns:${prefix}="${namespace}"`, content({ ...place, prefixes }));
}

function element(tag: string, attributes: string, content: string): string {
	return content === "" ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${content}</${tag}>`;
}

function listOf(value: DtoValue): readonly DtoValue[] {
	return Array.isArray(value) ? (value as readonly DtoValue[]) : [];
}

function scalar(value: DtoValue): string {
	return typeof value === "object" ? "" : escapeXml(String(value));
}

const references: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** As .NET's writer: control characters, which XML 1.0 does not allow, become references all the same. */
export function escapeXml(text: string): string {
	// eslint-disable-next-line no-control-regex -- they are what is looked for
	return text.replace(/[<>&\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, (character) => {
		return references[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
	});
}
