import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { FileSource } from "../../../core/ports/provider.ts";
import type { MediaClient, MediaResponse } from "../../../core/ports/media.ts";
import { portalRef } from "./message-reader.ts";
import type { SignIn } from "./sign-in.ts";

/**
 * Pictures and files of chats by their `mediaUri` (sheet, 5.4; row 12). The media client shows who we are to the account's
 * own host alone, and by headers in place of cookies (sheet, 2.2).
 */
export class EvoFiles implements FileSource {
	readonly #server: string;
	readonly #media: MediaClient;
	readonly #signIn: SignIn;
	/** Gets a session anew after a 401; resolves when there is one. */
	readonly #renewed: (signal: AbortSignal) => Promise<void>;

	constructor(parts: {
		readonly server: string;
		readonly media: MediaClient;
		readonly signIn: SignIn;
		readonly renewed: (signal: AbortSignal) => Promise<void>;
	}) {
		this.#server = parts.server;
		this.#media = parts.media;
		this.#signIn = parts.signIn;
		this.#renewed = parts.renewed;
	}

	async fetch(
		{ ref }: { readonly ref: string },
		maxBytes: number,
		signal: AbortSignal,
	): ReturnType<FileSource["fetch"]> {
		const url = ref === portalRef ? null : URL.parse(ref, `${this.#server}/`);
		// The list of messages says that something came and not what: only the portal shows it.
		if (url === null) throw new AppFailure(appError("attachment.gone"));
		let response = await this.#get(url, maxBytes, signal);
		if (response.status === 401 && url.origin === new URL(this.#server).origin) {
			await this.#renewed(signal);
			response = await this.#get(url, maxBytes, signal);
		}
		const { status, bytes, contentType } = response;
		if (status === 404 || status === 410) throw new AppFailure(appError("attachment.gone"));
		if (status < 200 || status > 299)
			throw new AppFailure(appError("http.status", { params: { status } }));
		return { bytes, type: contentType };
	}

	async #get(url: URL, maxBytes: number, signal: AbortSignal): Promise<MediaResponse> {
		try {
			return await this.#media.fetch(url.href, {
				headers: this.#signIn.mediaHeaders(),
				signal,
				maxBytes,
			});
		} catch (thrown) {
			if (thrown instanceof AppFailure && thrown.error.code === "network.tooLarge")
				throw new AppFailure(appError("attachment.tooLarge"), { cause: thrown });
			throw thrown;
		}
	}
}
