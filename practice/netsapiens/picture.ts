import { crc32, deflateSync } from "node:zlib";

/** One pixel: red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of 8-bit RGB, painted pixel by pixel. */
export function png(width: number, height: number, colourAt: (x: number, y: number) => Colour): Buffer {
	const line = 1 + width * 3;
	const pixels = Buffer.alloc(line * height);
	for (let y = 0; y < height; y += 1) {
		for (let x = 0; x < width; x += 1) pixels.set(colourAt(x, y), y * line + 1 + x * 3);
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		signature,
		chunk("IHDR", header),
		chunk("IDAT", deflateSync(pixels)),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(name: string, content: Buffer): Buffer {
	const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
	const framed = Buffer.alloc(named.length + 8);
	framed.writeUInt32BE(content.length, 0);
	named.copy(framed, 4);
	framed.writeUInt32BE(crc32(named), named.length + 4);
	return framed;
}

/** A photograph of an insurance card on a table, as somebody would text it. */
export function insuranceCard(): Buffer {
	const [width, height] = [480, 320];
	return png(width, height, (x, y) => {
		const onCard = x > 50 && x < width - 50 && y > 45 && y < height - 45;
		if (!onCard) {
			const grain = (x * 7 + y * 3 + ((x * y) % 13)) % 24;
			return [134 + grain, 98 + grain, 66 + Math.floor(grain / 2)];
		}
		if (y < 100) return [24, 92 + Math.floor(x / 12), 140];
		const inLogo = (x - 110) ** 2 + (y - 150) ** 2 < 30 ** 2;
		if (inLogo) return [226, 122, 52];
		// Lines of print: the words themselves nobody can read at this size.
		const printed = x > 170 && x < 400 - ((y * 13) % 90) && y > 125 && y < 255 && y % 24 < 9;
		return printed ? [70, 78, 88] : [244, 246, 243];
	});
}
