import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { HistoryMessage, RemoteFile } from "../../../core/ports/provider.ts";
import { progressOf } from "./delivery-state.ts";
import type { TimelineItem, WireFile, WireMessage } from "./wire.ts";

/** What only the caller knows of an item. */
export interface ItemContext {
	/** Key of its conversation. */
	readonly peer: string;
	readonly catchUp: boolean;
	readonly read: boolean;
	/** Who else wrote it on our side. */
	readonly sender?: string | undefined;
	readonly clientId?: ClientMessageId | null;
}

/** An item of a timeline as an event. */
export function eventOf(item: TimelineItem, context: ItemContext): HistoryMessage {
	const { peer, catchUp, read, sender, clientId = null } = context;
	const { id: remoteId, at } = item;
	if (item.kind === "event") return { type: "notice", peer, text: item.text, remoteId, at };
	const files = filesOf(item);
	const common = {
		peer,
		text: item.text,
		remoteId,
		stretch: null,
		at,
		...(files.length === 0 ? {} : { files }),
	};
	if (item.direction === "in") return { type: "message", ...common, catchUp, ...(read ? { read } : {}) };
	const { final: _, ...progress } = progressOf(item);
	return {
		type: "ownMessage",
		...common,
		...progress,
		...(sender === undefined ? {} : { sender }),
		...(clientId === null ? {} : { clientId }),
	};
}

function filesOf({ files }: WireMessage): readonly RemoteFile[] {
	return files.map((file, index) => ({
		ref: refOf(file, index),
		type: file.type,
		name: file.name,
		bytes: file.bytes,
		width: file.width,
		height: file.height,
	}));
}

/** How a file is found again: never by its address, which is a secret that grows old (row 15). */
export function refOf({ id }: WireFile, index: number): string {
	return id ?? `#${String(index)}`;
}
