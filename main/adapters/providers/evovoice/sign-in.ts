import * as v from "valibot";
import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type { Credentials } from "../../../core/ports/provider.ts";
import type { HttpResponse, Logger } from "../../../core/ports/runtime.ts";
import type { Authorizer } from "../rest/authorizer.ts";
import type { RestRequest } from "../rest/rest-client.ts";
import { errorIn, isHtml, readBody, wordsOf } from "./answers.ts";
import { isReadable } from "./dialect.ts";
import type { EvoRest } from "./evo-rest.ts";
import { type UserInfo, authenticateResponse, userInfo } from "./wire.ts";
import { authenticateContract } from "./xml-writer.ts";

/** The credentials provider of the server said yes, or it has none (404). */
type SignedIn = { readonly kind: "in"; readonly known: boolean } | { readonly kind: "absent" };

/**
 * Who asks. Cookies of the credentials provider, which the account's HTTP client keeps (sheet, 2.2); Basic with every
 * request (sheet, 2.3) where the server has no such provider, or where its cookies do not come back (`secure` over http
 * to another computer).
 *
 *   signed out --open--> cookies --401--> signed in anew, once for all who wait --refused--> signed out
 *                  +---> basic   --401--> signed out
 */
export class SignIn implements Authorizer {
	generation = 0;
	/** Why the sign-in that a request needed was refused; null: it was not. */
	refusal: AppError | null = null;
	readonly #userName: string;
	readonly #remember: boolean;
	readonly #logger: Logger;
	readonly #host: string;
	#secret: string | null;
	#way: "cookies" | "basic" = "cookies";
	/** The id that counts, for requests without cookies (pictures). */
	#sessionId: string | null = null;
	#rest: EvoRest | null = null;

	constructor(credentials: Credentials, logger: Logger) {
		this.#userName = credentials.userName;
		this.#secret = credentials.secret;
		// Kept by the server as long as the secret is kept here.
		this.#remember = credentials.forgetSecret !== true;
		this.#logger = logger;
		this.#host = URL.parse(credentials.server)?.host ?? "";
	}

	/** The client that asks with these credentials. */
	attach(rest: EvoRest): void {
		this.#rest = rest;
	}

	get way(): "cookies" | "basic" {
		return this.#way;
	}

	headers(): Readonly<Record<string, string>> {
		return this.#way === "basic" ? this.#basic() : {};
	}

