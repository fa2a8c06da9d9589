import { displayName, type Endpoint } from "../company.ts";
import { notFound } from "../failure.ts";
import type { Site } from "../site.ts";
import { type Dto, listContract, plainContract } from "../wire/contract.ts";
import { breadcrumbContract, customerMembers, entityInfo, entityMembers } from "./entity.ts";
import { contains, listResponse, withUnknownRow } from "./lists.ts";
import { accountIdsOf, managers, type Operation, type Route, userOf } from "./operation.ts";

/** `EndpointInfo`, as far as it is known (sheet, 7.2). */
const endpointInfoContract = plainContract(
	"EndpointInfo",
	"Voice.Api.Endpoints",
	{
		accountId: "value",
		accountName: "value",
		customerId: "value",
		customerName: "value",
		customerBreadcrumb: { list: breadcrumbContract },
		referenceId: "value",
		displayName: "value",
		type: "value",
		extraInformation: "value",
		flowId: "value",
		flowName: "value",
		phoneNumber: "value",
		address: "value",
		disableSms: "value",
		useExternal10DlcCampaign: "value",
		isVirtualPhoneNumber: "value",
	},
	entityMembers,
);

function endpointInfo(site: Site, endpoint: Endpoint): Dto {
	const { numberMember } = site.switches;
	return {
		...entityInfo(site, endpoint.id, endpoint.createdAt),
		accountId: endpoint.accountId,
		accountName: site.company.accounts.find(({ id }) => id === endpoint.accountId)?.name,
		...customerMembers(site.company, endpoint.customerId),
		displayName: endpoint.displayName,
		type: endpoint.type,
		...(numberMember === "absent" ? {} : { [numberMember]: endpoint.address }),
		disableSms: endpoint.disableSms,
		useExternal10DlcCampaign: false,
		isVirtualPhoneNumber: false,
	};
}

const listEndpoints: Operation = {
	name: "ListEndpoints",
	access: managers,
	response: listContract(endpointInfoContract, "WeVlXEog"),
	run: (call) => {
		const { site, parameters } = call;
		const accounts = accountIdsOf(call);
		const types = [...parameters.list("types"), ...parameters.list("type")];
		const customers = parameters.list("customerIds");
		const found = site.company.endpoints.filter(
			(endpoint) =>
				accounts.has(endpoint.accountId) &&
				(types.length === 0 || types.includes(endpoint.type)) &&
				(customers.length === 0 || customers.includes(endpoint.customerId ?? "")) &&
				contains(endpoint.displayName, parameters.text("nameFilter")) &&
				contains(endpoint.address, parameters.text("phoneNumberFilter")),
		);
		const rows = found.map((endpoint) => endpointInfo(site, endpoint));
		return listResponse(call, withUnknownRow(call, rows, "type", "SmartSpeaker"));
	},
};

const getEndpoint: Operation = {
	name: "GetEndpoint",
	access: managers,
	response: endpointInfoContract,
	run: (call) => {
		const id = call.parameters.text("id");
		const accounts = accountIdsOf(call);
		const endpoint = call.site.company.endpoints.find((candidate) => candidate.id === id);
		if (endpoint === undefined || !accounts.has(endpoint.accountId)) throw notFound("Endpoint");
		return endpointInfo(call.site, endpoint);
	},
};

const appUserInfo = plainContract("AppUserInfo", "Voice.Api.App", {
	firstName: "value",
	lastName: "value",
	name: "value",
	avatarUrl: "value",
});

/** The agent's own endpoint and state (sheet, 7.2 and 7.5). No telephony stands behind its token. */
const appConfig: Operation = {
	name: "GetEndpointAppConfig",
	access: ["User"],
	response: plainContract("EndpointAppConfig", "Voice.Api.App", {
		endpointId: "value",
		accountId: "value",
		customerId: "value",
		accessToken: "value",
		identity: "value",
		emailAddress: "value",
		userInfo: { one: appUserInfo },
		agentState: "value",
		agentStateReason: "value",
	}),
	run: (call) => {
		const user = userOf(call);
		const endpoint = call.site.company.userEndpoint(user);
		const asked = call.parameters.text("endpointId");
		const address = call.parameters.text("endpointEmailAddress").toLowerCase();
		const isOwn =
			(asked === "" || asked === endpoint?.id) &&
			(address === "" || address === endpoint?.address.toLowerCase());
		if (endpoint === undefined || !isOwn) throw notFound("Endpoint");
		return {
			endpointId: endpoint.id,
			accountId: endpoint.accountId,
			customerId: endpoint.customerId,
			accessToken: null,
			identity: endpoint.id,
			emailAddress: endpoint.address,
			userInfo: { firstName: user.firstName, lastName: user.lastName, name: displayName(user) },
			agentState: endpoint.agentState,
			agentStateReason: endpoint.agentStateReason,
		};
	},
};

/** Routes of the sheet, 7.2. */
export const endpointRoutes: readonly Route[] = [
	{ method: "GET", path: "/endpoints", operation: listEndpoints },
	{ method: "GET", path: "/endpoints/{id}", operation: getEndpoint },
	{ method: "GET", path: "/endpoints/app/config", operation: appConfig },
];
