import type { Api } from "./api.ts";
import { lastSegment, type Related } from "./resource.ts";
import { readUser, type WireMessage, type WireUser } from "./wire.ts";

/** Who writes on our side. Names of colleagues are asked for once. */
export class Users {
	readonly me: WireUser;
	readonly #api: Api;
	readonly #names = new Map<string, Promise<string | null>>();

	constructor(me: WireUser, api: Api) {
		this.me = me;
		this.#api = api;
	}

	/** An own message that this agent may have sent from somewhere: nothing says that another did. */
	isMine({ direction, sender, flags }: WireMessage): boolean {
		if (direction === "in" || flags.includes("automated")) return false;
		return sender?.link == null || sender.link === this.me.id;
	}

	/** Who wrote an own message; undefined: this agent, or nobody is named. Never rejects. */
	async senderOf(message: WireMessage, signal: AbortSignal): Promise<string | undefined> {
		const { sender, flags, source } = message;
		if (sender === null) return flags.includes("automated") ? (source ?? undefined) : undefined;
		if (sender.link === this.me.id) return undefined;
		const told = readUser(sender.embedded)?.name ?? null;
		if (told !== null) return told;
		if (sender.link === null) return undefined;
		return (await this.#name(sender, signal)) ?? lastSegment(sender.link);
	}

	#name({ link }: Related, signal: AbortSignal): Promise<string | null> {
		if (link === null) return Promise.resolve(null);
		const known = this.#names.get(link);
		if (known !== undefined) return known;
		const asked = this.#api.get(link, signal).then(
			(resource) => readUser(resource)?.name ?? null,
			() => {
				// Asked again with the next message.
				this.#names.delete(link);
				return null;
			},
		);
		this.#names.set(link, asked);
		return asked;
	}
}