	/** What stands for the cookies where there are none (sheet, 2.2); for the account's own host only. */
	mediaHeaders(): Readonly<Record<string, string>> {
		if (this.#way === "basic") return this.#basic();
		if (this.#sessionId === null) return {};
		return this.#remember
			? { "x-ss-opt": "perm", "x-ss-pid": this.#sessionId }
			: { "x-ss-opt": "temp", "x-ss-id": this.#sessionId };
	}

	/** "Ask each time": the server is not asked for another session. */
	forgetSecret(): void {
		if (this.#way === "cookies") this.#secret = null;
	}

	/** Signs in and says who it is. Rejects with AppFailure, in the server's own words where it has any. */
	async open(signal: AbortSignal): Promise<UserInfo> {
		const rest = this.#client;
		const probe = await rest.learnDialect(signal);
		// A password is no business of a server that does not know the call that anybody may make.
		if (probe.status === 404 || !isReadable(probe)) throw this.#notThisSystem();
		if (probe.status === 403) throw refused("auth.accessDenied", probe);
		if (probe.status === 429 || probe.status >= 500) throw rest.client.refusal(probe);
		const signedIn = await this.#credentials(signal);
		if (signedIn.kind === "in") {
			const user = await this.#status(signal);
			if (user !== null) return user;
			if (!signedIn.known) throw new AppFailure(appError("auth.browserNeeded"));
			this.#logger.warn("evovoice.cookiesDoNotHold");
		}
		return this.#openBasic(signal, signedIn);
	}

	async renew(seen: number): Promise<void> {
		if (this.generation !== seen) return;
		if (this.#secret === null || this.#way === "basic") throw expired();
		try {
			const signedIn = await this.#credentials(undefined);
			if (signedIn.kind === "absent") throw expired();
			if (!signedIn.known) throw new AppFailure(appError("auth.browserNeeded"));
		} catch (thrown) {
			if (!(thrown instanceof AppFailure) || !thrown.error.code.startsWith("auth.")) throw thrown;
			this.refusal = thrown.error.code === "auth.sessionExpired" ? this.refusal : thrown.error;
			throw expired(thrown);
		}
		this.generation += 1;
	}

	/** Best effort (sheet, 2.4). Never rejects. */
	async signOut(signal: AbortSignal): Promise<void> {
		this.#secret = null;
		if (this.#way === "basic") return;
		try {
			await this.#client.anonymous({ method: "POST", path: "/auth/logout" }, signal);
		} catch {
			// The session ends by itself.
		}
	}

	get #client(): EvoRest {
		if (this.#rest === null) throw new TypeError("no client is attached");
		return this.#rest;
	}

	#basic(): Readonly<Record<string, string>> {
		const pair = Buffer.from(`${this.#userName}:${this.#secret ?? ""}`, "utf8").toString("base64");
		return { authorization: `Basic ${pair}` };
	}

	async #openBasic(signal: AbortSignal, signedIn: SignedIn): Promise<UserInfo> {
		this.#way = "basic";
		const user = await this.#status(signal);
		if (user !== null) return user;
		const code = signedIn.kind === "in" ? "auth.accessDenied" : "auth.wrongPassword";
		throw new AppFailure(appError(code));
	}

	/** Null: nobody is signed in (row 15). */
	async #status(signal: AbortSignal): Promise<UserInfo | null> {
		const rest = this.#client;
		const response = await rest.anonymous(
			{ method: "GET", path: "/auth/status", headers: this.headers() },
			signal,
		);
		if (response.status === 401) return null;
		if (response.status === 404) throw this.#notThisSystem();
		if (response.status < 200 || response.status > 299) throw rest.client.refusal(response);
		const user = tried(response, userInfo);
		return user?.isAuthenticated === true ? user : null;
	}

	async #credentials(signal: AbortSignal | undefined): Promise<SignedIn> {
		const rest = this.#client;
		const response = await this.#posted(
			{
				method: "POST",
				path: "/auth/credentials",
				...rest.body(authenticateContract, {
					provider: "credentials",
					userName: this.#userName,
					password: this.#secret ?? "",
					rememberMe: this.#remember,
				}),
			},
			signal,
		);
		const { status } = response;
		if (status === 404) return { kind: "absent" };
		if (status < 200 || status > 299) throw this.#refusal(response);
		if (isHtml(response)) throw new AppFailure(appError("auth.browserNeeded"));
		const answer = tried(response, authenticateResponse);
		this.#sessionId = answer?.sessionId ?? null;
		const known = answer !== null && Object.values(answer).some((value) => value !== null);
		return { kind: "in", known };
	}

	/** Row 17: a company that signs in elsewhere; nothing went there. */
	async #posted(request: RestRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
		try {
			return await this.#client.anonymous(request, signal);
		} catch (thrown) {
			const away = thrown instanceof AppFailure && thrown.error.code === "network.foreignRedirect";
			if (!away) throw thrown;
			throw new AppFailure(appError("auth.browserNeeded"), { cause: thrown });
		}
	}

	/** What a refused sign-in means (sheet, 2.6; rows 17 and 25). */
	#refusal(response: HttpResponse): AppFailure {
		const { status } = response;
		if (status >= 300 && status <= 399) return new AppFailure(appError("auth.browserNeeded"));
		if (status === 403) return refused("auth.accessDenied", response);
		const locked = /lock/i.test(wordsOf(response) ?? "");
		if (status === 401) return refused(locked ? "auth.accessDenied" : "auth.wrongPassword", response);
		const blamed = errorIn(response)?.fields ?? [];
		if (status === 400 && blamed.some((field) => /^(?:username|password)$/.test(field)))
			return refused("auth.wrongPassword", response);
		return this.#client.client.refusal(response);
	}

	#notThisSystem(): AppFailure {
		return new AppFailure(appError("auth.notThisSystem", { params: { host: this.#host } }));
	}
}

function refused(code: "auth.accessDenied" | "auth.wrongPassword", response: HttpResponse): AppFailure {
	return new AppFailure(appError(code, { detail: wordsOf(response) }));
}

function expired(cause?: unknown): AppFailure {
	return new AppFailure(appError("auth.sessionExpired"), { cause });
}

/** Null: the answer is empty, is none, or does not fit. */
function tried<T>(response: HttpResponse, schema: v.GenericSchema<unknown, T>): T | null {
	try {
		const parsed = v.safeParse(schema, readBody(response));
		return parsed.success ? parsed.output : null;
	} catch {
		return null;
	}
}
