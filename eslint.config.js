import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import { defineConfig } from "eslint/config";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const electron = ["electron", "electron/*"];
const node = ["node:*"];

/**
 * Imports that the files of a layer may not name. build/check-layers.ts checks the same arrows by path.
 * @param {string[]} files
 * @param {string[]} group
 * @param {string} message
 * @returns {import("eslint").Linter.Config}
 */
const zone = (files, group, message) => ({
	files,
	ignores: ["**/*.test.ts", "**/*.spec.ts"],
	rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

const injected = "is injected (main/core/ports/runtime.ts): tests run on virtual time and seeded randomness.";
const clockProperties = [
	["Date", "now"],
	["Math", "random"],
	["performance", "now"],
	["crypto", "randomUUID"],
	["AbortSignal", "timeout"],
].map(([object, property]) => ({ object, property, message: `${object}.${property} ${injected}` }));
const clockGlobals = [
	"setTimeout",
	"setInterval",
	"setImmediate",
	"clearTimeout",
	"clearInterval",
	"performance",
].map((name) => ({ name, message: `${name} ${injected}` }));

export default defineConfig(
	{
		ignores: [
			"dist/",
			"out/",
			"release/",
			"node_modules/",
			"tests/standin/**/*.js",
			"tests/standin/**/*.cjs",
		],
	},
	{ linterOptions: { reportUnusedDisableDirectives: "error" } },
	js.configs.recommended,
	{
		files: ["**/*.ts", "**/*.svelte"],
		extends: [ts.configs.strictTypeChecked],
		languageOptions: {
			parserOptions: {
				project: [
					"shared/tsconfig.json",
					"main/core/tsconfig.json",
					"main/tsconfig.json",
					"renderer/tsconfig.json",
					"practice/tsconfig.json",
					"build/tsconfig.json",
					"tests/tsconfig.json",
				],
				extraFileExtensions: [".svelte"],
				tsconfigRootDir: import.meta.dirname,
			},
		},
		rules: {
			// The compiler knows which names exist.
			"no-undef": "off",
			"@typescript-eslint/no-unused-vars": [
				"error",
				{ argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
			],
			"@typescript-eslint/switch-exhaustiveness-check": [
				"error",
				{ considerDefaultExhaustiveForUnions: true },
			],
			"@typescript-eslint/no-import-type-side-effects": "error",
			// `() => doIt()` where nothing is returned is plain enough.
			"@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
			// `x == null` is the short way to say null or undefined.
			eqeqeq: ["error", "always", { null: "ignore" }],
			// `[...text]` walks code points, which is what we want it for; graphemes are Intl.Segmenter's.
			"@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
			"no-console": "error",
			"max-lines": ["error", { max: 330, skipBlankLines: true, skipComments: true }],
		},
	},
	// After the block above, whose parser it replaces for components.
	svelte.configs.recommended,
	{
		files: ["**/*.svelte", "**/*.svelte.ts"],
		languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
	},
	{
		files: ["**/*.svelte", "**/*.svelte.ts"],
		rules: {
			// State classes keep immutable maps in $state.raw and helpers that nothing on screen depends on.
			"svelte/prefer-svelte-reactivity": "off",
		},
	},
	{
		files: ["**/*.svelte"],
		rules: {
			// Message text reaches the page as text nodes only.
			"svelte/no-at-html-tags": "error",
			// The content security policy refuses style attributes in markup.
			"svelte/no-restricted-html-elements": [
				"error",
				{ elements: ["iframe", "webview", "object", "embed"], message: "No foreign content." },
			],
			"no-restricted-syntax": [
				"error",
				{
					selector: "SvelteElement > SvelteStartTag > SvelteAttribute[key.name='style']",
					message:
						"A static style attribute breaks the content security policy: use a class or style:name={value}.",
				},
			],
		},
	},

	zone(
		["shared/**"],
		[
			...node,
			...electron,
			"**/main/**",
			"**/renderer/**",
			"**/practice/**",
			"**/tests/**",
			"**/build/**",
		],
		"shared/ is pure and imports shared/ only.",
	),
	zone(
		["main/core/**"],
		[
			...node,
			...electron,
			"**/adapters/**",
			"**/compose*",
			"**/renderer/**",
			"**/practice/**",
			"**/tests/**",
			"**/build/**",
		],
		"main/core/ imports shared/ and itself only.",
	),
	zone(
		["main/adapters/**"],
		["**/compose*", "**/renderer/**", "**/practice/**", "**/tests/**", "**/build/**"],
		"main/adapters/ imports main/core/, shared/ and itself only.",
	),
	zone(
		["main/*.ts"],
		["**/renderer/**", "../practice/**", "**/tests/**", "**/build/**"],
		"Main never imports the renderer, practice or tests.",
	),
	zone(
		["main/preload/**"],
		[
			...node,
			"**/core/**",
			"**/adapters/**",
			"**/compose*",
			"**/renderer/**",
			"**/practice/**",
			"**/tests/**",
		],
		"The preload imports electron and shared/ipc/names.ts only.",
	),
	zone(
		["renderer/**"],
		[
			...node,
			...electron,
			"**/main/adapters/**",
			"**/main/core/**",
			"**/main/compose*",
			"**/practice/**",
			"**/tests/**",
			"**/build/**",
		],
		"renderer/ imports shared/ and itself only.",
	),
	zone(
		["practice/**"],
		[...electron, "**/main/**", "**/renderer/**", "**/tests/**", "**/build/**"],
		"practice/ imports shared/ and itself only.",
	),

	{
		files: ["main/core/**", "main/adapters/providers/**"],
		ignores: ["**/*.test.ts"],
		rules: {
			"no-restricted-properties": ["error", ...clockProperties],
			"no-restricted-globals": ["error", ...clockGlobals],
			"no-restricted-syntax": [
				"error",
				{
					selector: "NewExpression[callee.name='Date'][arguments.length=0]",
					message: `The current date ${injected}`,
				},
			],
		},
	},
	{
		files: ["**/*.test.ts", "tests/**"],
		rules: {
			"no-restricted-properties": [
				"error",
				{ object: "vi", property: "mock", message: "No module mocks: inject a fake." },
				{ object: "vi", property: "doMock", message: "No module mocks: inject a fake." },
			],
			"max-lines": "off",
		},
	},
	{
		files: ["build/**", "tests/**", "bench/**", "practice/**"],
		rules: { "no-console": "off" },
	},
	{
		files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
		languageOptions: { globals: { ...globals.node } },
	},
	{ files: ["**/*.d.ts"], rules: { "no-var": "off" } },
	{ files: ["renderer/**/*.js"], languageOptions: { globals: { ...globals.browser } } },
);
