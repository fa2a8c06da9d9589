/** G14: what is shipped. gzip of the built JavaScript and the number of libraries in it; needs `npm run build`. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

interface Size {
	readonly id: string;
	readonly figure: number;
	readonly goal: number;
	readonly unit: string;
	readonly of: string;
}

/** kB (1000 bytes) of every .js file in a bundle's folder, each compressed by itself as the package is not. */
function compressedKb(bundle: string): number {
	const folder = join(dist, bundle);
	if (!existsSync(folder)) throw new Error(`${folder} is missing: run "npm run build" first`);
	let bytes = 0;
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue;
		bytes += gzipSync(readFileSync(join(entry.parentPath, entry.name)), { level: 9 }).length;
	}
	return Math.round(bytes / 100) / 10;
}

/** The libraries that Vite found in the bundles (licenses.json), and those that are installed beside them. */
function libraries(): readonly string[] {
	const names = new Set<string>();
	for (const bundle of ["renderer", "main", "preload", "practice"]) {
		const file = join(dist, bundle, "licenses.json");
		if (!existsSync(file)) continue;
		const listed = JSON.parse(readFileSync(file, "utf8")) as readonly { readonly name: string }[];
		for (const { name } of listed) names.add(name);
	}
	const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
		readonly dependencies?: Readonly<Record<string, string>>;
		readonly devDependencies?: Readonly<Record<string, string>>;
	};
	const shipped = Object.keys(own.dependencies ?? {});
	// What a library brings with it is part of that library's cost; ours to answer for are those we chose.
	const chosen = new Set([...shipped, ...Object.keys(own.devDependencies ?? {})]);
	return [...new Set([...shipped, ...[...names].filter((name) => chosen.has(name))])].sort();
}

const shipped = libraries();
const sizes: readonly Size[] = [
	{
		id: "G14-renderer",
		figure: compressedKb("renderer"),
		goal: 90,
		unit: "kB gz",
		of: "renderer JavaScript",
	},
	{ id: "G14-main", figure: compressedKb("main"), goal: 450, unit: "kB gz", of: "main JavaScript" },
	{
		id: "G14-libraries",
		figure: shipped.length,
		goal: 12,
		unit: "",
		of: `libraries (${shipped.join(", ")})`,
	},
];

for (const { id, figure, goal } of sizes) {
	process.stdout.write(
		`${JSON.stringify({ id, figure, goal, pass: figure <= goal, comparator: null, ci: null })}\n`,
	);
}
process.stderr.write("\nShipped code\n");
for (const { figure, goal, unit, of } of sizes) {
	const verdict = figure <= goal ? "met" : "NOT MET";
	process.stderr.write(
		`${String(figure).padStart(6)} ${unit.padEnd(5)}  goal ${String(goal).padEnd(4)} ${verdict.padEnd(8)} ${of}\n`,
	);
}
process.exitCode = sizes.every(({ figure, goal }) => figure <= goal) ? 0 : 1;
