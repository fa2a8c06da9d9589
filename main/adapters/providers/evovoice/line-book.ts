import { asLineId } from "../../../../shared/ids.ts";
import type { Line } from "../../../../shared/model.ts";
import type { LineId } from "../../../../shared/ids.ts";
import type { ConversationBook } from "./conversation-book.ts";
import { isNumber } from "./conversation-key.ts";
import { type EvoRest, statusOf } from "./evo-rest.ts";
import { pageSize } from "./message-lists.ts";
import { type EndpointInfo, endpointList } from "./wire.ts";

const mostPages = 20;

/**
 * The numbers that can be written from: phone number endpoints of all accounts (sheet, 7.2). An agent who may not list
 * them (row 7) has those that conversations show, and those that were entered at sign-in.
 */
export class LineBook {
	readonly #rest: EvoRest;
	readonly #accountIds: readonly string[];
	readonly #entered: readonly string[];
	/** Null: they have not been listed, or may not be. */
	#listed: readonly EndpointInfo[] | null = null;
	#off = false;
	#told = "";

	constructor(rest: EvoRest, accountIds: readonly string[], entered: readonly string[]) {
		this.#rest = rest;
		this.#accountIds = accountIds;
		this.#entered = entered;
	}

	/** Null: no number is known; undefined: no such line is. */
	number(endpointId: string): string | null | undefined {
		const endpoint = this.#listed?.find(({ id }) => id === endpointId);
		return endpoint === undefined ? undefined : numberOf(endpoint);
	}

	textsOff(endpointId: string): boolean {
		return this.#listed?.find(({ id }) => id === endpointId)?.disableSms === true;
	}

	/** Whether the server has said which there are, or that it will not. */
	get asked(): boolean {
		return this.#off || this.#listed !== null;
	}

	/** Rejects when it cannot be asked; a refusal for want of rights is an answer. */
	async refresh(signal: AbortSignal): Promise<void> {
		if (this.#off) return;
		const found: EndpointInfo[] = [];
		try {
			for (let page = 0; page < mostPages; page += 1) {
				const query = { accountIds: this.#accountIds, types: "PhoneNumber", countPerPage: pageSize };
				const { items, totalPages, hasMorePages } = await this.#rest.read(
					"/endpoints",
					page === 0 ? query : { ...query, page },
					endpointList,
					signal,
				);
				// Row 23: a type that nobody knows is no line, whatever the filter let through.
				found.push(...items.filter(({ type }) => type?.toLowerCase() === "phonenumber"));
				const more = hasMorePages === true || page + 1 < (totalPages ?? 0);
				if (items.length === 0 || !more) break;
			}
			this.#listed = [...new Map(found.map((endpoint) => [endpoint.id, endpoint])).values()];
		} catch (thrown) {
			const status = statusOf(thrown);
			if (status === null || status >= 500) throw thrown;
			this.#listed = null;
			this.#off = true;
		}
	}

	lines(book: ConversationBook): readonly Line[] {
		if (this.#listed !== null) return this.#listed.map(listedLine);
		const labels = new Map(this.#entered.map((id): [string, string] => [id, id]));
		for (const { endpointId, endpointName, address, chat } of book.all)
			if (chat === null && isNumber(address)) labels.set(endpointId, endpointName ?? endpointId);
		return [...labels].map(([id, label]) => line(id, label, label, null));
	}

	/** The lines if they are different from those told last; else null. */
	news(book: ConversationBook): readonly Line[] | null {
		const lines = this.lines(book);
		const text = JSON.stringify(lines);
		if (text === this.#told) return null;
		this.#told = text;
		return lines;
	}

	/** The one chosen here before, else the one of the newest conversation, else the first. */
	suggest(lines: readonly Line[], remembered: LineId | null, book: ConversationBook): LineId | null {
		const usable = lines.filter(({ canMessage }) => canMessage !== false);
		const known = usable.find(({ id }) => id === remembered);
		if (known !== undefined) return known.id;
		for (const { endpointId } of book.all) {
			const used = usable.find(({ id }) => id === endpointId);
			if (used !== undefined) return used.id;
		}
		return usable[0]?.id ?? null;
	}
}

function listedLine(endpoint: EndpointInfo): Line {
	const number = numberOf(endpoint);
	const label = endpoint.displayName ?? number ?? endpoint.id;
	return line(endpoint.id, label, number ?? label, endpoint.disableSms !== true);
}

/** Which member has the number is not documented; these are looked at (sheet, 7.2). */
function numberOf({ phoneNumber, address, displayName }: EndpointInfo): string | null {
	return (
		[phoneNumber, address, displayName].find((text) => text !== null && /^\+\d{3,15}$/.test(text)) ?? null
	);
}

function line(id: string, label: string, address: string, canMessage: boolean | null): Line {
	return {
		id: asLineId(id),
		label,
		address,
		active: true,
		loggedIn: null,
		canMessage,
		medium: "sms",
		recipients: "one",
		attachments: null,
	};
}
