import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

type Attributes = Readonly<Record<string, string>>;

/** Where an outline begins is absolute, also in lower case; joined to others it must say so. */
function fromItsOwnStart(d: string): string {
	const number = String.raw`-?(?:\d+\.?\d*|\.\d+)`;
	const begin = new RegExp(`^m\\s*(${number})[\\s,]*(${number})\\s*,?(.*)$`, "su").exec(d.trim());
	if (begin === null) return d.trim();
	const [, x = "", y = "", rest = ""] = begin;
	// Pairs that follow a small "m" without a letter are lines from there.
	return `M${x} ${y}${/^[-.\d]/u.test(rest) ? "l" : ""}${rest}`;
}

/** One shape of an SVG as the outline of a path. */
export function outline(tag: string, attributes: Attributes): string {
	const at = (name: string): number => Number(attributes[name] ?? 0);
	switch (tag) {
		case "path":
			return fromItsOwnStart(attributes["d"] ?? "");
		case "line":
			return `M${String(at("x1"))} ${String(at("y1"))}L${String(at("x2"))} ${String(at("y2"))}`;
		case "polyline":
			return `M${attributes["points"] ?? ""}`;
		case "polygon":
			return `M${attributes["points"] ?? ""}Z`;
		case "circle":
		case "ellipse": {
			const rx = attributes["rx"] ?? attributes["r"] ?? "0";
			const ry = attributes["ry"] ?? attributes["r"] ?? "0";
			const half = (sign: "" | "-"): string => `a${rx} ${ry} 0 1 0 ${sign}${String(Number(rx) * 2)} 0`;
			return `M${String(at("cx") - Number(rx))} ${String(at("cy"))}${half("")}${half("-")}z`;
		}
		case "rect": {
			const radius = Number(attributes["rx"] ?? attributes["ry"] ?? 0);
			const corner = (x: number, y: number): string =>
				radius === 0
					? ""
					: `a${String(radius)} ${String(radius)} 0 0 1 ${String(x * radius)} ${String(y * radius)}`;
			const across = String(at("width") - 2 * radius);
			const down = String(at("height") - 2 * radius);
			return (
				`M${String(at("x") + radius)} ${String(at("y"))}h${across}${corner(1, 1)}v${down}` +
				`${corner(-1, 1)}h-${across}${corner(-1, -1)}v-${down}${corner(1, -1)}z`
			);
		}
		default:
			throw new Error(`An icon has a <${tag}>, which is not known as an outline.`);
	}
}

/** All shapes of one of lucide's components as one outline. */
export function iconOutline(component: string): string {
	const data = /const iconData = (\{.*\});/u.exec(component)?.[1];
	if (data === undefined) throw new Error("lucide writes its icons in another way now.");
	const { node } = JSON.parse(data) as { readonly node: readonly (readonly [string, Attributes])[] };
	return node.map(([tag, attributes]) => outline(tag, attributes)).join("");
}

/**
 * Lucide's icons as one outline each, drawn by `renderer/components/Icon.svelte`: its own components can do more than
 * this window needs, forty times over.
 */
export function icons(root: string): Plugin {
	return {
		name: "trunkline:icons",
		enforce: "pre",
		resolveId(source, importer) {
			const folder = /^(.*\/@lucide\/svelte\/dist\/icons)\/[^/]+\.js$/u.exec(
				importer?.replaceAll("\\", "/") ?? "",
			)?.[1];
			// Still within the library's folder, so that its licence is found.
			return folder !== undefined && /^\.\/[^/]+\.svelte$/u.test(source)
				? `\0${folder}/${source.slice(2)}.js`
				: null;
		},
		load(id) {
			if (!id.startsWith("\0") || !id.includes("/@lucide/svelte/dist/icons/")) return null;
			const d = iconOutline(readFileSync(id.slice(1, -".js".length), "utf8"));
			return (
				`import Icon from ${JSON.stringify(`${root}/renderer/components/Icon.svelte`)};\n` +
				`export default (anchor, props) => Icon(anchor, Object.create(props, { d: { value: ${JSON.stringify(d)} } }));\n`
			);
		},
	};
}
