/**
 * Checks that nothing but the providers knows the messaging systems by name: no literal and no identifier with one of
 * their names in what ships. Comments may name them, and so may the catalogue (JSON) and the vocabulary of errors.
 */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { diskTree, scriptsOf, type SourceTree } from "./check-layers.ts";

export interface NamedSystem {
	readonly file: string;
	readonly line: number;
	readonly text: string;
}

const names = /genesys|netsapiens|crexendo|evovoice|textus/i;

const mayName = (file: string): boolean =>
	file.startsWith("main/adapters/providers/") ||
	file.startsWith("practice/") ||
	/(?:^|\/)testing(?:\/|\.ts$)/.test(file) ||
	/\.(?:test|spec)\.ts$/.test(file) ||
	// Error codes are the words of a protocol sheet; files of earlier versions have a system's name in them.
	[
		"shared/errors.ts",
		"main/adapters/storage/account-file.ts",
		"main/adapters/storage/settings-file.ts",
	].includes(file);

/** Every place that names a system and may not, in the order of the files. */
export function checkSystems(tree: SourceTree): readonly NamedSystem[] {
	const found: NamedSystem[] = [];
	for (const file of tree.files()) {
		if (mayName(file)) continue;
		const text = tree.read(file);
		const scripts = file.endsWith(".svelte")
			? [...scriptsOf(text), ...markupOf(text)]
			: [{ text, firstLine: 1 }];
		for (const script of scripts)
			for (const token of tokensOf(script.text))
				if (names.test(token.text))
					found.push({ file, line: script.firstLine + token.line, text: token.text });
	}
	return found;
}

/** What is neither script nor style of a component, without its comments, as one literal. */
function markupOf(component: string): readonly { text: string; firstLine: number }[] {
	const blank = (part: string): string => part.replace(/[^\n]/g, " ");
	const markup = component
		.replace(/<script\b[\s\S]*?<\/script\s*>/g, blank)
		.replace(/<!--[\s\S]*?-->/g, blank);
	return markup.split("\n").map((line, index) => ({ text: JSON.stringify(line), firstLine: index + 1 }));
}

function tokensOf(text: string): readonly { readonly text: string; readonly line: number }[] {
	const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
	const found: { text: string; line: number }[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node))
			found.push({
				text: node.text,
				line: source.getLineAndCharacterOfPosition(node.getStart()).line,
			});
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

function main(): void {
	const found = checkSystems(diskTree(dirname(import.meta.dirname)));
	for (const { file, line, text } of found)
		console.error(`${file}:${String(line)}: ${text}: only providers know the systems by name`);
	console.log(`systems: named in ${String(found.length)} wrong places`);
	process.exitCode = found.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
