import { appError, type AppError, toAppError } from "../../../../shared/errors.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { type Api, ApiToken, jsonOf } from "./api.ts";
import { asResource } from "./resource.ts";
import { readUser, type WireUser } from "./wire.ts";

/**
 * How somebody proves who they are. A token is all that is documented (row 3): another way (OAuth) would be another
 * `Authorizer` here, and nothing else changes.
 */
export function tokenAuthorizer(token: string): ApiToken {
	return new ApiToken(token.trim());
}

/**
 * Who the token belongs to (`GET /profile`). Rejects with `auth.tokenRefused` on 401 and 403 (row 2), with
 * `auth.notThisSystem` where something else answers, else with what went wrong.
 */
export async function readProfile(api: Api, host: string, signal?: AbortSignal): Promise<WireUser> {
	const other = new RestFailure(appError("auth.notThisSystem", { params: { host } }), { executed: "no" });
	let response;
	try {
		response = await api.request({
			method: "GET",
			path: "/profile",
			...(signal === undefined ? {} : { signal }),
		});
	} catch (thrown) {
		const error = toAppError(thrown);
		throw error.code === "auth.sessionExpired"
			? new RestFailure(tokenRefused(), { status: 401 })
			: thrown;
	}
	const { status } = response;
	const words = api.rest.words(response);
	if (status === 403) throw new RestFailure(tokenRefused(words), { status });
	if (status === 404 || status === 406) throw other;
	if (status < 200 || status > 299) throw api.rest.refusal(response);
	const body = jsonOf(response);
	const user = readUser(body);
	if (user !== null) return user;
	// An error that came with a good status (row 2): whose token it is is not told, so it is of no use.
	if (asResource(body) !== null && words !== undefined)
		throw new RestFailure(tokenRefused(words), { status });
	throw other;
}

export function tokenRefused(detail?: string): AppError {
	return appError("auth.tokenRefused", { detail });
}
