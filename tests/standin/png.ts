import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A picture as rows of red, green, blue, alpha, one byte each. */
export interface Pixels {
	readonly width: number;
	readonly height: number;
	readonly data: Uint8Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Reads a PNG without interlacing, of any colour type at 8 bits or a palette; null for anything else. */
export function decodePng(file: Uint8Array): Pixels | null {
	const buffer = Buffer.from(file);
	if (!buffer.subarray(0, 8).equals(signature)) return null;
	let width = 0;
	let height = 0;
	let depth = 8;
	let colorType = 6;
	let palette: Buffer = Buffer.alloc(0);
	let transparency: Buffer = Buffer.alloc(0);
	const parts: Buffer[] = [];
	for (let at = 8; at + 8 <= buffer.length;) {
		const length = buffer.readUInt32BE(at);
		const type = buffer.toString("latin1", at + 4, at + 8);
		const body = buffer.subarray(at + 8, at + 8 + length);
		at += 12 + length;
		if (type === "IHDR") {
			width = body.readUInt32BE(0);
			height = body.readUInt32BE(4);
			depth = body[8] ?? 8;
			colorType = body[9] ?? 6;
			if (body[12] !== 0) return null;
		} else if (type === "PLTE") palette = body;
		else if (type === "tRNS") transparency = body;
		else if (type === "IDAT") parts.push(body);
	}
	const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colorType];
	if (channels === undefined || (depth !== 8 && !(depth < 8 && channels === 1))) return null;
	const bitsPerPixel = channels * depth;
	const stride = Math.ceil((width * bitsPerPixel) / 8);
	const raw = unfilter(inflateSync(Buffer.concat(parts)), stride, height, Math.max(1, bitsPerPixel >> 3));
	const data = new Uint8Array(width * height * 4);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			const sample = (channel: number): number => {
				if (depth === 8) return raw[y * stride + x * channels + channel] ?? 0;
				const bit = x * depth;
				const byte = raw[y * stride + (bit >> 3)] ?? 0;
				return (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
			};
			const first = sample(0);
			const gray = depth === 8 ? first : Math.round((first * 255) / ((1 << depth) - 1));
			const pixel =
				colorType === 3
					? [
							palette[first * 3],
							palette[first * 3 + 1],
							palette[first * 3 + 2],
							transparency[first] ?? 255,
						]
					: colorType === 0
						? [gray, gray, gray, 255]
						: colorType === 4
							? [gray, gray, gray, sample(1)]
							: [first, sample(1), sample(2), colorType === 6 ? sample(3) : 255];
			data.set(
				pixel.map((value) => value ?? 0),
				(y * width + x) * 4,
			);
		}
	return { width, height, data };
}

function unfilter(raw: Buffer, stride: number, height: number, step: number): Uint8Array {
	const out = new Uint8Array(stride * height);
	for (let y = 0; y < height; y++) {
		const filter = raw[y * (stride + 1)] ?? 0;
		for (let x = 0; x < stride; x++) {
			const left = x >= step ? (out[y * stride + x - step] ?? 0) : 0;
			const up = y > 0 ? (out[(y - 1) * stride + x] ?? 0) : 0;
			const corner = y > 0 && x >= step ? (out[(y - 1) * stride + x - step] ?? 0) : 0;
			const value = raw[y * (stride + 1) + 1 + x] ?? 0;
			const base = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
			out[y * stride + x] = value + base;
		}
	}
	return out;
}

function paeth(left: number, up: number, corner: number): number {
	const guess = left + up - corner;
	const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
	return a <= b && a <= c ? left : b <= c ? up : corner;
}

export function encodePng({ width, height, data }: Pixels): Buffer {
	const raw = Buffer.alloc((width * 4 + 1) * height);
	for (let y = 0; y < height; y++)
		raw.set(data.subarray(y * width * 4, (y + 1) * width * 4), y * (width * 4 + 1) + 1);
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 6, 0, 0, 0], 8);
	return Buffer.concat([
		signature,
		chunk("IHDR", header),
		chunk("IDAT", deflateSync(raw)),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(type: string, body: Buffer): Buffer {
	const content = Buffer.concat([Buffer.from(type, "latin1"), body]);
	const framed = Buffer.alloc(content.length + 8);
	framed.writeUInt32BE(body.length, 0);
	content.copy(framed, 4);
	framed.writeUInt32BE(crc32(content), content.length + 4);
	return framed;
}

/** Scales by averaging the source pixels under each target pixel, weighted by their alpha. */
export function scalePixels(source: Pixels, width: number, height: number): Pixels {
	const data = new Uint8Array(width * height * 4);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			const left = Math.floor((x * source.width) / width);
			const top = Math.floor((y * source.height) / height);
			const right = Math.max(left + 1, Math.ceil(((x + 1) * source.width) / width));
			const bottom = Math.max(top + 1, Math.ceil(((y + 1) * source.height) / height));
			const sum = [0, 0, 0, 0];
			for (let row = top; row < bottom; row++)
				for (let column = left; column < right; column++) {
					const at = (row * source.width + column) * 4;
					const alpha = source.data[at + 3] ?? 0;
					for (let channel = 0; channel < 3; channel++)
						sum[channel] = (sum[channel] ?? 0) + (source.data[at + channel] ?? 0) * alpha;
					sum[3] = (sum[3] ?? 0) + alpha;
				}
			const alpha = sum[3] ?? 0;
			const count = (right - left) * (bottom - top);
			const at = (y * width + x) * 4;
			for (let channel = 0; channel < 3; channel++)
				data[at + channel] = alpha === 0 ? 0 : Math.round((sum[channel] ?? 0) / alpha);
			data[at + 3] = Math.round(alpha / count);
		}
	return { width, height, data };
}
