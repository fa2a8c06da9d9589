import { png } from "../server/png.ts";

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
