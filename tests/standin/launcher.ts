import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Who we are must be known before any module of the stand-in or of the app looks.
const here = import.meta.dirname;
const given = process.argv.slice(2);
const versions = JSON.parse(
	readFileSync(path.join(here, "..", "..", "node_modules", "electron", "package.json"), "utf8"),
) as { version: string };
process.execPath = path.join(here, "electron");
process.argv = [process.execPath, ...given];
Object.defineProperties(process, {
	type: { value: "browser", enumerable: true },
	resourcesPath: { value: path.join(here, "resources"), writable: true, enumerable: true },
	versions: {
		value: Object.freeze({ ...process.versions, electron: versions.version, chrome: "156.0.0.0" }),
		enumerable: true,
	},
});

const { host, notice } = await import("./host.ts");
const { app } = await import("./app.ts");
const { electron } = await import("./electron-module.ts");
const { installModuleHooks } = await import("./module-hooks.ts");
const { startChromium } = await import("./chromium.ts");
const { watchTargets } = await import("./targets.ts");

interface Entry {
	readonly file: string;
	readonly appPath: string;
	readonly name: string | null;
	readonly version: string | null;
}

/** Splits the arguments as Electron's default app does: `-r MODULE` first, then the app, then its own. */
function readArguments(list: readonly string[]): { preloads: string[]; target: string | null } {
	const preloads: string[] = [];
	for (let index = 0; index < list.length; index++) {
		const argument = list[index] ?? "";
		if (argument === "-r" || argument === "--require") preloads.push(list[++index] ?? "");
		else if (argument.startsWith("-")) continue;
		else return { preloads, target: argument };
	}
	return { preloads, target: null };
}

/** The app a path means: a folder with a package.json, or a file. */
function resolveEntry(target: string): Entry {
	const resolved = path.resolve(target);
	if (!statSync(resolved).isDirectory())
		return { file: resolved, appPath: path.dirname(resolved), name: null, version: null };
	const description = JSON.parse(readFileSync(path.join(resolved, "package.json"), "utf8")) as {
		main?: string;
		name?: string;
		productName?: string;
		version?: string;
	};
	return {
		file: createRequire(path.join(resolved, "package.json")).resolve(
			path.join(resolved, description.main ?? "index.js"),
		),
		appPath: resolved,
		name: description.productName ?? description.name ?? null,
		version: description.version ?? null,
	};
}

function fail(error: unknown): never {
	process.stderr.write(
		`App threw an error during load\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
	);
	process.exit(1);
}

installModuleHooks(electron);
const { preloads, target } = readArguments(given);
// A packaged app is the same bundle in a folder of its own; the variable says which.
const packaged = process.env["STANDIN_PACKAGED_APP"];
const chosen = packaged ?? target;
if (chosen === null) fail(new Error("stand-in: no app given"));
if (packaged === undefined) Object.defineProperty(process, "defaultApp", { value: true, enumerable: true });

const entry = ((): Entry => {
	try {
		return resolveEntry(chosen);
	} catch (error) {
		return fail(new Error(`Unable to find Electron app at ${path.resolve(chosen)}`, { cause: error }));
	}
})();
app.identity.appPath = entry.appPath;
app.identity.packaged = packaged !== undefined;
if (entry.name !== null) app.identity.name = entry.name;
if (entry.version !== null) app.identity.version = entry.version;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
	process.on(signal, () => {
		app.quit();
	});
process.on("exit", () => host.chromium?.process.kill("SIGKILL"));

const require = createRequire(import.meta.url);
for (const preload of preloads) require(preload);

let evaluated = false;
process.on("exit", (code) => {
	if (evaluated || code !== 0) return;
	notice("the entry module never ended (a top-level await on whenReady?); real Electron hangs here");
	process.exitCode = 13;
});
void start(entry.file);

/** The order of Electron: the entry module is evaluated to its end, then Chromium starts, then `ready`. */
async function start(file: string): Promise<void> {
	try {
		await import(pathToFileURL(file).href);
		evaluated = true;
	} catch (error) {
		fail(error);
	}
	if (app.stage.over) return;
	app.emit("will-finish-launching");
	const chromium = await startChromium(
		app.getPath("sessionData"),
		host.switches,
		host.debuggingAsked,
	).catch(fail);
	host.chromium = chromium;
	chromium.process.once("exit", () => {
		notice("Chromium is gone");
		process.exit(1);
	});
	await watchTargets();
	if (chromium.debuggingUrl !== null) {
		const { offerDebugging } = await import("./devtools-proxy.ts");
		const url = await offerDebugging(chromium.debuggingUrl);
		process.stderr.write(`\nDevTools listening on ${url}\n`);
	}
	app.becomeReady();
}
