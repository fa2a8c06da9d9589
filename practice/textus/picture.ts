import { crc32, deflateSync } from "node:zlib";
import type { FileSetup } from "./files.ts";

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A PNG, 8 bits a channel, painted pixel by pixel. */
export function png(width: number, height: number, colourAt: (x: number, y: number) => Colour): Buffer {
	const rows = Buffer.alloc(height * (1 + width * 3));
	for (let y = 0; y < height; y += 1) {
		for (let x = 0; x < width; x += 1) rows.set(colourAt(x, y), y * (1 + width * 3) + 1 + x * 3);
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	// 8 bits, true colour, no interlace.
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk("IHDR", header),
		chunk("IDAT", deflateSync(rows)),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(name: string, content: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
	const frame = Buffer.alloc(body.length + 8);
	frame.writeUInt32BE(content.length, 0);
	frame.set(body, 4);
	frame.writeUInt32BE(crc32(body), body.length + 4);
	return frame;
}

/** A photograph of a mug that came without its handle, as far as rectangles can show it. */
export function brokenMug(): FileSetup {
	const [width, height] = [480, 360];
	const bytes = png(width, height, (x, y) => {
		const onMug = x > 150 && x < 310 && y > 90 && y < 280;
		const crack = onMug && Math.abs(x - 300 + Math.floor((y - 90) / 7) * (y % 14 < 7 ? 1 : 0.8)) < 3;
		const stump = x >= 310 && x < 328 && ((y > 120 && y < 138) || (y > 230 && y < 248));
		if (crack) return [60, 30, 30];
		if (onMug || stump) return [200 - Math.floor((x - 150) / 4), 70, 80];
		return y > 270 ? [150, 115, 80] : [225, 228, 220 - Math.floor(y / 8)];
	});
	return { contentType: "image/png", bytes, name: "mug.png", width, height };
}
