import { jsonReply, type WebReply } from "../server/web-front.ts";

/** A request that is answered with `{"code":…,"message":"…"}`; nothing was changed (sheet, 1.2). */
export class Refusal extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.name = "Refusal";
		this.status = status;
	}
}

/** The reason of a missing or unusable request field. */
export function badRequest(why: string): Refusal {
	return new Refusal(400, `Bad Request: ${why}`);
}

/** No such session, device or contact. */
export function recordNotFound(): Refusal {
	return new Refusal(404, "Record not found");
}

/** The user in the path does not exist. */
export function noSuchUser(user: string, domain: string): Refusal {
	return new Refusal(404, `User ${user} does not exist in domain ${domain}`);
}

/** Not with this caller's scope. */
export function permissionDenied(): Refusal {
	return new Refusal(403, "Permission Denied");
}

/** The route is not known to this server version. */
export class NoRoute extends Refusal {
	constructor() {
		super(404, "No Route Found [92]");
	}
}

/** The error object, with its own status or with another one. */
export function refusalReply(refusal: Refusal, status: number = refusal.status): WebReply {
	return jsonReply(status, { code: refusal.status, message: refusal.message });
}

/** The full success answer of a write (sheet, 1.3). */
export function accepted(status: 200 | 202 = 202): WebReply {
	return jsonReply(status, { code: 202, message: "Accepted" });
}
