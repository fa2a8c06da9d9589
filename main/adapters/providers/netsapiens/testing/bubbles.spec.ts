import type { ClientMessageId } from "../../../../../shared/ids.ts";
import type { ProviderEvent, SendOutcome } from "../../../../core/ports/provider.ts";

export interface Bubble {
	readonly clientId: ClientMessageId | null;
	remoteId: string | null;
	text: string;
	state: "sending" | "sent" | "delivered" | "failed" | "unknown" | "queued";
}

/**
 * Our messages as core shows them (main/core/sync/own-texts.ts): settled by client id, else by the system's id, else one
 * of their own. Texts in doubt are settled by nothing else here, so that what the provider says is what counts.
 */
export class Bubbles {
	readonly all: Bubble[] = [];

	leaving(clientId: ClientMessageId, text: string): void {
		const known = this.all.find((bubble) => bubble.clientId === clientId);
		if (known === undefined) this.all.push({ clientId, remoteId: null, text, state: "sending" });
		else known.state = "sending";
	}

	landed(clientId: ClientMessageId, outcome: SendOutcome): void {
		const bubble = this.all.find((one) => one.clientId === clientId);
		if (bubble === undefined) return;
		if (outcome.kind === "accepted") bubble.remoteId ??= outcome.remoteId;
		if (bubble.state !== "sending") return;
		const states = {
			accepted: "sent",
			unknown: "unknown",
			rejected: "failed",
			notYet: "queued",
		} as const;
		bubble.state = states[outcome.kind];
	}

	take(event: ProviderEvent): void {
		if (event.type !== "ownMessage") return;
		const { clientId = null, remoteId, text, state = "sent" } = event;
		const byClient = clientId === null ? undefined : this.all.find((one) => one.clientId === clientId);
		const known = byClient ?? this.all.find((one) => one.remoteId === remoteId);
		if (known === undefined) {
			this.all.push({ clientId, remoteId, text, state });
			return;
		}
		known.remoteId ??= remoteId;
		known.text = text;
		if (known.state !== "delivered") known.state = state;
	}

	get texts(): string[] {
		return this.all.map(({ text }) => text);
	}

	get states(): string[] {
		return this.all.map(({ state }) => state);
	}

	get remoteIds(): (string | null)[] {
		return this.all.map(({ remoteId }) => remoteId);
	}
}
