import type { StoredMedia, StoreWrite } from "../../../core/ports/stores.ts";
import type { WorkerCall } from "./worker-messages.ts";

/** Bytes of files go from thread to thread as they are, and are handed over rather than copied a second time. */

/**
 * The call with copies of its bytes, and what is to be handed over with it. The caller's own stay usable, and no more
 * than the file itself goes: a view into a larger buffer would take all of that along.
 */
export function withBytesOfItsOwn(call: WorkerCall): {
	readonly call: WorkerCall;
	readonly transfer: readonly ArrayBuffer[];
} {
	const write = call.name === "write" ? (call.args[0] as StoreWrite | undefined) : undefined;
	if (write?.media === undefined) return { call, transfer: [] };
	const transfer: ArrayBuffer[] = [];
	const copy = <T extends { readonly bytes?: Uint8Array | null }>(one: T): T => {
		if (one.bytes === undefined || one.bytes === null) return one;
		const bytes = new Uint8Array(one.bytes);
		transfer.push(bytes.buffer);
		return { ...one, bytes };
	};
	const { added, changed, ...rest } = write.media;
	const media = {
		...rest,
		...(added === undefined ? {} : { added: added.map(copy) }),
		...(changed === undefined ? {} : { changed: changed.map(copy) }),
	};
	return { call: { ...call, args: [{ ...write, media }] }, transfer };
}

/** What an answer hands over: the engine keeps no bytes. */
export function bytesOf(name: WorkerCall["name"], value: unknown): readonly ArrayBuffer[] {
	if (name !== "media" && name !== "mediaOf") return [];
	const files = name === "media" ? [value as StoredMedia | null] : (value as readonly StoredMedia[]);
	const buffers = files.flatMap((file) => file?.bytes?.buffer ?? []);
	return [...new Set(buffers)].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
}
