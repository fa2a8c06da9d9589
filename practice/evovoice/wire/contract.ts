/** A value of a reply: members that are null or undefined do not exist on the wire's JSON. */
export type DtoValue = string | number | boolean | null | undefined | readonly DtoValue[] | Dto;
export interface Dto {
	readonly [member: string]: DtoValue;
}

/** What a member of a contract holds; lists are of strings or of another contract. */
export type MemberKind = "value" | "strings" | { readonly list: Contract } | { readonly one: Contract };

/** How a .NET type is written as XML (sheet, section 9). Member names are those of JSON. */
export interface Contract {
	/** Name of the root element. */
	readonly name: string;
	readonly namespace: string;
	/** Members in the order in which they stand on the wire. */
	readonly members: readonly (readonly [name: string, kind: MemberKind])[];
}

type MemberTable = Readonly<Record<string, MemberKind>>;

const clrNamespace = "http://schemas.datacontract.org/2004/07/";

/** Namespace of the framework's own types (sheet, section 9). */
export const frameworkNamespace = "http://schemas.servicestack.net/types";

/** A plain class: members in alphabetical order, those of its base class first. */
export function plainContract(
	name: string,
	namespace: string,
	members: MemberTable,
	base: MemberTable = {},
): Contract {
	const sorted = (table: MemberTable): [string, MemberKind][] =>
		Object.entries(table).sort(([left], [right]) => (elementName(left) < elementName(right) ? -1 : 1));
	return { name, namespace: clrNamespace + namespace, members: [...sorted(base), ...sorted(members)] };
}

/** A type of the framework: members in the order in which they are declared. */
export function frameworkContract(name: string, members: MemberTable): Contract {
	return { name, namespace: frameworkNamespace, members: Object.entries(members) };
}

/** `ListResponse<T>` (sheet, sections 4 and 9); the suffix is .NET's hash of T's namespace. */
export function listContract(item: Contract, suffix: string): Contract {
	return plainContract(`ListResponseOf${item.name}${suffix}`, "Voice.Api", {
		items: { list: item },
		totalCount: "value",
		totalPages: "value",
		hasMorePages: "value",
	});
}

/** The element of a member: .NET's spelling begins with a capital. */
export function elementName(member: string): string {
	return member.charAt(0).toUpperCase() + member.slice(1);
}
