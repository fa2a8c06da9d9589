import { appError } from "../../../../shared/errors.ts";
import { asLineId } from "../../../../shared/ids.ts";
import type { ThreadFacts } from "../../../../shared/model.ts";
import { plainThread } from "../../../../shared/threads.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import type { ProviderEvent, Thread } from "../../../core/ports/provider.ts";
import { canonicalAddress, isMail, isNumber, keyOf, partsOf } from "./conversation-key.ts";

/** A chat session of a conversation, as far as it matters here. */
export interface ChatState {
	readonly sessionId: string;
	/** Texts can be posted into it. */
	readonly live: boolean;
	/** What the visitor calls himself. */
	readonly name: string | null;
}

/** What is known of a conversation. */
export interface Known {
	readonly key: string;
	readonly endpointId: string;
	readonly address: string;
	/** As the server spells it: what is sent back to it. */
	rawAddress: string;
	endpointName: string | null;
	/** The server's id, good as a filter and for nothing else (row 4). */
	conversationId: string | null;
	/** Its newest message when the conversations were listed last. */
	newestId: string | null;
	chat: ChatState | null;
}

export type Met = Pick<Known, "endpointId" | "rawAddress"> & { readonly endpointName?: string | null };

/** What else says something about a conversation. */
export interface BookSources {
	readonly numbers: Numbers;
	/** Number of a line, null where it has none that is known; undefined: no such line is known. */
	readonly lineNumber: (endpointId: string) => string | null | undefined;
	/** The line cannot send texts. */
	readonly textsOff: (endpointId: string) => boolean;
	/** Name of whoever has this address. */
	readonly nameOf: (address: string) => string | null;
}

/** The conversations of one account, and what was told of them. */
export class ConversationBook {
	readonly #sources: BookSources;
	readonly #known = new Map<string, Known>();
	/** What was told last, by key. */
	readonly #told = new Map<string, string>();

	constructor(sources: BookSources) {
		this.#sources = sources;
	}

	get all(): Iterable<Known> {
		return this.#known.values();
	}

	get(key: string): Known | null {
		return this.#known.get(key) ?? null;
	}

	key(endpointId: string, rawAddress: string): string {
		return keyOf({ endpointId, address: canonicalAddress(rawAddress, this.#sources.numbers) });
	}

	/** The conversation of an endpoint and an address, new or not. */
	meet({ endpointId, rawAddress, endpointName = null }: Met): Known {
		const address = canonicalAddress(rawAddress, this.#sources.numbers);
		const key = keyOf({ endpointId, address });
		const known = this.#known.get(key);
		if (known !== undefined) {
			known.endpointName = endpointName ?? known.endpointName;
			known.rawAddress = rawAddress;
			return known;
		}
		const met: Known = {
			key,
			endpointId,
			address,
			rawAddress,
			endpointName,
			conversationId: null,
			newestId: null,
			chat: null,
		};
		this.#known.set(key, met);
		return met;
	}

	/** The conversation behind a key, also one that the server has not shown in this session; null: no key of ours. */
	find(key: string): Known | null {
		const parts = partsOf(key);
		if (parts === null) return null;
		return this.get(key) ?? this.meet({ endpointId: parts.endpointId, rawAddress: parts.address });
	}

	/** `thread` events of these conversations (default: all) of which there is something new to say. */
	threads(some: Iterable<Known> = this.all): readonly ProviderEvent[] {
		return [...new Set(some)].flatMap((known) => {
			const said = { name: this.name(known), ...this.thread(known) };
			const text = JSON.stringify(said);
			if (this.#told.get(known.key) === text) return [];
			this.#told.set(known.key, text);
			return [{ type: "thread", ...said } as const];
		});
	}

	name({ chat, address }: Known): string | null {
		return this.#sources.nameOf(address) ?? chat?.name ?? null;
	}

	thread(known: Known): Thread {
		const { numbers, lineNumber } = this.#sources;
		const { key, address, endpointId } = known;
		const formatted = numbers.format(address, lineNumber(endpointId) ?? null);
		return { peer: key, address, formatted, facts: this.#facts(known) };
	}

	#facts(known: Known): ThreadFacts {
		const { chat, address, endpointId } = known;
		const isChat = chat !== null || !isNumber(address);
		const live = chat?.live === true;
		// Only into a session can be written that is no number and no mail address, and texts may be switched off.
		const reachable = isNumber(address) ? !this.#sources.textsOff(endpointId) : isMail(address);
		return {
			...plainThread(isChat ? "chat" : "sms"),
			line: { id: asLineId(endpointId), label: this.#lineLabel(known) },
			closed: chat === null ? null : !live,
			refusal: live || reachable ? null : appError("peer.readOnlyMedium"),
		};
	}

	#lineLabel({ endpointId, endpointName }: Known): string {
		const { numbers, lineNumber } = this.#sources;
		const number = lineNumber(endpointId) ?? null;
		if (number !== null) return numbers.format(number, null);
		return endpointName ?? endpointId;
	}
}
