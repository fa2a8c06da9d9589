import type { IncomingMessage, ServerResponse } from "node:http";
import { bayeuxMessages, type CometdEndpoint } from "./cometd.ts";
import { actInstead, type Faults, spoilReply } from "../server/faults.ts";
import { csrfHeader, type Principal } from "./http-sessions.ts";
import type { Journal, JournalRequest } from "../server/journal.ts";
import { isJsonObject, type JsonObject, type JsonValue, textField } from "../server/json.ts";
import { readBody, type RequestBody } from "../server/request-body.ts";
import { CollectedFailure } from "./notifications.ts";
import { notFound, Refusal, statusCodes } from "./refusal.ts";
import { respond, respondCsrf, respondHtml, respondMissingFeature, respondRefusal } from "./replies.ts";
import { findRoute } from "./rest/routes.ts";
import type { Site } from "./site.ts";
import { Throttle } from "./throttle.ts";

const base = "/api/v2";
const cometdPath = /^\/api\/v2\/notifications(\/[^/]*)?$/;

/** The web server of a GWS node: faults, sign-in, CSRF, routes, and when notifications leave. */
export class Front {
	readonly #site: Site;
	readonly #journal: Journal;
	readonly #faults: Faults;
	readonly #cometd: CometdEndpoint;
	readonly #throttle: Throttle;

	constructor(parts: { site: Site; journal: Journal; faults: Faults; cometd: CometdEndpoint }) {
		this.#site = parts.site;
		this.#journal = parts.journal;
		this.#faults = parts.faults;
		this.#cometd = parts.cometd;
		this.#throttle = new Throttle(parts.site.clock, parts.site.switches);
	}

