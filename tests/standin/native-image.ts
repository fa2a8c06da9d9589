import { readFileSync } from "node:fs";
import { guard } from "./guard.ts";
import { decodePng, encodePng, scalePixels, type Pixels } from "./png.ts";
import type { Implements, Surface } from "./surface.ts";

/** A picture at one or more scale factors. Only PNG files and raw bitmaps are understood. */
class StandInImage implements Implements<"NativeImage"> {
	/** By scale factor. */
	readonly versions: Map<number, Pixels>;
	private template = false;

	constructor(versions: Map<number, Pixels>) {
		this.versions = versions;
		return guard(this, "NativeImage");
	}

	pixels(scaleFactor = 1): Pixels | null {
		return this.versions.get(scaleFactor) ?? [...this.versions.values()][0] ?? null;
	}

	isEmpty(): boolean {
		return this.versions.size === 0;
	}

	getSize(scaleFactor = 1): Electron.Size {
		const own = this.versions.get(scaleFactor);
		if (own !== undefined) return { width: own.width / scaleFactor, height: own.height / scaleFactor };
		const [factor, any] = [...this.versions][0] ?? [1, null];
		return any === null
			? { width: 0, height: 0 }
			: { width: any.width / factor, height: any.height / factor };
	}

	getAspectRatio(): number {
		const { width, height } = this.getSize();
		return height === 0 ? 1 : width / height;
	}

	getScaleFactors(): number[] {
		return [...this.versions.keys()].sort((a, b) => a - b);
	}

	isTemplateImage(): boolean {
		return this.template;
	}

	setTemplateImage(option: boolean): void {
		this.template = option;
	}

	toPNG(options: Electron.ToPNGOptions = {}): Buffer {
		const pixels = this.pixels(options.scaleFactor);
		return pixels === null ? Buffer.alloc(0) : encodePng(pixels);
	}

	toDataURL(options: Electron.ToDataURLOptions = {}): string {
		return `data:image/png;base64,${this.toPNG(options).toString("base64")}`;
	}

	toBitmap(options: Electron.ToBitmapOptions = {}): Buffer {
		const pixels = this.pixels(options.scaleFactor);
		if (pixels === null) return Buffer.alloc(0);
		// Electron's bitmaps are blue, green, red, alpha.
		const bitmap = Buffer.from(pixels.data);
		for (let at = 0; at < bitmap.length; at += 4) {
			const red = bitmap[at] ?? 0;
			bitmap[at] = bitmap[at + 2] ?? 0;
			bitmap[at + 2] = red;
		}
		return bitmap;
	}

	resize(options: Electron.ResizeOptions): Electron.NativeImage {
		const pixels = this.pixels();
		if (pixels === null) return makeImage(new Map());
		const ratio = pixels.width / pixels.height;
		const width =
			options.width ??
			(options.height === undefined ? pixels.width : Math.round(options.height * ratio));
		const height = options.height ?? Math.round(width / ratio);
		if (width < 1 || height < 1) return makeImage(new Map());
		return makeImage(new Map([[1, scalePixels(pixels, width, height)]]));
	}

	crop(rect: Electron.Rectangle): Electron.NativeImage {
		const pixels = this.pixels();
		if (pixels === null) return makeImage(new Map());
		const data = new Uint8Array(rect.width * rect.height * 4);
		for (let y = 0; y < rect.height; y++) {
			const from = ((rect.y + y) * pixels.width + rect.x) * 4;
			data.set(pixels.data.subarray(from, from + rect.width * 4), y * rect.width * 4);
		}
		return makeImage(new Map([[1, { width: rect.width, height: rect.height, data }]]));
	}

	addRepresentation(options: Electron.AddRepresentationOptions): void {
		const scale = options.scaleFactor ?? 1;
		const bytes =
			options.dataURL !== undefined
				? dataOf(options.dataURL)
				: options.buffer === undefined
					? null
					: options.buffer;
		if (bytes === null) return;
		const pixels = decodePng(bytes) ?? bitmap(bytes, options.width ?? 0, options.height ?? 0);
		if (pixels !== null) this.versions.set(scale, pixels);
	}
}

function makeImage(versions: Map<number, Pixels>): Electron.NativeImage {
	return new StandInImage(versions) as unknown as Electron.NativeImage;
}

const none = (): Map<number, Pixels> => new Map();

function dataOf(url: string): Buffer | null {
	const match = /^data:[^,]*;base64,(.*)$/s.exec(url);
	return match?.[1] === undefined ? null : Buffer.from(match[1], "base64");
}

function bitmap(bytes: Uint8Array, width: number, height: number): Pixels | null {
	if (width < 1 || height < 1 || bytes.length < width * height * 4) return null;
	const data = new Uint8Array(bytes.subarray(0, width * height * 4));
	for (let at = 0; at < data.length; at += 4) {
		const blue = data[at] ?? 0;
		data[at] = data[at + 2] ?? 0;
		data[at + 2] = blue;
	}
	return { width, height, data };
}

function readPng(file: string): Pixels | null {
	try {
		return decodePng(readFileSync(file));
	} catch {
		return null;
	}
}

/** The pixels of an image made here; null for an empty one. */
export function pixelsOf(image: Electron.NativeImage | string | undefined): Pixels | null {
	if (image === undefined) return null;
	const made = typeof image === "string" ? nativeImage.createFromPath(image) : image;
	return (made as unknown as StandInImage).pixels();
}

export const nativeImage = guard<Surface["nativeImage"]>(
	{
		createEmpty: () => makeImage(new Map()),
		createFromPath(file) {
			const versions = new Map<number, Pixels>();
			const plain = readPng(file);
			if (plain !== null) versions.set(1, plain);
			for (const factor of [1.5, 2, 3]) {
				const pixels = readPng(file.replace(/(\.\w+)$/, `@${String(factor)}x$1`));
				if (pixels !== null) versions.set(factor, pixels);
			}
			return makeImage(versions);
		},
		createFromBuffer(buffer, options) {
			const scale = options?.scaleFactor ?? 1;
			const pixels = decodePng(buffer) ?? bitmap(buffer, options?.width ?? 0, options?.height ?? 0);
			return makeImage(pixels === null ? none() : new Map([[scale, pixels]]));
		},
		createFromBitmap(buffer, options) {
			const pixels = bitmap(buffer, options.width, options.height);
			if (pixels === null) throw new Error("invalid buffer size");
			return makeImage(new Map([[options.scaleFactor ?? 1, pixels]]));
		},
		createFromDataURL(url) {
			const bytes = dataOf(url);
			const pixels = bytes === null ? null : decodePng(bytes);
			return makeImage(pixels === null ? none() : new Map([[1, pixels]]));
		},
	},
	"nativeImage",
);
