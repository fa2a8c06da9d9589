import type { App } from "electron/main";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export interface Folders {
	/** Settings, accounts, desks, window state. May be shared with other workstations. */
	readonly profile: string;
	readonly logs: string;
	/** Never roams with the profile: what is true of this computer only. */
	readonly local: string;
	/** The message history: of this computer only, and never where the system may clear up by itself. */
	readonly messages: string;
}

/**
 * Gives the app a profile of its own. Before the single-instance lock, which lies in it: two profiles are two
 * instances. Chromium's data goes there too.
 */
export function useProfile(app: Pick<App, "setPath">, folder: string): void {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	app.setPath("userData", folder);
	app.setPath("sessionData", folder);
	app.setPath("logs", join(folder, "logs"));
}

/** Where things lie, by what Electron says; the local folders are ones that Electron has no name for. */
export function folders(
	app: Pick<App, "getPath">,
	platform: NodeJS.Platform,
	environment: Readonly<Record<string, string | undefined>>,
	/** The profile was chosen by `--user-data-dir`: then everything of it lies there. */
	chosenProfile = false,
): Folders {
	const profile = app.getPath("userData");
	const local = localFolder(app.getPath("home"), platform, environment);
	// macOS: profiles do not roam, and Caches, where `local` is, may be emptied at any time.
	const messages = join(chosenProfile || platform === "darwin" ? profile : local, "messages");
	return { profile, logs: app.getPath("logs"), local, messages };
}

function localFolder(
	home: string,
	platform: NodeJS.Platform,
	environment: Readonly<Record<string, string | undefined>>,
): string {
	const given = (name: string): string | undefined => {
		const value = environment[name];
		return value === undefined || value === "" ? undefined : value;
	};
	if (platform === "win32")
		return join(given("LOCALAPPDATA") ?? join(home, "AppData", "Local"), "Trunkline");
	if (platform === "darwin") return join(home, "Library", "Caches", "Trunkline");
	return join(given("XDG_STATE_HOME") ?? join(home, ".local", "state"), "trunkline");
}
