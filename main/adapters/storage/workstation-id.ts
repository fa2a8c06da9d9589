import { createHash } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface WorkstationIdOptions {
	readonly platform: NodeJS.Platform;
	readonly hostName: string;
	/** `TRUNKLINE_WORKSTATION` of the environment: names the desk where one machine serves many (virtual desktops). */
	readonly override: string | undefined;
	/** Written once where there is no machine id: a folder that does not roam with the profile. */
	readonly localFolder: string;
	readonly uuid: () => string;
	/** `/etc/machine-id`; another path in tests. */
	readonly machineIdFile?: string;
}

/**
 * Which desk this is: 64 hexadecimal digits, the same at every start, different on another desk that shares
 * the profile. The host name is part of it because cloned machines often share their machine id.
 */
export async function workstationId(options: WorkstationIdOptions): Promise<string> {
	const { override, hostName } = options;
	const seed =
		override === undefined || override.trim() === ""
			? `${hostName.toLowerCase()}\n${await machineSeed(options)}`
			: `override\n${override.trim()}`;
	return createHash("sha256").update(seed).digest("hex");
}

async function machineSeed(options: WorkstationIdOptions): Promise<string> {
	if (options.platform === "linux") {
		const id = await readTrimmed(options.machineIdFile ?? "/etc/machine-id");
		// systemd writes this word into an image that was not booted yet.
		if (id !== "" && id !== "uninitialized") return id;
	}
	return randomSeed(options);
}

/** Whoever writes the file first has decided; a folder that cannot be written leaves the host name alone. */
async function randomSeed({ localFolder, uuid }: WorkstationIdOptions): Promise<string> {
	const path = join(localFolder, "workstation");
	const known = await readTrimmed(path);
	if (known !== "") return known;
	try {
		await mkdir(localFolder, { recursive: true, mode: 0o700 });
		const seed = uuid();
		const handle = await open(path, "wx", 0o600);
		try {
			await handle.writeFile(seed);
			await handle.sync();
		} finally {
			await handle.close();
		}
		return seed;
	} catch {
		return readTrimmed(path);
	}
}

async function readTrimmed(path: string): Promise<string> {
	try {
		return (await readFile(path, "utf8")).trim();
	} catch {
		return "";
	}
}
