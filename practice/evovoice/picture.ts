import { png } from "../server/png.ts";
import type { Media } from "./chats.ts";

const [width, height] = [320, 240];

/** What the visitor of the web chat photographed: a wheel with a flat part, on grass. */
export function wheelPicture(): Media {
	return {
		contentType: "image/png",
		bytes: png(width, height, (x, y) => {
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
