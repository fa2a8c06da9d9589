import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { MediaClient, MediaResponse } from "../../../core/ports/media.ts";
import type { FileSource } from "../../../core/ports/provider.ts";
import { isRefused } from "./answers.ts";
import { type MessageReader, pollRows } from "./message-window.ts";
import { mostRows } from "./api.ts";
import type { SessionBook } from "./session-book.ts";

export interface FilesPorts {
	readonly media: MediaClient;
	readonly server: string;
	readonly authorization: () => Readonly<Record<string, string>>;
	readonly messages: MessageReader;
	readonly book: SessionBook;
}

/**
 * Media of messages (sheet, section 7): by their signed address, which is a secret and may be another node's. The token
 * goes to the configured server only, and only when that asks for it. An address that does not work (any more) is read
 * anew once (row 11).
 */
export class Files implements FileSource {
	readonly #ports: FilesPorts;

	constructor(ports: FilesPorts) {
		this.#ports = ports;
	}

	async fetch(
		{
			ref,
			peer,
			messageId,
		}: { readonly ref: string; readonly peer: string; readonly messageId: string | null },
		maxBytes: number,
		signal: AbortSignal,
	): Promise<{ readonly bytes: Uint8Array; readonly type: string | null }> {
		let lost: unknown = null;
		try {
			const first = ref === "" ? null : await this.#get(ref, maxBytes, signal);
			if (first !== null) return first;
		} catch (thrown) {
			// Larger than is allowed stays so; a node that is down may have a neighbour.
			if (isTooLarge(thrown) || signal.aborted) throw thrown;
			lost = thrown;
		}
		const fresh = await this.#freshUrl(peer, messageId, signal);
		const again =
			fresh === null || (fresh === ref && lost === null)
				? null
				: await this.#get(fresh, maxBytes, signal);
		if (again !== null) return again;
		if (lost !== null && fresh === null)
			throw lost instanceof Error ? lost : new AppFailure(appError("internal"));
		throw new AppFailure(appError("attachment.gone"));
	}

	/** Null: the address does not work. */
	async #get(
		ref: string,
		maxBytes: number,
		signal: AbortSignal,
	): Promise<{ readonly bytes: Uint8Array; readonly type: string | null } | null> {
		const { media, server, authorization } = this.#ports;
		const url = URL.parse(ref, server);
		if (url === null) return null;
		const ask = (headers: Readonly<Record<string, string>>): Promise<MediaResponse> =>
			media.fetch(url.href, { headers, signal, maxBytes });
		let answer = await ask({});
		const own = url.origin === new URL(server).origin;
		if ((answer.status === 401 || answer.status === 403) && own) answer = await ask(authorization());
		const { status, bytes, contentType } = answer;
		if (status >= 200 && status <= 299) {
			if (bytes.length > maxBytes) throw new AppFailure(appError("attachment.tooLarge"));
			return { bytes, type: contentType };
		}
		if (status === 429 || status >= 500)
			throw new AppFailure(appError("http.status", { params: { status } }));
		return null;
	}

	/** Null: the message is not there any more. */
	async #freshUrl(peer: string, messageId: string | null, signal: AbortSignal): Promise<string | null> {
		const { book, messages } = this.#ports;
		for (const { row } of messageId === null ? [] : book.of(peer)) {
			for (const wanted of [pollRows, mostRows]) {
				try {
					const { rows, end } = await messages.newest(row, wanted, signal);
					const found = rows.find(({ id }) => id === messageId);
					if (found !== undefined) return found.media?.url ?? null;
					if (end !== null) break;
				} catch (thrown) {
					if (!isRefused(thrown)) throw thrown;
					break;
				}
			}
		}
		return null;
	}
}

function isTooLarge(thrown: unknown): boolean {
	return (
		thrown instanceof AppFailure &&
		["network.tooLarge", "attachment.tooLarge", "media.address"].includes(thrown.error.code)
	);
}
