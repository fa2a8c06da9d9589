import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TimerGroup } from "../clock.ts";
import type { Agent, AgentRegistry } from "./agents.ts";
import { Refusal, statusCodes } from "./refusal.ts";
import type { GenesysSwitches } from "./switches.ts";

/** What `JSESSIONID` names. */
export interface HttpSession {
	readonly id: string;
	readonly agent: Agent;
	readonly csrfToken: string;
	lastUsed: number;
}

/** Who sent a request, and the cookies that its reply must set. */
export interface Principal {
	readonly session: HttpSession;
	readonly setCookies: readonly string[];
}

export const sessionCookie = "JSESSIONID";
export const csrfHeader = "X-CSRF-TOKEN";

/** Sign-in by Basic and cookie (sheet, section 2). */
export class HttpSessions {
	readonly #switches: GenesysSwitches;
	readonly #clock: TimerGroup;
	readonly #agents: AgentRegistry;
	readonly #sessions = new Map<string, HttpSession>();
	#opened = 0;
	/** Told of every session that is over, whatever ended it. */
	readonly #ended: (session: HttpSession) => void;

	constructor(parts: {
		switches: GenesysSwitches;
		clock: TimerGroup;
		agents: AgentRegistry;
		ended: (session: HttpSession) => void;
	}) {
		this.#switches = parts.switches;
		this.#clock = parts.clock;
		this.#agents = parts.agents;
		this.#ended = parts.ended;
	}

	/** Sessions opened with a name and a password so far. */
	get opened(): number {
		return this.#opened;
	}

	/** How many sessions live, of one user or of all. */
	count(userName?: string): number {
		return this.#of(userName).length;
	}

	/** Ends sessions of one user or of all, now or after so many milliseconds. */
	expire(options: { userName?: string; afterMs?: number } = {}): void {
		if (options.afterMs === undefined) {
			for (const session of this.#of(options.userName)) this.end(session);
			return;
		}
		this.#clock.after(options.afterMs, () => {
			for (const session of this.#of(options.userName)) this.end(session);
		});
	}

	end(session: HttpSession): void {
		if (this.#sessions.delete(session.id)) this.#ended(session);
	}

	/** Who the request is from; null without valid credentials. Throws a Refusal for a wrong password. */
	authenticate(request: IncomingMessage, countsAsUse: boolean): Principal | null {
		const cookies = parseCookies(request.headers.cookie);
		const session = this.#live(cookies.get(sessionCookie));
		const basic = parseBasic(request.headers.authorization);
		if (session !== undefined && (basic === null || basic.userName === session.agent.userName)) {
			const balancer = this.#switches.balancerCookie;
			if (balancer !== null && !cookies.has(balancer)) return null;
			if (countsAsUse) session.lastUsed = this.#clock.now();
			return { session, setCookies: [] };
		}
		if (basic === null) return null;
		const agent = this.#agents.find(basic.userName);
		if (agent === undefined || !this.#passwordFits(agent, basic)) {
			throw new Refusal(
				statusCodes.accessDenied,
				"Access denied",
				this.#switches.wrongPasswordHttpStatus,
			);
		}
		return this.#open(agent);
	}

	/** Throws nothing; tells whether a state-changing request carries the token of its session. */
	csrfFits(request: IncomingMessage, principal: Principal | null): boolean {
		const cookies = parseCookies(request.headers.cookie);
		if (principal === null || !cookies.has(sessionCookie)) return false;
		return request.headers[csrfHeader.toLowerCase()] === principal.session.csrfToken;
	}

	#open(agent: Agent): Principal {
		const session: HttpSession = {
			id: `node0${randomUUID().replaceAll("-", "")}`,
			agent,
			csrfToken: randomUUID(),
			lastUsed: this.#clock.now(),
		};
		this.#sessions.set(session.id, session);
		this.#opened += 1;
		const setCookies = [`${sessionCookie}=${session.id}; Path=/; HttpOnly`];
		const balancer = this.#switches.balancerCookie;
		if (balancer !== null) setCookies.push(`${balancer}=${randomUUID()}; Path=/`);
		return { session, setCookies };
	}

	#live(id: string | undefined): HttpSession | undefined {
		const session = id === undefined ? undefined : this.#sessions.get(id);
		if (session === undefined) return undefined;
		if (this.#clock.now() - session.lastUsed <= this.#switches.httpSessionIdleMs) return session;
		this.end(session);
		return undefined;
	}

	#of(userName: string | undefined): HttpSession[] {
		return [...this.#sessions.values()].filter(
			(session) => userName === undefined || session.agent.userName === userName,
		);
	}

	#passwordFits(agent: Agent, basic: Basic): boolean {
		const encoding = this.#switches.credentialEncoding;
		const utf8 =
			encoding !== "iso-8859-1" &&
			basic.bytes.toString("utf8") === `${agent.userName}:${agent.password}`;
		const latin1 =
			encoding !== "utf-8" && basic.bytes.toString("latin1") === `${agent.userName}:${agent.password}`;
		return utf8 || latin1;
	}
}

/** Cookies of a request; the last of a name counts. */
export function parseCookies(header: string | undefined): Map<string, string> {
	const cookies = new Map<string, string>();
	for (const pair of (header ?? "").split(";")) {
		const equals = pair.indexOf("=");
		if (equals > 0) cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
	}
	return cookies;
}

interface Basic {
	readonly userName: string;
	readonly bytes: Buffer;
}

function parseBasic(header: string | undefined): Basic | null {
	const match = /^basic\s+([a-z0-9+/=]+)$/i.exec(header ?? "");
	if (match?.[1] === undefined) return null;
	const bytes = Buffer.from(match[1], "base64");
	const colon = bytes.indexOf(":");
	if (colon < 0) return null;
	return { userName: bytes.subarray(0, colon).toString("utf8"), bytes };
}
