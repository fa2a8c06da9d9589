import { displayName, type User } from "../company.ts";
import { type FieldFailure, ServiceFailure } from "../failure.ts";
import { type Dto, frameworkContract, plainContract } from "../wire/contract.ts";
import { type Call, type Operation, type Route, userOf } from "./operation.ts";

const authenticateResponse = frameworkContract("AuthenticateResponse", {
	userId: "value",
	sessionId: "value",
	userName: "value",
	displayName: "value",
	referrerUrl: "value",
	bearerToken: "value",
	refreshToken: "value",
	profileUrl: "value",
	roles: "strings",
	permissions: "strings",
	responseStatus: "value",
	meta: "value",
});

const authenticateRequest = frameworkContract("Authenticate", {
	provider: "value",
	state: "value",
	oauth_token: "value",
	oauth_verifier: "value",
	userName: "value",
	password: "value",
	rememberMe: "value",
});

/** `UserInfo` (sheet, 2.4). */
export const userInfoContract = plainContract("UserInfo", "Voice.Api.Authentication", {
	id: "value",
	isAuthenticated: "value",
	firstName: "value",
	lastName: "value",
	name: "value",
	avatarUrl: "value",
	emailAddress: "value",
	roles: "strings",
	accountIds: "strings",
	accountNames: "strings",
	managerAccess: "value",
	dashboardPermissions: "strings",
});

/** What the wire tells about a user. */
export function userInfo(call: Pick<Call, "site">, user: User): Dto {
	const accounts = call.site.company.accountsOf(user);
	return {
		id: user.id,
		isAuthenticated: true,
		firstName: user.firstName,
		lastName: user.lastName,
		name: displayName(user),
		avatarUrl: null,
		emailAddress: user.emailAddress,
		roles: user.roles,
		accountIds: accounts.map(({ id }) => id),
		accountNames: accounts.map(({ name }) => name),
		managerAccess: user.managerAccess,
		dashboardPermissions: user.dashboardPermissions,
	};
}

function authenticated(call: Call, user: User, id: string): Dto {
	const token = call.site.switches.bearerTokenInReply ? `eyJhbGciOiJIUzI1NiJ9.${id}.${id}` : null;
	return {
		userId: user.id,
		sessionId: id,
		userName: user.emailAddress,
		displayName: displayName(user),
		bearerToken: token,
		refreshToken: token,
		profileUrl: null,
		roles: user.roles,
		permissions: [],
	};
}

/** `POST /auth/credentials` and what else `/auth/{provider}` does (sheet, 2.2, 2.4, 2.6). */
const authenticate: Operation = {
	name: "Authenticate",
	access: "anyone",
	request: authenticateRequest,
	response: authenticateResponse,
	run: (call) => {
		const provider = call.parameters.text("provider").toLowerCase();
		if (provider === "logout") return signOut(call);
		if (provider === "") return current(call);
		if (provider !== "credentials" && provider !== "basic")
			throw new ServiceFailure(
				404,
				"NotFound",
				`No configuration was added for OAuth provider '${provider}'`,
			);
		return signIn(call);
	},
};

/** A password in an address would end in logs: refused (sheet, 2.4). */
const authenticateByGet: Operation = {
	...authenticate,
	run: (call) => {
		const provider = call.parameters.text("provider").toLowerCase();
		if (provider === "logout") return signOut(call);
		if (provider === "") return current(call);
		throw new ServiceFailure(
			405,
			"NotSupportedException",
			"GET Authenticate requests are disabled, to enable set AuthFeature.AllowGetAuthenticateRequests",
		);
	},
};

function current(call: Call): Dto {
	if (call.user === null) throw new ServiceFailure(401, "Unauthorized", "Not Authenticated");
	return authenticated(call, call.user, call.identity.id ?? "");
}

function signOut(call: Call): Dto {
	call.setCookies.push(...call.site.httpSessions.signOut(call.identity));
	return {};
}

function signIn(call: Call): Dto {
	const { site, parameters } = call;
	const userName = parameters.text("userName");
	const password = parameters.text("password");
	const missing: FieldFailure[] = [];
	if (userName === "") missing.push(mustNotBeEmpty("UserName", "User Name"));
	if (password === "") missing.push(mustNotBeEmpty("Password", "Password"));
	const [first] = missing;
	if (first !== undefined)
		throw new ServiceFailure(400, site.switches.validationCode, first.message, missing);
	const user = site.httpSessions.fits(userName, password);
	if (user === null) throw new ServiceFailure(401, "Unauthorized", site.switches.wrongPasswordMessage);
	if (user.locked) throw new ServiceFailure(401, "Unauthorized", "This account has been locked");
	const { id, setCookies } = site.httpSessions.signIn(user, parameters.flag("rememberMe"), call.identity);
	call.setCookies.push(...setCookies);
	return authenticated(call, user, id);
}

function mustNotBeEmpty(fieldName: string, label: string): FieldFailure {
	return { errorCode: "NotEmpty", fieldName, message: `'${label}' must not be empty.` };
}

const getAuthStatus: Operation = {
	name: "GetAuthStatus",
	access: "anyone",
	response: userInfoContract,
	run: (call) => {
		if (call.user !== null) return userInfo(call, call.user);
		switch (call.site.switches.statusSignedOut) {
			case "flag":
				return { isAuthenticated: false };
			case "null":
			case "empty":
				return null;
			case "noContent":
				return undefined;
		}
	},
};

/** What the token is good for is not known (sheet, 2.1). */
const requestAuthToken: Operation = {
	name: "RequestAuthToken",
	access: ["SystemAdministrator", "Manager"],
	response: plainContract("RequestAuthTokenResponse", "Voice.Api.Authentication", { authToken: "value" }),
	run: (call) => ({ authToken: `practice-${userOf(call).id}` }),
};

/** Routes of the sheet, section 2. */
export const authenticationRoutes: readonly Route[] = [
	{ method: "GET", path: "/auth/status", operation: getAuthStatus },
	{ method: "GET", path: "/auth/token", operation: requestAuthToken },
	{ method: "GET", path: "/auth", operation: authenticateByGet },
	{ method: "GET", path: "/auth/{provider}", operation: authenticateByGet },
	{ method: "POST", path: "/auth", operation: authenticate },
	{ method: "POST", path: "/auth/{provider}", operation: authenticate },
];
