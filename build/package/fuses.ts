import type { FuseV1Options } from "@electron/fuses";

/**
 * How every fuse of Electron is set in what ships, by the names of `@electron/fuses`. The type makes a fuse that
 * Electron gains an error here until somebody has decided on it.
 *
 * Consequence of `EnableNodeCliInspectArguments: false`: Playwright cannot drive a packaged build; the smoke spec
 * runs the package's content on an unpackaged host instead.
 */
export const fuses = {
	RunAsNode: false,
	EnableCookieEncryption: true,
	EnableNodeOptionsEnvironmentVariable: false,
	EnableNodeCliInspectArguments: false,
	EnableEmbeddedAsarIntegrityValidation: true,
	OnlyLoadAppFromAsar: true,
	LoadBrowserProcessSpecificV8Snapshot: false,
	GrantFileProtocolExtraPrivileges: false,
	// electron-builder's configuration has no key for it: it stays as Electron ships it.
	WasmTrapHandlers: "as shipped",
} satisfies Record<keyof typeof FuseV1Options, boolean | "as shipped">;

/** The same in the spelling of electron-builder's `electronFuses` block. */
export function builderFuses(): Record<string, boolean> {
	return Object.fromEntries(
		Object.entries(fuses).flatMap(([name, value]) =>
			typeof value === "boolean" ? [[name.charAt(0).toLowerCase() + name.slice(1), value]] : [],
		),
	);
}
