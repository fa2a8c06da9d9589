import { appError, AppFailure } from "../../../../shared/errors.ts";
import type { Random } from "../../../core/ports/runtime.ts";

/**
 * Puts bytes at an address of the operator's, once; no cookies, no credentials, nothing of the account. Resolves with
 * the status; rejects with TransportFailure when no answer was had.
 */
export interface UploadClient {
	put(
		url: string,
		file: { readonly type: string; readonly bytes: Uint8Array },
		signal: AbortSignal,
	): Promise<{ readonly status: number }>;
	close(): Promise<void>;
}

/**
 * Where files of this computer are put so that TextUs can fetch them. TextUs documents no upload (sheet, 10.2; row 13),
 * so this is the operator's own service, with the simplest protocol there is: `PUT <address>/<random name>` with the
 * bytes and their type, any 2xx for an answer, and from then on the file is at that very address for everybody.
 */
export class Uploads {
	readonly #client: UploadClient;
	readonly #base: string;
	readonly #random: Random;

	/** `address`: checked with `uploadBase`. */
	constructor(client: UploadClient, base: string, random: Random) {
		this.#client = client;
		this.#base = base;
		this.#random = random;
	}

	/** Resolves with the public address. Rejects with `http.status`, `network.*`. */
	async put(
		{ name, type, bytes }: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
		signal: AbortSignal,
	): Promise<string> {
		// The name of the file says more about a customer than anybody needs to know: its ending is enough.
		const ending = /\.[a-z\d]{1,8}$/i.exec(name)?.[0].toLowerCase() ?? endings[type] ?? "";
		const url = `${this.#base}/${this.#random.uuid()}${ending}`;
		const { status } = await this.#client.put(url, { type, bytes }, signal);
		if (status < 200 || status > 299)
			throw new AppFailure(appError("http.status", { params: { status } }));
		return url;
	}

	async close(): Promise<void> {
		await this.#client.close();
	}
}

const endings: Readonly<Record<string, string>> = {
	"image/png": ".png",
	"image/jpeg": ".jpg",
	"image/gif": ".gif",
	"application/rtf": ".rtf",
	"text/rtf": ".rtf",
	"application/pdf": ".pdf",
	"text/calendar": ".ics",
	"text/vcard": ".vcf",
	"text/x-vcard": ".vcf",
};
