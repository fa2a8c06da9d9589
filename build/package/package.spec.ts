import { getCurrentFuseWire, FuseState, FuseV1Options } from "@electron/fuses";
import { listPackage } from "@electron/asar";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { keytarBinary, strangers } from "./allow-list.ts";
import { builderFuses, fuses } from "./fuses.ts";
import { packagePaths } from "./paths.ts";

const { root, asar, unpackedFiles, executable, extracted } = packagePaths;
const platform = `${process.platform}-${process.arch}`;

function filesBelow(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

test("the package holds nothing but what is on the list", () => {
	expect(strangers(filesBelow(extracted), platform)).toEqual([]);
	expect(listPackage(asar, { isPack: false }).length).toBeGreaterThan(0);
});

test("the package holds what it needs", () => {
	const files = filesBelow(extracted);
	for (const file of [
		"package.json",
		"LICENSE",
		"dist/main/index.js",
		"dist/preload/index.cjs",
		"dist/practice/index.js",
		"dist/renderer/index.html",
		"dist/main/licenses.json",
		"dist/store/index.js",
		"dist/assets/tray/tray-idle-16.png",
	])
		expect(files).toContain(file);
});

test("the one native module lies outside the asar, for this platform only", () => {
	const unpacked = filesBelow(unpackedFiles);
	expect(unpacked.filter((file) => file.endsWith(".node"))).toEqual([keytarBinary(platform)]);
	expect(unpacked.filter((file) => !file.startsWith("node_modules/keytar/"))).toEqual([]);
	expect(filesBelow(extracted).filter((file) => file.endsWith(".node"))).toEqual([keytarBinary(platform)]);
});

test("neither the stand-in nor tests are named in what ships", () => {
	const names =
		/tests\/standin|standin\/launcher|STANDIN_|ELECTRON_OVERRIDE_DIST_PATH|--no-sandbox|vitest|playwright/;
	const named = filesBelow(extracted)
		.filter((file) => /\.(?:js|cjs|html|json)$/.test(file))
		.filter((file) => names.test(readFileSync(join(extracted, file), "utf8")));
	expect(named).toEqual([]);
});

test("the manifest starts the bundle and asks for keytar alone", () => {
	const manifest = JSON.parse(readFileSync(join(extracted, "package.json"), "utf8")) as Record<
		string,
		unknown
	>;
	expect(manifest["main"]).toBe("dist/main/index.js");
	expect(Object.keys(manifest["dependencies"] ?? {})).toEqual(["keytar"]);
	expect(manifest["scripts"]).toBeUndefined();
	expect(manifest["devDependencies"]).toBeUndefined();
});

test("every fuse is stated in electron-builder.yml as it was decided", () => {
	const block = /^electronFuses:\n((?: {2}\w+: (?:true|false)\n)+)/m.exec(
		readFileSync(join(root, "electron-builder.yml"), "utf8").replaceAll("\r\n", "\n"),
	)?.[1];
	const stated = (block ?? "")
		.trim()
		.split("\n")
		.map((line) => line.trim().split(": "));
	expect(Object.fromEntries(stated)).toEqual(
		Object.fromEntries(Object.entries(builderFuses()).map(([name, value]) => [name, String(value)])),
	);
});

test("the fuses are set in the executable", async () => {
	const wire = (await getCurrentFuseWire(executable)) as unknown as Record<number, FuseState>;
	for (const [name, wish] of Object.entries(fuses)) {
		const state = wire[FuseV1Options[name as keyof typeof FuseV1Options]];
		if (wish === "as shipped") expect([FuseState.ENABLE, FuseState.DISABLE], name).toContain(state);
		else expect(state, name).toBe(wish ? FuseState.ENABLE : FuseState.DISABLE);
	}
});

test("sizes and number of libraries stay within G14", () => {
	const gzip = (folder: string): number =>
		filesBelow(join(extracted, folder))
			.filter((file) => /\.c?js$/.test(file))
			.reduce(
				(sum, file) =>
					sum + gzipSync(readFileSync(join(extracted, folder, file)), { level: 9 }).length,
				0,
			);
	const bundled = new Set(["keytar"]);
	for (const bundle of ["main", "renderer", "practice"]) {
		const path = join(extracted, "dist", bundle, "licenses.json");
		for (const { name } of JSON.parse(readFileSync(path, "utf8")) as { name: string }[])
			bundled.add(name);
	}
	// What we chose; the rest comes with it.
	const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, object>;
	const chosen = [...bundled].filter(
		(name) => name === "keytar" || name in (manifest["devDependencies"] ?? {}),
	);
	const kilobytes = {
		renderer: gzip("dist/renderer") / 1000,
		main: gzip("dist/main") / 1000,
		practice: gzip("dist/practice") / 1000,
	};
	console.log(
		[
			`G14: renderer ${kilobytes.renderer.toFixed(1)} kB gzip (goal 90), main ${kilobytes.main.toFixed(1)} kB gzip (goal 450),`,
			`practice ${kilobytes.practice.toFixed(1)} kB gzip; app.asar ${(statSync(asar).size / 1000).toFixed(0)} kB;`,
			`${String(chosen.length)} libraries chosen (goal 12): ${chosen.sort().join(", ")}; with what they bring: ${String(bundled.size)}`,
		].join(" "),
	);
	expect(kilobytes.renderer).toBeLessThanOrEqual(90);
	expect(kilobytes.main).toBeLessThanOrEqual(450);
	expect(chosen.length).toBeLessThanOrEqual(12);
});
