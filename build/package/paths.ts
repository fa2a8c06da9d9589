import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const output = join(root, "out", "package");
const unpacked = {
	linux: "linux-unpacked",
	win32: "win-unpacked",
	darwin: "mac/Trunkline.app/Contents",
} as const;
const platform = process.platform === "win32" || process.platform === "darwin" ? process.platform : "linux";
const folder = join(
	output,
	process.arch === "arm64" && platform !== "darwin"
		? unpacked[platform].replace("-", "-arm64-")
		: unpacked[platform],
);
const resources = join(folder, platform === "darwin" ? "Resources" : "resources");

/** Where the package check puts and finds things; all below out/, which git ignores. */
export const packagePaths = {
	root,
	/** What electron-builder writes. */
	output,
	/** The layout that stands for Electron's own files. */
	electronDist: join(root, "out", "electron-dist"),
	/** The unpacked application. */
	folder,
	/** Its executable, which carries the fuses. */
	executable: join(
		folder,
		{ linux: "trunkline", win32: "Trunkline.exe", darwin: "MacOS/Trunkline" }[platform],
	),
	asar: join(resources, "app.asar"),
	unpackedFiles: join(resources, "app.asar.unpacked"),
	/** app.asar's content, as files. */
	extracted: join(root, "out", "package-content"),
};
