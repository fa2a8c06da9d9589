import { isJsonObject, type JsonObject } from "../server/json.ts";
import type { Journal } from "../server/journal.ts";
import type { WebReply, WebRequest } from "../server/web-front.ts";
import { RateLimit } from "./rate-limit.ts";
import { errorBody, Refusal } from "./refusal.ts";
import { findRoute } from "./rest/routes.ts";
import type { Outcome, Site } from "./site.ts";
import type { TokenRegistry, User } from "./users.ts";

interface FrontParts {
	readonly site: Site;
	readonly tokens: TokenRegistry;
	readonly journal: Journal;
}

const textusType = "application/vnd.textus+jsonld";

/** What stands before every resource: the limit, the token, the headers; and the form of errors. */
export class Front {
	readonly #parts: FrontParts;
	readonly #limit: RateLimit;

	constructor(parts: FrontParts) {
		this.#parts = parts;
		this.#limit = new RateLimit(parts.site.clock, parts.site.switches);
	}

	handle(request: WebRequest): WebReply {
		const { site } = this.#parts;
		if (site.files.serves(request.url)) return site.files.answer(request);
		const token = tokenOf(request);
		const user = token === null ? null : this.#parts.tokens.userOf(token);
		if (user !== null) this.#parts.journal.update(request.entry, { user: user.email });
		// Without a token that works the caller's address is counted.
		const { allowed, headers } = this.#limit.count(user === null ? "address" : `token ${token ?? ""}`);
		try {
			if (!allowed) throw new Refusal(429, "Rate limit exceeded");
			if (user === null) throw new Refusal(site.switches.badToken, "The access token is invalid");
			return this.#reply(this.#answer(request, user), headers);
		} catch (failure) {
			if (!(failure instanceof Refusal)) throw failure;
			return this.#refuse(failure, headers);
		}
	}

	#answer(request: WebRequest, user: User): Outcome {
		const { site } = this.#parts;
		const found = findRoute(request.method, request.url.pathname);
		if (found === "path") throw new Refusal(404, "Not Found");
		if (found === "method") throw new Refusal(405, "Method Not Allowed");
		if (site.switches.strictHeaders) requireHeaders(request);
		return found.handler({
			site,
			user,
			parameters: found.parameters,
			query: request.url.searchParams,
			body: bodyOf(request),
		});
	}

	#reply({ status, value }: Outcome, headers: Readonly<Record<string, string>>): WebReply {
		if (value === undefined) return { status, headers };
		const contentType = { "Content-Type": this.#parts.site.switches.responseContentType };
		return { status, headers: { ...contentType, ...headers }, body: JSON.stringify(value) };
	}

	#refuse(refusal: Refusal, limit: Readonly<Record<string, string>>): WebReply {
		const { status, message } = refusal;
		const headers = { ...limit, ...refusal.headers };
		const body = errorBody(this.#parts.site.switches.errorBody, status, message);
		if (body === undefined) return { status, headers };
		if (typeof body === "string")
			return { status, headers: { "Content-Type": "text/html; charset=utf-8", ...headers }, body };
		return this.#reply({ status, value: body }, headers);
	}
}

function tokenOf({ headers }: WebRequest): string | null {
	return /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? null;
}

function requireHeaders({ headers, body }: WebRequest): void {
	const accepted = (headers.accept ?? "").split(",").map((part) => part.split(";")[0]?.trim());
	if (!accepted.includes(textusType)) throw new Refusal(406, `Accept must be ${textusType}`);
	if (body.kind === "none") return;
	const sent = headers["content-type"]?.split(";")[0]?.trim();
	if (sent !== textusType && sent !== "application/json")
		throw new Refusal(415, `Content-Type must be ${textusType}`);
}

function bodyOf({ body }: WebRequest): JsonObject {
	if (body.kind === "none") return {};
	if (body.kind === "tooLarge") throw new Refusal(413, "The request is too large");
	if (body.kind === "unreadable" || !isJsonObject(body.value))
		throw new Refusal(400, "The body is no JSON object");
	return body.value;
}
