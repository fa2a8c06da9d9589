import type { Plugin } from "vite";

const flag = "export let hydrating = false;";
const setter = /export function set_hydrating\(value\) \{\s*hydrating = value;\s*\}/u;

/** Svelte's `hydration.js` for a page that no server has drawn; throws when it is not written as it was known. */
export function withoutHydration(code: string): string {
	if (!code.includes(flag) || !setter.test(code))
		throw new Error("Svelte keeps its hydration flag in another way now: look at never-hydrated.ts");
	return code
		.replace(flag, "export const hydrating = false;")
		.replace(setter, "export function set_hydrating() {}");
}

/**
 * Leaves out what the window never does. Svelte guards all of its hydration with one variable so that bundlers can
 * drop it; Rolldown does not see that a variable that is only ever set to its value stays what it is. Its custom
 * elements are made by a class that is there whether or not anybody asks for it. Together 5 kB of 90.
 */
export function neverHydrated(): Plugin {
	return {
		name: "trunkline:never-hydrated",
		apply: "build",
		transform(code, id) {
			const file = id.replaceAll("\\", "/");
			if (file.endsWith("/svelte/src/internal/client/dom/hydration.js"))
				return { code: withoutHydration(code), map: null };
			if (file.endsWith("/svelte/src/internal/client/dom/elements/custom-element.js"))
				return { code, map: null, moduleSideEffects: false };
			return null;
		},
	};
}
