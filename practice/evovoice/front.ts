import type { Journal } from "../server/journal.ts";
import type { JsonObject } from "../server/json.ts";
import type { WebReply, WebRequest } from "../server/web-front.ts";
import { ServiceFailure } from "./failure.ts";
import type { Identity } from "./http-sessions.ts";
import { type Operation, responseOf } from "./operations/operation.ts";
import { findRoute, type FoundRoute } from "./routes.ts";
import type { Site } from "./site.ts";
import { Throttle } from "./throttle.ts";
import { chooseFormat, type FormatChoice } from "./wire/formats.ts";
import { Parameters, readMembers, readQuery } from "./wire/parameters.ts";
import {
	failureReply,
	forbidden,
	loginPage,
	noRoute,
	resultReply,
	toLogin,
	unauthorized,
} from "./wire/replies.ts";

/** The framework around the operations: formats, identity, roles, errors (sheet, 1 to 3). */
export class Front {
	readonly #site: Site;
	readonly #journal: Journal;
	readonly #throttle: Throttle;
	readonly #origins: { own(): string; other(): string };

	constructor(parts: { site: Site; journal: Journal; origins: { own(): string; other(): string } }) {
		this.#site = parts.site;
		this.#journal = parts.journal;
		this.#throttle = new Throttle(parts.site.clock, parts.site.switches);
		this.#origins = parts.origins;
	}

	/** Answers one request; throws nothing that the wire knows. */
	answer(request: WebRequest): WebReply {
		const { switches } = this.#site;
		if (switches.refuseCurl && /^(curl\/.*)?$/i.test(request.headers["user-agent"] ?? ""))
			return { status: 403, headers: { "Content-Type": "text/plain" }, body: "Forbidden" };
		const tooMany = this.#throttle.refuse();
		if (tooMany !== null) return tooMany;

		const identity = this.#site.httpSessions.identify(request.headers);
		if (identity.user !== null) this.#journal.update(request.entry, { user: identity.user.emailAddress });
		if (request.url.pathname.startsWith("/media/")) return this.#media(request, identity);
		if (request.url.pathname === "/login") return loginPage();

		const asked = chooseFormat(request.url, request.headers);
		const found =
			findRoute(request.method, asked.path) ?? findRoute(request.method, request.url.pathname);
		if (found === null) return noRoute(request.method, request.url);
		this.#journal.update(request.entry, { operationName: found.operation.name });
		const choice = this.#insist({
			...asked,
			...(found.format === undefined || asked.callback !== null ? {} : { format: found.format }),
		});
		if (choice === null)
			return { status: 406, headers: { "Content-Type": "text/plain" }, body: "Not Acceptable" };
		const own: string[] = [];
		const reply = this.#operate(request, identity, found, choice, own);
		const setCookies = own.length > 0 ? own : identity.setCookies;
		return setCookies.length === 0
			? reply
			: { ...reply, headers: { ...reply.headers, "Set-Cookie": setCookies } };
	}

	/** Null: a server that speaks XML only was asked for something else. */
	#insist(choice: FormatChoice): FormatChoice | null {
		const { insistsOnXml } = this.#site.switches;
		if (insistsOnXml === "no" || choice.format === "xml") return choice;
		return insistsOnXml === "always" ? { ...choice, format: "xml", callback: null } : null;
	}

	#operate(
		request: WebRequest,
		identity: Identity,
		found: FoundRoute,
		choice: FormatChoice,
		setCookies: string[],
	): WebReply {
		const { operation } = found;
		const site = this.#site;
		try {
			const refused = this.#refuse(request, identity, operation, choice);
			if (refused !== null) return refused;
			const parameters = new Parameters(
				this.#body(request, operation),
				readQuery(request.url.searchParams),
				found.parameters,
			);
			const elsewhere = this.#browserSignIn(operation, parameters, choice);
			if (elsewhere !== null) return elsewhere;
			site.failures.raise(operation.name);
			const result = operation.run({
				site,
				user: identity.user,
				identity,
				parameters,
				mediaOrigin: site.switches.mediaHost === "own" ? this.#origins.own() : this.#origins.other(),
				setCookies,
			});
			if (result === undefined) return { status: 204 };
			if (result === null && site.switches.statusSignedOut === "empty") return { status: 200 };
			// `null` on the wire: the one reply whose JSON is not an object.
			if (result === null && choice.format === "json" && choice.callback === null)
				return {
					status: 200,
					headers: { "Content-Type": "application/json; charset=utf-8" },
					body: "null",
				};
			return resultReply(responseOf(operation, site.switches), result, choice, site.switches);
		} catch (failure) {
			if (!(failure instanceof ServiceFailure)) throw failure;
			return failureReply(
				failure,
				operation.name,
				responseOf(operation, site.switches),
				choice,
				site.switches,
			);
		}
	}

	/** What somebody gets who is not signed in, or who lacks the role (sheet, 2.5, 2.6). */
	#refuse(
		request: WebRequest,
		identity: Identity,
		operation: Operation,
		choice: FormatChoice,
	): WebReply | null {
		const { access, name } = operation;
		const { switches } = this.#site;
		if (access === "anyone") return null;
		if (identity.user === null) {
			if (choice.format === "html" || switches.signedOut === "redirect")
				return toLogin(this.#origins.own(), request.url);
			if (switches.signedOut === "loginPage") return loginPage();
			// Under JSONP a script must be able to read why (sheet, 3.3).
			if (choice.callback !== null) throw new ServiceFailure(401, "Unauthorized", "Unauthorized");
			return unauthorized(switches.firstProvider);
		}
		if (access === "signedIn") return null;
		const { roles } = identity.user;
		const opened = switches.plainUserMayList && ["ListEndpoints", "ListCustomers"].includes(name);
		if (opened || access.some((role) => roles.includes(role))) return null;
		if (choice.callback !== null) throw new ServiceFailure(403, "Invalid Role", "Forbidden");
		return forbidden(request.method, request.url);
	}

	/** The members of the body; a body that is not JSON gets into the journal as what was read from it. */
	#body(request: WebRequest, operation: Operation): Record<string, unknown> {
		const type = request.headers["content-type"] ?? "";
		const members = readMembers(request.body, type, operation.request);
		if (request.body.kind === "unreadable")
			this.#journal.update(request.entry, { body: members as JsonObject });
		return members;
	}

	/** Where the company's sign-in is not by password (sheet, Q17). */
	#browserSignIn(operation: Operation, parameters: Parameters, choice: FormatChoice): WebReply | null {
		if (operation.name !== "Authenticate" || parameters.text("password") === "") return null;
		switch (this.#site.switches.signIn) {
			case "credentials":
				return null;
			case "redirect":
				return {
					status: 302,
					headers: { Location: `${this.#origins.other()}/sso/authorize?client_id=evovoice` },
				};
			case "loginPage":
				return loginPage();
			case "unknownBody":
				return resultReply(
					responseOf(operation, this.#site.switches),
					{ mfaRequired: true, challenge: "sms" },
					choice,
					this.#site.switches,
				);
		}
	}

	/** Media on the own host are for signed-in people. */
	#media(request: WebRequest, identity: Identity): WebReply {
		if (identity.user === null) return unauthorized(this.#site.switches.firstProvider);
		return this.#site.media.serve(request.url.pathname) ?? noRoute(request.method, request.url);
	}
}
