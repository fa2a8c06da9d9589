import { randomBytes } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import { type User, uidOf } from "./company.ts";
import { Refusal } from "./refusal.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** An access token with its refresh token. */
export interface Grant {
	readonly user: User;
	readonly accessToken: string;
	readonly refreshToken: string;
	/** Milliseconds since the epoch. */
	accessUntil: number;
	refreshUntil: number;
	/** The password was right, the second factor is still to come (sheet, 4.1). */
	readonly mfaPending: boolean;
	/** Host name under which it was given. */
	readonly host: string;
	readonly clientId: string;
}

/** OAuth tokens of everybody who signed in (sheet, 4.1 and 4.2). */
export class AccessTokens {
	readonly #clock: PracticeClock;
	readonly #switches: NetsapiensSwitches;
	readonly #byAccess = new Map<string, Grant>();
	readonly #byRefresh = new Map<string, Grant>();
	/** Every refresh is refused, as after a change of the password. */
	refuseRefresh = false;
	/** Refreshes that succeeded. */
	refreshes = 0;
	/** Refreshes that were refused. */
	refusedRefreshes = 0;
	/** Sign-ins that succeeded, MFA answers not counted. */
	signIns = 0;

	constructor(clock: PracticeClock, switches: NetsapiensSwitches) {
		this.#clock = clock;
		this.#switches = switches;
	}

	grant(user: User, host: string, clientId: string, mfaPending = false): Grant {
		const now = this.#clock.now();
		const { expiresInSeconds, refreshLifetimeMs } = this.#switches;
		const grant: Grant = {
			user,
			accessToken: randomBytes(16).toString("hex"),
			refreshToken: randomBytes(16).toString("hex"),
			accessUntil: now + expiresInSeconds * 1_000,
			refreshUntil: refreshLifetimeMs === null ? Infinity : now + refreshLifetimeMs,
			mfaPending,
			host,
			clientId,
		};
		this.#byAccess.set(grant.accessToken, grant);
		if (!mfaPending) this.#byRefresh.set(grant.refreshToken, grant);
		return grant;
	}

	/** A new pair for a refresh token; throws 401 when it is not (or no longer) good. */
	refresh(refreshToken: string, host: string, clientId: string): Grant {
		const known = this.#byRefresh.get(refreshToken);
		const good =
			known !== undefined &&
			!this.refuseRefresh &&
			known.refreshUntil > this.#clock.now() &&
			known.clientId === clientId;
		if (!good) {
			this.refusedRefreshes += 1;
			throw new Refusal(401, "Authentication Required: the refresh token is invalid");
		}
		const renewed = this.grant(known.user, host, clientId);
		this.refreshes += 1;
		if (this.#switches.refreshRotates) {
			this.#byRefresh.delete(refreshToken);
			return renewed;
		}
		this.#byRefresh.delete(renewed.refreshToken);
		const kept: Grant = { ...renewed, refreshToken };
		this.#byAccess.set(kept.accessToken, kept);
		return kept;
	}

	/** Whose token this is; null when it is none, or expired, or bound to another host. */
	find(accessToken: string, host: string): Grant | null {
		const grant = this.#byAccess.get(accessToken);
		if (grant === undefined || grant.accessUntil <= this.#clock.now()) return null;
		if (this.#switches.nodeBoundTokens && grant.host !== host) return null;
		return grant;
	}

	/** Ends the access tokens, of one user or of all; refresh tokens go on. */
	expireAccess(uid?: string): void {
		for (const grant of this.#byAccess.values()) {
			if (uid === undefined || uidOf(grant.user) === uid) grant.accessUntil = 0;
		}
	}

	/** Ends access and refresh tokens. */
	expireAll(uid?: string): void {
		this.expireAccess(uid);
		for (const grant of this.#byRefresh.values()) {
			if (uid === undefined || uidOf(grant.user) === uid) grant.refreshUntil = 0;
		}
	}
}
