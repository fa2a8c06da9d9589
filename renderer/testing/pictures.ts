/** A made-up photograph of a parcel label, another for each id: nothing is fetched. */
export function pictureOf(id: string): string {
	const hue = [...id].reduce((sum, character) => sum * 7 + (character.codePointAt(0) ?? 0), 3) % 360;
	const colour = (lightness: number, chroma: number): string =>
		`oklch(${String(lightness)}% ${String(chroma)} ${String(hue)})`;
	// A box is photographed upright.
	const size = id.includes("box") ? 'width="480" height="640"' : 'width="640" height="480"';
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 640 480" preserveAspectRatio="xMidYMid slice">
<rect width="640" height="480" fill="${colour(62, 0.06)}"/>
<rect y="330" width="640" height="150" fill="${colour(38, 0.04)}"/>
<path d="M150 120 400 90 540 190 520 380 240 410 140 300Z" fill="${colour(76, 0.08)}"/>
<path d="M150 120 400 90 540 190 280 230Z" fill="${colour(84, 0.07)}"/>
<g transform="rotate(-6 380 310)"><rect x="300" y="250" width="180" height="110" rx="6" fill="white"/>
<path d="M318 270h90M318 288h120M318 306h70" stroke="#444" stroke-width="7"/>
<path d="M318 330h4m6 0h10m5 0h3m8 0h14m4 0h6m6 0h3m5 0h12m6 0h4" stroke="#111" stroke-width="26"/></g></svg>`;
	return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
