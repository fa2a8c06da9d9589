import type { Company } from "../company.ts";
import type { Site } from "../site.ts";
import { type Contract, type Dto, plainContract } from "../wire/contract.ts";
import { writeDate } from "../wire/dates.ts";

/** `EntityInfo`, the base class of what the portal manages (sheet, 7.1). */
export const entityMembers = {
	id: "value",
	dateCreated: "value",
	dateLastModified: "value",
	createdBy: "value",
	lastModifiedBy: "value",
} as const;

/** The members of `EntityInfo`. */
export function entityInfo(site: Site, id: string, createdAt: number, changedAt = createdAt): Dto {
	return {
		id,
		dateCreated: writeDate(createdAt, site.switches.dateFormat),
		dateLastModified: writeDate(changedAt, site.switches.dateFormat),
		createdBy: "system",
		lastModifiedBy: "system",
	};
}

/** One step of a customer's breadcrumb. */
export const breadcrumbContract: Contract = plainContract("EntityReference", "Voice.Api", {
	id: "value",
	name: "value",
});

/** Name and breadcrumb of a customer, as sessions and endpoints show it. */
export function customerMembers(company: Company, customerId: string | null): Dto {
	const customer = company.customers.find(({ id }) => id === customerId);
	return {
		customerId,
		customerName: customer?.name ?? null,
		customerBreadcrumb: customer === undefined ? [] : [{ id: customer.id, name: customer.name }],
	};
}
