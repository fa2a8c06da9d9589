import type { IncomingHttpHeaders } from "node:http";
import type { PracticeClock } from "../clock.ts";
import type { Company, User } from "./company.ts";
import { sessionId } from "./ids.ts";
import type { EvovoiceSwitches } from "./switches.ts";

/** What a request says about who sent it. */
export interface Identity {
	readonly user: User | null;
	/** The id that `ss-opt` chose, if it was sent. */
	readonly id: string | undefined;
	/** Cookies that a reply to a stranger sets; they prove nothing (sheet, 2.2). */
	readonly setCookies: readonly string[];
}

interface HttpSession {
	readonly user: User;
	readonly permanent: boolean;
	until: number;
}

const twentyYearsMs = 20 * 365.25 * 86_400_000;
const longAgo = new Date(0).toUTCString();

/** Cookie sessions and Basic (sheet, section 2). */
export class HttpSessions {
	readonly #clock: PracticeClock;
	readonly #switches: EvovoiceSwitches;
	readonly #company: Company;
	readonly #sessions = new Map<string, HttpSession>();
	#signIns = 0;

	constructor(parts: { clock: PracticeClock; switches: EvovoiceSwitches; company: Company }) {
		this.#clock = parts.clock;
		this.#switches = parts.switches;
		this.#company = parts.company;
	}

	/** Successful sign-ins with user name and password so far; Basic is none. */
	get signIns(): number {
		return this.#signIns;
	}

	/** Sessions that live, of one user or of all. */
	count(userName?: string): number {
		const now = this.#clock.now();
		return [...this.#sessions.values()].filter(
			({ user, until }) => until > now && (userName === undefined || user.emailAddress === userName),
		).length;
	}

	/** Ends every session; clients find out with their next request. */
	expireAll(): void {
		this.#sessions.clear();
	}

	/** Who sent a request: Basic first, then cookies, then the headers that stand for them. */
	identify(headers: IncomingHttpHeaders): Identity {
		const cookies = parseCookies(headers.cookie);
		const named = (name: string): string | undefined => {
			const header = headers[`x-${name}`];
			return cookies.get(name) ?? (typeof header === "string" ? header : undefined);
		};
		const temporary = named("ss-id");
		const permanent = named("ss-pid");
		const id = named("ss-opt")?.includes("perm") === true ? permanent : temporary;
		const setCookies: string[] = [];
		if (this.#switches.anonymousCookies) {
			if (permanent === undefined) setCookies.push(this.#cookie("ss-pid", sessionId(), true));
			if (temporary === undefined) setCookies.push(this.#cookie("ss-id", sessionId(), false));
		}
		const user =
			headers.authorization === undefined ? this.#live(id) : this.#basic(headers.authorization);
		return { user, id, setCookies };
	}

	/** Whether the password fits; a locked user's may fit too. */
	fits(userName: string, password: string): User | null {
		const user = this.#company.findUser(userName);
		return user !== undefined && user.password === password ? user : null;
	}

	/** New ids for a user who has signed in; the old ones are worth nothing any more. */
	signIn(user: User, permanent: boolean, before: Identity): { id: string; setCookies: string[] } {
		if (before.id !== undefined) this.#sessions.delete(before.id);
		const ids = { temporary: sessionId(), permanent: sessionId() };
		const id = permanent ? ids.permanent : ids.temporary;
		this.#sessions.set(id, { user, permanent, until: this.#end(permanent) });
		this.#signIns += 1;
		return {
			id,
			setCookies: [
				this.#cookie("ss-opt", permanent ? "perm" : "temp", true),
				this.#cookie("ss-pid", ids.permanent, true),
				this.#cookie("ss-id", ids.temporary, false),
			],
		};
	}

	/** Ends the session; returns the cookies that delete the client's. */
	signOut(identity: Identity): string[] {
		if (identity.id !== undefined) this.#sessions.delete(identity.id);
		return ["ss-opt", "ss-pid", "ss-id"].map((name) => `${name}=; expires=${longAgo}; path=/`);
	}

	#end(permanent: boolean): number {
		const { sessionLifetimeMs } = this.#switches;
		return this.#clock.now() + (permanent ? sessionLifetimeMs.permanent : sessionLifetimeMs.temporary);
	}

	#live(id: string | undefined): User | null {
		const session = id === undefined ? undefined : this.#sessions.get(id);
		if (session === undefined || session.until <= this.#clock.now()) return null;
		if (this.#switches.slidingSessions) session.until = this.#end(session.permanent);
		return session.user.locked ? null : session.user;
	}

	#basic(header: string): User | null {
		const match = /^basic\s+([a-z0-9+/=]+)$/i.exec(header);
		const [, userName = "", password = ""] =
			/^([^:]*):(.*)$/s.exec(Buffer.from(match?.[1] ?? "", "base64").toString("utf8")) ?? [];
		const user = this.fits(userName, password);
		return user?.locked === false ? user : null;
	}

	#cookie(name: string, value: string, lasting: boolean): string {
		const expires = lasting
			? `; expires=${new Date(this.#clock.now() + twentyYearsMs).toUTCString()}`
			: "";
		const secure = this.#switches.secureCookies ? "; secure" : "";
		return `${name}=${value}${expires}; path=/${secure}; samesite=lax; httponly`;
	}
}

/** Cookies of a request; the last of a name counts. */
function parseCookies(header: string | undefined): Map<string, string> {
	const cookies = new Map<string, string>();
	for (const pair of (header ?? "").split(";")) {
		const equals = pair.indexOf("=");
		if (equals > 0) cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
	}
	return cookies;
}
