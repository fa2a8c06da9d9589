import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
	preprocess: vitePreprocess(),
	compilerOptions: {
		runes: true,
		// Stands in every template: short, and still different for some hundred files.
		cssHash: ({ hash, filename }) => `s${hash(filename).slice(0, 5)}`,
	},
};
