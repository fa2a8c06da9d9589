import { png } from "../server/png.ts";
import type { FileSetup } from "./files.ts";

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
