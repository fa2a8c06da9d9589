import { Readable, pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** Larger than any answer of the four systems; what does not fit is refused while it inflates. */
export const maxBodyBytes = 8 * 1024 * 1024;

/** The body went past the limit after inflation. */
export class BodyTooLarge extends Error {}
/** The body is in an encoding that was not asked for. */
export class UnknownEncoding extends Error {}

/** What `readBytes` can undo; sent as Accept-Encoding. */
export const acceptEncoding = "gzip, deflate, br";

/**
 * The whole body. Reads no further than the limit: a small file that inflates to gigabytes costs at most `limit`
 * and one chunk.
 */
export async function readBytes(source: Readable, encoding: string, limit: number): Promise<Uint8Array> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of inflated(source, encoding) as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > limit) throw new BodyTooLarge();
		chunks.push(chunk);
	}
	const [only] = chunks;
	return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

function inflated(source: Readable, encoding: string): Readable {
	const names = encoding
		.toLowerCase()
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "" && name !== "identity");
	if (names.length === 0) return source;
	// Servers name encodings in the order applied. More than two is nobody's honest configuration.
	if (names.length > 2) {
		source.destroy();
		throw new UnknownEncoding(encoding);
	}
	let current = source;
	for (const name of names.reverse()) current = decoded(current, name);
	return current;
}

/** `pipeline` hands an error on to the last stream, where the reader meets it. */
function ignore(): void {
	// Nothing to add.
}

function decoded(source: Readable, name: string): Readable {
	switch (name) {
		case "gzip":
		case "x-gzip":
			return pipeline(source, createGunzip(), ignore);
		case "br":
			return pipeline(source, createBrotliDecompress(), ignore);
		case "deflate":
			return Readable.from(inflateEither(source));
		default:
			source.destroy();
			throw new UnknownEncoding(name);
	}
}

/** "deflate" is the zlib format (RFC 9110), but servers that send the bare one exist; the first byte tells. */
async function* inflateEither(source: Readable): AsyncGenerator<Buffer> {
	const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
	const first = await chunks.next();
	if (first.done === true) return;
	const start = first.value;
	const decoder = ((start[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
	async function* whole(): AsyncGenerator<Buffer> {
		yield start;
		yield* { [Symbol.asyncIterator]: () => chunks };
	}
	yield* pipeline(Readable.from(whole()), decoder, ignore) as AsyncIterable<Buffer>;
}
