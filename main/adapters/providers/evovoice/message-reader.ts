import type { EpochMs } from "../../../core/ports/runtime.ts";
import type { HistoryMessage, RemoteFile } from "../../../core/ports/provider.ts";
import { Bounded } from "./bounded.ts";
import type { ConversationBook, Known } from "./conversation-book.ts";
import { oldestFirst, PlacedTimes, type ListOrder } from "./placed-times.ts";
import type { MessageInfo } from "./wire.ts";

/** `RemoteFile.ref` of something that only the portal shows (row 12). */
export const portalRef = "portal";

export interface PlacedMessage {
	readonly info: MessageInfo;
	readonly known: Known;
	readonly at: EpochMs;
}

/** What the server calls this agent as a sender: addresses and names, in small letters. */
export type Self = ReadonlySet<string>;

/** Reads messages of lists: whose they are, when they were, what becomes of them. */
export class MessageReader {
	readonly times = new PlacedTimes();
	readonly #book: ConversationBook;
	readonly #self: Self;
	/** What `isUnread` was when it was seen first: listing a message may already clear it. */
	readonly #unread = new Bounded<string, boolean>(50_000);

	constructor(book: ConversationBook, self: Self) {
		this.#book = book;
		this.#self = self;
	}

	/** The messages of a list from the oldest to the newest, each with its conversation. `end`: as late as the newest can be. */
	place(list: readonly MessageInfo[], order: ListOrder, end: EpochMs): readonly PlacedMessage[] {
		const dated = oldestFirst(
			list.map((info) => ({ id: info.id, date: info.date, info })),
			order,
		);
		return this.times.place(dated, end).map(({ info, at }) => {
			this.note(info);
			return { info, at, known: this.conversation(info) };
		});
	}

	/** Remembers what is said of it for the first time. */
	note({ id, isUnread }: MessageInfo): void {
		if (isUnread !== null && !this.#unread.has(id)) this.#unread.set(id, isUnread);
	}

	/** A message without an endpoint or an address is kept all the same. */
	conversation({ endpointId, endpointDisplayName, otherAddress, sender }: MessageInfo): Known {
		return this.#book.meet({
			endpointId: endpointId ?? "unknown",
			endpointName: endpointDisplayName,
			rawAddress: otherAddress ?? sender ?? "unknown",
		});
	}

	/** Sent by us, from here or elsewhere; anything but "Outgoing" counts as incoming (row 23). */
	isOutgoing({ direction }: MessageInfo): boolean {
		return direction?.toLowerCase() === "outgoing";
	}

	/** Written by this agent; a server that names nobody means us. */
	isOwn(sender: string | null): boolean {
		return sender === null || this.#self.has(sender.trim().toLowerCase());
	}

	/**
	 * What core is told. Only what was there before is told as read (row 5): a live message that is read already may have
	 * been listed by a colleague's client, and must still ring.
	 */
	event(
		{ info, known, at }: PlacedMessage,
		catchUp: boolean,
		files: readonly RemoteFile[],
	): HistoryMessage {
		const common = { peer: known.key, text: info.text ?? "", remoteId: info.id, stretch: null, at };
		const attached = files.length === 0 ? {} : { files };
		if (this.isOutgoing(info)) {
			const foreign = this.isOwn(info.sender) ? {} : { sender: info.sender ?? "" };
			return { type: "ownMessage", ...common, clientId: null, state: "sent", ...foreign, ...attached };
		}
		const read = catchUp && this.#unread.get(info.id) === false ? { read: true } : {};
		// Row 12: a picture that came has an empty text here, and no address.
		const shown = info.text === null && files.length === 0 ? { files: [inPortal] } : attached;
		return { type: "message", ...common, catchUp, ...read, ...shown };
	}
}

const inPortal: RemoteFile = {
	ref: portalRef,
	type: null,
	name: null,
	bytes: null,
	width: null,
	height: null,
};
