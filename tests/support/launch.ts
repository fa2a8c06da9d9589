import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import type { DesktopSession } from "./session.ts";

export const repository = path.resolve(import.meta.dirname, "..", "..");

/** Whether the specs run on Electron's own binary (`TEST_REAL_ELECTRON=1`) or on the stand-in. */
export const onRealElectron = process.env["TEST_REAL_ELECTRON"] === "1";

// Playwright asks the electron package where the binary is, in this process.
if (!onRealElectron) process.env["ELECTRON_OVERRIDE_DIST_PATH"] = path.join(repository, "tests", "standin");

export interface LaunchOptions {
	readonly session: DesktopSession;
	/** Folder with a package.json, or a file. Default: the built app of this repository. */
	readonly app?: string;
	/** The profile; a fresh one in the session's folder by default. */
	readonly profile?: string;
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
}

/** A running app and what it printed. */
export interface RunningApp {
	readonly electron: ElectronApplication;
	readonly profile: string;
	stdout(): string;
	stderr(): string;
	/** Waits until the app has printed a text on either stream. */
	readonly printed: (text: string | RegExp) => Promise<string>;
	/** The page of the app's window once it shows the app, not a blank start. */
	window(): Promise<Page>;
	/** Resolves with the exit code when the app has ended. */
	readonly ended: Promise<number | null>;
	/** Quits as the user would (`app.quit()`) and waits for the end. */
	close(): Promise<void>;
	/** Ends the app without asking it. */
	kill(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** Whether a page shows something of the app; Chromium under the stand-in has another name for `app://`. */
export function isAppUrl(url: string): boolean {
	return /^(app:\/\/ui\/|https:\/\/ui\.app\.standin\.invalid\/)/.test(url);
}

/** The path, query and fragment of a page inside the app. */
export function appPath(page: Page): string {
	return page.url().replace(/^(app:\/\/ui|https:\/\/ui\.app\.standin\.invalid)/, "");
}

/** The executable that real Electron or the stand-in is. */
export function electronBinary(): string {
	const binary: unknown = createRequire(import.meta.url)("electron");
	return String(binary);
}

/** Launches the app through Playwright with a profile of its own. */
export async function launchApp(options: LaunchOptions): Promise<RunningApp> {
	const { session } = options;
	const profile = options.profile ?? (await mkdtemp(path.join(session.folder, "profile-")));
	const electron = await _electron.launch({
		args: [options.app ?? repository, `--user-data-dir=${profile}`, ...(options.args ?? [])],
		env: { ...session.env, ...options.env },
		cwd: options.cwd ?? session.home,
		// The app's own theme decides, not the library's default of "light".
		colorScheme: null,
		timeout: 30_000,
	});
	return followApp(electron, profile);
}

function followApp(electron: ElectronApplication, profile: string): RunningApp {
	const child = electron.process();
	const output = collect(child);
	const ended = exitOf(child);
	const close = async (): Promise<void> => {
		await electron.close();
		await ended;
	};
	return {
		electron,
		profile,
		stdout: () => output.stdout,
		stderr: () => output.stderr,
		printed: output.printed,
		window: async () => {
			for (const page of electron.windows()) if (isAppUrl(page.url())) return page;
			const page = electron.windows()[0] ?? (await electron.firstWindow());
			await page.waitForURL((url) => isAppUrl(url.href));
			return page;
		},
		ended,
		close,
		kill: async () => {
			child.kill("SIGKILL");
			await ended;
		},
		[Symbol.asyncDispose]: async () => {
			if (child.exitCode === null && child.signalCode === null) {
				// An app whose quit is held back must not hold back the end of the test.
				const force = setTimeout(() => child.kill("SIGKILL"), 8000);
				await close().catch(() => child.kill("SIGKILL"));
				await ended;
				clearTimeout(force);
			}
		},
	};
}

/** A start without Playwright: a second instance, a start that must fail, a start for its exit code. */
export interface BareRun {
	readonly process: ChildProcess;
	stdout(): string;
	stderr(): string;
	readonly printed: (text: string | RegExp) => Promise<string>;
	readonly ended: Promise<number | null>;
}

/** Starts the executable itself. The caller ends it, or the session does. */
export function startBare(options: LaunchOptions & { readonly profile: string }): BareRun {
	const { session } = options;
	const child = spawn(
		electronBinary(),
		[
			...(onRealElectron ? ["--no-sandbox"] : []),
			options.app ?? repository,
			`--user-data-dir=${options.profile}`,
			...(options.args ?? []),
		],
		{
			env: { ...session.env, ...options.env },
			cwd: options.cwd ?? session.home,
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	const kill = (): void => void child.kill("SIGKILL");
	process.once("exit", kill);
	child.once("exit", () => process.removeListener("exit", kill));
	const output = collect(child);
	return {
		process: child,
		stdout: () => output.stdout,
		stderr: () => output.stderr,
		printed: output.printed,
		ended: exitOf(child),
	};
}

function exitOf(child: ChildProcess): Promise<number | null> {
	return new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
		else
			child.once("exit", (code) => {
				resolve(code);
			});
	});
}

interface Output {
	stdout: string;
	stderr: string;
	readonly printed: (text: string | RegExp) => Promise<string>;
}

function collect(child: ChildProcess): Output {
	const watchers = new Set<() => void>();
	const output: Output = {
		stdout: "",
		stderr: "",
		printed: (text) =>
			new Promise((resolve, reject) => {
				const look = (): void => {
					const line = `${output.stdout}\n${output.stderr}`
						.split("\n")
						.find((each) => (typeof text === "string" ? each.includes(text) : text.test(each)));
					if (line === undefined) return;
					watchers.delete(look);
					resolve(line);
				};
				watchers.add(look);
				child.once("exit", () => {
					setImmediate(() => {
						look();
						reject(
							new Error(
								`ended without printing ${String(text)}:\n${output.stdout}\n${output.stderr}`,
							),
						);
					});
				});
				look();
			}),
	};
	for (const name of ["stdout", "stderr"] as const)
		child[name]?.on("data", (chunk: Buffer) => {
			output[name] += chunk.toString("utf8");
			for (const look of [...watchers]) look();
		});
	return output;
}
