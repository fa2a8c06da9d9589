import type { Customer } from "../company.ts";
import { notFound } from "../failure.ts";
import type { Site } from "../site.ts";
import { type Dto, listContract, plainContract } from "../wire/contract.ts";
import { userInfo, userInfoContract } from "./authentication.ts";
import { breadcrumbContract, entityInfo, entityMembers } from "./entity.ts";
import { contains, listResponse } from "./lists.ts";
import { accountIdsOf, managers, type Operation, type Route, userOf } from "./operation.ts";

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

/** Routes of the sheet, 7.3, 7.4 and 8. */
export const peopleRoutes: readonly Route[] = [
	{ method: "GET", path: "/app/contacts", operation: myContacts },
	{ method: "POST", path: "/app/tokens", operation: newDeviceToken },
	{ method: "GET", path: "/customers", operation: listCustomers },
	{ method: "GET", path: "/customers/{id}", operation: getCustomer },
	{ method: "GET", path: "/accounts", operation: listAccounts },
	{ method: "GET", path: "/accounts/{accountId}", operation: getAccount },
	{ method: "GET", path: "/users", operation: listUsers },
];
