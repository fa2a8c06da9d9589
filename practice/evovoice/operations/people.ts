import { type Customer, displayName, type Endpoint, type Role } from "../company.ts";
import { notFound } from "../failure.ts";
import type { Site } from "../site.ts";
import { type Dto, listContract, plainContract } from "../wire/contract.ts";
import { userInfo, userInfoContract } from "./authentication.ts";
import { breadcrumbContract, customerMembers, entityInfo, entityMembers } from "./entity.ts";
import { listResponse, withUnknownRow } from "./lists.ts";
import { accountIdsOf, type Operation, type Route, userOf } from "./operation.ts";

const managers: readonly Role[] = ["SystemAdministrator", "Manager", "Customer"];

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

const contactContract = plainContract("AppContact", "Voice.Api.App", {
	displayName: "value",
	address: "value",
	type: "value",
	customerName: "value",
	canCall: "value",
	canChat: "value",
});

/** `/app/contacts` (sheet, 7.3): whole, without ids. */
const myContacts: Operation = {
	name: "GetMyContacts",
	access: ["User"],
	response: plainContract("GetMyContactsResponse", "Voice.Api.App", {
		contacts: { list: contactContract },
	}),
	run: (call) => {
		const accounts = accountIdsOf(call);
		const rows = call.site.company.contacts
			.filter(({ accountId }) => accounts.has(accountId))
			.map(({ accountId: _accountId, ...contact }): Dto => contact);
		return { contacts: rows };
	},
};

/** `/app/tokens` (sheet, 8): what pushes to the token is not known; nothing does here. */
const newDeviceToken: Operation = {
	name: "NewDeviceToken",
	access: ["User"],
	request: plainContract("NewDeviceToken", "Voice.Api.App", { deviceType: "value", token: "value" }),
	response: plainContract("NewDeviceToken", "Voice.Api.App", { deviceType: "value", token: "value" }),
	run: (call) => {
		const { deviceTokens } = call.site;
		const { emailAddress } = userOf(call);
		deviceTokens.set(emailAddress, (deviceTokens.get(emailAddress) ?? 0) + 1);
		return { deviceType: call.parameters.text("deviceType"), token: call.parameters.text("token") };
	},
};

const customerContract = plainContract(
	"CustomerInfo",
	"Voice.Api.Customers",
	{
		accountId: "value",
		accountName: "value",
		parentCustomerId: "value",
		breadcrumb: { list: breadcrumbContract },
		isStaging: "value",
		name: "value",
		referenceId: "value",
	},
	entityMembers,
);

function customerInfo(site: Site, customer: Customer): Dto {
	return {
		...entityInfo(site, customer.id, 0),
		accountId: customer.accountId,
		accountName: site.company.accounts.find(({ id }) => id === customer.accountId)?.name,
		parentCustomerId: customer.parentCustomerId,
		breadcrumb: [{ id: customer.id, name: customer.name }],
		isStaging: false,
		name: customer.name,
	};
}

const listCustomers: Operation = {
	name: "ListCustomers",
	access: managers,
	response: listContract(customerContract, "znfKbIMc"),
	run: (call) => {
		const accounts = accountIdsOf(call);
		const found = call.site.company.customers.filter(
			({ accountId, name }) =>
				accounts.has(accountId) && contains(name, call.parameters.text("nameFilter")),
		);
		return listResponse(
			call,
			found.map((customer) => customerInfo(call.site, customer)),
		);
	},
};

const getCustomer: Operation = {
	name: "GetCustomer",
	access: managers,
	response: customerContract,
	run: (call) => {
		const accounts = accountIdsOf(call);
		const id = call.parameters.text("id");
		const customer = call.site.company.customers.find((candidate) => candidate.id === id);
		if (customer === undefined || !accounts.has(customer.accountId)) throw notFound("Customer");
		return customerInfo(call.site, customer);
	},
};

const accountContract = plainContract(
	"AccountInfo",
	"Voice.Api.Accounts",
	{
		name: "value",
		parentAccountId: "value",
		ancestorIds: "strings",
		maxPhoneNumbers: "value",
		isBYOA: "value",
	},
	entityMembers,
);

function accountInfo(site: Site, { id, name }: { id: string; name: string }): Dto {
	return { ...entityInfo(site, id, 0), name, ancestorIds: [], maxPhoneNumbers: 0, isBYOA: false };
}

const listAccounts: Operation = {
	name: "ListAccounts",
	access: ["SystemAdministrator"],
	response: listContract(accountContract, "LIonMsk5"),
	run: (call) => {
		const { site, parameters } = call;
		const found = site.company.accounts.filter(({ name }) =>
			contains(name, parameters.text("nameFilter")),
		);
		return listResponse(
			call,
			found.map((account) => accountInfo(site, account)),
		);
	},
};

const getAccount: Operation = {
	name: "GetAccount",
	access: "signedIn",
	response: accountContract,
	run: (call) => {
		const id = call.parameters.text("accountId");
		const account = call.site.company.accountsOf(userOf(call)).find((candidate) => candidate.id === id);
		if (account === undefined) throw notFound("Account");
		return accountInfo(call.site, account);
	},
};

const listUsers: Operation = {
	name: "ListUsers",
	access: ["SystemAdministrator", "Manager"],
	// The hash of this one is not on the sheet; clients match the name by its beginning (section 9).
	response: listContract(userInfoContract, ""),
	run: (call) => {
		const accounts = accountIdsOf(call);
		const found = call.site.company.users.filter(
			({ accountIds, emailAddress }) =>
				accountIds.some((id) => accounts.has(id)) &&
				contains(emailAddress, call.parameters.text("emailFilter")),
		);
		return listResponse(
			call,
			found.map((user) => ({ ...userInfo(call, user), isAuthenticated: false })),
		);
	},
};

function contains(text: string, part: string): boolean {
	return text.toLowerCase().includes(part.toLowerCase());
}

/** Routes of the sheet, 7.2 to 7.4 and 8. */
export const peopleRoutes: readonly Route[] = [
	{ method: "GET", path: "/endpoints", operation: listEndpoints },
	{ method: "GET", path: "/endpoints/{id}", operation: getEndpoint },
	{ method: "GET", path: "/endpoints/app/config", operation: appConfig },
	{ method: "GET", path: "/app/contacts", operation: myContacts },
	{ method: "POST", path: "/app/tokens", operation: newDeviceToken },
	{ method: "GET", path: "/customers", operation: listCustomers },
	{ method: "GET", path: "/customers/{id}", operation: getCustomer },
	{ method: "GET", path: "/accounts", operation: listAccounts },
	{ method: "GET", path: "/accounts/{accountId}", operation: getAccount },
	{ method: "GET", path: "/users", operation: listUsers },
];
