import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ann } from "./simulator.ts";

/** Every form in which the password, or the header made of it, could stand somewhere. */
export function passwordForms(
	password: string = ann.password,
	userName: string = ann.userName,
): readonly string[] {
	const encodings = ["utf8", "latin1"] as const;
	return [
		password,
		encodeURIComponent(password),
		JSON.stringify(password).slice(1, -1),
		...encodings.map((encoding) =>
			Buffer.from(password, encoding).toString("base64").replace(/=+$/, "").slice(0, -2),
		),
		...encodings.map((encoding) =>
			Buffer.from(`${userName}:${password}`, encoding).toString("base64").replace(/=+$/, ""),
		),
	];
}

/** Files under a folder in which one of the texts stands, as UTF-8, Latin-1 or UTF-16. */
export async function filesWith(folder: string, texts: readonly string[]): Promise<readonly string[]> {
	const needles = texts.flatMap((text) =>
		(["utf8", "latin1", "utf16le"] as const).map((encoding) => Buffer.from(text, encoding)),
	);
	const found: string[] = [];
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = path.join(entry.parentPath, entry.name);
		// A file may go away while the app works.
		const content = await readFile(file).catch(() => Buffer.alloc(0));
		if (needles.some((needle) => content.includes(needle))) found.push(file);
	}
	return found;
}

/** Command lines and environments, of a process and all below it, in which one of the texts stands. */
export async function processesWith(pid: number, texts: readonly string[]): Promise<readonly string[]> {
	const found: string[] = [];
	for (const id of await family(pid))
		for (const what of ["cmdline", "environ"]) {
			const content = await readFile(`/proc/${String(id)}/${what}`, "utf8").catch(() => "");
			if (texts.some((text) => content.includes(text))) found.push(`${String(id)} ${what}`);
		}
	return found;
}

async function family(pid: number): Promise<readonly number[]> {
	const parents = new Map<number, number>();
	for (const name of await readdir("/proc")) {
		if (!/^\d+$/.test(name)) continue;
		const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
		parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
	}
	const members = [pid];
	for (const member of members) for (const [id, parent] of parents) if (parent === member) members.push(id);
	return members;
}

/** The app's log so far, all files together. */
export async function logOf(profile: string): Promise<string> {
	const folder = path.join(profile, "logs");
	const names = (await readdir(folder).catch(() => [])).sort();
	const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
	return texts.join("");
}
