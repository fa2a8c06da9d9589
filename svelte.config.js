import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default {
	preprocess: vitePreprocess(),
	compilerOptions: {
		runes: true,
		// Stands in every template: short, and still different for some hundred files.
		cssHash: ({ hash, filename }) => `s${hash(filename).slice(0, 5)}`,
	},
};
