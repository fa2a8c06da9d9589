/**
 * Packs dist/ with electron-builder's `dir` target into out/package/, and unpacks the result's app.asar beside it.
 * Where Electron's own files are missing, a folder with the same layout stands for them: enough to make the asar and
 * to set the fuses; it cannot run.
 */
import { extractAll } from "@electron/asar";
import { FuseV1Options } from "@electron/fuses";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findElectron } from "../setup/electron-binary.mjs";
import { withHeartbeat } from "../setup/say.mjs";
import { packagePaths } from "./paths.ts";

const { root, output, electronDist, extracted, asar } = packagePaths;

/** A dist folder that electron-builder accepts: the fuse wire in a file called electron, and empty companions. */
function writeLayout(folder: string, version: string): void {
	rmSync(folder, { recursive: true, force: true });
	for (const name of ["resources", "locales"]) mkdirSync(join(folder, name), { recursive: true });
	const count = Object.values(FuseV1Options).filter((value) => typeof value === "number").length;
	// The sentinel that @electron/fuses looks for, the wire's version, its length, and one state ("1": on) a fuse.
	const wire = Buffer.concat([
		Buffer.from("layout only, not Electron "),
		Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX"),
		Buffer.from([1, count]),
		Buffer.from("1".repeat(count)),
		Buffer.from("\n"),
	]);
	writeFileSync(join(folder, "electron"), wire, { mode: 0o755 });
	for (const name of ["chrome-sandbox", "chrome_crashpad_handler", "LICENSE", "LICENSES.chromium.html"])
		writeFileSync(join(folder, name), "");
	writeFileSync(join(folder, "locales", "en-US.pak"), "");
	writeFileSync(join(folder, "version"), version);
}

/** electron-builder's exit code; its output goes to ours. */
function runBuilder(dist: string): Promise<number> {
	const cli = join(root, "node_modules", "electron-builder", "cli.js");
	const args = [
		cli,
		"--dir",
		`-c.electronDist=${dist}`,
		`-c.directories.output=${output}`,
		"--publish",
		"never",
	];
	return new Promise((resolve) => {
		// It asks npm for the list of modules: the npm beside the Node that runs this has to answer.
		const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
		child.once("error", () => resolve(127));
		child.once("exit", (code) => resolve(code ?? 1));
	});
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
	devDependencies: { electron: string };
};
const real = findElectron(root, {});
if (real === undefined) writeLayout(electronDist, manifest.devDependencies.electron);
rmSync(output, { recursive: true, force: true });
const dist = real === undefined ? electronDist : join(root, "node_modules", "electron", "dist");
const code = await withHeartbeat("electron-builder", () => runBuilder(dist));
if (code === 0 && existsSync(asar)) {
	rmSync(extracted, { recursive: true, force: true });
	extractAll(asar, extracted);
	console.log(`package: app.asar has ${(statSync(asar).size / 1000).toFixed(0)} kB`);
} else {
	console.error("package: electron-builder made no app.asar");
	process.exitCode = code === 0 ? 1 : code;
}
