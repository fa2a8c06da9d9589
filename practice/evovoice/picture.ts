import { crc32, deflateSync } from "node:zlib";
import type { Media } from "./chats.ts";

type Colour = readonly [red: number, green: number, blue: number];

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of so many pixels, each painted by `paint`. */
export function paintPng(width: number, height: number, paint: (x: number, y: number) => Colour): Buffer {
	const rows = Buffer.alloc(height * (1 + width * 3));
	for (let y = 0; y < height; y += 1) {
		// The first byte of a row names its filter: none.
		const row = y * (1 + width * 3) + 1;
		for (let x = 0; x < width; x += 1) rows.set(paint(x, y), row + x * 3);
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	// 8 bits a channel, colour type 2: red, green, blue.
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		signature,
		chunk("IHDR", header),
		chunk("IDAT", deflateSync(rows)),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(type: string, content: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
	const whole = Buffer.alloc(body.length + 8);
	whole.writeUInt32BE(content.length, 0);
	body.copy(whole, 4);
	whole.writeUInt32BE(crc32(body), body.length + 4);
	return whole;
}

const [width, height] = [320, 240];

/** What the visitor of the web chat photographed: a wheel with a flat part, on grass. */
export function wheelPicture(): Media {
	return {
		contentType: "image/png",
		bytes: paintPng(width, height, (x, y) => {
			const [left, down] = [x - width / 2, y - height / 2];
			const fromHub = Math.hypot(left, down);
			const isFlat = down > 78 && Math.abs(left) < 45;
			if (fromHub < 10) return [90, 90, 96];
			if (fromHub > 78 && fromHub < 94 && !isFlat) return [38, 38, 42];
			if (fromHub <= 78 && Math.abs(Math.sin(Math.atan2(down, left) * 8)) < 0.08)
				return [170, 172, 178];
			return y > 190 ? [96, 140 + (x % 5) * 4, 72] : [176, 204, 224 - Math.floor(y / 6)];
		}),
	};
}
