import { randomUUID } from "node:crypto";
import type { WebReply } from "../server/web-front.ts";
import type { Media } from "./chats.ts";

/** Pictures and files behind the `mediaUri` of a transcript. Their addresses are not part of the vendor's API. */
export class MediaStore {
	readonly #keys = new Map<Media, string>();
	readonly #stored = new Map<string, Media>();

	/** Path under which the media is served; the same for the same media. */
	path(media: Media): string {
		const key = this.#keys.get(media) ?? randomUUID();
		this.#keys.set(media, key);
		this.#stored.set(key, media);
		return `/media/${key}`;
	}

	/** Serves a path that `path` gave out; null for any other. */
	serve(path: string): WebReply | null {
		const media = this.#stored.get(/^\/media\/([0-9a-f-]+)$/.exec(path)?.[1] ?? "");
		if (media === undefined) return null;
		return {
			status: 200,
			headers: { "Content-Type": media.contentType, "Content-Length": String(media.bytes.length) },
			body: media.bytes,
		};
	}
}
