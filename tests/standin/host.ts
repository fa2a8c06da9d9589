import type { Chromium } from "./chromium.ts";

/** What the parts of the stand-in share about this run. */
export interface Host {
	/** Null until the entry module has been evaluated and Chromium runs. */
	chromium: Chromium | null;
	/** Switches given on the command line or by `app.commandLine`. */
	readonly switches: Map<string, string>;
	/** Whether a test library (or a person) asked for the debugging port. */
	readonly debuggingAsked: boolean;
	/** The arguments as the executable got them. */
	readonly originalArguments: readonly string[];
}

/** Switches that belong to the executable and never to Chromium. */
const notForChromium = new Set(["inspect", "r", "no-sandbox"]);

function readSwitches(list: readonly string[]): Map<string, string> {
	const switches = new Map<string, string>();
	for (const argument of list) {
		const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
		const name = match?.[1];
		if (name !== undefined && !notForChromium.has(name)) switches.set(name, match?.[2] ?? "");
	}
	return switches;
}

const given = process.argv.slice(2);

export const host: Host = {
	chromium: null,
	switches: readSwitches(given),
	debuggingAsked: given.some((argument) => argument.startsWith("--remote-debugging-port")),
	originalArguments: given,
};

/** The running Chromium; an error before `ready`. */
export function running(): Chromium {
	if (host.chromium === null) throw new Error("stand-in: Chromium is used before the app is ready");
	return host.chromium;
}

/** A line for the person who runs the stand-in. */
export function notice(text: string): void {
	process.stderr.write(`[stand-in] ${text}\n`);
}
