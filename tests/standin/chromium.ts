import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { Cdp } from "./cdp.ts";

// Plain JavaScript without declarations, shared with the set-up script, which runs before anything is installed.
const { chromiumPath } = (await import(new URL("../../build/chromium.mjs", import.meta.url).href)) as {
	chromiumPath: () => string | undefined;
};

/** Chromium's own user interface, switched off: Electron has none of it. */
const profilePreferences = {
	browser: { custom_chrome_frame: false, has_seen_welcome_page: true, enable_spellchecking: true },
	credentials_enable_service: false,
	autofill: { profile_enabled: false, credit_card_enabled: false },
	translate: { enabled: false },
	printing: { enabled: false },
	profile: { password_manager_enabled: false, exit_type: "Normal", exited_cleanly: true },
	bookmark_bar: { show_on_all_tabs: false },
	session: { restore_on_startup: 5 },
	search: { suggest_enabled: false },
	safebrowsing: { enabled: false },
	download: { prompt_for_download: false },
};

const quietFlags = [
	"--no-first-run",
	"--no-default-browser-check",
	"--no-sandbox",
	"--test-type",
	"--password-store=basic",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--disable-default-apps",
	"--disable-extensions",
	"--disable-breakpad",
	"--disable-crash-reporter",
	"--disable-domain-reliability",
	"--disable-search-engine-choice-screen",
	"--disable-dev-shm-usage",
	"--disable-gpu",
	"--no-pings",
	"--ozone-platform=x11",
	"--hide-crash-restore-bubble",
	"--noerrdialogs",
];

const disabledFeatures = [
	"Translate",
	"MediaRouter",
	"OptimizationHints",
	"GlobalMediaControls",
	"LensOverlay",
];

/** A running Chromium and what is needed to open more windows in it. */
export interface Chromium {
	readonly process: ChildProcess;
	readonly cdp: Cdp;
	/** The browser's debugging socket, only when a port was asked for. */
	readonly debuggingUrl: string | null;
	/** Hands one more app window to the running browser. */
	readonly openAppWindow: (url: string) => void;
}

/** Finds the browser as the set-up script does, but without Debian's shell wrapper, which costs time and noise. */
export function findChromium(): string {
	const found = chromiumPath();
	if (found === undefined)
		throw new Error("stand-in: no Chromium found; install it or set TRUNKLINE_CHROMIUM");
	const withoutWrapper = "/usr/lib/chromium/chromium";
	return found === "/usr/bin/chromium" && existsSync(withoutWrapper) ? withoutWrapper : found;
}

function writePreferences(profile: string): void {
	const file = path.join(profile, "Default", "Preferences");
	let kept: Record<string, unknown> = {};
	try {
		kept = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
	} catch {
		// A fresh profile has none.
	}
	for (const [section, values] of Object.entries(profilePreferences))
		kept[section] =
			typeof values === "object" && typeof kept[section] === "object"
				? { ...(kept[section] as object), ...values }
				: values;
	mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	writeFileSync(file, JSON.stringify(kept));
}

/** Starts the browser without a window. `switches` are what the app gave to `app.commandLine`. */
export async function startChromium(
	profile: string,
	switches: ReadonlyMap<string, string>,
	exposePort: boolean,
): Promise<Chromium> {
	const binary = findChromium();
	writePreferences(profile);
	const features = [...disabledFeatures, ...(switches.get("disable-features") ?? "").split(",")].filter(
		Boolean,
	);
	const common = [`--user-data-dir=${profile}`, ...quietFlags, `--disable-features=${features.join(",")}`];
	const own = [
		"user-data-dir",
		"disable-features",
		"remote-debugging-port",
		"remote-debugging-pipe",
		"inspect",
	];
	for (const [name, value] of switches)
		if (!own.includes(name)) common.push(value === "" ? `--${name}` : `--${name}=${value}`);
	const child = spawn(
		binary,
		[
			...common,
			"--no-startup-window",
			"--keep-alive-for-test",
			"--remote-debugging-pipe",
			...(exposePort ? ["--remote-debugging-port=0"] : []),
		],
		{ stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] },
	);
	const errors = child.stderr as Readable;
	errors.setEncoding("utf8");
	const verbose = process.env["STANDIN_VERBOSE"] !== undefined;
	let tail = "";
	const listening = new Promise<string>((resolve) => {
		errors.on("data", (chunk: string) => {
			if (verbose)
				process.stderr.write(chunk.replaceAll("DevTools listening on", "Chromium debugging on"));
			tail = (tail + chunk).slice(-4000);
			const match = /DevTools listening on (ws:\S+)/.exec(tail);
			if (match?.[1] !== undefined) resolve(match[1]);
		});
	});
	const died = new Promise<never>((_resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (code) => {
			if (/(Missing X server|platform failed to initialize|Unable to open X display)/.test(tail))
				process.stderr.write("Unable to open X display\n");
			reject(
				new Error(
					`stand-in: Chromium ended at start (${String(code)}): ${tail.trim().split("\n").at(-1) ?? ""}`,
				),
			);
		});
	});
	died.catch(() => undefined);
	const cdp = new Cdp(child.stdio[3] as Writable, child.stdio[4] as Readable);
	await Promise.race([cdp.send("Browser.getVersion", {}), died]);
	const debuggingUrl = exposePort ? await Promise.race([listening, died]) : null;
	return {
		process: child,
		cdp,
		debuggingUrl,
		openAppWindow: (url) => {
			spawn(binary, [...common, `--app=${url}`], { stdio: "ignore" }).on("error", () => undefined);
		},
	};
}
