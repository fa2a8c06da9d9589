import { ServiceFailure } from "../failure.ts";
import type { Dto, DtoValue } from "../wire/contract.ts";
import type { Call } from "./operation.ts";

/** `ListResponse<T>` of rows that are filtered and in order (sheet, section 4). */
export function listResponse(call: Call, rows: readonly Dto[]): Dto {
	const { parameters, site } = call;
	const order = parameters.text("sortOrder");
	if (order !== "" && !["ascend", "descend"].includes(order.toLowerCase()))
		throw new ServiceFailure(400, "ArgumentException", `Requested value '${order}' was not found.`);
	const wanted = parameters.list("specificIds");
	const found =
		wanted.length === 0 ? rows : rows.filter(({ id }) => typeof id === "string" && wanted.includes(id));
	const page = parameters.count("page", 0);
	const asked = parameters.count("countPerPage", 25);
	const size = Math.max(1, Math.min(asked, site.switches.mostCountPerPage ?? asked));
	const items = parameters.flag("all") ? found : found.slice(page * size, (page + 1) * size);
	const totalPages = parameters.flag("all") ? 1 : Math.ceil(found.length / size);
	if (!parameters.flag("simplifiedPaging"))
		return { items, totalCount: found.length, totalPages, hasMorePages: false };
	const hasMorePages = page + 1 < totalPages;
	return site.switches.simplifiedTotals === "absent"
		? { items, hasMorePages }
		: { items, totalCount: 0, totalPages: 0, hasMorePages };
}

/** A list, with one more row where the switch wants a value that nobody knows yet (Q23). */
export function withUnknownRow(
	call: Call,
	rows: readonly Dto[],
	member: string,
	value: DtoValue,
): readonly Dto[] {
	const last = rows.at(-1);
	if (!call.site.switches.unknownEnums || last === undefined) return rows;
	return [...rows, { ...last, id: `${String(rows.length)}-unknown-${member}`, [member]: value }];
}

/** Whether a filter of the portal fits: a part of the text, in any case; "" fits all. */
export function contains(text: string, part: string): boolean {
	return text.toLowerCase().includes(part.toLowerCase());
}
