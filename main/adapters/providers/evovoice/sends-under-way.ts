import type { HistoryMessage } from "../../../core/ports/provider.ts";

type Own = Extract<HistoryMessage, { readonly type: "ownMessage" }>;

interface Flight {
	readonly text: string;
	readonly held: Own[];
}

/**
 * Texts whose reply has not come. A poll may see one of them first; told then, without the id that the reply gives, it
 * could be taken for an equal text from elsewhere. So it is held back until the reply is here.
 */
export class SendsUnderWay {
	readonly #flights = new Map<string, Set<Flight>>();

	/** True: it is told when the reply is here. */
	hold(event: Own): boolean {
		const flight = [...(this.#flights.get(event.peer) ?? [])].find(({ text }) => text === event.text);
		flight?.held.push(event);
		return flight !== undefined;
	}

	/** A text leaves. The result takes what was held back, less the message that the reply names. */
	begin(peer: string, text: string): (remoteId: string | null) => readonly Own[] {
		const flight: Flight = { text, held: [] };
		const flights = this.#flights.get(peer) ?? new Set();
		this.#flights.set(peer, flights.add(flight));
		return (remoteId) => {
			flights.delete(flight);
			if (flights.size === 0) this.#flights.delete(peer);
			return flight.held.filter((event) => event.remoteId !== remoteId);
		};
	}
}
