import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { EpochMs } from "../../../../shared/model.ts";

/**
 * Who wrote an `IMLogUpdateMessage`? It carries no sender and no id (row 1). This ledger of one session keeps
 * the texts that were sent and have not come back yet, from before their POST, because the event may precede
 * the reply.
 *
 *   posted --reply 0--> settled --10 s of connection, or an echo--> (gone)
 *     |------reply lost--> doubtful ---- the same -----------------> (gone)
 *     |------echo--------> echoed --reply--> (gone)      |--refused--> (gone; the "echo" was the peer's)
 *
 * An incoming text equal to an outstanding one is its echo, the oldest first; anything else is the peer's.
 * Not only the head is compared: if one echo is lost, the next would otherwise be shown as the peer's. Where
 * every echo comes, both rules show the same texts, because equal texts are interchangeable.
 */
export const echoWindowMs = 10_000;

interface Outstanding {
	readonly ticket: number;
	readonly clientId: ClientMessageId;
	readonly text: string;
	/** Milliseconds of connected time after which it no longer waits; null while the reply is out. */
	expires: number | null;
	/** What came back as its echo before the reply did. */
	echoAt: EpochMs | null;
	echoed: boolean;
	/** An asynchronous error named it before the reply came. */
	failedLater: boolean;
}

export type Incoming =
	{ readonly kind: "echo"; readonly clientId: ClientMessageId } | { readonly kind: "peer" };

/** How a text came out: `peerText` when a text that looked like the echo was the peer's after all. */
export interface Refused {
	readonly peerText: { readonly text: string; readonly at: EpochMs | null } | null;
}

export class EchoLedger {
	readonly #outstanding: Outstanding[] = [];
	#ticket = 0;

	/** Before the POST leaves. The ticket names this attempt: a repeated client id is another attempt. */
	posted(clientId: ClientMessageId, text: string): number {
		this.#ticket += 1;
		this.#outstanding.push({
			ticket: this.#ticket,
			clientId,
			text,
			expires: null,
			echoAt: null,
			echoed: false,
			failedLater: false,
		});
		return this.#ticket;
	}

	/** The server took it, or nobody knows. `connected`: the connected time now, in milliseconds. */
	settled(ticket: number, connected: number): { readonly echoed: boolean; readonly failedLater: boolean } {
		const entry = this.#outstanding.find((other) => other.ticket === ticket);
		if (entry === undefined) return { echoed: true, failedLater: false };
		entry.expires = connected + echoWindowMs;
		const { echoed, failedLater } = entry;
		if (echoed || failedLater) this.#remove(entry);
		return { echoed, failedLater };
	}

	/** The server refused it ("no data was modified"): no echo will come, and one that seemed to be was not. */
	refused(ticket: number): Refused {
		const entry = this.#outstanding.find((other) => other.ticket === ticket);
		if (entry === undefined) return { peerText: null };
		this.#remove(entry);
		return { peerText: entry.echoed ? { text: entry.text, at: entry.echoAt } : null };
	}

	/** A text of this session came in. */
	incoming(text: string, connected: number, at: EpochMs | null): Incoming {
		this.#expire(connected);
		const entry = this.#outstanding.find((other) => !other.echoed && sameText(other.text, text));
		if (entry === undefined) return { kind: "peer" };
		if (entry.expires === null) {
			entry.echoed = true;
			entry.echoAt = at;
		} else this.#remove(entry);
		return { kind: "echo", clientId: entry.clientId };
	}

	/** An asynchronous error that can only be about the oldest text still out; null when none is. */
	failOldest(connected: number): { readonly clientId: ClientMessageId; readonly replyOut: boolean } | null {
		this.#expire(connected);
		const entry = this.#outstanding.find((other) => !other.echoed && !other.failedLater);
		if (entry === undefined) return null;
		const replyOut = entry.expires === null;
		if (replyOut) entry.failedLater = true;
		else this.#remove(entry);
		return { clientId: entry.clientId, replyOut };
	}

	/** Texts that still wait for their echo. */
	waiting(connected: number): number {
		this.#expire(connected);
		return this.#outstanding.filter((entry) => !entry.echoed).length;
	}

	#expire(connected: number): void {
		for (const entry of [...this.#outstanding])
			if (entry.expires !== null && entry.expires < connected) this.#remove(entry);
	}

	#remove(entry: Outstanding): void {
		this.#outstanding.splice(this.#outstanding.indexOf(entry), 1);
	}
}

/** Equal but for what transports change without being asked: line ends. */
function sameText(sent: string, received: string): boolean {
	return sent === received || plainLines(sent) === plainLines(received);
}

function plainLines(text: string): string {
	return text.replace(/\r\n?/g, "\n");
}