	/** Handles one request; never rejects. */
	async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = addressOf(request);
		if (url === null) {
			respondHtml(response, 400, "Bad Request");
			return;
		}
		const entry = this.#journal.request({
			method: request.method ?? "GET",
			path: url.pathname,
			query: url.search,
			credentials: credentialsOf(request),
			csrfHeader: request.headers[csrfHeader.toLowerCase()] !== undefined,
		});
		response.once("finish", () => {
			if (entry.outcome !== "pending") return;
			this.#journal.update(entry, { status: response.statusCode, outcome: "answered" });
		});
		response.once("close", () => {
			if (entry.outcome === "pending") this.#journal.update(entry, { outcome: "reset" });
		});
		const body = await readBody(request);
		if (body === null) return;
		this.#describe(entry, body);

		const fault = this.#faults.take(entry);
		if (fault !== null) {
			if (fault.action === "hang" || fault.action === "hangAfter")
				this.#journal.update(entry, { outcome: "hung" });
			if (fault.action === "resetAfter") this.#journal.update(entry, { outcome: "reset" });
			if (actInstead(fault, response)) return;
			if (fault.action === "delay") await realTime(fault.ms);
			spoilReply(fault, response);
		}
		try {
			if (cometdPath.test(url.pathname)) this.#push(request, response, entry, body);
			else await this.#rest(request, response, url, entry, body);
		} catch (failure) {
			this.#fail(response, entry, failure);
		}
	}

	#describe(entry: JournalRequest, body: RequestBody): void {
		if (body.kind !== "json") return;
		const value = body.value as JsonValue;
		const messages = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
		this.#journal.update(entry, {
			body: value,
			operationName: isJsonObject(value) ? textField(value, "operationName") : undefined,
			channels: messages.filter(isJsonObject).flatMap((message) => textField(message, "channel") ?? []),
		});
	}

	#push(
		request: IncomingMessage,
		response: ServerResponse,
		entry: JournalRequest,
		body: RequestBody,
	): void {
		const { switches, httpSessions } = this.#site;
		const principal = httpSessions.authenticate(request, switches.cometdKeepsHttpSession);
		if (principal === null && switches.expiredSession !== "403-handshake") throw accessDenied(this.#site);
		this.#identify(response, entry, principal);
		if (switches.csrf && switches.csrfOnCometd && !httpSessions.csrfFits(request, principal)) {
			respondCsrf(response, switches);
			return;
		}
		const messages = body.kind === "json" ? bayeuxMessages(body.value) : null;
		if (request.method !== "POST" || messages === null) {
			response.writeHead(400, { "Content-Type": "text/plain" });
			response.end(request.method === "POST" ? "" : "Unknown Bayeux Transport");
			return;
		}
		this.#cometd.handle(request, response, messages, principal?.session ?? null);
	}

	async #rest(
		request: IncomingMessage,
		response: ServerResponse,
		url: URL,
		entry: JournalRequest,
		body: RequestBody,
	): Promise<void> {
		const site = this.#site;
		const path = url.pathname;
		if (path !== base && !path.startsWith(`${base}/`)) {
			respondHtml(response, 404, "Not Found");
			return;
		}
		const below = path.slice(base.length).replace(/\/+$/, "");
		const method = request.method ?? "GET";
		if (method === "GET" && below === "/diagnostics/version") {
			respond(response, 200, { statusCode: 0, version: site.switches.version });
			return;
		}
		if (this.#throttle.refuses(response)) return;
		const principal = site.httpSessions.authenticate(request, true);
		if (site.switches.csrf && method !== "GET" && !site.httpSessions.csrfFits(request, principal)) {
			respondCsrf(response, site.switches);
			return;
		}
		if (principal === null) throw accessDenied(site);
		this.#identify(response, entry, principal);
		if (site.switches.csrf && method === "GET") {
			response.setHeader("X-CSRF-HEADER", csrfHeader);
			response.setHeader("X-CSRF-TOKEN", principal.session.csrfToken);
		}
		const { agent } = principal.session;
		if (agent.mustChangePassword)
			throw new Refusal(statusCodes.passwordChange, "Password change is required");
		const found = findRoute(method, below, site.switches);
		if (found.kind === "featureOff") {
			respondMissingFeature(response, site.switches);
			return;
		}
		if (found.kind === "nothing") throw notFound("Resource");
		const collected = this.#run(
			() =>
				found.handler({
					site,
					agent,
					session: principal.session,
					query: url.searchParams,
					body: method === "GET" ? {} : objectBody(body),
					parameters: found.parameters,
				}),
			agent,
		);
		await this.#answer(response, entry, collected);
	}

	/** Runs a handler; a refusal is an outcome like any other, with what was published before it. */
	#run(handler: () => JsonObject, agent: Principal["session"]["agent"]): Collected {
		try {
			const { result, count, release } = this.#site.notifications.collect(agent, handler);
			return { reply: result, count, release };
		} catch (failure) {
			if (!(failure instanceof CollectedFailure) || !(failure.failure instanceof Refusal))
				throw failure;
			return { reply: failure.failure, count: failure.count, release: failure.release };
		}
	}

	/** Sends the reply, and the notifications before or after it. */
	async #answer(response: ServerResponse, entry: JournalRequest, collected: Collected): Promise<void> {
		const { switches, random } = this.#site;
		const order = switches.notificationOrder;
		const before = order === "before" || (order === "random" && random.next() < 0.5);
		if (before || collected.count === 0) collected.release();
		if (before && collected.count > 0) await realTime(switches.notificationLeadMs);
		if (collected.reply instanceof Refusal) this.#fail(response, entry, collected.reply);
		else {
			this.#journal.update(entry, { statusCode: Number(collected.reply["statusCode"]) });
			respond(
				response,
				switches.httpStatus[Number(collected.reply["statusCode"])] ?? 200,
				collected.reply,
			);
		}
		if (before || collected.count === 0) return;
		await realTime(switches.notificationLeadMs);
		collected.release();
	}

	#identify(response: ServerResponse, entry: JournalRequest, principal: Principal | null): void {
		if (principal === null) return;
		this.#journal.update(entry, { user: principal.session.agent.userName });
		if (principal.setCookies.length > 0) response.setHeader("Set-Cookie", [...principal.setCookies]);
	}

	#fail(response: ServerResponse, entry: JournalRequest, failure: unknown): void {
		if (response.headersSent) {
			response.socket?.destroy();
			return;
		}
		const refusal =
			failure instanceof Refusal
				? failure
				: new Refusal(statusCodes.internal, "Internal error of the simulator");
		this.#journal.update(entry, { statusCode: refusal.statusCode });
		respondRefusal(response, refusal, this.#site.switches);
	}
}

interface Collected {
	readonly reply: JsonObject | Refusal;
	readonly count: number;
	readonly release: () => void;
}

function addressOf(request: IncomingMessage): URL | null {
	return URL.parse(request.url ?? "/", "http://localhost");
}

function objectBody(body: RequestBody): JsonObject {
	if (body.kind === "json" && isJsonObject(body.value)) return body.value;
	if (body.kind === "tooLarge") throw new Refusal(statusCodes.outOfRange, "Request is too large", 413);
	throw new Refusal(statusCodes.parameterMissing, "Request body is not a JSON object", 400);
}

function accessDenied(site: Site): Refusal {
	const status = site.switches.expiredSession === "401" ? 401 : undefined;
	return new Refusal(statusCodes.accessDenied, "Access denied", status);
}

function credentialsOf(request: IncomingMessage): "basic" | "cookie" | "none" {
	if (request.headers.authorization !== undefined) return "basic";
	return request.headers.cookie?.includes("JSESSIONID=") === true ? "cookie" : "none";
}

/** Delays on the wire are real even where the simulator's clock is not. */
function realTime(milliseconds: number): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, milliseconds);
	});
}
