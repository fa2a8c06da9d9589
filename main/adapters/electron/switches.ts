import { resolve } from "node:path";

/** What the command line asks of the app (the UI contract names the switches). */
export interface Switches {
	/** `--user-data-dir=DIR`: a profile of its own; absolute. */
	readonly userDataDir: string | null;
	/** `--practice`: start in practice mode. */
	readonly practice: boolean;
	/** `--hidden`: start in the tray. */
	readonly hidden: boolean;
	/** `--provision=FILE`: an account for unattended set-up; absolute. */
	readonly provision: string | null;
}

/**
 * Reads the switches out of a whole command line, which also holds the program, Electron's and Chromium's
 * own switches; anything else is ignored. The last of two equal switches counts; a bare `--` ends them.
 * Relative paths are meant from `folder`, where the command was given.
 */
export function parseSwitches(commandLine: readonly string[], folder: string): Switches {
	let switches: Switches = { userDataDir: null, practice: false, hidden: false, provision: null };
	for (const argument of commandLine) {
		if (argument === "--") break;
		const [name, value] = split(argument);
		if (name === "--practice" && value === null) switches = { ...switches, practice: true };
		else if (name === "--hidden" && value === null) switches = { ...switches, hidden: true };
		else if (name === "--user-data-dir" && usable(value))
			switches = { ...switches, userDataDir: resolve(folder, value) };
		else if (name === "--provision" && usable(value))
			switches = { ...switches, provision: resolve(folder, value) };
	}
	return switches;
}

function split(argument: string): [string, string | null] {
	const at = argument.indexOf("=");
	return at === -1 ? [argument, null] : [argument.slice(0, at), argument.slice(at + 1)];
}

function usable(value: string | null): value is string {
	return value !== null && value !== "" && !value.includes("\0");
}
