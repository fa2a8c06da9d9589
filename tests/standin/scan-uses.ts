import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** One use of Electron in the app's code. */
export interface Use {
	/** The class or interface of electron.d.ts that declares the member, or "electron" for an export. */
	readonly owner: string;
	/** A member's name, or `event:NAME` for a listener. */
	readonly member: string;
	/** File and line. */
	readonly place: string;
}

const listening = new Set(["on", "once", "addListener", "prependListener"]);

/**
 * Finds every member of Electron's types that the main process names, by asking the compiler where the member
 * is declared. Options objects are not reported: their names reach nothing here.
 */
export function scanSources(repository: string): Use[] {
	const configuration = path.join(repository, "main", "tsconfig.json");
	const parsed = ts.parseJsonConfigFileContent(
		ts.readConfigFile(configuration, (file) => readFileSync(file, "utf8")).config,
		ts.sys,
		path.dirname(configuration),
	);
	const program = ts.createProgram(parsed.fileNames, { ...parsed.options, noEmit: true });
	const checker = program.getTypeChecker();
	const main = path.join(repository, "main") + path.sep;
	const uses: Use[] = [];

	const visit = (node: ts.Node, file: ts.SourceFile): void => {
		const name = ts.isPropertyAccessExpression(node)
			? node.name
			: ts.isBindingElement(node)
				? (node.propertyName ?? node.name)
				: ts.isImportSpecifier(node)
					? (node.propertyName ?? node.name)
					: null;
		if (name !== null && ts.isIdentifier(name)) {
			const owner = ownerOf(node, name);
			if (owner !== null) {
				const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
				const place = `${path.relative(repository, file.fileName)}:${String(line + 1)}`;
				uses.push({ owner, member: name.text, place });
				const event = eventOf(node, name.text);
				if (event !== null) uses.push({ owner, member: `event:${event}`, place });
			}
		}
		ts.forEachChild(node, (child) => {
			visit(child, file);
		});
	};

	const ownerOf = (node: ts.Node, name: ts.Identifier): string | null => {
		if (ts.isImportSpecifier(node)) {
			const clause = node.parent.parent;
			if (node.isTypeOnly || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return null;
			const from = clause.parent.moduleSpecifier;
			return ts.isStringLiteral(from) && /^electron(\/|$)/.test(from.text) ? "electron" : null;
		}
		const symbol = ts.isBindingElement(node)
			? checker.getTypeAtLocation(node.parent).getProperty(name.text)
			: checker.getSymbolAtLocation(name);
		for (const declaration of symbol?.declarations ?? []) {
			const parent = declaration.parent;
			if (!declaration.getSourceFile().fileName.endsWith("electron.d.ts")) continue;
			if (!ts.isClassDeclaration(parent) && !ts.isInterfaceDeclaration(parent)) continue;
			// Members of Node's emitter are declared again for each event; the receiver says whose they are.
			if (parent.name !== undefined) return parent.name.text;
		}
		return null;
	};

	const eventOf = (node: ts.Node, method: string): string | null => {
		if (!listening.has(method) || !ts.isCallExpression(node.parent)) return null;
		const first = node.parent.arguments[0];
		return first !== undefined && ts.isStringLiteralLike(first) ? first.text : null;
	};

	for (const file of program.getSourceFiles())
		if (file.fileName.startsWith(main) && !/\.(test|d)\.ts$/.test(file.fileName)) visit(file, file);
	return uses;
}

/** The names that a bundle imports from Electron. */
export function scanBundleImports(bundle: string): string[] {
	const names: string[] = [];
	const pattern = /import\s*\{([^}]*)\}\s*from\s*["']electron(?:\/[a-z]+)?["']/g;
	for (const [, list] of bundle.matchAll(pattern))
		for (const part of (list ?? "").split(",")) {
			const name = part.trim().split(/\s+as\s+/)[0];
			if (name !== undefined && name !== "") names.push(name);
		}
	return names;
}
