import { createHash } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import type { PracticeRandom } from "../random.ts";
import type { WebReply, WebRequest } from "../server/web-front.ts";
import type { TextusSwitches } from "./switches.ts";

/** A file that the simulator keeps, as S3 does for TextUs. */
export interface StoredFile {
	readonly key: string;
	readonly contentType: string;
	readonly bytes: Buffer;
	readonly size: number;
	readonly width: number | null;
	readonly height: number | null;
	readonly originalFilename: string | null;
}

/** What a customer, a test or practice mode hands over. */
export interface FileSetup {
	readonly contentType: string;
	readonly bytes: Buffer;
	readonly name?: string;
	readonly width?: number;
	readonly height?: number;
}

interface FilesParts {
	readonly clock: PracticeClock;
	readonly random: PracticeRandom;
	readonly switches: TextusSwitches;
	/** Where addresses point to. */
	readonly origin: () => string;
}

const prefix = "/files/";
const extensions: Readonly<Record<string, string>> = {
	"image/png": "png",
	"image/jpeg": "jpg",
	"image/gif": "gif",
	"application/pdf": "pdf",
	"text/calendar": "ics",
	"text/vcard": "vcf",
};

/** Files behind signed addresses that need no token and grow old (sheet, 9.2). */
export class Files {
	readonly #parts: FilesParts;
	readonly #files = new Map<string, StoredFile>();
	readonly #secret: string;

	constructor(parts: FilesParts) {
		this.#parts = parts;
		this.#secret = String(parts.random.next());
	}

	add(setup: FileSetup): StoredFile {
		const name = createHash("md5").update(setup.bytes).update(String(this.#files.size)).digest("hex");
		const file: StoredFile = {
			key: `${name}.${extensions[setup.contentType] ?? "bin"}`,
			contentType: setup.contentType,
			bytes: setup.bytes,
			size: setup.bytes.length,
			width: setup.width ?? null,
			height: setup.height ?? null,
			originalFilename: setup.name ?? null,
		};
		this.#files.set(file.key, file);
		return file;
	}

	/** An address that works from now on for as long as the switch says. */
	url(file: StoredFile, download = false): string {
		const { clock, switches, origin } = this.#parts;
		const { attachmentLifetimeMs: lifetime } = switches;
		const expires = lifetime === null ? "never" : String(clock.now() + lifetime);
		const query = new URLSearchParams({ Expires: expires, Signature: this.#sign(file.key, expires) });
		if (download) query.set("response-content-disposition", "attachment");
		return `${origin()}${prefix}${file.key}?${query.toString()}`;
	}

	/** An address that always works, for `media_url` of a message that is sent. */
	publicUrl(file: StoredFile): string {
		const query = new URLSearchParams({ Expires: "never", Signature: this.#sign(file.key, "never") });
		return `${this.#parts.origin()}${prefix}${file.key}?${query.toString()}`;
	}

	/** The file behind one of this simulator's own addresses, whatever its age. */
	at(url: string): StoredFile | null {
		const path = URL.parse(url)?.pathname ?? "";
		return path.startsWith(prefix) ? (this.#files.get(path.slice(prefix.length)) ?? null) : null;
	}

	/** Whether a request is for a file and not for the API. */
	serves(url: URL): boolean {
		return url.pathname.startsWith(prefix);
	}

	answer({ method, url, headers }: WebRequest): WebReply {
		// As S3: a signature and an Authorization header together are refused.
		if (headers.authorization !== undefined) return xml(400, "InvalidArgument");
		const file = this.#files.get(url.pathname.slice(prefix.length));
		if (method !== "GET" || file === undefined) return xml(404, "NoSuchKey");
		const expires = url.searchParams.get("Expires") ?? "";
		if (url.searchParams.get("Signature") !== this.#sign(file.key, expires))
			return xml(403, "SignatureDoesNotMatch");
		if (expires !== "never" && Number(expires) <= this.#parts.clock.now())
			return xml(this.#parts.switches.expiredAttachmentStatus, "AccessDenied");
		const disposition = url.searchParams.get("response-content-disposition");
		return {
			status: 200,
			headers: {
				"Content-Type": file.contentType,
				"Content-Length": String(file.size),
				...(disposition === null ? {} : { "Content-Disposition": disposition }),
			},
			body: file.bytes,
		};
	}

	#sign(key: string, expires: string): string {
		return createHash("sha256").update(`${this.#secret}|${key}|${expires}`).digest("hex").slice(0, 32);
	}
}

function xml(status: number, code: string): WebReply {
	return {
		status,
		headers: { "Content-Type": "application/xml" },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`,
	};
}
