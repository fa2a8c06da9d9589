import { appError } from "../../../../shared/errors.ts";
import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import { progressOf } from "./delivery-state.ts";
import type { WireMessage } from "./wire.ts";

export interface GroupSendOptions {
	readonly clientId: ClientMessageId;
	/** Key of the conversation with all of them. */
	readonly peer: string;
	readonly text: string;
	readonly numbers: readonly string[];
}

/**
 * One text to several numbers. The server takes it with 202 and says nothing more (row 9): each number gets a message
 * of its own, which shows in the conversation with it. What becomes of the whole is worked out of those.
 */
export class GroupSend {
	readonly clientId: ClientMessageId;
	readonly peer: string;
	readonly numbers: readonly string[];
	readonly #text: string;
	readonly #messages = new Map<string, WireMessage>();
	#told = "";

	constructor({ clientId, peer, text, numbers }: GroupSendOptions) {
		this.clientId = clientId;
		this.peer = peer;
		this.#text = text;
		this.numbers = numbers;
	}

	/** Numbers whose message was not seen. */
	get missing(): readonly string[] {
		return this.numbers.filter((number) => !this.#messages.has(number));
	}

	/** The message to this number, as the server has it now; what follows for the whole, where that is new. */
	note(number: string, message: WireMessage): readonly ProviderEvent[] {
		this.#messages.set(number, message);
		if (this.missing.length > 0) return [];
		const event = this.#event();
		const said = JSON.stringify(event);
		if (said === this.#told) return [];
		this.#told = said;
		return [event];
	}

	#event(): ProviderEvent {
		const all = [...this.#messages].sort(([one], [other]) => (one < other ? -1 : 1));
		const reports = all.map(([number, message]) => ({ number, ...progressOf(message) }));
		const failed = reports.filter(({ state }) => state === "failed");
		const common = {
			type: "ownMessage",
			peer: this.peer,
			clientId: this.clientId,
			text: this.#text,
			remoteId: groupMessageId(all.map(([, { id }]) => id)),
			stretch: null,
			at: Math.max(...all.map(([, { at }]) => at)),
		} as const;
		if (failed.length > 0) {
			const detail = failed
				.map(({ number, words }) => (words === undefined ? number : `${number}: ${words}`))
				.join("; ");
			const problem = appError("message.deliveryFailed", { detail });
			// In the conversation with each of them it may be tried again: here it would reach all the others twice.
			return { ...common, state: "failed", problem, retryAllowed: false };
		}
		const delivered = reports.every(({ state }) => state === "delivered");
		return { ...common, state: delivered ? "delivered" : "sent" };
	}
}

/** The server gives the whole no id: it is known by the messages that it is made of. */
export function groupMessageId(ids: readonly string[]): string {
	return `group:${[...ids].sort()[0] ?? ""}`;
}
