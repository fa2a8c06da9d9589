import type { Journal } from "../server/journal.ts";
import type { WebReply, WebRequest } from "../server/web-front.ts";
import { type Caller, callerOf } from "./callers.ts";
import { type User, uidOf } from "./company.ts";
import { Firewall } from "./firewall.ts";
import { NoRoute, noSuchUser, permissionDenied, Refusal, refusalReply } from "./refusal.ts";
import { messageRoutes } from "./routes/messages.ts";
import { peopleRoutes } from "./routes/people.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { legacyToken, signInRoutes } from "./routes/sign-in.ts";
import type { Call, DomainCall, Route, SignedCall, Site, UserCall } from "./site.ts";

/** Names before `:names`: `/devices/count` is no device. */
const routes: readonly Route[] = [...signInRoutes, ...sessionRoutes, ...messageRoutes, ...peopleRoutes];
const api = "/ns-api/v2";

/** Finds the route of a request, and who asks, and whether they may. */
export class Front {
	readonly #site: Site;
	readonly #journal: Journal;
	readonly #firewall: Firewall;

	constructor(site: Site, journal: Journal) {
		this.#site = site;
		this.#journal = journal;
		this.#firewall = new Firewall(site.clock, site.switches);
	}

	handle(request: WebRequest): WebReply {
		const stopped = this.#firewall.refuses(request);
		if (stopped !== null) return stopped;
		const call: Call = {
			site: this.#site,
			request,
			query: request.url.searchParams,
			body: request.body.kind === "json" ? request.body.value : undefined,
			bearer: /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? null,
			host: request.headers.host ?? "",
			parameters: {},
		};
		try {
			return this.#answer(call);
		} catch (failure) {
			if (failure instanceof NoRoute) return this.#noRoute(failure);
			if (failure instanceof Refusal) return refusalReply(failure);
			throw failure;
		}
	}

	#answer(call: Call): WebReply {
		const { pathname } = call.request.url;
		if (pathname === "/ns-api/oauth2/token/" || pathname === "/ns-api/oauth2/token") {
			return legacyToken(call);
		}
		if (pathname === "/ns-api/") return this.#versionOne(call);
		if (!pathname.startsWith(`${api}/`)) throw new NoRoute();
		const found = this.#find(call.request.method, pathname.slice(api.length));
		if (found === null) throw new NoRoute();
		const { route, parameters } = found;
		try {
			return this.#run(route, { ...call, parameters });
		} catch (failure) {
			const asRow = route.list === true && this.#site.switches.listErrorsWith200;
			if (asRow && failure instanceof Refusal && failure.status !== 401)
				return refusalReply(failure, 200);
			throw failure;
		}
	}

	/** The one call of the old API that is needed: media (sheet, section 8). */
	#versionOne(call: Call): WebReply {
		const { query, bearer, host } = call;
		if (query.get("object") !== "message" || query.get("action") !== "read_media") throw new NoRoute();
		const good = bearer !== null && this.#callerOf(bearer, host) !== null;
		return this.#site.mediaUrls.read(query, { given: bearer !== null, good, host });
	}

	#find(
		method: string,
		path: string,
	): { readonly route: Route; readonly parameters: Record<string, string> } | null {
		const old = this.#site.switches.generation === 44;
		for (const route of routes) {
			if (route.method !== method || (old && route.since45 === true)) continue;
			const parameters = matchPath(route.path, path);
			if (parameters !== null) return { route, parameters };
		}
		return null;
	}

	#run(route: Route, call: Call): WebReply {
		if (route.needs === "nothing") return route.handle(call);
		const signed = this.#signed(route, call);
		if (route.needs === "bearer") return route.handle(signed);
		const inDomain = this.#inDomain(signed);
		if (route.needs === "domain") return route.handle(inDomain);
		return route.handle(this.#ofUser(inDomain));
	}

	#signed(route: Route, call: Call): SignedCall {
		if (call.bearer === null) throw new Refusal(401, "Authentication Required");
		const caller = this.#callerOf(call.bearer, call.host);
		if (caller === null) throw new Refusal(401, "The access token provided has expired");
		if (caller.user !== null) this.#journal.update(call.request.entry, { user: uidOf(caller.user) });
		if (caller.readonly && route.method !== "GET") throw permissionDenied();
		const { model } = route;
		if (caller.models !== null && model !== undefined && !caller.models.includes(model)) {
			throw permissionDenied();
		}
		return { ...call, caller };
	}

	#inDomain(call: SignedCall): DomainCall {
		const { company } = this.#site;
		const asked = this.#named(call, "domain");
		const domain = asked === "~" ? (call.caller.domain ?? "~") : asked;
		const { caller } = call;
		if (caller.domain !== null && caller.domain !== domain) {
			throw new Refusal(403, "Domain not found or access denied");
		}
		if (!company.domains.includes(domain)) throw new Refusal(404, `Domain ${domain} does not exist`);
		return { ...call, domain };
	}

	#ofUser(call: DomainCall): UserCall {
		const { caller, domain } = call;
		const asked = this.#named(call, "user");
		// `~` has no meaning for keys that are not a user's (sheet, 4.4).
		const user: User | undefined =
			asked === "~" ? (caller.user ?? undefined) : this.#site.company.find(`${asked}@${domain}`);
		if (user === undefined) throw noSuchUser(asked, domain);
		if (caller.ownOnly && user !== caller.user) throw permissionDenied();
		return { ...call, user };
	}

	/** A part of the path; `~` in a write only where the switch allows it (Q17). */
	#named(call: SignedCall, name: string): string {
		const value = call.parameters[name] ?? "";
		const write = call.request.method !== "GET";
		if (value !== "~" || !write || this.#site.switches.tildeInWrites) return value;
		throw name === "domain"
			? new Refusal(404, "Domain ~ does not exist")
			: noSuchUser("~", call.caller.domain ?? "~");
	}

	/** Who a bearer is: a user's token or JWT, or an API key. */
	#callerOf(bearer: string, host: string): Caller | null {
		const { apiKeys, tokens, webTokens } = this.#site;
		const key = apiKeys.find(bearer);
		if (key !== null) return apiKeys.caller(key);
		const web = webTokens.find(bearer);
		if (web !== null) return web.mfaPending ? null : callerOf(web.user, "jwt", web.jti);
		const grant = tokens.find(bearer, host);
		return grant === null || grant.mfaPending ? null : callerOf(grant.user, "token");
	}

	#noRoute(refusal: NoRoute): WebReply {
		const { noRoute } = this.#site.switches;
		if (noRoute === "json") return refusalReply(refusal);
		return {
			status: noRoute === "text" ? 404 : 200,
			headers: { "Content-Type": "text/plain; charset=utf-8" },
			body: refusal.message,
		};
	}
}

/** The values of a pattern's `:names`, or null when the path is another one. */
function matchPath(pattern: string, path: string): Record<string, string> | null {
	const wanted = pattern.split("/");
	const parts = path.replace(/\/$/, "").split("/");
	if (wanted.length !== parts.length) return null;
	const parameters: Record<string, string> = {};
	for (const [index, part] of wanted.entries()) {
		const value = decoded(parts[index] ?? "");
		if (part.startsWith(":")) {
			if (value === "") return null;
			parameters[part.slice(1)] = value;
		} else if (part !== value) return null;
	}
	return parameters;
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
