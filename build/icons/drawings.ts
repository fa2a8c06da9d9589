/**
 * Trunkline's mark: three lines that become one, inside a speech bubble. Everything is drawn here, once, as SVG on a
 * grid of 64; `node build/icons/render.ts` makes the files.
 */

const bubble =
	"M20 13h24a10 10 0 0 1 10 10v14a10 10 0 0 1-10 10H31l-9.2 7.4a1.6 1.6 0 0 1-2.6-1.25V47A10 10 0 0 1 10 37V23a10 10 0 0 1 10-10z";
const lines = "M19.5 22.5h3.5c7 0 7.5 7.5 14.5 7.5M19.5 37.5h3.5c7 0 7.5-7.5 14.5-7.5M19.5 30H44.5";

/** Fewer strokes and more room: what survives on 16 to 32 pixels. */
const smallBubble =
	"M15 8h34a9 9 0 0 1 9 9v22a9 9 0 0 1-9 9H33L21.5 58.5a2 2 0 0 1-3.4-1.4V48H15a9 9 0 0 1-9-9V17a9 9 0 0 1 9-9z";
const smallLines = "M17 19.5h3c8 0 8.5 8.5 16.5 8.5M17 36.5h3c8 0 8.5-8.5 16.5-8.5H47";

const svg = (content: string, defs = ""): string =>
	`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">${defs}${content}</svg>\n`;

const tile = `<defs><linearGradient id="tile" x1="0" y1="0" x2="0.35" y2="1"><stop offset="0" stop-color="#3f7fe0"/><stop offset="1" stop-color="#1b4aa3"/></linearGradient></defs>`;

/** The application's icon, to be shown at 48 pixels and more. */
export const appIcon = svg(
	`<rect x="2" y="2" width="60" height="60" rx="15" fill="url(#tile)"/>` +
		`<path d="${bubble}" fill="#fff"/>` +
		`<path d="${lines}" fill="none" stroke="#2059bd" stroke-width="4.2" stroke-linecap="round"/>` +
		`<circle cx="45" cy="30" r="3.9" fill="#e8912d"/>`,
	tile,
);

export const trayStates = ["idle", "unread", "alert"] as const;
export type TrayState = (typeof trayStates)[number];

/** A hole in the bubble around the badge keeps the two apart on any background. */
const badgeHole = `<mask id="hole"><rect width="64" height="64" fill="#fff"/><circle cx="49" cy="47" r="19" fill="#000"/></mask>`;
const exclamation = (colour: string): string =>
	`<path d="M49 39v8.5" stroke="${colour}" stroke-width="5.5" stroke-linecap="round"/><circle cx="49" cy="55" r="3.1" fill="${colour}"/>`;

/**
 * A tray image in colour. The bubble is mid-blue (grey when no account receives), which stands out from light and
 * dark panels alike; state is told by shape as well as by colour.
 */
export function trayIcon(state: TrayState): string {
	const fill = state === "alert" ? "#7c8798" : "#3b7be0";
	const mark =
		`<path d="${smallBubble}" fill="${fill}"/>` +
		`<path d="${smallLines}" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>`;
	if (state === "idle") return svg(mark);
	const badge =
		state === "unread"
			? `<circle cx="49" cy="47" r="14" fill="#e5484d"/>`
			: `<circle cx="49" cy="47" r="15" fill="#f5b83d"/>${exclamation("#2b1d00")}`;
	return svg(`<g mask="url(#hole)">${mark}</g>${badge}`, badgeHole);
}

/** The same in one colour with transparency: macOS paints template images to suit its menu bar. */
export function trayTemplate(state: TrayState): string {
	const cut = `<path d="${smallLines}" fill="none" stroke="#000" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>`;
	const hole = state === "idle" ? "" : `<circle cx="49" cy="47" r="19" fill="#000"/>`;
	const mask = `<mask id="cut"><rect width="64" height="64" fill="#fff"/>${cut}${hole}</mask>`;
	const badge =
		state === "unread"
			? `<circle cx="49" cy="47" r="13" fill="#000"/>`
			: state === "alert"
				? exclamation("#000")
				: "";
	return svg(`<path d="${smallBubble}" fill="#000" mask="url(#cut)"/>${badge}`, mask);
}
