import { execFile, spawn, type ChildProcess } from "node:child_process";
import { notice } from "./host.ts";

const complained = new Set<string>();

function complainOnce(tool: string, error: unknown): void {
	if (complained.has(tool)) return;
	complained.add(tool);
	notice(`${tool} is not usable (${String(error)}); windows cannot be hidden or focused for real`);
}

/** Runs xdotool; null where it is missing or fails (a window that is just gone is no error). */
export function xdotool(...commands: string[]): Promise<string | null> {
	return new Promise((resolve) => {
		// Titles are in UTF-8, which xdotool only understands in such a locale.
		execFile("xdotool", commands, { env: { ...process.env, LC_ALL: "C.UTF-8" } }, (error, output) => {
			if (error !== null && (error as NodeJS.ErrnoException).code === "ENOENT")
				complainOnce("xdotool", error);
			resolve(error === null ? output.trim() : null);
		});
	});
}

/** Sets both names of a window: the old one in Latin-1, and the one in UTF-8 that window managers show. */
export async function setWindowName(id: string, title: string): Promise<void> {
	await xdotool("set_window", "--name", title, id);
	const list = ["-id", id, "-f", "_NET_WM_NAME", "8u", "-set", "_NET_WM_NAME", title];
	await new Promise<void>((resolve) => {
		execFile("xprop", list, { env: { ...process.env, LC_ALL: "C.UTF-8" } }, () => {
			resolve();
		});
	});
}

/** The X window whose title is exactly `title`, waited for as long as it takes to be mapped. */
export async function findWindow(title: string): Promise<string | null> {
	for (let attempt = 0; attempt < 100; attempt++) {
		const found = await xdotool("search", "--onlyvisible", "--name", `^${title}$`);
		const id = found?.split("\n")[0];
		if (id !== undefined && id !== "") return id;
		if (complained.has("xdotool")) return null;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	return null;
}

const watchers = new Set<ChildProcess>();

/** Follows the lines of a long-running X program; returns what stops it. */
function follow(command: string, list: string[], onLine: (line: string) => void): () => void {
	const child = spawn(command, list, { stdio: ["ignore", "pipe", "ignore"] });
	watchers.add(child);
	let partial = "";
	child.stdout.setEncoding("utf8");
	child.stdout.on("data", (chunk: string) => {
		const lines = (partial + chunk).split("\n");
		partial = lines.pop() ?? "";
		for (const line of lines) onLine(line);
	});
	child.on("error", (error) => {
		complainOnce(command, error);
	});
	child.on("exit", () => watchers.delete(child));
	child.unref();
	(child.stdout as unknown as { unref(): void }).unref();
	return () => void child.kill();
}

process.on("exit", () => {
	for (const child of watchers) child.kill();
});

/** Tells which X window is active, as a decimal id, "0" for none. Needs a window manager. */
export function watchActiveWindow(onActive: (id: string) => void): () => void {
	return follow("xprop", ["-root", "-spy", "_NET_ACTIVE_WINDOW"], (line) => {
		const match = /# (0x[0-9a-f]+)/.exec(line);
		if (match?.[1] !== undefined) onActive(String(Number(match[1])));
	});
}

/** What the window manager says about one window. */
export interface WindowState {
	readonly minimized: boolean;
	readonly maximized: boolean;
	readonly fullScreen: boolean;
}

export function watchWindowState(
	id: string,
	onState: (state: WindowState) => void,
	onName: () => void,
): () => void {
	let iconic = false;
	let atoms = "";
	return follow("xprop", ["-id", id, "-spy", "WM_STATE", "_NET_WM_STATE", "_NET_WM_NAME"], (line) => {
		const state = /window state: (\w+)/.exec(line);
		if (state !== null) iconic = state[1] === "Iconic";
		else if (line.startsWith("_NET_WM_STATE")) atoms = line;
		else {
			if (line.startsWith("_NET_WM_NAME")) onName();
			return;
		}
		onState({
			minimized: iconic,
			maximized: atoms.includes("_MAXIMIZED_VERT") && atoms.includes("_MAXIMIZED_HORZ"),
			fullScreen: atoms.includes("_FULLSCREEN"),
		});
	});
}

/** Tells that a window was moved or resized by anybody. */
export function watchGeometry(id: string, onChange: () => void): () => void {
	return follow("xev", ["-id", id, "-event", "structure"], (line) => {
		if (line.startsWith("ConfigureNotify")) onChange();
	});
}
