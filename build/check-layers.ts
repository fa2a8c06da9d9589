/**
 * Checks that imports follow the arrows of the architecture:
 *
 *     shared <- main/core <- main/adapters <- main/compose*.ts, main/index.ts
 *     shared <- renderer        shared <- practice        shared/ipc/names.ts <- main/preload
 *
 * Every import of every .ts, .svelte, .svelte.ts and .js file under these folders is resolved by path; files that
 * only tests use (`*.test.ts`, `*.spec.ts`) are free. Nothing that ships reaches tests/ or build/.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

/** One arrow that must not be. `target` is a path in the repository or a package name. */
export interface Violation {
	readonly file: string;
	readonly line: number;
	readonly target: string;
	readonly message: string;
}

/** What the program reads; tests pass a record of contents by path, with `/` between names. */
export interface SourceTree {
	files(): readonly string[];
	read(file: string): string;
	exists(file: string): boolean;
}

interface Layer {
	readonly name: string;
	/** Whether a path of the repository belongs here; the first layer that says so has it. */
	has(file: string): boolean;
	/** Whether a file of the repository may be imported. */
	mayImport(target: string): boolean;
	/** Whether `node:*` and packages may be imported. */
	readonly node: boolean;
	readonly electron: "none" | "all";
	/** Packages that may be imported; `undefined`: every one that package.json lists. */
	readonly packages?: readonly string[];
}

const under =
	(...folders: readonly string[]) =>
	(file: string): boolean =>
		folders.some((folder) => file.startsWith(`${folder}/`));

const layers: readonly Layer[] = [
	{
		name: "shared",
		has: under("shared"),
		mayImport: under("shared"),
		node: false,
		electron: "none",
		packages: ["valibot"],
	},
	{
		name: "main/core",
		has: under("main/core"),
		mayImport: under("shared", "main/core"),
		node: false,
		electron: "none",
		packages: ["valibot"],
	},
	{
		name: "main/preload",
		has: under("main/preload"),
		mayImport: (target) => under("main/preload")(target) || target === "shared/ipc/names.ts",
		node: false,
		electron: "all",
		packages: [],
	},
	{
		name: "main/adapters",
		has: under("main/adapters"),
		mayImport: under("shared", "main/core", "main/adapters"),
		node: true,
		electron: "all",
	},
	{
		name: "main entry and composition",
		has: (file) => /^main\/(?:compose[^/]*|index)\.ts$/.test(file),
		mayImport: under("shared", "main"),
		node: true,
		electron: "all",
	},
	{
		name: "main (only index.ts and compose*.ts may lie here)",
		has: under("main"),
		mayImport: () => false,
		node: false,
		electron: "none",
		packages: [],
	},
	{
		name: "renderer",
		has: under("renderer"),
		mayImport: under("shared", "renderer"),
		node: false,
		electron: "none",
	},
	{
		name: "practice",
		has: under("practice"),
		mayImport: under("shared", "practice"),
		node: true,
		electron: "none",
		packages: ["cometd-nodejs-server", "valibot"],
	},
];

/** Types only: what main's `import type` may take from the practice bundle, which it loads at run time. */
const typeOnlyExceptions: readonly { from: (file: string) => boolean; to: (file: string) => boolean }[] = [
	{ from: (file) => /^main\/compose[^/]*\.ts$/.test(file), to: under("practice") },
	// The renderer's window.app is typed from shared/; the preload may name the bridge's type.
	{ from: under("main/preload"), to: under("shared") },
];

const sqliteDriver = "main/adapters/storage/database/sqlite-driver.ts";

interface Import {
	readonly specifier: string;
	readonly line: number;
	readonly typeOnly: boolean;
}

/** The imports, re-exports, dynamic imports and `require`s of one TypeScript or JavaScript text. */
export function importsOf(text: string, firstLine = 1): readonly Import[] {
	const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
	const found: Import[] = [];
	const add = (literal: ts.Node, typeOnly: boolean): void => {
		if (!ts.isStringLiteralLike(literal)) return;
		const line = source.getLineAndCharacterOfPosition(literal.getStart()).line + firstLine;
		found.push({ specifier: literal.text, line, typeOnly });
	};
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node))
			add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
		else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
			add(node.moduleSpecifier, node.isTypeOnly);
		else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
			add(node.argument.literal, true);
		else if (ts.isCallExpression(node) && node.arguments[0] !== undefined) {
			const callee = node.expression;
			const loads =
				callee.kind === ts.SyntaxKind.ImportKeyword ||
				(ts.isIdentifier(callee) && callee.text === "require") ||
				(ts.isPropertyAccessExpression(callee) && callee.name.text === "getBuiltinModule");
			if (loads) add(node.arguments[0], false);
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

/** The script blocks of a Svelte component, each with the number of its first line. */
export function scriptsOf(component: string): readonly { text: string; firstLine: number }[] {
	return [...component.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script\s*>/g)].map((match) => {
		const start = match.index + match[0].indexOf(">") + 1;
		return { text: match[1] ?? "", firstLine: component.slice(0, start).split("\n").length };
	});
}

