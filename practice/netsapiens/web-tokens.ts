import { createHmac, randomBytes } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import type { JsonObject } from "../server/json.ts";
import { type User, uidOf } from "./company.ts";
import { Refusal } from "./refusal.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** A JWT that was given out. */
export interface WebToken {
	readonly jti: string;
	readonly text: string;
	readonly claims: JsonObject;
	readonly user: User;
	readonly mfaPending: boolean;
	until: number;
}

/** What `POST /jwt` answers with. */
export interface WebTokenPair {
	readonly token: WebToken;
	/** Null where the server has no refresh (sheet, 4.3). */
	readonly refresh: string | null;
}

/** JWTs of everybody who signed in (sheet, 4.3). */
export class WebTokens {
	readonly #clock: PracticeClock;
	readonly #switches: NetsapiensSwitches;
	readonly #key = randomBytes(32);
	readonly #byText = new Map<string, WebToken>();
	readonly #refresh = new Map<string, User>();
	/** Every refresh is refused. */
	refuseRefresh = false;
	/** Refreshes that succeeded. */
	refreshes = 0;

	constructor(clock: PracticeClock, switches: NetsapiensSwitches) {
		this.#clock = clock;
		this.#switches = switches;
	}

	grant(user: User, host: string, mfaPending = false): WebTokenPair {
		const now = this.#clock.now();
		const until = now + this.#switches.jwtLifetimeMs;
		const jti = randomBytes(20).toString("hex");
		const claims: JsonObject = {
			aud: "ns",
			exp: Math.floor(until / 1_000),
			iat: Math.floor(now / 1_000),
			iss: host,
			jti,
			sub: uidOf(user),
			time_out: this.#switches.jwtLifetimeMs,
			domain: user.domain,
			territory: "Practice",
			user: user.user,
			user_email: user.email,
			user_scope: user.scope,
			displayName: `${user.firstName} ${user.lastName}`,
			apiversion: `Version: ${this.#switches.apiVersion}`,
			...(mfaPending
				? {
						department: user.department,
						login: user.login,
						mfa_vendor: "google",
						mfa_type: "authenticator",
					}
				: {}),
		};
		const token: WebToken = { jti, text: this.#sign(claims), claims, user, mfaPending, until };
		this.#byText.set(token.text, token);
		if (mfaPending || !this.#switches.jwtRefresh) return { token, refresh: null };
		const refresh = this.#sign({ aud: "ns", sub: uidOf(user), jti: randomBytes(20).toString("hex") });
		this.#refresh.set(refresh, user);
		return { token, refresh };
	}

	/** A new pair; the old refresh is used up. Throws 403 when it is not good. */
	refresh(refresh: string, host: string): WebTokenPair {
		const user = this.#refresh.get(refresh);
		if (user === undefined || this.refuseRefresh || !this.#switches.jwtRefresh) {
			throw new Refusal(403, "Forbidden");
		}
		this.#refresh.delete(refresh);
		this.refreshes += 1;
		return this.grant(user, host);
	}

	/** The token, or null when it is none, or expired, or revoked. */
	find(text: string): WebToken | null {
		const token = this.#byText.get(text);
		return token === undefined || token.until <= this.#clock.now() ? null : token;
	}

	/** Living tokens of a user. */
	of(uid: string): WebToken[] {
		const now = this.#clock.now();
		return [...this.#byText.values()].filter(({ user, until }) => uidOf(user) === uid && until > now);
	}

	/** Ends tokens by id. */
	revoke(jti: string): void {
		for (const token of this.#byText.values()) if (token.jti === jti) token.until = 0;
	}

	/** Ends all tokens of one user or of all; what refreshes them goes on. */
	expireAccess(uid?: string): void {
		for (const token of this.#byText.values()) {
			if (uid === undefined || uidOf(token.user) === uid) token.until = 0;
		}
	}

	/** Ends all tokens and what refreshes them. */
	expireAll(uid?: string): void {
		this.expireAccess(uid);
		for (const [refresh, user] of this.#refresh) {
			if (uid === undefined || uidOf(user) === uid) this.#refresh.delete(refresh);
		}
	}

	#sign(claims: JsonObject): string {
		const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString("base64url");
		const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
		return `${signed}.${createHmac("sha256", this.#key).update(signed).digest("base64url")}`;
	}
}
