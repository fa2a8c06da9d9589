import { createHmac, randomBytes } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import type { WebReply } from "../server/web-front.ts";
import type { User } from "./company.ts";
import type { Conversation, Message } from "./conversations.ts";
import type { NetsapiensSwitches } from "./switches.ts";

export interface MediaUrlParts {
	readonly clock: PracticeClock;
	readonly switches: NetsapiensSwitches;
	/** Address of the server, without a slash. */
	readonly origin: () => string;
	readonly find: (domain: string, messageId: string) => Message | null;
}

/** Addresses of media, signed one by one, and what stands behind them (sheet, section 7). */
export class MediaUrls {
	readonly #parts: MediaUrlParts;
	readonly #key = randomBytes(16);
	/** Downloads that brought a bearer token to an address which does not need one, by host. */
	readonly bearersSeen: string[] = [];

	constructor(parts: MediaUrlParts) {
		this.#parts = parts;
	}

	/** The v1 address of a message's medium, as it is at this moment. */
	url(message: Message, conversation: Conversation, owner: User): string {
		const { clock, origin, switches } = this.#parts;
		const own = new URL(origin());
		const named = switches.mediaHost;
		// A host without a port is another node on the same port.
		const host = named === null ? own.host : named.includes(":") ? named : `${named}:${own.port}`;
		const time = compactTime(clock.now());
		const parameters = new URLSearchParams({
			object: "message",
			action: "read_media",
			domain: conversation.domain,
			user: owner.user,
			time,
			id: message.id,
			auth: this.#signature(conversation.domain, owner.user, time, message.id),
		});
		return `${own.protocol}//${host}/ns-api/?${parameters.toString()}`;
	}

	/** Answers `action=read_media`. `signedIn`: the request's bearer is good. */
	read(query: URLSearchParams, bearer: { given: boolean; good: boolean; host: string }): WebReply {
		const { clock, find, switches } = this.#parts;
		const named = (name: string): string => query.get(name) ?? "";
		if (bearer.given) this.bearersSeen.push(bearer.host);
		const signed = this.#signature(named("domain"), named("user"), named("time"), named("id"));
		if (named("auth") !== signed) return plain(403, "Forbidden");
		if (switches.mediaAuthentication === "bearer" && !bearer.good) {
			return plain(401, "Authentication Required");
		}
		const lifetime = switches.mediaUrlLifetimeMs;
		if (lifetime !== null && clock.now() - fromCompactTime(named("time")) > lifetime) {
			return plain(403, "Forbidden");
		}
		const media = find(named("domain"), named("id"))?.media ?? null;
		if (media === null) return plain(404, "Not Found");
		return { status: 200, headers: { "Content-Type": media.mimeType }, body: media.bytes };
	}

	#signature(...fields: readonly string[]): string {
		return createHmac("sha256", this.#key).update(fields.join("|")).digest("hex").slice(0, 32);
	}
}

function plain(status: number, words: string): WebReply {
	return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: words };
}

/** `YYYYMMDDHHMMSS`. */
function compactTime(at: number): string {
	return new Date(at).toISOString().slice(0, 19).replaceAll(/\D/g, "");
}

function fromCompactTime(text: string): number {
	const [, year, month, day, hour, minute, second] =
		/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)?.map(Number) ?? [];
	return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
