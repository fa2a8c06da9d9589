/** A picture made smaller in the page, as a JPEG that keeps the proportions. */
export interface SmallerPicture {
	readonly blob: Blob;
	readonly width: number;
	readonly height: number;
}

/** Below this nothing can be made out any more: CSS pixels of the longer side. */
const smallestSide = 240;
const largestSide = 4096;
const qualities = [0.85, 0.7, 0.55];

/**
 * Makes a picture fit into `mostBytes`: first by its quality, then by its size. Null when it is no picture this browser
 * can read, or would have to become too small to be of use.
 */
export async function smallerPicture(file: Blob, mostBytes: number): Promise<SmallerPicture | null> {
	const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
	if (bitmap === null) return null;
	try {
		const side = Math.max(bitmap.width, bitmap.height);
		for (let scale = Math.min(1, largestSide / side); ; scale *= 0.75) {
			const width = Math.max(1, Math.round(bitmap.width * scale));
			const height = Math.max(1, Math.round(bitmap.height * scale));
			const blob = await fitting(bitmap, width, height, mostBytes);
			if (blob !== null) return { blob, width, height };
			if (side * scale * 0.75 < smallestSide) return null;
		}
	} finally {
		bitmap.close();
	}
}

async function fitting(
	bitmap: ImageBitmap,
	width: number,
	height: number,
	mostBytes: number,
): Promise<Blob | null> {
	const canvas = new OffscreenCanvas(width, height);
	const context = canvas.getContext("2d");
	if (context === null) return null;
	// JPEG knows no transparency: what would turn black stands on white.
	context.fillStyle = "white";
	context.fillRect(0, 0, width, height);
	context.imageSmoothingQuality = "high";
	context.drawImage(bitmap, 0, 0, width, height);
	for (const quality of qualities) {
		const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
		if (blob.size <= mostBytes) return blob;
	}
	return null;
}
