import { svelte } from "@sveltejs/vite-plugin-svelte";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumPath } from "./build/chromium.mjs";
import { cometdHost } from "./build/vite/cometd-host.ts";
import { plainDomains } from "./build/vite/plain-domains.ts";
import { emptyElectron } from "./build/vite/empty-electron.ts";
import { icons } from "./build/vite/icons.ts";

const root = import.meta.dirname;
const nodeProject = { root, plugins: [cometdHost(), plainDomains(), emptyElectron()] };
/** Left to vitest's transforms, so that `cometdHost` and `plainDomains` see them. */
const server = { deps: { inline: [/[\\/]node_modules[\\/](?:cometd|tough-cookie)[\\/]/] } };

export default defineConfig({
	root,
	cacheDir: `${root}/node_modules/.vite/vitest`,
	test: {
		projects: [
			{
				...nodeProject,
				test: {
					name: "unit",
					environment: "node",
					include: [
						"{main,shared,practice,build,bench}/**/*.test.ts",
						"tests/standin/**/*.test.ts",
					],
					exclude: ["**/*.integration.test.ts"],
					server,
				},
			},
			{
				...nodeProject,
				test: {
					name: "integration",
					environment: "node",
					include: ["{main,shared,practice,build,tests}/**/*.integration.test.ts"],
					testTimeout: 60_000,
					hookTimeout: 60_000,
					// Each starts servers and daemons of its own; two cores carry one file at a time.
					fileParallelism: false,
					server,
				},
			},
			{
				plugins: [icons(root), svelte({ configFile: `${root}/svelte.config.js` })],
				root,
				// Found before the run: finding them late makes Vite reload the page in the middle of it.
				optimizeDeps: { entries: ["renderer/main.ts", "renderer/**/*.test.ts"] },
				test: {
					name: "renderer",
					include: ["renderer/**/*.test.ts"],
					// Chromium logs this when a list is measured during layout; it is no failure.
					onUnhandledError: (error) => !error.message.startsWith("ResizeObserver loop"),
					browser: {
						enabled: true,
						headless: true,
						screenshotFailures: false,
						provider: playwright({
							launchOptions: {
								executablePath: chromiumPath() ?? "/usr/bin/chromium",
								args: ["--no-sandbox"],
							},
						}),
						instances: [{ browser: "chromium" }],
					},
				},
			},
			{
				root,
				test: {
					name: "e2e",
					environment: "node",
					include: ["tests/e2e/**/*.spec.ts"],
					// Real windows, daemons and a browser on a machine that others use too: one more try, so that a red
					// run means the app. A test that needs it often is mended, not retried.
					retry: 1,
					testTimeout: 90_000,
					hookTimeout: 90_000,
					fileParallelism: false,
				},
			},
			{
				root,
				test: {
					name: "conformance",
					environment: "node",
					include: ["tests/conformance/**/*.spec.ts"],
					testTimeout: 60_000,
					hookTimeout: 60_000,
					fileParallelism: false,
				},
			},
			{
				root,
				test: {
					name: "package",
					environment: "node",
					include: ["build/package/**/*.spec.ts"],
					testTimeout: 120_000,
					hookTimeout: 120_000,
					fileParallelism: false,
				},
			},
		],
	},
});