const isTest = (file: string): boolean => /\.(?:test|spec)\.ts$/.test(file);
const packageOf = (specifier: string): string =>
	specifier
		.split("/")
		.slice(0, specifier.startsWith("@") ? 2 : 1)
		.join("/");

/** Every wrong arrow in `tree`, in the order of the files. */
export function checkLayers(tree: SourceTree): readonly Violation[] {
	const violations: Violation[] = [];
	for (const file of tree.files()) {
		const layer = layers.find((candidate) => candidate.has(file));
		if (layer === undefined || isTest(file)) continue;
		const text = tree.read(file);
		const scripts = file.endsWith(".svelte") ? scriptsOf(text) : [{ text, firstLine: 1 }];
		for (const script of scripts)
			for (const found of importsOf(script.text, script.firstLine)) {
				const problem = judge(tree, layer, file, found);
				if (problem !== undefined) violations.push({ file, line: found.line, ...problem });
			}
	}
	return violations;
}

function judge(
	tree: SourceTree,
	layer: Layer,
	file: string,
	found: Import,
): { target: string; message: string } | undefined {
	const { specifier, typeOnly } = found;
	if (specifier === "node:sqlite" && file !== sqliteDriver)
		return {
			target: specifier,
			message: `only ${sqliteDriver} may, so that another SQLite can replace it`,
		};
	if (specifier.startsWith("node:") || builtinModules.includes(specifier)) {
		if (layer.node) return undefined;
		return { target: specifier, message: `${layer.name} may not import Node's modules` };
	}
	if (/^electron(?:\/|$)/.test(specifier)) {
		if (layer.electron === "all") return undefined;
		return { target: specifier, message: `${layer.name} may not import Electron` };
	}
	if (!specifier.startsWith(".")) {
		const name = packageOf(specifier);
		if (layer.packages === undefined || layer.packages.includes(name)) return undefined;
		return {
			target: specifier,
			message: `${layer.name} may import these packages only: ${layer.packages.join(", ") || "none"}`,
		};
	}
	const target = posix.normalize(posix.join(posix.dirname(file), specifier.replace(/\?.*$/, "")));
	if (target.startsWith("..")) return { target, message: "leaves the repository" };
	if (!tree.exists(target))
		return { target, message: "there is no such file (imports carry the extension)" };
	if (isTest(target)) return { target, message: "shipped code may not import a test" };
	if (layer.mayImport(target)) return undefined;
	if (typeOnly && typeOnlyExceptions.some((exception) => exception.from(file) && exception.to(target)))
		return undefined;
	return { target, message: `${layer.name} may not import this` };
}

/** The repository at `root` on disk. */
export function diskTree(root: string): SourceTree {
	const wanted = /\.(?:ts|mts|cts|js|mjs|cjs|svelte)$/;
	const list = (folder: string): string[] =>
		existsSync(folder)
			? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
					const path = join(folder, entry.name);
					if (entry.isDirectory()) return entry.name === "node_modules" ? [] : list(path);
					return wanted.test(entry.name) ? [relative(root, path).split(sep).join("/")] : [];
				})
			: [];
	return {
		files: () =>
			["shared", "main", "renderer", "practice"].flatMap((name) => list(join(root, name))).sort(),
		read: (file) => readFileSync(join(root, file), "utf8"),
		exists: (file) => existsSync(join(root, file)) && statSync(join(root, file)).isFile(),
	};
}

function main(): void {
	const tree = diskTree(dirname(import.meta.dirname));
	const violations = checkLayers(tree);
	for (const { file, line, target, message } of violations)
		console.error(`${file}:${String(line)}: ${target}: ${message}`);
	console.log(`layers: ${String(tree.files().length)} files, ${String(violations.length)} wrong arrows`);
	process.exitCode = violations.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
